import type { Recheck, ReportChange, ReportedBid, ReportPayload } from '../decisions.ts';
import type { Procedure } from '../procedures/procedure.ts';
import type { LotStage } from '../stages.ts';

// 复核: the committee that made a report looks at some of it again, and nothing else of it changes.

/** Whether the committee may look again at a stage of the lot. */
export const isRechecked = ({ recheck }: Pick<Procedure, 'recheck'>, stage: LotStage): boolean =>
  Object.values(recheck.grounds).some(({ stages }) => stages.includes(stage));

const stateOf = ({ candidates, others, rejected }: ReportPayload, bidId: string): ReportedBid | null => {
  const candidate = candidates.find((each) => each.bidId === bidId);
  if (candidate) {
    const { rank, priceFen, score } = candidate;
    return { as: 'candidate', rank, priceFen, score };
  }
  const other = others.find((each) => each.bidId === bidId);
  if (other) return { as: 'other', rank: null, priceFen: other.priceFen, score: other.score };
  return rejected.some((each) => each.bidId === bidId)
    ? { as: 'rejected', rank: null, priceFen: null, score: null }
    : null;
};

const bidsOf = ({ candidates, others, rejected }: ReportPayload): string[] =>
  [...candidates, ...others, ...rejected].map(({ bidId }) => bidId);

/** What a report has otherwise than the one before it, bid by bid; empty: the result is kept. */
export function changesBetween(former: ReportPayload, report: ReportPayload): ReportChange[] {
  return [...new Set([...bidsOf(former), ...bidsOf(report)])].flatMap((bidId) => {
    const [before, after] = [stateOf(former, bidId), stateOf(report, bidId)];
    if (!before || !after) return [];
    const same =
      before.as === after.as &&
      before.rank === after.rank &&
      before.priceFen === after.priceFen &&
      before.score === after.score;
    return same ? [] : [{ bidId, before, after }];
  });
}

/**
 * What changed of bids that nobody referred to the committee: whether they stand, and their prices. Ranks, and points that the price
 * formula gives them, follow from others.
 */
export const beyondScope = (changes: readonly ReportChange[], { bidIds }: Pick<Recheck, 'bidIds'>): ReportChange[] =>
  changes.filter(
    ({ bidId, before, after }) =>
      !bidIds.includes(bidId) &&
      ((before.as === 'rejected') !== (after.as === 'rejected') || before.priceFen !== after.priceFen),
  );

/** The one that is ranked first. */
export const firstOf = ({ candidates }: Pick<ReportPayload, 'candidates'>): string | null =>
  candidates.find(({ rank }) => rank === 1)?.bidId ?? null;
