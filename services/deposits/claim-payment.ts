import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { unclaimedPayment, type Deposit } from '../../db/deposits.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { organisationById } from '../../db/organisations.ts';
import { notFound } from '../../db/procurements.ts';
import { depositsTakenFor } from './bidding.ts';
import { storeDeposits } from './store.ts';

/**
 * A bidder claims a payment without a reference, by the bank's number, the amount and its own name as the payer. It
 * counts from the instant at which the bank received it.
 * @throws DomainError `not-found` for any mismatch, so that nobody can find another's payment; `stage-conflict`
 */
export async function claimPayment(
  tx: Tx,
  actor: Actor,
  at: BidderPlace,
  claimed: { readonly transactionId: string; readonly amountFen: number },
): Promise<Deposit> {
  await depositsTakenFor(tx, at);
  const payment = await unclaimedPayment(tx.q, claimed.transactionId);
  const bidder = await organisationById(tx.q, at.supplierId);
  if (payment?.amountFen !== claimed.amountFen || payment.payer?.trim() !== bidder.name) {
    throw notFound('payment', claimed.transactionId);
  }
  const { id: _id, actor: _actor, ...paid } = payment;
  const [deposit] = await storeDeposits(tx, actor, [
    { ...placeOf(at), ...paid, form: 'transfer', issuer: null, validUntil: null },
  ]);
  if (!deposit) throw new Error('a deposit was not stored');
  return deposit;
}

const placeOf = ({ procurementId, lotNo, supplierId }: BidderPlace): BidderPlace => ({
  procurementId,
  lotNo,
  supplierId,
});
