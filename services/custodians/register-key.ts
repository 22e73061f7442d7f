import { v7 as newId } from 'uuid';
import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { insertKey, keyOfRecipient, keysInForce, retireKeyRow, type CustodianKey } from '../../db/custodians.ts';
import type { Custodian } from '../../domain/bids/sealing.ts';
import { DomainError } from '../../domain/errors.ts';

/**
 * Registers the key that procurements announced from now on are sealed to; the previous one is retired. Bids sealed to
 * that stay so.
 * @throws DomainError `already-exists`: a key belongs to one custodian, and is not reused once it is retired
 */
export async function registerKey(
  tx: Tx,
  actor: Actor,
  { custodian, recipient }: { readonly custodian: Custodian; readonly recipient: string },
): Promise<CustodianKey> {
  const same = await keyOfRecipient(tx.q, recipient);
  if (same) {
    throw new DomainError('already-exists', {
      messageZh: `该公钥已登记过：${recipient}`,
      messageEn: `The key was registered before: ${recipient}`,
      details: { field: 'recipient', given: recipient, custodian: same.custodian },
    });
  }
  const replaced = (await keysInForce(tx.q)).find((each) => each.custodian === custodian);
  if (replaced) await retireKeyRow(tx, replaced.id);
  const row = { id: newId(), custodian, recipient, registeredBy: actor, registeredAt: tx.now, retiredAt: null };
  await insertKey(tx, row);
  recordAudit(tx, actor, {
    action: 'custodian.register-key',
    procurementId: null,
    subject: `custodian/${custodian}`,
    detail: { recipient, replaces: replaced?.recipient ?? null },
  });
  return row;
}
