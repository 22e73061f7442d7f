import { civilDayOf, formatDay, parseDate } from '../civil-time.ts';
import { breachOf, type Violation } from '../law/violation.ts';
import { getRule, type RuleId } from '../law/rulebook.ts';
import type { DepositDefinition } from './definition.ts';
import {
  findRate,
  RATE_KINDS,
  RATE_NAMES,
  type DayCount,
  type DepositRates,
  type PublishedRate,
  type RateKind,
} from './interest.ts';

// The rates that were recorded, with their history.

export interface RecordedRate extends PublishedRate {
  readonly kind: RateKind;
  readonly dayCount: DayCount;
}

/**
 * The rates in force on each day: one applies from its first day until its last, or until the next begins; of two with the
 * same first day the later record is the correction.
 * @param recorded in the order of their first days, then of their records
 * @param others rates of a file, for days without a recorded one
 */
export function ratesOf(recorded: readonly RecordedRate[], others: DepositRates | null): DepositRates | null {
  if (recorded.length === 0) return others;
  const of = (kind: RateKind): PublishedRate[] => {
    const own = recorded.filter((rate) => rate.kind === kind);
    const inForce = own.flatMap((rate, index): PublishedRate[] => {
      const next = own[index + 1];
      if (next?.from === rate.from) return [];
      const last = next === undefined ? null : formatDay(parseDate(next.from) - 1);
      const until = [rate.until, last].filter((day) => day !== null).toSorted()[0] ?? null;
      return [{ ...rate, until }];
    });
    return [...inForce, ...(others?.[kind].map((rate) => ({ dayCount: others.dayCount, ...rate })) ?? [])];
  };
  return { dayCount: others?.dayCount ?? 360, deposit: of('deposit'), loan: of('loan') };
}

/** Which rates are not known on a day. */
export const missingRates = (rates: DepositRates | null, now: number): RateKind[] =>
  RATE_KINDS.filter((kind) => !findRate(rates, kind, formatDay(civilDayOf(now))));

/** Which rates the refunds of a procedure may need, each by the rule that asks for it. */
const neededRates = ({ contract, termination, late }: DepositDefinition['interest']) =>
  [
    { kind: 'deposit', rule: contract ?? termination },
    { kind: 'loan', rule: late },
  ] as const satisfies readonly { kind: RateKind; rule: RuleId | undefined }[];

/** Warnings where a lot requires a deposit, and interest on it could not be calculated on the day of the notice. */
export function checkRates(
  { deposits }: { readonly deposits: DepositDefinition },
  { noticeAt, lots }: { readonly noticeAt: number; readonly lots: readonly { readonly bidBondFen: number | null }[] },
  rates: DepositRates | null,
): Violation[] {
  if (lots.every(({ bidBondFen }) => (bidBondFen ?? 0) === 0)) return [];
  const day = formatDay(civilDayOf(noticeAt));
  return neededRates(deposits.interest).flatMap(({ kind, rule }) => {
    if (rule === undefined || findRate(rates, kind, day)) return [];
    const [zh, en] = RATE_NAMES[kind];
    return breachOf(getRule(rule), 'warn', {
      field: 'depositRates',
      given: null,
      messageZh: `未登记 ${day} 的${zh}，退还保证金时不能计算应付利息，请管理办公室或交易中心登记（POST /api/deposits/rates）`,
      messageEn: `No ${en} is recorded for ${day}: interest on deposits cannot be calculated when they are refunded; the office or the centre records it (POST /api/deposits/rates)`,
    });
  });
}
