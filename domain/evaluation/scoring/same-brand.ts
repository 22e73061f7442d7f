import { compare, exact } from './fraction.ts';
import type { BidFacts, ScoringInput, ScoringLaw } from './input.ts';
import type { Pending, RejectedBid } from './outcome.ts';
import { countedFen } from './price.ts';
import type { BidScore } from './score-bid.ts';

// 提供相同品牌产品 (财政部令87号 31): they count as one bidder.

/** How many bids there are, where those of one brand count once. */
export function countOf({ sameBrand }: Pick<ScoringLaw, 'sameBrand'>, bids: readonly BidFacts[]): number {
  const counted = bids.map(({ bidId, brand }) => (sameBrand && brand !== null ? `brand ${brand}` : `bid ${bidId}`));
  return new Set(counted).size;
}

/** Brands that more than one bid offers, each with its bids. */
function brandsOf(bids: readonly BidFacts[]): readonly (readonly [string, readonly BidFacts[]])[] {
  const brands = new Map<string, BidFacts[]>();
  for (const bid of bids) if (bid.brand !== null) brands.set(bid.brand, [...(brands.get(bid.brand) ?? []), bid]);
  return [...brands].filter(([, of]) => of.length > 1);
}

/** The bid of a brand that goes on: the best, or of equal ones the chosen; null: it is to be chosen. */
function chosenOf(best: readonly string[], chosen: string | undefined): string | null {
  if (best.length === 1) return best[0] ?? null;
  return chosen !== undefined && best.includes(chosen) ? chosen : null;
}

interface OfBrand<T> {
  readonly found: T;
  readonly pending: readonly Pending[];
}

/** Where the price decides, of one brand only the lowest price takes part: the others are invalid. */
export function rejectedForBrand(
  { law, brandChosen }: ScoringInput,
  conforming: readonly BidFacts[],
): OfBrand<readonly RejectedBid[]> {
  const { sameBrand } = law;
  if (!sameBrand || law.by !== 'price') return { found: [], pending: [] };
  const pending: Pending[] = [];
  const found = brandsOf(conforming).flatMap(([brand, bids]) => {
    const lowest = Math.min(...bids.map((bid) => countedFen(law, bid)));
    const best = bids.filter((bid) => countedFen(law, bid) === lowest).map(({ bidId }) => bidId);
    const chosen = chosenOf(best, brandChosen[brand]);
    if (chosen === null) pending.push({ what: 'choose-brand', rule: sameBrand.rule, bidIds: best });
    const goesOn = chosen === null ? best : [chosen];
    return bids
      .filter(({ bidId }) => !goesOn.includes(bidId))
      .map(({ bidId }) => ({
        ...{ bidId, point: 'same-brand' as const, rule: sameBrand.rule, ground: sameBrand.ground },
        zh: '与其他投标提供相同品牌产品，以其中报价最低的参加评标',
        en: 'Another bid offers the same brand: of these the lowest price takes part',
      }));
  });
  return { found, pending };
}

/** Where points decide, the best of a brand is recommended: the others, each with the one that it stands behind, are no candidates. */
export function behindOfBrand(
  { law, brandChosen }: ScoringInput,
  valid: readonly BidFacts[],
  scores: readonly BidScore[],
): OfBrand<ReadonlyMap<string, string>> {
  const { sameBrand } = law;
  const found = new Map<string, string>();
  const pending: Pending[] = [];
  if (!sameBrand || law.by !== 'points') return { found, pending };
  const totals = new Map(scores.map(({ bidId, total }) => [bidId, exact(total ?? '0')]));
  const totalOf = (bidId: string) => totals.get(bidId) ?? exact('0');
  for (const [brand, bids] of brandsOf(valid)) {
    const ids = bids.map(({ bidId }) => bidId);
    const best = ids.filter((id) => ids.every((other) => compare(totalOf(id), totalOf(other)) >= 0));
    const chosen = chosenOf(best, brandChosen[brand]);
    if (chosen === null) pending.push({ what: 'choose-brand', rule: sameBrand.rule, bidIds: best });
    const goesOn = chosen === null ? best : [chosen];
    for (const id of ids) if (!goesOn.includes(id)) found.set(id, goesOn[0] ?? id);
  }
  return { found, pending };
}
