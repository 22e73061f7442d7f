import type { Scheme } from '../scheme/scheme.ts';
import { blindItemsOf } from './blind.ts';

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
  return {
    prices: !scheme.priceSecret || progress.technicalSigned,
    names: blindItemsOf(scheme).size === 0 || progress.technicalSigned,
    others: progress.allIn,
  };
}
