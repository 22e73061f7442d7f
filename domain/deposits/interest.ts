import { civilDayOf, formatDay, type CivilDay } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import { amountOf } from '../law/limits.ts';
import { getRule, type RuleId } from '../law/rulebook.ts';
import type { Portion } from './principal.ts';

/** 银行同期存款利率; 中国人民银行同期贷款基准利率. */
export const RATE_KINDS = ['deposit', 'loan'] as const;
export type RateKind = (typeof RATE_KINDS)[number];
/** Days of a year: banks use 360, which no law sets. */
export const DAY_COUNTS = [360, 365] as const;
export type DayCount = (typeof DAY_COUNTS)[number];

/** A rate that a bank or the central bank has published. */
export interface PublishedRate {
  /** First day in force, and the last; null: still in force. */
  readonly from: string;
  readonly until: string | null;
  /** Per year, in millionths: 0.05 % is 500. */
  readonly ratePpm: number;
  /** Absent: that of the table. */
  readonly dayCount?: DayCount;
  readonly source: string;
}

/** How interest is calculated: configuration, since no law in the rulebook sets a rate or a day count. */
export interface DepositRates extends Readonly<Record<RateKind, readonly PublishedRate[]>> {
  readonly dayCount: DayCount;
}

export interface Interest {
  readonly fen: number;
  readonly days: number;
  readonly sources: readonly string[];
}

const PPM = 1_000_000n;
/** A multiple of every day count. */
const COMMON_DAYS = 360n * 73n;

/** An amount that bears interest from one day to the day before another. */
interface Span {
  readonly amountFen: number;
  readonly from: CivilDay;
  readonly to: CivilDay;
}

/**
 * 银行同期存款利息 from the day the money arrived to the day before the refund.
 * @rule works-bond-refund-after-contract
 * @throws DomainError `rates-missing`
 */
export const depositInterest = (amountFen: number, from: number, to: number, rates: DepositRates | null): Interest =>
  depositInterestOn([{ amountFen, at: to }], from, rates);

/**
 * The same for what was refunded in parts, rounded once for all of them. `days` are those of the last.
 * @param asked the rule that asks for it, and days more than to the day before the refund
 */
export function depositInterestOn(
  portions: readonly Portion[],
  from: number,
  rates: DepositRates | null,
  { rule = RATE_RULES.deposit, daysMore = 0 }: { readonly rule?: RuleId | undefined; readonly daysMore?: number } = {},
): Interest {
  const spans = portions.map(({ amountFen, at }) => ({
    amountFen,
    from: civilDayOf(from),
    to: civilDayOf(at) + daysMore,
  }));
  return interest(spans, rates, { kind: 'deposit', rule }, 100);
}

/**
 * 超期资金占用费: for each day after the last day for a refund in time, the day of the refund included.
 * @rule gp-bond-late-interest
 * @throws DomainError `rates-missing`
 */
export const lateFee = (amountFen: number, dueAt: number, to: number, rates: DepositRates | null): Interest =>
  lateFeeOn([{ amountFen, at: to }], dueAt, rates);

/** The same for what was refunded in parts. */
export function lateFeeOn(portions: readonly Portion[], dueAt: number, rates: DepositRates | null): Interest {
  const spans = portions.map(({ amountFen, at }) => ({
    amountFen,
    from: civilDayOf(dueAt) + 1,
    to: civilDayOf(at) + 1,
  }));
  return interest(spans, rates, { kind: 'loan', rule: RATE_RULES.loan }, amountOf('gp-bond-late-interest'));
}

/** The rate that a rule asks for. */
interface Asked {
  readonly kind: RateKind;
  readonly rule: RuleId;
}

/** Rounded once to the fen, half up; exact for any size. */
function interest(spans: readonly Span[], rates: DepositRates | null, asked: Asked, percent: number): Interest {
  let exact = 0n;
  const sources = new Set<string>();
  for (const { amountFen, from, to } of spans) {
    if (amountFen === 0) continue;
    let ppmDays = 0n;
    for (let at = from; at < to; at += 1) {
      const { ratePpm, source, dayCount = rates?.dayCount ?? 360 } = rateOn(at, rates, asked);
      ppmDays += BigInt(ratePpm) * (COMMON_DAYS / BigInt(dayCount));
      sources.add(source);
    }
    exact += BigInt(amountFen) * ppmDays * BigInt(percent);
  }
  const over = PPM * COMMON_DAYS * 100n;
  const last = spans.at(-1);
  const days = last ? Math.max(0, last.to - last.from) : 0;
  return { fen: Number((2n * exact + over) / (2n * over)), days, sources: [...sources] };
}

function rateOn(at: CivilDay, rates: DepositRates | null, { kind, rule }: Asked): PublishedRate {
  const day = formatDay(at);
  const rate = findRate(rates, kind, day);
  if (rate) return rate;
  const { law, article } = getRule(rule);
  const [zh, en] = RATE_NAMES[kind];
  throw new DomainError('rates-missing', {
    messageZh: `未登记 ${day} 的${zh}，不能计算应付利息（${law} ${article}）：请管理办公室或交易中心登记后重试（POST /api/deposits/rates）`,
    messageEn: `No ${en} is recorded for ${day}: the interest due cannot be calculated (${law} ${article}); the office or the centre records it (POST /api/deposits/rates), then try again`,
    details: { rule, law, article, kind, day },
  });
}

/** The rules that ask for each rate, where a procedure names no other. */
const RATE_RULES: Readonly<Record<RateKind, RuleId>> = {
  deposit: 'works-bond-refund-after-contract',
  loan: 'gp-bond-late-interest',
};

export const RATE_NAMES: Readonly<Record<RateKind, readonly [zh: string, en: string]>> = {
  deposit: ['银行存款利率', 'deposit rate'],
  loan: ['贷款基准利率', 'benchmark loan rate'],
};

export const findRate = (rates: DepositRates | null, kind: RateKind, day: string): PublishedRate | undefined =>
  rates?.[kind].find((each) => each.from <= day && day <= (each.until ?? day));
