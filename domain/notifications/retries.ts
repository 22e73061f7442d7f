import { DAY_MS, HOUR_MS, MINUTE_MS } from '../civil-time.ts';

/** Pauses between the attempts at one message (real ms); after the last of them it is given up. */
const PAUSES_MS: readonly number[] = [
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  DAY_MS,
  DAY_MS,
];
/** What a channel may ask for at most. */
const LONGEST_ASKED_MS = HOUR_MS;

/** Attempts at one message, the first included. */
export const MOST_ATTEMPTS = PAUSES_MS.length + 1;

/**
 * How an attempt ended. `again`: a later one may do; `never`: this message will not be taken; `channel-down`: the
 * attempt says nothing of this message, and no other would do better now.
 */
export type Outcome =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'again' | 'channel-down'; readonly reason: string; readonly afterMs?: number }
  | { readonly outcome: 'never'; readonly reason: string };

/** How long to wait after so many attempts (real ms); null: it is given up. */
export function pauseAfter(attempts: number, askedMs = 0): number | null {
  const pauseMs = PAUSES_MS[attempts - 1];
  return pauseMs === undefined ? null : Math.max(pauseMs, Math.min(askedMs, LONGEST_ASKED_MS));
}

const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 5 * MINUTE_MS;

/** How long a channel rests that was down so many times in a row (real ms). */
export const restAfter = (timesDown: number): number =>
  Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(timesDown - 1, 10));
