import { formatInstant } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import type { DepositForm } from '../law/facts.ts';
import { citeEn, citeZh } from '../law/rule.ts';
import { citationOf, getRule } from '../law/rulebook.ts';
import type { DepositDefinition, Procedure } from '../procedures/procedure.ts';
import { contradictionOf, FORFEIT_GROUNDS, type BidderRecord, type ForfeitGround } from './grounds.ts';
import { depositInterest, lateFee, type DepositRates, type Interest } from './interest.ts';
import type { RefundDuty } from './refund-duty.ts';

// Checks of a refund, and of the grounds on which a deposit may be kept.

interface SettledDeposit {
  readonly form: DepositForm;
  readonly arrivedAt: number;
  /** Neither refunded nor kept. */
  readonly leftFen: number;
}

export interface Refund {
  readonly amountFen: number;
  readonly interestFen: number;
  /** When the bank sent it. */
  readonly at: number;
  readonly bankReference: string;
}

/**
 * The interest due with a deposit if it is refunded at an instant; null where the law requires none.
 * @throws DomainError `rates-missing`
 */
export function interestOwed(
  { interest }: Pick<DepositDefinition, 'interest'>,
  deposit: Pick<SettledDeposit, 'form' | 'arrivedAt'>,
  duty: RefundDuty,
  refund: Pick<Refund, 'amountFen' | 'at'>,
  rates: DepositRates | null,
): { rule: string; interest: Interest } | null {
  if (deposit.form !== 'transfer') return null;
  if (interest.owed === 'with-refund') {
    if (duty.why === 'withdrawn' || duty.why === 'failed') return null;
    const rule = duty.why === 'terminated' ? interest.termination : interest.contract;
    return { rule, interest: depositInterest(refund.amountFen, deposit.arrivedAt, refund.at, rates) };
  }
  if (interest.owed === 'none' || duty.dueAt === null || refund.at <= duty.dueAt) return null;
  return { rule: interest.rule, interest: lateFee(refund.amountFen, duty.dueAt, refund.at, rates) };
}

/**
 * @param now the instant of the record
 * @throws DomainError `bad-input`
 */
export function assertRefund(deposit: SettledDeposit, refund: Refund, now: number): void {
  assertLeft(deposit, refund.amountFen);
  assertGuaranteeWhole(deposit, refund);
  if (refund.at >= deposit.arrivedAt && refund.at <= now) return;
  throw new DomainError('bad-input', {
    messageZh: '退还时间应在到账之后、登记之前',
    messageEn: 'A refund is sent after the deposit arrived and before it is recorded',
    details: { field: 'at', given: formatInstant(refund.at) },
  });
}

/** @throws DomainError `rates-missing`, `unlawful` where less interest is paid than is owed */
export function assertInterest(
  definition: Pick<DepositDefinition, 'interest'>,
  deposit: SettledDeposit,
  duty: RefundDuty,
  refund: Refund,
  rates: DepositRates | null,
): void {
  const owed = interestOwed(definition, deposit, duty, refund, rates);
  if (!owed || refund.interestFen >= owed.interest.fen) return;
  const rule = getRule(owed.rule);
  throw new DomainError('unlawful', {
    messageZh: `应付利息 ${owed.interest.fen} 分（${owed.interest.days} 天），所登记为 ${refund.interestFen} 分（${citeZh(rule)}）`,
    messageEn: `Interest of ${owed.interest.fen} fen (${owed.interest.days} days) is owed; ${refund.interestFen} fen is given (${citeEn(rule)})`,
    details: {
      field: 'interestFen',
      given: refund.interestFen,
      least: owed.interest.fen,
      rule: rule.id,
      law: rule.law,
      article: rule.article,
    },
  });
}

/**
 * @param record what the platform itself has recorded of the bidder
 * @throws DomainError `bad-input`, `unlawful` for a ground that the procedure does not have, or that the record
 *   contradicts; a bidder that withdrew in time gets its deposit back (条例 35)
 */
export function assertForfeit(
  { deposits, words }: Pick<Procedure, 'deposits' | 'words'>,
  deposit: SettledDeposit,
  duty: RefundDuty,
  forfeit: { readonly amountFen: number; readonly ground: ForfeitGround },
  record: BidderRecord,
): void {
  assertLeft(deposit, forfeit.amountFen);
  const own = deposits.forfeit[forfeit.ground];
  const withdrawn = duty.why === 'withdrawn';
  const contradicted = own === undefined || withdrawn ? null : contradictionOf(forfeit.ground, record, words);
  if (own !== undefined && !withdrawn && !contradicted) return;
  const [known] = Object.values(deposits.forfeit);
  const { zh, en, details } = citationOf((withdrawn ? duty.rule : null) ?? own ?? known);
  const because = contradicted ?? { zh: '', en: '' };
  throw new DomainError('unlawful', {
    messageZh: `该情形不是不予退还${words.deposit}的法定理由${because.zh && `：${because.zh}`}${zh}`,
    messageEn: `This is no lawful ground to keep a deposit here${because.en && `: ${because.en}`}${en}`,
    details: {
      field: 'ground',
      given: forfeit.ground,
      ...(contradicted ? { record, lawful: lawfulGrounds({ deposits, words }, record) } : {}),
      ...details,
    },
  });
}

/** The grounds of a procedure that the record does not contradict. */
const lawfulGrounds = (
  { deposits, words }: Pick<Procedure, 'deposits' | 'words'>,
  record: BidderRecord,
): ForfeitGround[] =>
  FORFEIT_GROUNDS.filter(
    (ground) => deposits.forfeit[ground] !== undefined && contradictionOf(ground, record, words) === null,
  );

function assertLeft({ leftFen }: SettledDeposit, amountFen: number): void {
  if (amountFen > 0 && amountFen <= leftFen) return;
  throw new DomainError('bad-input', {
    messageZh: `尚未退还的金额为 ${leftFen} 分`,
    messageEn: `${leftFen} fen of it are left`,
    details: { field: 'amountFen', given: amountFen, limit: leftFen },
  });
}

/** A guarantee is returned as a document: whole, and without interest. */
function assertGuaranteeWhole({ form, leftFen }: SettledDeposit, { amountFen, interestFen }: Refund): void {
  if (form === 'transfer' || (amountFen === leftFen && interestFen === 0)) return;
  throw new DomainError('bad-input', {
    messageZh: `保函（保险）应当整份退还（${leftFen} 分），且不计利息`,
    messageEn: `A guarantee is returned in full (${leftFen} fen), without interest`,
    details: {
      field: amountFen === leftFen ? 'interestFen' : 'amountFen',
      lawful: { amountFen: leftFen, interestFen: 0 },
    },
  });
}
