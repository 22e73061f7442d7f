import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import { allEnded, type TenderCase } from '../tender/case.ts';

/**
 * Called when the last lot has ended. @throws Error while a lot is still running: a procurement never ends before its
 * lots
 */
export function concludeProcurement(c: TenderCase): void {
  if (!allEnded(c.lots)) throw new Error(`procurement ${c.id} still has lots that have not ended`);
  c.advance('concluded', { endedAt: c.tx.now });
  recordAudit(c.tx, UNATTENDED, {
    action: 'procurement.conclude',
    procurementId: c.id,
    subject: `procurement/${c.id}`,
  });
}
