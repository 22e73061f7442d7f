import { formatMinute } from '../../domain/civil-time.ts';
import { milestoneName } from '../../domain/law/milestones.ts';
import { citeEn } from '../../domain/law/rule.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import type { ProcedureWords } from '../../domain/procedures/words.ts';
import type { EndedSuspension, Suspended } from '../../domain/suspended.ts';

const placeOf = ({ lotNo, milestone }: Pick<Suspended, 'lotNo' | 'milestone'>, words: ProcedureWords): string =>
  `${lotNo === 0 ? '' : `第${lotNo}标段`}${milestoneName(milestone, words).zh}`;
const placeEn = ({ lotNo, milestone }: Pick<Suspended, 'lotNo' | 'milestone'>, words: ProcedureWords): string =>
  `${lotNo === 0 ? '' : `Lot ${lotNo}, `}${milestoneName(milestone, words).en}`;

function articleOf(id: RuleId): string {
  const { law, article } = getRule(id);
  return `${law}第${article}条`;
}

export const suspendedText = (one: Suspended, words: ProcedureWords): string =>
  `${placeOf(one, words)}自 ${formatMinute(one.since)} 起暂停：${one.why.zh}（${articleOf(one.rule)}）；${one.next.zh}`;

export const suspendedEnglish = (one: Suspended, words: ProcedureWords): string =>
  `${placeEn(one, words)}: suspended since ${formatMinute(one.since)} (UTC+8): ${one.why.en} (${citeEn(getRule(one.rule))}); ${one.next.en}`;

/** How long, why, by which article, by whom (in what role), and where the clock then stood. */
export function pastSuspensionText(one: EndedSuspension, words: ProcedureWords): string {
  const { since, until, why, rule, dueBefore, dueAfter } = one;
  const moved =
    dueBefore !== null && dueAfter !== null
      ? `；由 ${formatMinute(dueBefore)} 顺延至 ${formatMinute(dueAfter)}`
      : one.by === 'supervisor'
        ? `；${words.bidding}截止时间不变${minutesMoved(one, (minutes) => `，解密时限顺延 ${minutes} 分钟`)}`
        : '';
  return `${placeOf(one, words)}：${formatMinute(since)} 至 ${formatMinute(until)}，${why.zh}（${articleOf(rule)}）${moved}`;
}

export function pastSuspensionEnglish(one: EndedSuspension, words: ProcedureWords): string {
  const { since, until, why, rule, dueBefore, dueAfter } = one;
  const moved =
    dueBefore !== null && dueAfter !== null
      ? `; moved from ${formatMinute(dueBefore)} to ${formatMinute(dueAfter)}`
      : one.by === 'supervisor'
        ? `; the bid deadline stays${minutesMoved(one, (minutes) => `, the time to unseal moved by ${minutes} minutes`)}`
        : '';
  return `${placeEn(one, words)}: ${formatMinute(since)} to ${formatMinute(until)} (UTC+8), ${why.en} (${citeEn(getRule(rule))})${moved}`;
}

const minutesMoved = ({ movedMs }: EndedSuspension, said: (minutes: number) => string): string =>
  movedMs ? said(Math.ceil(movedMs / 60_000)) : '';
