import { formatMinute } from '../../domain/civil-time.ts';
import { milestoneName } from '../../domain/law/milestones.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import type { ProcedureWords } from '../../domain/procedures/words.ts';
import type { EndedSuspension, Suspended } from '../../domain/suspended.ts';

const placeOf = ({ lotNo, milestone }: Pick<Suspended, 'lotNo' | 'milestone'>, words: ProcedureWords): string =>
  `${lotNo === 0 ? '' : `第${lotNo}标段`}${milestoneName(milestone, words).zh}`;

function articleOf(id: RuleId): string {
  const { law, article } = getRule(id);
  return `${law}第${article}条`;
}

export const suspendedText = (one: Suspended, words: ProcedureWords): string =>
  `${placeOf(one, words)}自 ${formatMinute(one.since)} 起暂停：${one.why.zh}（${articleOf(one.rule)}）；${one.next.zh}`;

/** How long, why, by which article, by whom (in what role), and where the clock then stood. */
export function pastSuspensionText(one: EndedSuspension, words: ProcedureWords): string {
  const { since, until, why, rule, dueBefore, dueAfter, movedMs } = one;
  const moved =
    dueBefore !== null && dueAfter !== null
      ? `；由 ${formatMinute(dueBefore)} 顺延至 ${formatMinute(dueAfter)}`
      : one.by === 'supervisor'
        ? `；${words.bidding}截止时间不变${movedMs ? `，解密时限顺延 ${Math.ceil(movedMs / 60_000)} 分钟` : ''}`
        : '';
  return `${placeOf(one, words)}：${formatMinute(since)} 至 ${formatMinute(until)}，${why.zh}（${articleOf(rule)}）${moved}`;
}
