import { formatInstant } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import { yuan } from '../law/catalogue.ts';
import { citeEn, citeZh } from '../law/rule.ts';
import { citationOf, getRule, type RuleId } from '../law/rulebook.ts';
import type { Procedure } from '../procedures/procedure.ts';
import type { DepositDefinition } from './definition.ts';
import { contradictionOf, FORFEIT_GROUNDS, type BidderRecord, type ForfeitGround } from './grounds.ts';
import { depositInterestOn, lateFeeOn, type DepositRates, type Interest } from './interest.ts';
import { seenOf } from '../text.ts';
import { bearingPortions, type HeldDeposit, type Portion, type SettledDeposit } from './principal.ts';
import type { RefundDuty } from './refund-duty.ts';

// Checks of a refund, and of the grounds on which a deposit may be kept.

export interface Refund {
  readonly amountFen: number;
  readonly interestFen: number;
  /** When the bank sent it. */
  readonly at: number;
  readonly bankReference: string;
}

type Refunded = Pick<Refund, 'amountFen' | 'at'>;

/** What the money earned (孳息), or what is paid for the days late (超期资金占用费). */
interface InterestPart {
  readonly of: 'earned' | 'late';
  readonly rule: RuleId;
  readonly interest: Interest;
}

/** What is owed in all, less what was paid, with the rule and the days of its first part. */
export interface OwedInterest {
  readonly rule: RuleId;
  readonly interest: Interest;
  readonly parts: readonly InterestPart[];
}

/**
 * The interest due with a deposit if it is refunded at an instant: on all that was refunded of it so far, rounded once,
 * less what was paid. Null where the law requires none.
 * @throws DomainError `rates-missing`
 */
export function interestOwed(
  { interest }: Pick<DepositDefinition, 'interest'>,
  deposit: SettledDeposit,
  duty: RefundDuty,
  refund: Refunded,
  rates: DepositRates | null,
): OwedInterest | null {
  if (deposit.form !== 'transfer') return null;
  const portions = portionsWith(deposit, refund);
  const earned = earningRule(interest, duty);
  const parts: InterestPart[] = [];
  if (earned !== undefined) {
    const grown = depositInterestOn(portions, deposit.arrivedAt, rates, { rule: earned });
    parts.push({ of: 'earned', rule: earned, interest: grown });
  }
  if (interest.late !== undefined && duty.dueAt !== null && refund.at > duty.dueAt) {
    parts.push({ of: 'late', rule: interest.late, interest: lateFeeOn(portions, duty.dueAt, rates) });
  }
  const [first] = parts;
  if (!first) return null;
  const fen = parts.reduce((sum, part) => sum + part.interest.fen, 0);
  const sources = [...new Set(parts.flatMap((part) => part.interest.sources))];
  return { rule: first.rule, interest: lessPaid(deposit, { fen, days: first.interest.days, sources }), parts };
}

/** The rule by which what the money earned goes back with it. */
function earningRule(
  { contract, termination }: DepositDefinition['interest'],
  { why }: Pick<RefundDuty, 'why'>,
): RuleId | undefined {
  if (why === 'withdrawn' || why === 'failed') return undefined;
  return why === 'terminated' ? termination : contract;
}

const refundsOf = ({ movements }: HeldDeposit): SettledDeposit['movements'] =>
  movements.filter(({ kind }) => kind === 'refunded');

const portionsWith = (deposit: SettledDeposit, refund: Refunded): Portion[] =>
  bearingPortions(deposit, [...refundsOf(deposit), refund]);

