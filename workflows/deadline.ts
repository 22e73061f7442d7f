import {
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import type { TenderActivities } from '../activities/index.ts';
import { CUSTODIANS, type Custodian } from '../domain/bids/sealing.ts';
import { custodianOn, refusalOf } from './custodians.ts';
import type { DeadlineInput } from './messages.ts';

/**
 * After a refusal a custodian is asked again, and while one is missing the database is asked whether it is still to be
 * told (real ms): four times as long each time, up to the longest, so that months fit into a history.
 */
const FIRST_AGAIN_MS = 60_000;
const LONGEST_AGAIN_MS = 86_400_000;

/** Not local: three go on at once, and a head of the log may have to be signed. */
const platform = proxyActivities<Pick<TenderActivities, 'isNoticeDue' | 'deadlineProofFor' | 'recordAcknowledgement'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/**
 * Tells each custodian (保管人) a bid deadline that was set, so that it cannot be shown an earlier one later. Each by
 * itself; it ends when all believe it, a newer version has replaced it, or the opening is over.
 */
export async function deadline(input: DeadlineInput): Promise<void> {
  let left: number = CUSTODIANS.length;
  const scope = new CancellationScope();
  const telling = scope.run(() =>
    Promise.all(
      CUSTODIANS.map(async (custodian) => {
        await tell(custodian, input);
        left -= 1;
      }),
    ),
  );
  try {
    for (const again of pauses()) {
      const ended = await condition(() => left === 0, again);
      if (ended || !(await platform.isNoticeDue(input))) break;
    }
  } finally {
    scope.cancel();
  }
  await telling.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
}

/** Until it believes the deadline, or need not be told any more. */
async function tell(custodian: Custodian, deadline: DeadlineInput): Promise<void> {
  for (const again of pauses()) {
    try {
      if (await told(custodian, deadline)) return;
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    }
    await sleep(again);
  }
}

async function told(custodian: Custodian, deadline: DeadlineInput): Promise<boolean> {
  const own = custodianOn(custodian, { startToCloseTimeout: '1m' });
  for (let knownSize = await own.knownHead(); ;) {
    const proof = await platform.deadlineProofFor({ ...deadline, knownSize });
    if (proof === null) return true;
    try {
      await own.noteDeadline({ proof });
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === null) throw error;
      // What was drawn up for a log that it has seen more of since says nothing.
      const size = await own.knownHead();
      if (size !== knownSize) {
        knownSize = size;
        continue;
      }
      await platform.recordAcknowledgement({ ...deadline, custodian, reason });
      return false;
    }
    await platform.recordAcknowledgement({ ...deadline, custodian, reason: null });
    return true;
  }
}

function* pauses(): Generator<number, never, undefined> {
  for (let again = FIRST_AGAIN_MS; ; again = Math.min(again * 4, LONGEST_AGAIN_MS)) yield again;
}
