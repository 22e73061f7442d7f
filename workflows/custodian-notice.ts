import {
  ActivityFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { TenderActivities } from '../activities/index.ts';
import { CUSTODIANS, type Custodian } from '../domain/bids/sealing.ts';
import { custodianOn, refusalOf } from './custodians.ts';
import type { Carried } from './messages.ts';
import { Pace, Wakes } from './pace.ts';
import { subjectOf } from './subject.ts';

/**
 * Delay before a custodian is notified again after a refusal, and before the database is queried whether the notice is
 * still needed while one is missing (real ms): four times as long each time, up to the longest, so that months fit into
 * a history.
 */
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 86_400_000;

/** Not local: three run at once, and a head of the log may have to be signed. */
const platform = proxyActivities<Pick<TenderActivities, 'isNoticeDue' | 'deadlineProofFor' | 'recordAcknowledgement'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

interface Version {
  readonly procurementId: string;
  readonly version: number;
}

/**
 * Notifies each custodian (保管人) of a bid deadline that was set, so that it cannot be shown an earlier one later. Each
 * by itself; it ends when all have acknowledged it, a newer version has replaced it, or the opening is over.
 */
export async function custodianNotice(_: Carried): Promise<void> {
  const { procurementId, version } = subjectOf('custodian-notice');
  const wakes = new Wakes();
  await CancellationScope.nonCancellable(async () => {
    if (await isDone({ procurementId, version }, wakes)) return;
    await continueAsNew<typeof custodianNotice>({ subject: workflowInfo().workflowId });
  });
}

/** False where this run is full first. */
async function isDone(deadline: Version, wakes: Wakes): Promise<boolean> {
  let left: number = CUSTODIANS.length;
  const scope = new CancellationScope();
  const notifying = scope.run(() =>
    Promise.all(
      CUSTODIANS.map(async (custodian) => {
        await notify(custodian, deadline);
        left -= 1;
      }),
    ),
  );
  const given = () => left === 0;
  try {
    const again = pauses();
    for (const pace = new Pace(wakes); !given();) {
      if (wakes.isRunFull() && (await wakes.areQuiet())) return false;
      await pace.rest(Date.now() + again.next().value, given);
      if (given()) break;
      await pace.turn();
      if (!(await isWanted(deadline))) return true;
    }
    return true;
  } finally {
    scope.cancel();
    await notifying.catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }
}

/** A failure does not end it. */
async function isWanted(deadline: Version): Promise<boolean> {
  try {
    return await platform.isNoticeDue(deadline);
  } catch (error) {
    if (error instanceof ActivityFailure) return true;
    throw error;
  }
}

/** Until the custodian acknowledges the deadline, or need not be notified any more. */
async function notify(custodian: Custodian, deadline: Version): Promise<void> {
  for (const again of pauses()) {
    try {
      if (await isBelieved(custodian, deadline)) return;
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    }
    await sleep(again);
  }
}

async function isBelieved(custodian: Custodian, deadline: Version): Promise<boolean> {
  const own = custodianOn(custodian, { startToCloseTimeout: '1m' });
  for (let knownSize = await own.knownHead(); ;) {
    const proof = await platform.deadlineProofFor({ ...deadline, knownSize });
    if (proof === null) return true;
    try {
      await own.noteDeadline({ proof });
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === null) throw error;
      // A refusal is meaningless if the custodian has seen more of the log since the request was made.
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
  for (let again = FIRST_RETRY_MS; ; again = Math.min(again * 4, LONGEST_RETRY_MS)) yield again;
}
