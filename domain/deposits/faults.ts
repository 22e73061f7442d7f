import { civilDayOf, formatDay, instantEn, instantZh } from '../civil-time.ts';
import { yuan } from '../law/catalogue.ts';
import type { DepositFacts, DepositFault, DepositTerms } from './standing.ts';
import { citeEn, citeZh } from '../law/rule.ts';
import { getRule, type RuleId } from '../law/rulebook.ts';
import type { DepositDefinition } from './definition.ts';
import type { ProcedureWords } from '../procedures/words.ts';

export const DEPOSIT_FAULTS = ['late', 'short', 'validity', 'rejected'] as const satisfies readonly DepositFault[];

/** What is wrong with a deposit, as its bidder reads it. */
export function depositFaultText(
  fault: DepositFault,
  { before, validity }: Pick<DepositDefinition, 'before' | 'validity'>,
  terms: DepositTerms,
  { bidding }: ProcedureWords,
  arrivedFen = 0,
): { zh: string; en: string } {
  switch (fault) {
    case 'late': {
      const [zh, en] = cited(before);
      return {
        zh: `未在${bidding}截止时间 ${instantZh(terms.deadline)} 前到账${zh}`,
        en: `It did not arrive before the bid deadline ${instantEn(terms.deadline)}${en}`,
      };
    }
    case 'short': {
      const [arrived, required] = [yuan(arrivedFen), yuan(terms.requiredFen)];
      return {
        zh: `部分到账：已到 ${arrived} 元，要求 ${required} 元`,
        en: `Arrived in part: ${arrived} yuan of ${required} yuan required`,
      };
    }
    case 'validity': {
      const [zh, en] = cited(validity);
      const until = terms.validUntil === null ? '' : formatDay(civilDayOf(terms.validUntil));
      return {
        zh: `保函（保险）有效期应当覆盖${bidding}有效期，至 ${until}${zh}`,
        en: `A guarantee must be valid as long as the bids, until ${until}${en}`,
      };
    }
    case 'rejected':
      return { zh: '保函（保险）经核验无效', en: 'The guarantee was found to be invalid' };
  }
}

/** What counts while the clock of the deadline does not run, as its bidder reads it. */
export function suspendedDeadlineText(
  deposits: readonly Pick<DepositFacts, 'arrivedAt'>[],
  { deadline }: DepositTerms,
  { bidding }: ProcedureWords,
): { zh: string; en: string } {
  const zh = `${bidding}截止时间暂停计算，恢复后另行确定`;
  const en = 'The bid deadline is suspended; a new one is set when its clock runs again';
  if (!deposits.some(({ arrivedAt }) => arrivedAt >= deadline)) return { zh, en };
  return {
    zh: `${zh}；暂停期间收到的，在新的截止时间前到账即为按时`,
    en: `${en}; what was received during the suspension counts if it came before the new deadline`,
  };
}

function cited(id: RuleId | undefined): readonly [zh: string, en: string] {
  if (id === undefined) return ['', ''];
  const rule = getRule(id);
  return [`（${citeZh(rule)}）`, ` (${citeEn(rule)})`];
}
