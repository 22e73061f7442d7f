import { v7 as newId } from 'uuid';
import type { Queries, Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import {
  biddersByReference,
  insertUnmatchedPayments,
  recordedPayments,
  type Deposit,
  type UnmatchedPayment,
} from '../../db/deposits.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { assertArrived, isDuplicate, type Payment, type PaymentOutcome } from '../../domain/deposits/payment.ts';
import { referencesIn } from '../../domain/deposits/references.ts';
import { DomainError } from '../../domain/errors.ts';
import { recordLatePayers } from '../clues/record.ts';
import { confirmGuarantee } from './confirm-guarantee.ts';
import { storeDeposits } from './store.ts';

/**
 * The outcome of a payment. It does not mention the amount or the instant: judging them by a lot would reveal the lot
 * (招标投标法 22).
 */
export type JudgedPayment =
  | { readonly payment: Payment; readonly outcome: 'matched'; readonly bidder: BidderPlace }
  | { readonly payment: Payment; readonly outcome: 'unmatched' | 'duplicate' }
  | { readonly payment: Payment; readonly outcome: 'refused'; readonly refusal: DomainError };

/** Judges payments in their order, in a few reads for all; stores nothing. */
export async function judgePayments(q: Queries, payments: readonly Payment[], now: number): Promise<JudgedPayment[]> {
  const quoted = payments.map(({ text }) => referencesIn(text));
  const bidders = await biddersByReference(q, [...new Set(quoted.flat())]);
  const recorded = await recordedPayments(q, [...new Set(payments.map(({ externalId }) => externalId))]);
  return payments.map((payment, index): JudgedPayment => {
    try {
      assertArrived(payment, now);
      if (isDuplicate(payment, recorded.get(payment.externalId))) return { payment, outcome: 'duplicate' };
    } catch (error) {
      if (error instanceof DomainError) return { payment, outcome: 'refused', refusal: error };
      throw error;
    }
    // A number that occurs twice in one statement is recorded by its first line.
    recorded.set(payment.externalId, payment);
    // A text that quotes several references belongs to none.
    const [bidder, another] = (quoted[index] ?? []).flatMap((reference) => bidders.get(reference) ?? []);
    return bidder && !another ? { payment, outcome: 'matched', bidder } : { payment, outcome: 'unmatched' };
  });
}

/** Records payments: a deposit where an issued reference is quoted, else an unclaimed payment. */
export async function recordPayments(
  tx: Tx,
  actor: Actor,
  source: Deposit['source'],
  payments: readonly Payment[],
): Promise<JudgedPayment[]> {
  const judged = await judgePayments(tx.q, payments, tx.now);
  const matched: Omit<Deposit, 'id' | 'actor'>[] = [];
  const unmatched: UnmatchedPayment[] = [];
  for (const each of judged) {
    const { text: _text, form, issuer, validUntil, ...payment } = each.payment;
    const row = { ...payment, source, recordedAt: tx.now };
    if (each.outcome === 'matched') matched.push({ ...each.bidder, ...row, form, issuer, validUntil });
    if (each.outcome === 'unmatched') unmatched.push({ id: newId(), ...row, actor });
  }
  await storeDeposits(tx, actor, matched);
  await recordLatePayers(tx, matched);
  await insertUnmatchedPayments(tx, unmatched);
  for (const { id, externalId } of unmatched) {
    recordAudit(tx, actor, {
      action: 'deposit.unmatched',
      procurementId: null,
      subject: `payment/${id}`,
      detail: { transactionId: externalId, source },
      confidential: true,
    });
  }
  return judged;
}

/**
 * Records one payment, or what an issuer reports of a guarantee.
 * @throws DomainError `bad-input` where its instant is later than now, `already-exists` where the bank's number is
 *   recorded with another amount or instant
 */
export async function recordPayment(
  tx: Tx,
  actor: Actor,
  source: Deposit['source'],
  payment: Payment,
): Promise<PaymentOutcome> {
  if (payment.form !== 'transfer') return confirmGuarantee(tx, actor, payment);
  const [judged] = await recordPayments(tx, actor, source, [payment]);
  if (!judged) throw new Error('a payment was not judged');
  if (judged.outcome === 'refused') throw judged.refusal;
  return judged.outcome;
}
