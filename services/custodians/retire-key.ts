import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { keyById, retireKeyRow, type CustodianKey } from '../../db/custodians.ts';
import { notFound } from '../../db/procurements.ts';

/**
 * Retires a key (lost, or known to others): nothing more is sealed to it.
 * @throws DomainError `not-found`
 */
export async function retireKey(tx: Tx, actor: Actor, id: string): Promise<CustodianKey> {
  const row = await keyById(tx.q, id);
  if (!row) throw notFound('custodian-key', id);
  if (row.retiredAt !== null) return row;
  await retireKeyRow(tx, id);
  recordAudit(tx, actor, {
    action: 'custodian.retire-key',
    procurementId: null,
    subject: `custodian/${row.custodian}`,
    detail: { recipient: row.recipient },
  });
  return { ...row, retiredAt: tx.now };
}
