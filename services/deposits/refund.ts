import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { depositsOf, refundsWithReference, type DepositAccount } from '../../db/deposits.ts';
import type { DepositRates } from '../../domain/deposits/interest.ts';
import { assertInterest, assertRefund, assertStillCovered, type Refund } from '../../domain/deposits/settlement.ts';
import { DomainError } from '../../domain/errors.ts';
import { identifierOf, plainNumber } from '../../domain/text.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { bidderRecordOf } from './bidder-record.ts';
import { depositToSettle, settled, type Settled, type Settling } from './settle.ts';
import { storeMovements } from './store.ts';

/**
 * Records that a deposit, or a part of it, was given back.
 * @throws DomainError `not-found`, `bad-input`, `already-exists` for a bank's number that is in the books, `rates-missing`,
 *   `unlawful` where less interest was paid than is owed, more than was earned, or a bid is left without its deposit
 */
export async function refundDeposit(
  tx: Tx,
  actor: Actor,
  depositId: string,
  refund: Refund,
  rates: DepositRates | null,
): Promise<Settled> {
  const settling = await depositToSettle(tx, actor, depositId);
  const { account, own, terms, tender, duty } = settling;
  const definition = procedureOf(tender);
  assertRefund(account, refund, tx.now);
  if (terms !== null && (await isJudged(tx, settling))) {
    assertStillCovered(definition, account, own, terms.requiredFen, refund.amountFen);
  }
  assertInterest(definition.deposits, account, duty, refund, rates);
  const bankReference = identifierOf(refund.bankReference);
  await refuseKnownReference(tx, actor, account, bankReference);
  await storeMovements(tx, actor, [{ deposit: account, movement: { kind: 'refunded', ...refund, bankReference } }]);
  return settled(tx, actor, settling, refund.amountFen);
}

/** Whether a bid stands on the deposit: until another has won, or the contract is signed. */
async function isJudged(tx: Tx, { account, tender, duty }: Settling): Promise<boolean> {
  const { procurementId, lotNo, supplierId } = account;
  if (tender.openedAt === null || (duty.why !== 'undecided' && duty.why !== 'won')) return false;
  const { bid, opening, contractSigned } = await bidderRecordOf(tx, { procurementId, lotNo, supplierId });
  return bid === 'standing' && opening === 'opened' && !contractSigned;
}

/** Receipts for a guarantee are numbered by whoever writes them, a bank's transfers by the bank. */
async function refuseKnownReference(
  tx: Tx,
  { organisationId }: Actor,
  { procurementId, form }: DepositAccount,
  bankReference: string,
): Promise<void> {
  const number = plainNumber(bankReference);
  const others = await refundsWithReference(tx.q, number);
  const known = others.find(
    (other) =>
      other.procurementId === procurementId ||
      (form === 'transfer' && organisationId !== null && other.actor.organisationId === organisationId),
  );
  const isIncoming = form === 'transfer' && (await isArrivedPayment(tx, procurementId, number));
  if (!known && !isIncoming) return;
  throw new DomainError('already-exists', {
    messageZh: isIncoming
      ? `${bankReference} 是收款的流水号，应填写退款的流水号`
      : `退款流水号 ${bankReference} 已登记过一笔退还，一笔付款只能登记一次`,
    messageEn: isIncoming
      ? `${bankReference} is the number of the incoming payment: give the number of the refund`
      : `The refund ${bankReference} is in the books already: one payment is recorded once`,
    details: { field: 'bankReference', given: bankReference, ...(known ? { depositId: known.depositId } : {}) },
  });
}

/** Whether a payment of the tender came in under a number, whichever bidder's it is. */
async function isArrivedPayment({ q }: Tx, procurementId: string, number: string): Promise<boolean> {
  const arrived = await depositsOf(q, { procurementId });
  return arrived.some(({ form, externalId }) => form === 'transfer' && plainNumber(externalId) === number);
}
