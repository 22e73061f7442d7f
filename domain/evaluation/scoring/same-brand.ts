import { brandKey } from './brand.ts';
import { compare, exact } from './fraction.ts';
import type { BidFacts, ScoringInput, ScoringLaw } from './input.ts';
import type { RejectedBid } from './outcome.ts';
import { countedFen } from './price.ts';
import { inDocumentedOrder, inDrawnOrder, type Rankable } from './rank.ts';

// 提供相同品牌产品 (财政部令87号 31): they count as one bidder.

/** How many bids there are, where those of one brand count once. */
export function countOf({ sameBrand }: Pick<ScoringLaw, 'sameBrand'>, bids: readonly BidFacts[]): number {
  const counted = bids.map(({ bidId, brand }) =>
    sameBrand && brand !== null ? `brand ${brandKey(brand)}` : `bid ${bidId}`,
  );
  return new Set(counted).size;
}

/** The bids of each brand that more than one bid offers. */
function brandsOf(bids: readonly BidFacts[]): readonly (readonly BidFacts[])[] {
  const brands = new Map<string, BidFacts[]>();
  for (const bid of bids) {
    if (bid.brand === null) continue;
    const key = brandKey(bid.brand);
    brands.set(key, [...(brands.get(key) ?? []), bid]);
  }
  return [...brands.values()].filter((of) => of.length > 1);
}

/** Of each brand: the bid that goes on, those that do not, and the equal ones that chance decided between, in its order. */
interface OfBrand<T> {
  readonly found: T;
  readonly drawn: readonly (readonly string[])[];
}

/**
 * Where the price decides, of one brand only the lowest price takes part: the others are invalid. Of equal prices chance decides: the
 * documents have nothing to look at yet.
 */
export function rejectedForBrand(
  { law, drawn: order }: Pick<ScoringInput, 'law' | 'drawn'>,
  conforming: readonly BidFacts[],
): OfBrand<readonly RejectedBid[]> {
  const { sameBrand } = law;
  if (!sameBrand || law.by !== 'price') return { found: [], drawn: [] };
  const drawn: string[][] = [];
  const found = brandsOf(conforming).flatMap((bids) => {
    const lowest = Math.min(...bids.map((bid) => countedFen(law, bid)));
    const best = inDrawnOrder(
      bids.filter((bid) => countedFen(law, bid) === lowest),
      order,
    );
    if (best.length > 1) drawn.push(best);
    return bids
      .filter(({ bidId }) => bidId !== best[0])
      .map(({ bidId }) => ({
        ...{ bidId, point: 'same-brand' as const, rule: sameBrand.rule, ground: sameBrand.ground },
        zh: best.includes(bidId)
          ? '与其他投标提供相同品牌产品，报价相同，随机抽取其他投标参加评标'
          : '与其他投标提供相同品牌产品，以其中报价最低的参加评标',
        en: best.includes(bidId)
          ? 'Another bid offers the same brand at the same price, and was drawn to take part'
          : 'Another bid offers the same brand: of these the lowest price takes part',
      }));
  });
  return { found, drawn };
}

/**
 * Where points decide, the best of a brand is recommended: the others, each with the one that it stands behind, are no candidates. Equal
 * points are ordered as the documents say and, where these say nothing, by chance.
 */
export function behindOfBrand(
  { law, scheme, drawn: order }: Pick<ScoringInput, 'law' | 'scheme' | 'drawn'>,
  valid: readonly BidFacts[],
  scores: readonly Rankable[],
): OfBrand<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const drawn: (readonly string[])[] = [];
  if (!law.sameBrand || law.by !== 'points') return { found, drawn };
  const totalOf = ({ total }: Rankable) => exact(total ?? '0');
  for (const bids of brandsOf(valid)) {
    const own = scores.filter(({ bidId }) => bids.some((bid) => bid.bidId === bidId));
    const best = own.filter((bid) => own.every((other) => compare(totalOf(bid), totalOf(other)) >= 0));
    const [equal = []] = inDocumentedOrder(scheme, best, order);
    const [first] = equal;
    if (first === undefined) continue;
    if (equal.length > 1) drawn.push(equal);
    for (const { bidId } of own) if (bidId !== first) found.set(bidId, first);
  }
  return { found, drawn };
}
