import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import type { Remembered } from '../../../services/custodians/memory.ts';
import { custodianDir } from '../../../cli/custodian/folder.ts';
import { connectClient } from '../../../cli/servers/temporal-client.ts';
import { unsealingsOf } from '../../../db/openings/unsealings.ts';
import type { Custodian } from '../../../domain/bids/sealing.ts';
import { readTemporalConfig } from '../../../temporal.config.ts';
import { openingSubject } from '../../../domain/subjects.ts';
import type { TestService } from '../servers/service.ts';

// What can be seen of an opening while it goes on, and what is left of it.

/** The bids whose outcome is known. */
export const decidedBids = async (town: TestService, procurementId: string): Promise<string[]> =>
  (await unsealingsOf(town.db.read, procurementId)).map(({ bidId }) => bidId);

/** What a custodian beside the platform has written down of the shares that it gave up, oldest first. */
export function releasesOf(town: TestService, procurementId: string, custodian: Custodian) {
  const lines = readFileSync(join(custodianDir(custodian, town.env), 'memory.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines
    .map((line) => JSON.parse(line) as Remembered)
    .flatMap((entry) => (entry.kind === 'released' && entry.procurementId === procurementId ? [entry] : []));
}

const STARTED = proto.temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;

/** What an opening has asked for and somebody has taken, without an answer yet: the activity, and the process that has it. */
export async function takenNow(
  town: TestService,
  procurementId: string,
): Promise<{ readonly activity: string; readonly pid: number }[]> {
  const client = await connectClient(readTemporalConfig({}), town.temporalAddress);
  try {
    const { raw } = await client.workflow.getHandle(openingSubject(procurementId)).describe();
    return (raw.pendingActivities ?? [])
      .filter(({ state }) => state === STARTED)
      .map(({ activityType, lastWorkerIdentity }) => ({
        activity: String(activityType?.name),
        pid: Number.parseInt(String(lastWorkerIdentity), 10),
      }));
  } finally {
    await client.connection.close();
  }
}
