import { formatInstant } from '../civil-time.ts';
import type { Calendar } from '../law/calendar.ts';
import { due } from '../law/due.ts';
import { getRule } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import type { Procedure } from '../procedures/procedure.ts';

export interface DrawTimes {
  /** When the draw begins, and when the evaluation does (civil epoch ms). */
  readonly drawAt: number;
  readonly evaluationAt: number;
  /** When the bids are opened, where that is settled. */
  readonly openingAt: number | null;
  /** Why it is drawn earlier than usual. */
  readonly earlyReasonZh: string | null;
}

/**
 * Whether the draw is at a lawful time. `原则上` and `一般`: what is stated with a reason, and what comes later than usual,
 * warns and does not block.
 */
export function checkDrawTime({ committee, words }: Procedure, times: DrawTimes, calendar: Calendar): Violation[] {
  const { drawAt, evaluationAt, openingAt, earlyReasonZh } = times;
  const violations: Violation[] = [];
  if (committee.window) {
    const rule = getRule(committee.window);
    const earliest = due(rule.id, evaluationAt, calendar).due;
    if (drawAt < earliest) {
      violations.push(
        breachOf(rule, earlyReasonZh === null ? severityOf(rule) : 'warn', {
          field: 'evaluationAt',
          given: formatInstant(drawAt),
          earliestLawful: formatInstant(earliest),
          messageZh: `抽取${words.evaluation}专家开始于 ${formatInstant(drawAt)}，早于 ${formatInstant(earliest)}${earlyReasonZh === null ? '；确需提前的，须说明理由（earlyReasonZh）' : ''}`,
          messageEn: `The draw begins at ${formatInstant(drawAt)}, before ${formatInstant(earliest)}${earlyReasonZh === null ? '; state a reason (earlyReasonZh) where it must be earlier' : ''}`,
        }),
      );
    }
  }
  if (committee.beforeOpening && openingAt !== null && drawAt > openingAt) {
    violations.push(
      breachOf(getRule(committee.beforeOpening), 'warn', {
        field: 'drawAt',
        given: formatInstant(drawAt),
        latestLawful: formatInstant(openingAt),
        messageZh: `${words.committee}名单一般应于${words.opening}（${formatInstant(openingAt)}）前确定`,
        messageEn: `The members are usually settled before the opening (${formatInstant(openingAt)})`,
      }),
    );
  }
  return violations;
}
