import { formatInstant } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import { citeEn, citeZh } from '../law/rule.ts';
import { getRule } from '../law/rulebook.ts';
import type { ProcurementStage } from '../stages.ts';

/** Late bids are refused (招标投标法实施条例 36). */
export function bidLate(deadline: number, now: number): DomainError {
  const rule = getRule('works-reject-late');
  return new DomainError('bid-late', {
    messageZh: `已过投标截止时间 ${formatInstant(deadline)}，服务器时间 ${formatInstant(now)}，依法拒收（${citeZh(rule)}）`,
    messageEn: `The bid deadline ${formatInstant(deadline)} has passed (it is ${formatInstant(now)}); late bids are refused (${citeEn(rule)})`,
    details: {
      rule: rule.id,
      law: rule.law,
      article: rule.article,
      deadline: formatInstant(deadline),
      receivedAt: formatInstant(now),
    },
  });
}

/** After the close the stage itself shows that a bid is late; the refusal says so, with the article. */
export function lateOutOfStage(
  { stage, bidDeadline }: { readonly stage: ProcurementStage; readonly bidDeadline: number | null },
  now: number,
): DomainError | null {
  return (stage === 'opening' || stage === 'evaluation' || stage === 'concluded') && bidDeadline !== null
    ? bidLate(bidDeadline, now)
    : null;
}

export function bidUnknown(id: string | null): DomainError {
  return new DomainError('bid-unknown', {
    messageZh: id === null ? '没有有效的投标文件' : `本标段没有该投标：${id}`,
    messageEn: id === null ? 'There is no bid in force' : `No such bid is in force for this lot: ${id}`,
    details: { field: 'bidId', given: id },
  });
}
