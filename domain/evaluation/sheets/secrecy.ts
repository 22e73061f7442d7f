import type { Inquiry, Motion } from '../acts.ts';
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

/** What is moved, or asked of a bidder, before prices are shown; all else may tell one. */
const BEFORE_PRICES: readonly (Motion['on'] | Inquiry['on'])[] = ['clarification', 'outlier'];

/** Whether a member may see what was moved, or asked of a bidder. */
export const mayKnow = ({ prices }: Pick<Shown, 'prices'>, on: Motion['on'] | Inquiry['on']): boolean =>
  prices || BEFORE_PRICES.includes(on);
