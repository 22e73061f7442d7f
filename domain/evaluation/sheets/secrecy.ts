import type { Scheme } from '../scheme/scheme.ts';

/** What a member may see of the bids, by what is signed. */
export interface Shown {
  readonly prices: boolean;
  /** Which bidder a blind part (暗标) is of. */
  readonly names: boolean;
  /** The marks of the others. */
  readonly others: boolean;
}

/**
 * No price before the technical marks of all are signed, where the documents say so, nor the name behind a blind part; and nobody sees another's
 * marks until all are in.
 */
export function shownTo(
  scheme: Scheme,
  progress: { readonly technicalSigned: boolean; readonly allIn: boolean },
): Shown {
  const blind = scheme.criteria.some((each) => each.kind !== 'price' && each.blind);
  return {
    prices: !scheme.priceSecret || progress.technicalSigned,
    names: !blind || progress.technicalSigned,
    others: progress.allIn,
  };
}
