import { getRule } from '../law/rulebook.ts';
import { breachOf, type Violation } from '../law/violation.ts';
import type { Procedure } from '../procedures/procedure.ts';
import type { ScoringLaw } from './scoring/input.ts';
import type { TooFewBids } from './scoring/outcome.ts';

/** How many bids are left at each point; null: not known yet. */
export interface BidsLeft {
  readonly qualified: number | null;
  readonly conforming: number | null;
}

/**
 * 合格投标人不足 3 家的，不得评标 (财政部令87号 44): the first point at which the law ends the evaluation, as soon as it is known. Bids of one
 * brand, which count once, are known later: the scoring counts again.
 */
export function endedBy({ quorums }: Pick<ScoringLaw, 'quorums'>, left: BidsLeft): TooFewBids | null {
  for (const point of ['qualified', 'conforming'] as const) {
    const quorum = quorums.find((each) => each.point === point && each.effect === 'stop');
    const count = left[point];
    if (quorum && count !== null && count < quorum.least) {
      return { point, rule: quorum.rule, count, least: quorum.least };
    }
  }
  return null;
}

/** Why nothing is marked any more. */
export function checkEnough({ words }: Pick<Procedure, 'words'>, { point, rule, count, least }: TooFewBids): Violation {
  const [whatZh, whatEn] = point === 'qualified' ? ['资格审查合格的', 'qualified'] : ['实质响应的', 'conforming'];
  return breachOf(getRule(rule), 'block', {
    field: point,
    given: count,
    limit: least,
    messageZh: `${whatZh}${words.bidder}为 ${count} 个，少于 ${least} 个，不再${words.evaluation}：由组长提出报告，全体成员签署`,
    messageEn: `${count} ${whatEn} bidders are left, fewer than ${least}: nothing is evaluated any more; the leader makes the report, and all sign it`,
  });
}
