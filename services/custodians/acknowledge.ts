import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { ACKNOWLEDGED, deadlineInForce, REFUSED } from '../../db/deadlines.ts';
import type { Custodian } from '../../domain/bids/sealing.ts';
import { acknowledgementsOf, type DeadlineVersion } from './notices.ts';

/**
 * Records a custodian's answer to a deadline; not twice, and not for a replaced deadline: the custodian may have
 * refused it because it knows the newer one.
 * @param answer `reason`: why it refuses; null: it believes it
 */
export async function recordAcknowledgement(
  tx: Tx,
  answer: DeadlineVersion & { readonly custodian: Custodian; readonly reason: string | null },
): Promise<void> {
  const { procurementId, version, custodian, reason } = answer;
  if ((await deadlineInForce(tx.q, procurementId))?.version !== version) return;
  const before = (await acknowledgementsOf(tx.q, procurementId)).find((each) => each.custodian === custodian);
  const state = reason === null ? 'acknowledged' : 'refused';
  if (before?.state === state && before.reason === reason) return;
  recordAudit(tx, UNATTENDED, {
    action: reason === null ? ACKNOWLEDGED : REFUSED,
    procurementId,
    subject: `custodian/${custodian}`,
    detail: reason === null ? { version } : { version, reason },
  });
}
