import type { ReportPayload } from '../decisions.ts';
import { getRule, type RuleId } from './rulebook.ts';
import { breachOf, severityOf, type Violation } from './violation.ts';

/**
 * Whether candidates are ranked by price, the lowest first (财政部令74号 48, 49), and none that meets the needs was passed over.
 * @param opened the prices of sealed offers by bid, in fen; of others the stated price counts
 * @param unpriced offers whose price the platform does not know: each is a candidate, or rejected
 */
export function checkPriceOrder(
  id: RuleId,
  { candidates, rejected }: Pick<ReportPayload, 'candidates' | 'rejected'>,
  opened: ReadonlyMap<string, number>,
  unpriced: readonly string[] = [],
): Violation[] {
  const rule = getRule(id);
  const breach = (finding: Parameters<typeof breachOf>[2]): Violation => breachOf(rule, severityOf(rule), finding);
  const priceOf = ({ bidId, priceFen }: (typeof candidates)[number]): number => opened.get(bidId) ?? priceFen;
  const found: Violation[] = [];
  candidates.forEach((candidate, index) => {
    if (priceOf(candidate) === candidate.priceFen) return;
    found.push(
      breach({
        field: `candidates[${index}].priceFen`,
        given: candidate.priceFen,
        limit: priceOf(candidate),
        messageZh: `所列报价 ${candidate.priceFen} 分与开启的响应文件中的报价 ${priceOf(candidate)} 分不一致`,
        messageEn: `The stated price of ${candidate.priceFen} fen is not that of the opened offer, ${priceOf(candidate)} fen`,
      }),
    );
  });
  const ranked = candidates.toSorted((a, b) => a.rank - b.rank);
  ranked.forEach((candidate, index) => {
    const before = ranked[index - 1];
    if (!before || priceOf(before) <= priceOf(candidate)) return;
    found.push(
      breach({
        field: `candidates[${candidates.indexOf(candidate)}].rank`,
        given: candidate.rank,
        limit: before.rank,
        messageZh: `候选人应当按照报价由低到高排序：第 ${candidate.rank} 名报价 ${priceOf(candidate)} 分，低于第 ${before.rank} 名的 ${priceOf(before)} 分`,
        messageEn: `Candidates are ranked by price, the lowest first: rank ${candidate.rank} offers ${priceOf(candidate)} fen, less than rank ${before.rank} with ${priceOf(before)} fen`,
      }),
    );
  });
  const last = Math.max(...candidates.map(priceOf));
  const named = new Set([...candidates, ...rejected].map(({ bidId }) => bidId));
  for (const bidId of unpriced.filter((each) => !named.has(each))) {
    found.push(
      breach({
        field: 'candidates',
        given: bidId,
        messageZh: `响应文件 ${bidId} 的报价平台无从核对，应当列为候选人或者否决`,
        messageEn: `The platform cannot compare the price of offer ${bidId}: it must be a candidate, or be rejected`,
      }),
    );
  }
  for (const [bidId, priceFen] of opened) {
    if (candidates.length === 0 || named.has(bidId) || priceFen >= last) continue;
    found.push(
      breach({
        field: 'candidates',
        given: bidId,
        limit: last,
        messageZh: `响应文件 ${bidId} 报价 ${priceFen} 分，低于所列候选人，既未否决也未列为候选人`,
        messageEn: `Offer ${bidId} of ${priceFen} fen is lower than a candidate's, and is neither rejected nor a candidate`,
      }),
    );
  }
  return found;
}
