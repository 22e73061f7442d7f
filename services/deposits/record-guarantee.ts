import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { biddersByReference, type Deposit } from '../../db/deposits.ts';
import { notFound } from '../../db/procurements.ts';
import type { Guarantee } from '../../domain/deposits/guarantee.ts';
import { referencesIn } from '../../domain/deposits/references.ts';
import { storeGuarantee } from './hand-in-guarantee.ts';

/**
 * The centre records a guarantee submitted on paper, by the bidder's reference. Like a payment it is accepted whatever
 * its terms: an error would reveal its tender. A later entry of the same guarantee replaces the earlier one until the
 * deadline.
 * @throws DomainError `not-found` where no such reference was issued, `already-exists` where the centre recorded the very
 *   same
 */
export async function recordGuarantee(tx: Tx, actor: Actor, reference: string, guarantee: Guarantee): Promise<Deposit> {
  const [bidder, another] = (await biddersByReference(tx.q, referencesIn(reference))).values();
  if (!bidder || another) throw notFound('reference', reference);
  return storeGuarantee(tx, actor, bidder, { source: 'centre', guarantee, replaces: null });
}
