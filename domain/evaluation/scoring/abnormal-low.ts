import type { PriceLimits } from '../price-limits.ts';
import type { LowLimit } from '../scheme/scheme.ts';
import { compare, exact, mean, multiply, percent, whole, written, type Exact, type Fraction } from './fraction.ts';

/** A price that is below a limit, and must be explained. */
export interface LowFinding {
  readonly bidId: string;
  readonly of: LowLimit['of'];
  readonly percent: Exact;
  /** What it is compared with, and the limit, fen. */
  readonly reference: Exact;
  readonly limit: Exact;
  readonly priceFen: number;
}

interface Priced {
  readonly bidId: string;
  readonly priceFen: number;
}

/**
 * The prices that are strictly below a limit. They are those of the bids (corrected, before reductions by policy) that passed 符合性审查; a
 * bid's own price is in the mean.
 */
export function lowPrices(
  limits: readonly LowLimit[],
  { ceilingFen, budgetFen }: PriceLimits,
  conforming: readonly Priced[],
): LowFinding[] {
  const prices = conforming.map(({ priceFen }) => whole(priceFen)).sort(compare);
  const references: Readonly<Record<LowLimit['of'], Fraction | undefined>> = {
    mean: prices.length > 1 ? mean(prices) : undefined,
    'second-lowest': prices[1],
    ceiling: whole(ceilingFen ?? budgetFen),
  };
  return limits.flatMap(({ of, percent: rate }) => {
    const reference = references[of];
    if (reference === undefined) return [];
    const limit = multiply(reference, percent(exact(rate, of)));
    return conforming
      .filter(({ priceFen }) => compare(whole(priceFen), limit) < 0)
      .map(({ bidId, priceFen }) => ({
        ...{ bidId, of, percent: rate, priceFen },
        reference: written(reference),
        limit: written(limit),
      }));
  });
}
