import { formatInstant, instantEn, instantZh } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import { citationOf } from '../law/rulebook.ts';
import { procedureOf, type ProcedureKey } from '../procedures/index.ts';
import type { ProcurementStage } from '../stages.ts';

/** Late bids are refused (招标投标法实施条例 36, 财政部令87号 33). */
export function bidLate(tender: ProcedureKey, deadline: number, now: number): DomainError {
  const { rules, words } = procedureOf(tender);
  const { zh, en, details } = citationOf(rules.lateBid);
  return new DomainError('bid-late', {
    messageZh: `已过${words.bidding}截止时间 ${instantZh(deadline)}，服务器时间 ${instantZh(now)}，依法拒收${zh}`,
    messageEn: `The bid deadline ${instantEn(deadline)} has passed (it is ${instantEn(now)}); late bids are refused${en}`,
    details: { ...details, deadline: formatInstant(deadline), receivedAt: formatInstant(now) },
  });
}

/** A bid is withdrawn before the deadline only (招标投标法 29, 财政部令87号 34). */
export function withdrawalLate(tender: ProcedureKey, deadline: number, now: number): DomainError {
  const { rules, words } = procedureOf(tender);
  const { zh, en, details } = citationOf(rules.lateWithdrawal);
  return new DomainError('bid-late', {
    messageZh: `已过${words.bidding}截止时间 ${instantZh(deadline)}，服务器时间 ${instantZh(now)}，${words.bid}不得撤回${zh}`,
    messageEn: `The bid deadline ${instantEn(deadline)} has passed (it is ${instantEn(now)}); bids can no longer be withdrawn${en}`,
    details: { ...details, deadline: formatInstant(deadline), receivedAt: formatInstant(now) },
  });
}

/** What a late act is refused with. */
export type Late = (tender: ProcedureKey, deadline: number, now: number) => DomainError;

interface ClosedTender extends ProcedureKey {
  readonly stage: ProcurementStage;
  readonly bidDeadline: number | null;
}

/** After the close the stage itself shows that an act is late; the refusal says so, with the article. */
const outOfStage =
  (late: Late) =>
  (tender: ClosedTender, now: number): DomainError | null => {
    const { stage, bidDeadline } = tender;
    const closed = stage === 'opening' || stage === 'evaluation' || stage === 'concluded';
    return closed && bidDeadline !== null ? late(tender, bidDeadline, now) : null;
  };

export const lateOutOfStage = outOfStage(bidLate);
export const withdrawalOutOfStage = outOfStage(withdrawalLate);

export function bidUnknown(id: string | null): DomainError {
  return new DomainError('bid-unknown', {
    messageZh: id === null ? '没有有效的投标文件' : `本标段没有该投标：${id}`,
    messageEn: id === null ? 'There is no bid in force' : `No such bid is in force for this lot: ${id}`,
    details: { field: 'bidId', given: id },
  });
}
