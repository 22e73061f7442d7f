import type { Scheme, TieStep } from '../scheme/scheme.ts';
import { compare, exact, whole, type Fraction } from './fraction.ts';
import type { ScoringLaw } from './input.ts';
import type { BidScore } from './score-bid.ts';

/** A bid as it is ranked: its points or 评标价, and its price (corrected, before reductions by policy). */
export type Rankable = BidScore & { readonly priceFen: number };

/** Bids that are equal in all that orders them so far. */
export interface Tie {
  readonly rank: number;
  readonly bidIds: readonly string[];
  /** `shared`: by the law they share the rank; `draw`: by lot, not held yet; `open`: nothing orders them. */
  readonly then: 'shared' | 'draw' | 'open';
  /** Who comes first of those who share a rank, by the documents or, where they say nothing, by lot; null: not known yet. */
  readonly first: string | null;
}

export interface Ranking {
  /** Best first; those who share a rank are together, by id. */
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

function splitBy(groups: readonly Rankable[][], steps: readonly TieStep[], drawn: readonly string[]): Rankable[][] {
  return steps.reduce<Rankable[][]>(
    (left, step) =>
      left.flatMap((group) => {
        if (group.length === 1) return [group];
        if (step !== 'draw') return split(group, ORDERS[step]);
        const held = group.every(({ bidId }) => drawn.includes(bidId));
        return held ? split(group, (a, b) => drawn.indexOf(a.bidId) - drawn.indexOf(b.bidId)) : [group];
      }),
    [...groups],
  );
}

/**
 * Ranks by points or 评标价, then by what the law says of equal bids, then (where the law leaves it to them) by the documents. Who
 * shares a rank has the same; the next rank counts them all.
 */
export function rankBids(
  scheme: Pick<Scheme, 'ties'>,
  law: ScoringLaw,
  bids: readonly Rankable[],
  drawn: readonly string[],
): Ranking {
  const documents = scheme.ties.filter((step) => !law.ties.lawful.includes(step));
  // Where the documents say nothing more, lots that the committee draws settle a tie.
  const ruled = law.ties.then === 'documents' ? [...law.ties.lawful, ...documents, 'draw' as const] : law.ties.lawful;
  const groups = splitBy(split(bids, primary(law)), ruled, drawn);
  let before = 0;
  const ranks: { rank: number; bidIds: string[] }[] = [];
  const ties: Tie[] = [];
  for (const group of groups) {
    const rank = before + 1;
    const bidIds = group.map(({ bidId }) => bidId);
    ranks.push({ rank, bidIds });
    before += group.length;
    if (group.length === 1) continue;
    if (law.ties.then === 'documents') {
      ties.push({ rank, bidIds, then: documents.includes('draw') ? 'draw' : 'open', first: null });
      continue;
    }
    const [first] = splitBy([group], documents.length > 0 ? documents : ['draw'], drawn);
    ties.push({ rank, bidIds, then: 'shared', first: first?.length === 1 ? (first[0]?.bidId ?? null) : null });
  }
  return { ranks, ties };
}
