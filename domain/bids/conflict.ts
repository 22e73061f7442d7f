import { DomainError } from '../errors.ts';
import { citationOf, type RuleId } from '../law/rulebook.ts';
import { RELATIONS_ZH, type Relation } from '../organisations/control.ts';
import type { ProcedureRules } from '../procedures/procedure.ts';

/** What an organisation is in a procurement, other than a bidder. */
export type Capacity = 'purchaser' | 'agency' | 'operator';

export const CAPACITIES: Readonly<Record<Capacity, { readonly zh: string; readonly en: string }>> = {
  purchaser: { zh: '招标人（采购人）', en: 'the purchaser' },
  agency: { zh: '代理机构', en: 'the agency' },
  operator: { zh: '交易平台运营机构', en: 'the operator of the platform' },
};

/** The rule that keeps an organisation of a capacity from bidding; undefined where the procedure has none. */
export const barOf = (
  rules: Pick<ProcedureRules, 'purchaserNotBid' | 'agencyNotBid' | 'operatorNotBid'>,
  capacity: Capacity,
): RuleId | undefined => rules[`${capacity}NotBid`];

/** A bidder that is, or has itself declared a relation of control with, who runs the procurement. */
export function conflictOfInterest(
  capacity: Capacity,
  rule: RuleId,
  declared: { readonly relation: Relation; readonly otherName: string } | null,
): DomainError {
  const { zh, en } = CAPACITIES[capacity];
  const cited = citationOf(rule);
  return new DomainError('conflict-of-interest', {
    messageZh: declared
      ? `本单位声明与${zh}“${declared.otherName}”存在关系（${RELATIONS_ZH[declared.relation]}），不得参加本项目${cited.zh}；声明有误或关系已终止的，先更正声明（/api/controls）`
      : `本单位是本项目的${zh}，不得参加本项目${cited.zh}`,
    messageEn: declared
      ? `Your organisation has declared a relation (${declared.relation}) with ${en}, “${declared.otherName}”, and may not take part${cited.en}; if that is wrong or over, correct the declaration (/api/controls)`
      : `Your organisation is ${en} of this procurement, and may not take part${cited.en}`,
    details: { capacity, ...(declared ? { relation: declared.relation } : {}), ...cited.details },
  });
}
