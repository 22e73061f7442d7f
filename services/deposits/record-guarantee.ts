import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { biddersByReference, type Deposit } from '../../db/deposits.ts';
import { notFound } from '../../db/procurements.ts';
import type { Guarantee } from '../../domain/deposits/guarantee.ts';
import { referencesIn } from '../../domain/deposits/references.ts';
import { storeGuarantee } from './hand-in-guarantee.ts';

/**
 * The centre records a guarantee that was handed in on paper, by the bidder's reference. Like a payment it is taken
 * whatever it says: what is wrong with it would tell of which tender it is.
 * @throws DomainError `not-found` where no such reference was given out, `already-exists`
 */
export async function recordGuarantee(tx: Tx, actor: Actor, reference: string, guarantee: Guarantee): Promise<Deposit> {
  const [bidder, another] = (await biddersByReference(tx.q, referencesIn(reference))).values();
  if (!bidder || another) throw notFound('reference', reference);
  return storeGuarantee(tx, actor, bidder, 'centre', guarantee);
}
