import { nameKey } from '../evaluation/persons.ts';
import { getRule } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import type { Procedure } from '../procedures/procedure.ts';
import type { Attendee } from './attendance.ts';

/**
 * Members of the committee who were present at the opening. It is asked when the report comes: before that a refusal would tell who
 * the members are. Bidders' people are left out: one of them who has the name of a member is another person, or is found as a tie.
 */
export function checkNotAtOpening(
  { rules, words }: Pick<Procedure, 'rules' | 'words'>,
  members: readonly { readonly name: string }[],
  present: readonly Attendee[],
): Violation[] {
  if (rules.committeeNotAtOpening === undefined) return [];
  const rule = getRule(rules.committeeNotAtOpening);
  const there = new Set(present.filter(({ capacity }) => capacity !== 'bidder').map(({ name }) => nameKey(name)));
  return members.flatMap(({ name }, index) =>
    there.has(nameKey(name))
      ? [
          breachOf(rule, severityOf(rule), {
            field: `committee[${index}].name`,
            given: null,
            messageZh: `第 ${index + 1} 名${words.committee}成员登记为参加${words.opening}的人：成员不得参加${words.opening}活动，应当更换；登记有误的，先更正参加${words.opening}的人`,
            messageEn: `Member ${index + 1} of the committee is recorded as present at the opening, which members are not: replace the member, or correct the record of who was present`,
          }),
        ]
      : [],
  );
}
