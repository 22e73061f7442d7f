import type { Scheme, TieStep } from '../scheme/scheme.ts';
import { compare, exact, whole, type Fraction } from './fraction.ts';
import type { ScoringLaw } from './input.ts';
import type { BidScore } from './score-bid.ts';

/** A bid as it is ranked: its points or 评标价, and its price (corrected, before reductions by policy). */
export type Rankable = BidScore & { readonly priceFen: number };

/** Bids that neither the method nor the law tells apart. */
export interface Tie {
  readonly rank: number;
  /** In the order of the documents and, where that does not decide, in the random order. */
  readonly bidIds: readonly string[];
  /** Whether the law has them share the rank (并列): then the order says only which of them is chosen first. */
  readonly shared: boolean;
  /** Those of them that the documents do not tell apart either, in the random order (随机抽取). */
  readonly drawn: readonly (readonly string[])[];
}

export interface Ranking {
  /** Best first; those who share a rank are together, in their order. */
  readonly ranks: readonly { readonly rank: number; readonly bidIds: readonly string[] }[];
  readonly ties: readonly Tie[];
}

type Order = (a: Rankable, b: Rankable) => number;

const pointsOf = (bid: Rankable, part: 'technical' | 'commercial'): Fraction => exact(bid.parts?.[part] ?? '0', part);

/** The higher points or the lower 评标价 first: unrounded. */
const primary =
  ({ by }: ScoringLaw): Order =>
  (a, b) =>
    by === 'points'
      ? compare(exact(b.total ?? '0'), exact(a.total ?? '0'))
      : compare(exact(a.evaluatedFen), exact(b.evaluatedFen));

const ORDERS: Readonly<Record<Exclude<TieStep, 'draw'>, Order>> = {
  price: (a, b) => compare(whole(a.priceFen), whole(b.priceFen)),
  technical: (a, b) => compare(pointsOf(b, 'technical'), pointsOf(a, 'technical')),
  commercial: (a, b) => compare(pointsOf(b, 'commercial'), pointsOf(a, 'commercial')),
};

/** Splits bids into groups that an order does not tell apart, best first. */
function split(bids: readonly Rankable[], order: Order): Rankable[][] {
  const groups: Rankable[][] = [];
  for (const bid of bids.toSorted((a, b) => order(a, b) || (a.bidId < b.bidId ? -1 : 1))) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    if (last && first && order(first, bid) === 0) last.push(bid);
    else groups.push([bid]);
  }
  return groups;
}

/**
 * 随机抽取.
 * @throws RangeError where the random order lacks one of them
 */
export function inDrawnOrder(bids: readonly { readonly bidId: string }[], drawn: readonly string[]): string[] {
  const ids = new Set(bids.map(({ bidId }) => bidId));
  const order = drawn.filter((bidId) => ids.has(bidId));
  if (order.length !== ids.size) throw new RangeError(`the random order lacks one of ${[...ids].join()}`);
  return order;
}

const splitBy = (
  groups: readonly (readonly Rankable[])[],
  steps: readonly Exclude<TieStep, 'draw'>[],
): (readonly Rankable[])[] =>
  steps.reduce<(readonly Rankable[])[]>(
    (left, step) => left.flatMap((group) => split(group, ORDERS[step])),
    [...groups],
  );

/** What the documents look at in equal bids, before chance. */
const documentedSteps = ({ ties }: Pick<Scheme, 'ties'>): Exclude<TieStep, 'draw'>[] =>
  (ties.includes('draw') ? ties.slice(0, ties.indexOf('draw')) : ties).filter((step) => step !== 'draw');

/**
 * Bids that the law does not tell apart, in the order of the documents and, where these do not decide, of chance.
 * @returns those that the documents do not tell apart together
 */
export const inDocumentedOrder = (
  scheme: Pick<Scheme, 'ties'>,
  bids: readonly Rankable[],
  drawn: readonly string[],
): string[][] => splitBy([bids], documentedSteps(scheme)).map((group) => inDrawnOrder(group, drawn));

/**
 * Ranks by points or 评标价, then by what the law says of equal bids, then by the documents, and where these say nothing more by chance
 * (随机抽取). Where the law has equal bids share a rank they have the same; the next rank counts them all.
 * @param drawn all bids in the random order
 */
export function rankBids(
  scheme: Pick<Scheme, 'ties'>,
  law: ScoringLaw,
  bids: readonly Rankable[],
  drawn: readonly string[],
): Ranking {
  const shared = law.ties.then === 'shared';
  const lawful = law.ties.lawful.filter((step) => step !== 'draw');
  const ranks: { rank: number; bidIds: string[] }[] = [];
  const ties: Tie[] = [];
  let before = 0;
  for (const equal of splitBy(split(bids, primary(law)), lawful)) {
    const rank = before + 1;
    const groups = inDocumentedOrder(scheme, equal, drawn);
    const order = groups.flat();
    before += order.length;
    if (shared) ranks.push({ rank, bidIds: order });
    else ranks.push(...order.map((bidId, index) => ({ rank: rank + index, bidIds: [bidId] })));
    if (order.length > 1) {
      ties.push({ rank, bidIds: order, shared, drawn: groups.filter(({ length }) => length > 1) });
    }
  }
  return { ranks, ties };
}
