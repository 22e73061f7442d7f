import { civilDayOf, endOfDay } from '../civil-time.ts';
import type { Calendar } from '../law/calendar.ts';
import { due } from '../law/due.ts';
import { amountOf } from '../law/limits.ts';
import { getRule, ruleInForce, type RuleId } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import type { ContractDefinition } from './definition.ts';
import type { InstalmentStanding } from './standing.ts';
import type { ContractTerms } from './stated.ts';

/** The last instant for a payment, and the rules by which it is (none: as agreed). Civil epoch ms. */
export interface PaymentDue {
  readonly dueAt: number;
  readonly fromAt: number;
  readonly rule: RuleId | null;
}

type Timed = Pick<InstalmentStanding, 'after' | 'days' | 'from' | 'invoicedAt' | 'deliveredAt' | 'acceptanceEndAt'>;

/**
 * From when an instalment is owed: what it waits for has happened. An acceptance that is put off does not put off what a small firm is
 * owed: its agreed period counts (保障中小企业款项支付条例 10).
 */
export function owedFrom({ from, acceptanceEndAt }: Timed, smallFirm: boolean): number | null {
  if (!smallFirm || acceptanceEndAt === null) return from;
  return from === null ? acceptanceEndAt : Math.min(from, acceptanceEndAt);
}

/**
 * When an instalment is owed at the latest; null: what it waits for has not happened, or no law and no agreement limits it. What
 * the contract agrees on counts in calendar days, the day of the event not included; of periods that both bind, the
 * earlier does. A law counts where it is in force when the period begins.
 * @rule gp-pay-sme, gp-pay-sme-max, gp-pay-sme-acceptance, gp-pay-invoice
 */
export function paymentDue(
  { smallFirm: ofSmallFirms, invoice }: ContractDefinition['payment'],
  instalment: Timed,
  smallFirm: boolean,
  calendar: Calendar,
): PaymentDue | null {
  const { after, days, invoicedAt, deliveredAt } = instalment;
  const from = owedFrom(instalment, smallFirm);
  if (from === null) return null;
  const periods: PaymentDue[] = [];
  const byRule = (rule: RuleId | undefined, fromAt: number): void => {
    if (rule === undefined || !ruleInForce(rule, fromAt)) return;
    periods.push({ dueAt: due(rule, fromAt, calendar).due, fromAt, rule });
  };
  if (days !== null) periods.push({ dueAt: endOfDay(civilDayOf(from) + days), fromAt: from, rule: null });
  else if (smallFirm && after !== 'signing') byRule(ofSmallFirms?.period, from);
  // However it is agreed: no later than that after the delivery.
  if (smallFirm && after !== 'acceptance' && deliveredAt !== null) byRule(ofSmallFirms?.most, deliveredAt);
  if (invoicedAt !== null) byRule(invoice, Math.max(from, invoicedAt));
  return periods.reduce<PaymentDue | null>((first, each) => (first && first.dueAt <= each.dueAt ? first : each), null);
}

const PARTS = 1_000_000n;
const PARTS_PER_PERCENT = 10_000;

/** Late interest of a sum in fen, rounded half up: a share of it (millionths) for each civil day after the last. */
function lateFen(amountFen: number, dueAt: number, paidAt: number, dailyPpm: number): number {
  const late = civilDayOf(paidAt) - civilDayOf(dueAt);
  if (late <= 0) return 0;
  return Number((BigInt(amountFen) * BigInt(late) * BigInt(dailyPpm) * 2n + PARTS) / (PARTS * 2n));
}

/** What late interest a day is, in millionths: as agreed, else of a small firm that of the law; null: none is owed. */
export function lateRatePpm(
  { smallFirm: ofSmallFirms }: ContractDefinition['payment'],
  terms: Pick<ContractTerms, 'smallFirm' | 'lateInterest'> | null,
): number | null {
  if (terms?.lateInterest) return terms.lateInterest.dailyPpm;
  if (terms?.smallFirm !== true || ofSmallFirms?.interest === undefined) return null;
  return Math.round(amountOf(ofSmallFirms.interest) * PARTS_PER_PERCENT);
}

/**
 * 逾期利息 of an instalment until `now`: of each payment that came late, and of what is not paid yet.
 * @rule gp-pay-sme-late-interest
 */
export function interestOwed(
  dailyPpm: number | null,
  { amountFen, paidFen, payments }: Pick<InstalmentStanding, 'amountFen' | 'paidFen' | 'payments'>,
  owed: PaymentDue | null,
  now: number,
): number {
  if (dailyPpm === null || owed === null) return 0;
  const late = payments.reduce((sum, each) => sum + lateFen(each.amountFen, owed.dueAt, each.paidAt, dailyPpm), 0);
  return late + lateFen(amountFen - paidFen, owed.dueAt, now, dailyPpm);
}

/** Days of a year, in which a rate a year is compared with one a day. */
const DAYS_A_YEAR = 365;

/** An agreed rate is not below 1年期贷款市场报价利率 of the signing, which is stated beside it. */
export function lateInterestFaults(
  { smallFirm: ofSmallFirms }: ContractDefinition['payment'],
  { smallFirm, lateInterest }: Pick<ContractTerms, 'smallFirm' | 'lateInterest'>,
): Violation[] {
  if (!smallFirm || !lateInterest || ofSmallFirms?.interest === undefined) return [];
  const { dailyPpm, lprPpm } = lateInterest;
  const rule = getRule(ofSmallFirms.interest);
  if (lprPpm === null) {
    return [
      breachOf(rule, severityOf(rule), {
        ...{ field: 'terms.lateInterest.lprPpm', given: null },
        messageZh: '约定逾期利率的，应当写明合同订立时的1年期贷款市场报价利率',
        messageEn: 'Beside an agreed rate, state the one-year loan prime rate of the signing',
      }),
    ];
  }
  const least = Math.ceil(lprPpm / DAYS_A_YEAR);
  if (dailyPpm >= least) return [];
  return [
    breachOf(rule, severityOf(rule), {
      ...{ field: 'terms.lateInterest.dailyPpm', given: dailyPpm, limit: least },
      messageZh: '约定的逾期利率不得低于合同订立时1年期贷款市场报价利率',
      messageEn: 'The agreed rate is not below the one-year loan prime rate of the signing',
    }),
  ];
}
