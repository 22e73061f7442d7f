import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { deadlineInForce, insertDeadline } from '../../db/deadlines.ts';
import { enqueue } from '../../db/outbox.ts';
import { procurementRow } from '../../db/procurements.ts';
import { openGrievances } from '../../db/suspensions.ts';
import { deadlineHash } from '../../proofs/deadline.ts';

/**
 * Puts the bid deadline of a published tender into the log, where it is not there already: custodians of bids believe
 * what is there and nothing else, and are notified of each version. While its clock stands still it has none.
 * @param bidDeadline null: it has none from now on
 */
export async function recordDeadline(tx: Tx, procurementId: string, bidDeadline: number | null): Promise<void> {
  const stopped = (await openGrievances(tx.q, { procurementId, lotNo: 0 }, 'bid-deadline')).length > 0;
  const inForce = stopped ? null : bidDeadline;
  const last = await deadlineInForce(tx.q, procurementId);
  if (last && last.bidDeadline === inForce) return;
  const deadline = { procurementId, version: (last?.version ?? 0) + 1, bidDeadline: inForce };
  await insertDeadline(tx, { ...deadline, setAt: tx.now });
  recordAudit(tx, UNATTENDED, {
    action: 'deadline.set',
    procurementId,
    subject: `procurement/${procurementId}`,
    detail: { version: deadline.version, bidDeadline: inForce, hash: deadlineHash(deadline) },
  });
  const { sealing } = await procurementRow(tx.q, procurementId);
  if (sealing) await enqueue(tx, 'start-deadline', `${procurementId}/${deadline.version}`);
}
