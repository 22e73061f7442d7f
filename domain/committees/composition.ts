import type { Procedure } from '../procedures/procedure.ts';
import { checkCommittee, type CommitteeFacts } from '../law/limits.ts';
import { getRule } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';

export type MemberKind = 'expert' | 'purchaser';

/**
 * What a committee must be before it is drawn, and when it meets: its size, odd, and its share of experts, in whole
 * numbers.
 */
export const checkComposition = (
  procedure: Procedure,
  { experts, representatives, ...amount }: Omit<CommitteeFacts, 'members'> & { readonly representatives: number },
): Violation[] => checkCommittee(procedure, { ...amount, experts, members: experts + representatives });

/** 组长: in government procurement not the purchaser's representative (财政部令87号 45). */
export function checkLeader({ committee, words }: Procedure, kind: MemberKind): Violation[] {
  const { purchaserNotLeader } = committee;
  if (kind !== 'purchaser' || purchaserNotLeader === undefined) return [];
  const rule = getRule(purchaserNotLeader);
  return [
    breachOf(rule, severityOf(rule), {
      field: 'leader',
      given: 'purchaser',
      messageZh: `${words.purchaser}代表不得担任${words.committee}组长`,
      messageEn: 'The purchaser’s representative may not lead the committee',
    }),
  ];
}
