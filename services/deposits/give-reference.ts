import { randomBytes } from 'node:crypto';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { insertReference, referenceOf } from '../../db/deposits.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { REFERENCE_BYTES, referenceFrom } from '../../domain/deposits/references.ts';

/** Returns a bidder's reference (附言) for its deposit for a lot: always the same. */
export async function giveReference(tx: Tx, actor: Actor, at: BidderPlace): Promise<string> {
  const given = await referenceOf(tx.q, at);
  if (given !== null) return given;
  const reference = referenceFrom(randomBytes(REFERENCE_BYTES));
  const { procurementId, lotNo, supplierId } = at;
  await insertReference(tx, { reference, procurementId, lotNo, supplierId, issuedAt: tx.now });
  recordAudit(tx, actor, {
    action: 'deposit.reference',
    procurementId,
    subject: `lot/${lotNo}`,
    detail: { supplierId },
    confidential: true,
  });
  return reference;
}
