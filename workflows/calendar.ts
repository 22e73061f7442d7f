import { ApplicationFailure, CancellationScope, continueAsNew, sleep } from '@temporalio/workflow';
import type { TenderActivities } from '../activities/index.ts';
import { isFailure, isRefusal, oneAtATime } from './local.ts';
import type { Carried } from './messages.ts';
import { LONGEST_PAUSE_MS, Wakes } from './pace.ts';
import { subjectOf } from './subject.ts';

/** The position: the last tender of the previous page. */
interface Walk extends Partial<Carried> {
  readonly after?: string;
}

/**
 * The calendar has grown (放假安排公布): recalculates every running tender, in one transaction each, which wakes the
 * workflows that wait for one of its instants. A page in each run; a tender that is already recalculated is left alone,
 * also when an activity runs twice.
 */
export async function calendar(walk?: Walk): Promise<void> {
  const subject = `calendar/${subjectOf('calendar').name}`;
  // A missing or foreign input begins with the first page.
  const after = typeof walk?.after === 'string' ? walk.after : undefined;
  const activities = oneAtATime<TenderActivities>(new Wakes());
  await CancellationScope.nonCancellable(async () => {
    let next = after;
    try {
      const { ids, more } = await activities.tendersToRecalculate(after === undefined ? {} : { after });
      for (const procurementId of ids) await recalculate(procurementId, activities);
      next = more ? ids.at(-1) : undefined;
      if (next === undefined) {
        await activities.recalculateRefunds();
        return;
      }
    } catch (error) {
      // A failure does not end it: the page is retried.
      if (!isFailure(error)) throw error;
      await sleep(LONGEST_PAUSE_MS);
    }
    await continueAsNew<typeof calendar>({ subject, ...(next === undefined ? {} : { after: next }) });
  });
}

/** A tender that cannot be recalculated does not stop the others: it keeps its dates, and the failure is recorded. */
async function recalculate(procurementId: string, activities: TenderActivities): Promise<void> {
  try {
    await activities.recalculateTender({ procurementId });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const refusal = error instanceof ApplicationFailure ? error : error.cause;
    const code = refusal instanceof ApplicationFailure ? refusal.type : null;
    await activities.recalculationFailed({ procurementId, code: code ?? 'failed' });
  }
}
