import { lowPrices } from './abnormal-low.ts';
import { compare, exact, whole, written, type Exact } from './fraction.ts';
import type { BidFacts, GroupFacts, Quorum, ScoringInput } from './input.ts';
import { betterOf, comparesBids } from './objective.ts';
import type { Outcome, Pending, RankedBid, RejectedBid, TooFewBids } from './outcome.ts';
import { countedFen, evaluatedPrice, overLimit } from './price.ts';
import { pricesOfAll } from './price-points.ts';
import { rankBids, type Rankable } from './rank.ts';
import { behindOfBrand, countOf, rejectedForBrand } from './same-brand.ts';
import { scoreBid } from './score-bid.ts';
import { showFen, Steps } from './steps.ts';

/**
 * Evaluates the bids of a lot from what was found of each: who is rejected, whether enough are left, what each is worth and in
 * which order they stand. It decides nothing that is the committee's: what is still to be decided is `pending`, and without any the
 * ranking is final. The order of the input does not matter.
 */
export function evaluate(input: ScoringInput): Outcome {
  const { law, scheme, limits } = input;
  const bids = input.bids.toSorted((a, b) => (a.bidId < b.bidId ? -1 : 1));
  const rejected: RejectedBid[] = bids.flatMap((bid) => reviewed(input, bid) ?? []);
  const without = (out: readonly RejectedBid[], of: readonly BidFacts[]): BidFacts[] =>
    of.filter(({ bidId }) => !out.some((each) => each.bidId === bidId));
  const unqualified = rejected.filter(({ point }) => point === 'qualification');
  const conforming = without(rejected, bids);
  const pending: Pending[] = conforming
    .filter(({ corrections, confirmed }) => corrections.length > 0 && confirmed === null)
    .map(({ bidId }) => ({ what: 'confirm-correction', rule: law.correction.rule, bidIds: [bidId] }));
  const low = lowPrices(
    scheme.abnormalLow,
    limits,
    conforming.map((bid) => ({ bidId: bid.bidId, priceFen: countedFen(law, bid) })),
  );
  const ended = (stopped: Few): Outcome => ({
    ...{ rejected, low, pending, stopped: bare(stopped), fewLeft: null },
    ...{ group: NO_GROUP, valid: [], ties: [], brandsDrawn: [] },
  });
  const early =
    tooFew(input, 'qualified', countOf(law, without(unqualified, bids))) ??
    tooFew(input, 'conforming', countOf(law, conforming));
  if (early) return ended(early);

  const brand = rejectedForBrand(input, conforming);
  rejected.push(...brand.found);
  for (const bid of without(brand.found, conforming)) {
    const found = low.some(({ bidId }) => bidId === bid.bidId);
    if (found || bid.lowPrice !== null) judgeLow(input, bid, { rejected, pending });
  }
  const valid = without(rejected, conforming);
  const few = tooFew(input, 'valid', countOf(law, valid));
  if (few && (few.effect === 'stop' || valid.length === 0 || input.competition === 'insufficient')) return ended(few);
  if (few && input.competition === null) {
    pending.push({ what: 'decide-competition', rule: few.rule, bidIds: valid.map(({ bidId }) => bidId) });
  }
  const group = groupOf(input, valid);
  const all = pricesOfAll(group);
  const scores = valid.map((bid): Rankable => ({
    ...scoreBid(scheme, law, bid, group, all),
    priceFen: countedFen(law, bid),
  }));
  const behind = behindOfBrand(input, valid, scores);
  const { listed, ties } = inOrder(input, scores, behind.found);
  return {
    ...{ rejected, low, stopped: null, fewLeft: few ? bare(few) : null, group, ties, pending },
    brandsDrawn: [...brand.drawn, ...behind.drawn],
    valid: listed,
  };
}

const NO_GROUP: GroupFacts = { prices: [], best: {}, ceilingFen: null, mixedOrigin: false };

type Few = TooFewBids & Pick<Quorum, 'effect'>;

const bare = ({ point, rule, count, least }: Few): TooFewBids => ({ point, rule, count, least });

function tooFew({ law }: ScoringInput, point: Quorum['point'], count: number): Few | null {
  const quorum = law.quorums.find((each) => each.point === point);
  return quorum && count < quorum.least ? { ...quorum, count } : null;
}

