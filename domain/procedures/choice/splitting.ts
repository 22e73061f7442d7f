import { REGIME_DEFINITIONS } from '../regimes.ts';
import { yuan } from '../../law/catalogue.ts';
import type { Kind, Procedure, TenderRegime } from '../../law/facts.ts';
import { amountFenOf } from '../../law/limits.ts';
import { WORKS_THRESHOLD } from './open-duty.ts';
import { getRule } from '../../law/rulebook.ts';
import { breachOf, type Violation } from '../../law/violation.ts';

/** A procurement of the same purchaser and the same project (works) or item and year (government). Money is fen. */
export interface Sibling {
  readonly id: string;
  readonly title: string;
  readonly procedure: Procedure | null;
  readonly amountFen: number;
  /** The procurement whose failed lot this one re-tenders: it is the same money. */
  readonly retenderOf: string | null;
}

export interface SplitFacts {
  readonly regime: TenderRegime;
  readonly kind: Kind;
  readonly procedure: Procedure;
  readonly amountFen: number;
  readonly retenderOf: string | null;
}

const total = (siblings: readonly Sibling[]): number => siblings.reduce((sum, { amountFen }) => sum + amountFen, 0);
const relatedOf = (siblings: readonly Sibling[]) =>
  siblings.map(({ id, title, amountFen }) => ({ id, title, amountFen }));

/**
 * Warns of one project or item bought in parts that are each below the figure for a tender, while their sum is not:
 * 16号令 5(2), where the sum reaches (达到) the figure; 政府采购法实施条例 28, where it exceeds (超过) it. What was bought by open
 * tender does not evade one, so the warning says how much was not.
 * @param siblings all that the caller may see, without this one
 * @param openFen 公开招标数额标准; null: not set, and government procurement cannot be checked
 */
export function checkSplitting(facts: SplitFacts, siblings: readonly Sibling[], openFen: number | null): Violation[] {
  // A re-tender is the same money as the tender it repeats.
  const others = siblings.filter(
    ({ retenderOf }) => retenderOf === null || !siblings.some(({ id }) => id === retenderOf),
  );
  const again = facts.retenderOf !== null && others.some(({ id }) => id === facts.retenderOf);
  const own = again ? 0 : facts.amountFen;
  if (REGIME_DEFINITIONS[facts.regime].splitBy === 'project') return splitWorks(facts, others, own);
  return facts.kind === 'works' || openFen === null ? [] : splitItem(facts, others, own, openFen);
}

function splitWorks(facts: SplitFacts, others: readonly Sibling[], own: number): Violation[] {
  const limit = amountFenOf(WORKS_THRESHOLD[facts.kind]);
  const sum = own + total(others);
  if (others.length === 0 || facts.amountFen >= limit || sum < limit) return [];
  return [
    breachOf(getRule('works-mandatory-aggregation'), 'warn', {
      field: 'projectCode',
      given: sum,
      limit,
      related: relatedOf(others),
      messageZh: `本次 ${yuan(facts.amountFen)}元未达到 ${yuan(limit)}元，但与同一项目的其他 ${others.length} 项合计 ${yuan(sum)}元，可以合并进行的，达到标准，必须招标：${others.map(({ title }) => title).join('、')}`,
      messageEn: `These ${yuan(facts.amountFen)} yuan are below ${yuan(limit)} yuan, but with ${others.length} other(s) of the same project they make ${yuan(sum)} yuan: what can be procured together must be tendered: ${others.map(({ title }) => title).join(', ')}`,
    }),
  ];
}

function splitItem(facts: SplitFacts, others: readonly Sibling[], own: number, limit: number): Violation[] {
  // A part that reaches the figure by itself was approved, or is unlawful by itself: it is no part of a split.
  const parts = others.filter(({ amountFen }) => amountFen < limit);
  const sum = own + total(parts);
  if (parts.length === 0 || facts.amountFen >= limit || sum <= limit) return [];
  const untendered =
    total(parts.filter(({ procedure }) => procedure !== 'open-tender')) + (facts.procedure === 'open-tender' ? 0 : own);
  const evades = untendered > limit;
  return [
    breachOf(getRule('gp-anti-split'), 'warn', {
      field: 'catalogueCode',
      given: sum,
      limit,
      related: relatedOf(parts),
      messageZh: `同一采购人本年度同一品目共 ${parts.length + 1} 项，单项均未达到公开招标数额标准 ${yuan(limit)}元，合计 ${yuan(sum)}元；其中以公开招标以外方式采购的累计 ${yuan(untendered)}元，${evades ? '超过标准，属于以化整为零方式规避公开招标（项目预算调整或者经批准的除外）' : '超过标准的即属于化整为零规避公开招标'}：${parts.map(({ title }) => title).join('、')}`,
      messageEn: `${parts.length + 1} procurements of one item by one purchaser in one year, each below the open-tender threshold of ${yuan(limit)} yuan, make ${yuan(sum)} yuan; those not by open tender make ${yuan(untendered)} yuan, ${evades ? 'which exceeds it and evades the open tender (unless the budget was changed or it was approved)' : 'and would evade the open tender if they exceeded it'}: ${parts.map(({ title }) => title).join(', ')}`,
    }),
  ];
}
