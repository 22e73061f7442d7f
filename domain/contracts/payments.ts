import { civilDayOf, endOfDay } from '../civil-time.ts';
import type { Calendar } from '../law/calendar.ts';
import { due } from '../law/due.ts';
import { amountOf } from '../law/limits.ts';
import { ruleInForce, type RuleId } from '../law/rulebook.ts';
import type { ContractDefinition } from './definition.ts';
import type { InstalmentStanding } from './standing.ts';

/** The last instant for a payment, and the rules by which it is (none: as agreed). Civil epoch ms. */
export interface PaymentDue {
  readonly dueAt: number;
  readonly fromAt: number;
  readonly rule: RuleId | null;
}

/**
 * When an instalment is owed at the latest; null: what it waits for has not happened, or no law and no agreement limits it. What
 * the contract agrees on counts in calendar days, the day of the event not included; of periods that both bind, the
 * earlier does. A law counts where it is in force when the period begins.
 * @rule gp-pay-sme, gp-pay-invoice
 */
export function paymentDue(
  { smallFirm: ofSmallFirms, invoice }: ContractDefinition['payment'],
  { after, days, from, invoicedAt }: Pick<InstalmentStanding, 'after' | 'days' | 'from' | 'invoicedAt'>,
  smallFirm: boolean,
  calendar: Calendar,
): PaymentDue | null {
  if (from === null) return null;
  const periods: PaymentDue[] = [];
  const byRule = (rule: RuleId | undefined, fromAt: number): void => {
    if (rule === undefined || !ruleInForce(rule, fromAt)) return;
    periods.push({ dueAt: due(rule, fromAt, calendar).due, fromAt, rule });
  };
  if (days !== null) periods.push({ dueAt: endOfDay(civilDayOf(from) + days), fromAt: from, rule: null });
  else if (smallFirm && after !== 'signing') byRule(ofSmallFirms?.period, from);
  if (invoicedAt !== null) byRule(invoice, Math.max(from, invoicedAt));
  return periods.reduce<PaymentDue | null>((first, each) => (first && first.dueAt <= each.dueAt ? first : each), null);
}

const PARTS = 1_000_000n;
const PARTS_PER_PERCENT = 10_000;

/** Late interest of a sum in fen, rounded half up: a share of it for each civil day after the last. */
function lateFen(amountFen: number, dueAt: number, paidAt: number, rule: RuleId): number {
  const late = civilDayOf(paidAt) - civilDayOf(dueAt);
  if (late <= 0) return 0;
  const perDay = BigInt(Math.round(amountOf(rule) * PARTS_PER_PERCENT));
  return Number((BigInt(amountFen) * BigInt(late) * perDay * 2n + PARTS) / (PARTS * 2n));
}

/**
 * 逾期利息 of an instalment until `now` where the contract agrees on none: of each payment that came late, and of what is not
 * paid yet.
 * @rule gp-pay-sme-late-interest
 */
export function interestOwed(
  rule: RuleId | undefined,
  { amountFen, paidFen, payments }: Pick<InstalmentStanding, 'amountFen' | 'paidFen' | 'payments'>,
  owed: PaymentDue | null,
  now: number,
): number {
  if (rule === undefined || owed === null) return 0;
  const late = payments.reduce((sum, each) => sum + lateFen(each.amountFen, owed.dueAt, each.paidAt, rule), 0);
  return late + lateFen(amountFen - paidFen, owed.dueAt, now, rule);
}
