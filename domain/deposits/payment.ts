import { formatInstant, instantEn, instantZh } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import type { DepositForm } from '../law/facts.ts';

/** Money that arrived, as the bank reports it. */
export interface Payment {
  /** The bank's number of the transaction. */
  readonly externalId: string;
  readonly amountFen: number;
  /** 附言, as the bank reports it. */
  readonly text: string;
  readonly payer: string | null;
  readonly payerAccount: string | null;
  readonly fromBaseAccount: boolean | null;
  readonly arrivedAt: number;
  readonly form: DepositForm;
  readonly issuer: string | null;
  readonly validUntil: number | null;
}

/** What becomes of a payment that is reported. */
export type PaymentOutcome = 'matched' | 'unmatched' | 'duplicate';

/** The fields of a recorded payment that are compared. */
export type RecordedPayment = Pick<Payment, 'amountFen' | 'arrivedAt'>;

/**
 * Whether a payment is already recorded.
 * @throws DomainError `already-exists` where the bank's number is recorded with another amount or instant
 */
export function isDuplicate(payment: Payment, recorded: RecordedPayment | undefined): boolean {
  if (!recorded) return false;
  if (recorded.amountFen === payment.amountFen && recorded.arrivedAt === payment.arrivedAt) return true;
  throw new DomainError('already-exists', {
    messageZh: `流水号 ${payment.externalId} 已登记，但金额或到账时间不同`,
    messageEn: `Transaction ${payment.externalId} is recorded already, with another amount or instant`,
    details: { field: 'transactionId', given: payment.externalId },
  });
}

/** @throws DomainError `bad-input` where the reported arrival is after `now` */
export function assertArrived({ arrivedAt }: Payment, now: number): void {
  if (arrivedAt <= now) return;
  throw new DomainError('bad-input', {
    messageZh: `到账时间 ${instantZh(arrivedAt)} 晚于现在 ${instantZh(now)}`,
    messageEn: `The time of arrival ${instantEn(arrivedAt)} is later than now, ${instantEn(now)}`,
    details: { field: 'arrivedAt', given: formatInstant(arrivedAt) },
  });
}