/** What rules a bid out before it is compared with others; null: nothing. */
function reviewed({ law, limits }: ScoringInput, bid: BidFacts): RejectedBid | null {
  const { bidId } = bid;
  const failed =
    bid.failed.find(({ part }) => part === 'qualification') ?? bid.failed.find(({ part }) => part === 'conformity');
  if (failed) {
    const { part, ground, reasonZh, item } = failed;
    return { bidId, point: part, rule: law.rejection, ground, zh: reasonZh, en: `It does not meet ${item}` };
  }
  if (bid.corrections.length > 0 && bid.confirmed === false && law.unconfirmed.effect === 'void') {
    return {
      ...{ bidId, point: 'unconfirmed', rule: law.unconfirmed.rule, ground: law.unconfirmed.ground },
      zh: '对修正后的报价不予确认',
      en: 'The corrected price was not confirmed',
    };
  }
  const limit = overLimit(law, limits, bid);
  if (limit === null) return null;
  const price = showFen(whole(countedFen(law, bid)));
  const most = showFen(whole(limit));
  return {
    ...{ bidId, point: 'price-limit', rule: law.overPrice.rule, ground: law.overPrice.ground },
    zh: `报价 ${price} 元超过 ${most} 元`,
    en: `The price of ${price} yuan is above ${most} yuan`,
  };
}

/** Rejected only after the bidder was asked to explain its price, and by the committee's decision. */
function judgeLow(
  { law }: ScoringInput,
  { bidId, lowPrice }: BidFacts,
  { rejected, pending }: { readonly rejected: RejectedBid[]; readonly pending: Pending[] },
): void {
  const { rule, request, ground } = law.abnormalLow;
  if (lowPrice?.asked !== true) {
    pending.push({ what: 'ask-low-price', rule: request, bidIds: [bidId] });
  } else if (lowPrice.reasonable === null) {
    pending.push({ what: 'decide-low-price', rule, bidIds: [bidId] });
  } else if (!lowPrice.reasonable) {
    rejected.push({
      ...{ bidId, point: 'abnormal-low', rule, ground },
      zh: lowPrice.reasonZh,
      en: 'The committee found its low price not explained',
    });
  }
}

/** What each bid's points depend on of the others. */
function groupOf({ scheme, law, limits }: ScoringInput, valid: readonly BidFacts[]): GroupFacts {
  const domestic = valid.filter(({ claims }) =>
    claims.some(({ key, granted }) => key === 'domestic-product' && granted),
  );
  const mixedOrigin = domestic.length > 0 && domestic.length < valid.length;
  const prices = valid
    .map((bid) => evaluatedPrice(scheme, law, bid, mixedOrigin, new Steps(scheme.digits)).price)
    .sort(compare)
    .map(written);
  const best: Record<string, Exact> = {};
  for (const criterion of scheme.criteria) {
    if (criterion.kind !== 'objective' || !comparesBids(criterion.formula)) continue;
    const { key, formula } = criterion;
    const [first, ...rest] = valid.flatMap(({ values }) => values[key] ?? []).map((value) => exact(value, key));
    if (first) best[key] = written(rest.reduce((a, b) => betterOf(formula, a, b), first));
  }
  return { prices, best, ceilingFen: limits.ceilingFen, mixedOrigin };
}

/** Ranked by the method, or (评定分离) listed by id. Who stands behind another of its brand has no rank. */
function inOrder(
  { scheme, law, drawn }: ScoringInput,
  scores: readonly Rankable[],
  behind: ReadonlyMap<string, string>,
): { readonly listed: readonly RankedBid[]; readonly ties: Outcome['ties'] } {
  const as = (score: Rankable, rank: number | null, candidate: boolean): RankedBid => {
    return { ...score, rank, candidate, brandBehind: behind.get(score.bidId) ?? null };
  };
  const others = scores.filter(({ bidId }) => behind.has(bidId)).map((score) => as(score, null, false));
  const own = scores.filter(({ bidId }) => !behind.has(bidId));
  if (scheme.separate) return { listed: [...own.map((score) => as(score, null, true)), ...others], ties: [] };
  const { ranks, ties } = rankBids(scheme, law, own, drawn);
  const scoreOf = new Map(own.map((score) => [score.bidId, score]));
  const listed = ranks.flatMap(({ rank, bidIds }) =>
    bidIds.flatMap((bidId) => scoreOf.get(bidId) ?? []).map((score) => as(score, rank, rank <= scheme.candidates)),
  );
  return { listed: [...listed, ...others], ties };
}
