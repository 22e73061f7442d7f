import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { unclaimedPayment, type Deposit, type UnmatchedPayment } from '../../db/deposits.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { organisationById, organisationsCalled } from '../../db/organisations.ts';
import { formerNamesOf } from '../../db/parties/corrections.ts';
import { notFound } from '../../db/procurements.ts';
import { isPaidBy } from '../../domain/deposits/payers.ts';
import { depositsTakenFor } from './bidding.ts';
import { storeDeposits } from './store.ts';

/**
 * A bidder claims a payment without a reference, by the bank's number, the amount and its own name, or a former one, as
 * the payer. It counts from the instant at which the bank received it.
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
  const mine = payment?.amountFen === claimed.amountFen && (await isOwn(tx, payment, at.supplierId));
  if (!payment || !mine) {
    throw notFound('payment', claimed.transactionId);
  }
  const { id: _id, actor: _actor, ...paid } = payment;
  const [deposit] = await storeDeposits(tx, actor, [
    { ...placeOf(at), ...paid, form: 'transfer', issuer: null, validUntil: null },
  ]);
  if (!deposit) throw new Error('a deposit was not stored');
  return deposit;
}

/** Whether a bidder paid it, by its name or a former one: not where another has exactly the name that the bank wrote. */
async function isOwn(tx: Tx, payment: UnmatchedPayment, supplierId: string): Promise<boolean> {
  const { name } = await organisationById(tx.q, supplierId);
  const written = payment.payer?.trim() ?? '';
  if (written === name) return true;
  const formerNames = (await formerNamesOf(tx.q, [supplierId])).get(supplierId) ?? [];
  return isPaidBy(payment, { name, formerNames }) && (await organisationsCalled(tx.q, written)).length === 0;
}

const placeOf = ({ procurementId, lotNo, supplierId }: BidderPlace): BidderPlace => ({
  procurementId,
  lotNo,
  supplierId,
});