function lessPaid(deposit: HeldDeposit, interest: Interest): Interest {
  const paid = refundsOf(deposit).reduce((sum, { interestFen }) => sum + interestFen, 0);
  return { ...interest, fen: Math.max(0, interest.fen - paid) };
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

/**
 * @throws DomainError `rates-missing`, `unlawful` where less interest is paid than is owed, or more than the money can have
 *   earned
 */
export function assertInterest(
  definition: Pick<DepositDefinition, 'interest'>,
  deposit: SettledDeposit,
  duty: RefundDuty,
  refund: Refund,
  rates: DepositRates | null,
): void {
  const owed = interestOwed(definition, deposit, duty, refund, rates);
  const least = owed?.interest.fen ?? 0;
  if (refund.interestFen === least) return;
  const rule = owed && getRule(owed.rule);
  const cited = rule && { rule: rule.id, law: rule.law, article: rule.article };
  if (rule && refund.interestFen < least) {
    const [zh, en] = partsText(owed);
    throw new DomainError('unlawful', {
      messageZh: `应付利息 ${yuan(least)} 元（${zh.days}），所登记为 ${yuan(refund.interestFen)} 元（${zh.cited}）`,
      messageEn: `Interest of ${yuan(least)} yuan (${en.days}) is owed; ${yuan(refund.interestFen)} yuan is given (${en.cited})`,
      details: { field: 'interestFen', given: refund.interestFen, least, ...cited },
    });
  }
  const most = mostInterest(deposit, refund, owed, rates);
  if (refund.interestFen <= most) return;
  throw new DomainError('unlawful', {
    messageZh: `利息最多 ${yuan(most)} 元（按已登记利率、含退还当日），所登记为 ${yuan(refund.interestFen)} 元${rule ? `（${citeZh(rule)}）` : ''}`,
    messageEn: `Interest is at most ${yuan(most)} yuan (by the recorded rates, the day of the refund included); ${yuan(refund.interestFen)} yuan is given${rule ? ` (${citeEn(rule)})` : ''}`,
    details: { field: 'interestFen', given: refund.interestFen, least, most, ...cited },
  });
}

/** The days of each part of what is owed, and its article, in both languages. */
function partsText({ parts }: OwedInterest) {
  const text = (days: string, separator: string, cite: typeof citeZh) => ({
    days: parts.map(({ interest }) => `${interest.days}${days}`).join(separator),
    cited: parts.map(({ rule }) => cite(getRule(rule))).join(separator),
  });
  return [text(' 天', '；', citeZh), text(' days', '; ', citeEn)] as const;
}

/**
 * The most that a deposit can have earned at the bank, the day of the refund included, as some banks count it; with the fee
 * for days late where that is owed besides (孳息 and 超期资金占用费 are two things).
 */
function mostInterest(
  deposit: SettledDeposit,
  refund: Refunded,
  owed: OwedInterest | null,
  rates: DepositRates | null,
): number {
  if (deposit.form !== 'transfer') return 0;
  const counted = { rule: owed?.rule, daysMore: 1 };
  const earned = depositInterestOn(portionsWith(deposit, refund), deposit.arrivedAt, rates, counted);
  const late = owed?.parts.find(({ of }) => of === 'late')?.interest.fen ?? 0;
  return Math.max(owed?.interest.fen ?? 0, lessPaid(deposit, { ...earned, fen: earned.fen + late }).fen);
}

/**
 * While bids are judged the deposit of each covers its bid: only an overpayment, or a payment as a whole, goes back.
 * @param own all deposits of the bidder for the lot
 * @throws DomainError `unlawful`
 */
export function assertStillCovered(
  { deposits, words }: Pick<Procedure, 'deposits' | 'words'>,
  deposit: SettledDeposit,
  own: readonly HeldDeposit[],
  requiredFen: number,
  amountFen: number,
): void {
  const left = own.reduce((sum, { leftFen }) => sum + leftFen, 0);
  if (amountFen === deposit.leftFen || left - amountFen >= requiredFen) return;
  const { zh, en, details } = citationOf(deposits.validity ?? deposits.invalidWithout);
  const surplus = Math.max(0, left - requiredFen);
  throw new DomainError('unlawful', {
    messageZh: `该${words.bidder}的${words.bid}尚在评审，${words.deposit} ${yuan(requiredFen)} 元不得部分退还：可以退还多交的 ${yuan(surplus)} 元，或者该笔全部 ${yuan(deposit.leftFen)} 元${zh}`,
    messageEn: `The bid is still being judged, and its deposit of ${yuan(requiredFen)} yuan is not refunded in part: the overpayment of ${yuan(surplus)} yuan may go back, or this payment of ${yuan(deposit.leftFen)} yuan as a whole${en}`,
    details: { field: 'amountFen', given: amountFen, lawful: { most: surplus, whole: deposit.leftFen }, ...details },
  });
}

/**
 * @param record what the platform itself has recorded of the bidder
 * @throws DomainError `bad-input`, `unlawful` for a ground that the procedure does not have, or that the record
 *   contradicts; a bidder that withdrew in time gets its deposit back (条例 35), and all do where the tender is terminated (31)
 */
export function assertForfeit(
  { deposits, words }: Pick<Procedure, 'deposits' | 'words'>,
  deposit: SettledDeposit,
  duty: RefundDuty,
  forfeit: { readonly amountFen: number; readonly ground: ForfeitGround; readonly clauseZh?: string | undefined },
  record: BidderRecord,
): void {
  const own = deposits.forfeit[forfeit.ground];
  const goesBack = duty.why === 'withdrawn' || duty.why === 'terminated';
  const contradicted = own === undefined || goesBack ? null : contradictionOf(forfeit.ground, record, words);
  if (own !== undefined && !goesBack && !contradicted) {
    assertClause({ words }, duty, forfeit, record);
    assertKeepable(deposit, forfeit.amountFen);
    return;
  }
  const [known] = Object.values(deposits.forfeit);
  const back = (duty.why === 'terminated' ? deposits.interest.termination : null) ?? (goesBack ? duty.rule : null);
  const { zh, en, details } = citationOf(back ?? own ?? known);
  const because = contradicted ?? (duty.why === 'terminated' ? TERMINATED : { zh: '', en: '' });
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

const TERMINATED = {
  zh: '项目（标段）已经终止，所收取的应当退还',
  en: 'the tender or the lot was terminated, and what was collected goes back',
};

/**
 * Once the contract is signed deposits go back in days: who keeps one by the documents names the clause of them that says so.
 * @throws DomainError `unlawful`
 */
function assertClause(
  { words }: Pick<Procedure, 'words'>,
  duty: RefundDuty,
  { ground, clauseZh = '' }: { readonly ground: ForfeitGround; readonly clauseZh?: string | undefined },
  { contractSigned }: BidderRecord,
): void {
  if (ground !== 'as-documents-say' || !contractSigned || seenOf(clauseZh) !== '') return;
  const { zh, en, details } = citationOf(duty.rule ?? undefined);
  throw new DomainError('unlawful', {
    messageZh: `合同已经签订，${words.deposit}应当退还；按${words.documents}不予退还的，应当写明所依据的条款（clauseZh）${zh}`,
    messageEn: `The contract is signed and the deposit goes back: to keep it by the documents, name the clause that says so (clauseZh)${en}`,
    details: { field: 'clauseZh', given: null, ...details },
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

/** @throws DomainError `bad-input` for more than is left of the deposit that the lot requires: an overpayment goes back */
function assertKeepable(deposit: SettledDeposit, amountFen: number): void {
  assertLeft(deposit, amountFen);
  const kept = deposit.movements
    .filter(({ kind }) => kind === 'forfeited')
    .reduce((sum, movement) => sum + movement.amountFen, 0);
  const back = bearingPortions(deposit, refundsOf(deposit)).reduce((sum, portion) => sum + portion.amountFen, 0);
  const limit = Math.min(deposit.leftFen, deposit.principalFen - kept - back);
  if (amountFen <= limit) return;
  throw new DomainError('bad-input', {
    messageZh: `其中属于要求的金额而可以不予退还的为 ${yuan(limit)} 元，多交的应当退还`,
    messageEn: `${yuan(limit)} yuan of it are of the amount that the lot requires and may be kept; an overpayment goes back`,
    details: { field: 'amountFen', given: amountFen, limit },
  });
}

function assertLeft({ leftFen }: SettledDeposit, amountFen: number): void {
  if (amountFen > 0 && amountFen <= leftFen) return;
  throw new DomainError('bad-input', {
    messageZh: `尚未退还的金额为 ${yuan(leftFen)} 元`,
    messageEn: `${yuan(leftFen)} yuan of it are left`,
    details: { field: 'amountFen', given: amountFen, limit: leftFen },
  });
}

/** A guarantee is returned as a document: whole, and without interest. */
function assertGuaranteeWhole({ form, leftFen }: SettledDeposit, { amountFen, interestFen }: Refund): void {
  if (form === 'transfer' || (amountFen === leftFen && interestFen === 0)) return;
  throw new DomainError('bad-input', {
    messageZh: `保函（保险）应当整份退还（${yuan(leftFen)} 元），且不计利息`,
    messageEn: `A guarantee is returned in full (${yuan(leftFen)} yuan), without interest`,
    details: {
      field: amountFen === leftFen ? 'interestFen' : 'amountFen',
      lawful: { amountFen: leftFen, interestFen: 0 },
    },
  });
}
