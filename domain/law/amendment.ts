import { civilDayOf, DAY_MS, formatInstant, instantEn, instantZh, startOfDay } from '../civil-time.ts';
import type { Procedure } from '../procedures/procedure.ts';
import type { Calendar } from './calendar.ts';
import { UNIT_EN, UNIT_ZH } from './check.ts';
import { due, getPeriodRule } from './due.ts';
import { breachOf, severityOf, type Violation } from './violation.ts';

/**
 * Clarification or amendment of the tender documents (澄清、修改) that may affect the bids: where fewer days are left than
 * the law requires, the deadline must move (招标投标法实施条例 21, 政府采购法实施条例 31).
 */

/**
 * The earliest deadline (epoch ms) that leaves the lawful time after an amendment notified at `amendedAt`. One notified
 * on a rest day counts from the next workday, as the cut-off of the organiser's duty does.
 * @throws DomainError `calendar-year-not-loaded`
 */
export function earliestDeadlineAfterAmendment(
  { rules }: Pick<Procedure, 'rules'>,
  amendedAt: number,
  calendar: Calendar,
): number {
  const rule = getPeriodRule(rules.amendment);
  if (rule.unit === 'working_day') {
    let deadline = amendedAt;
    const isWorked = () => calendar.status(civilDayOf(deadline), 'least-work').works;
    while (!isWorked() || due(rule.id, deadline, calendar).due < amendedAt) deadline += DAY_MS;
    // Counted from the same time of day; where its day leaves more than that, the day itself is early enough.
    return due(rule.id, deadline, calendar).due === amendedAt ? deadline : startOfDay(civilDayOf(deadline));
  }
  let day = civilDayOf(amendedAt);
  if (calendar.status(day, 'least-work').works) return amendedAt + rule.amount * DAY_MS;
  while (!calendar.status(day, 'least-work').works) day += 1;
  return startOfDay(day) + rule.amount * DAY_MS;
}

/**
 * Whether a deadline may stand after an amendment.
 * @throws DomainError `calendar-year-not-loaded`
 */
export function checkAmendment(
  procedure: Pick<Procedure, 'rules' | 'words'>,
  amendment: { readonly amendedAt: number; readonly bidDeadline: number },
  calendar: Calendar,
): Violation[] {
  const rule = getPeriodRule(procedure.rules.amendment);
  const earliestAt = earliestDeadlineAfterAmendment(procedure, amendment.amendedAt, calendar);
  const isInTime =
    rule.unit === 'working_day'
      ? amendment.bidDeadline >= earliestAt
      : amendment.amendedAt <= due(rule.id, amendment.bidDeadline, calendar).due;
  if (isInTime) return [];
  return [
    breachOf(rule, severityOf(rule), {
      field: 'bidDeadline',
      given: formatInstant(amendment.bidDeadline),
      earliestLawful: formatInstant(earliestAt),
      messageZh: `澄清、修改于 ${instantZh(amendment.amendedAt)} 发出，距${procedure.words.bidding}截止 ${instantZh(amendment.bidDeadline)} 不足 ${rule.amount} ${UNIT_ZH[rule.unit]}，应当顺延至不早于 ${instantZh(earliestAt)}`,
      messageEn: `Amended at ${instantEn(amendment.amendedAt)}, fewer than ${rule.amount} ${UNIT_EN[rule.unit]} before the deadline ${instantEn(amendment.bidDeadline)}; it must move to ${instantEn(earliestAt)} or later`,
    }),
  ];
}
