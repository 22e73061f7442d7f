import { ApplicationFailure, CancellationScope, continueAsNew, sleep } from '@temporalio/workflow';
import type { TenderActivities } from '../activities/index.ts';
import { isFailure, isRefusal, oneAtATime } from './local.ts';
import type { Carried } from './messages.ts';
import { LONGEST_PAUSE_MS, Wakes } from './pace.ts';
import { subjectOf } from './subject.ts';

/** How far it has come: the last tender of the page before. */
interface Walk extends Partial<Carried> {
  readonly after?: string;
}

/**
 * The calendar has grown (放假安排公布): recalculates every running tender, in one transaction each, which wakes what
 * waits for one of its instants. A page in each run; a tender that was recalculated already is left alone, also by an activity that is done twice.
 */
export async function calendar(walk?: Walk): Promise<void> {
  const subject = `calendar/${subjectOf('calendar').name}`;
  // An input that is missing, or not ours, begins with the first page.
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
      // A fault is no reason to end: the page is begun again.
      if (!isFailure(error)) throw error;
      await sleep(LONGEST_PAUSE_MS);
    }
    await continueAsNew<typeof calendar>({ subject, ...(next === undefined ? {} : { after: next }) });
  });
}

/** One that cannot be recalculated keeps no other from it: it keeps its dates, and is put on the record. */
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
