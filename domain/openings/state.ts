import { CUSTODIANS, CUSTODIANS_NEEDED } from '../bids/sealing.ts';
import { isPaused, type Interval } from './window.ts';

/** The state of an opening. */
export const OPENING_STATES = [
  'suspended',
  'under-way',
  'paused',
  'waiting-for-custodians',
  'waiting-for-bidders',
  'concluded',
] as const;
export type OpeningState = (typeof OPENING_STATES)[number];

/**
 * The state of an opening, and since when (civil epoch ms).
 * @param opening `openedAt`: null unless it is concluded; `windowFrom`: null where bidders keep no shares
 */
export function openingStateOf(opening: {
  readonly concluded: boolean;
  readonly custodians: readonly { readonly state: string; readonly at: number }[];
  readonly pauses: readonly Interval[];
  readonly windowFrom: number | null;
  readonly beganAt: number | null;
  readonly openedAt: number | null;
  /** Since when the clock of the deadline is suspended: it does not begin. */
  readonly suspendedSince: number | null;
}): { readonly state: OpeningState; readonly since: number | null } {
  const { concluded, custodians, pauses, windowFrom, beganAt, openedAt, suspendedSince } = opening;
  if (suspendedSince !== null) return { state: 'suspended', since: suspendedSince };
  if (concluded) return { state: 'concluded', since: openedAt };
  if (isPaused(pauses)) return { state: 'paused', since: pauses.at(-1)?.from ?? null };
  const released = custodians.filter(({ state }) => state === 'released').length;
  const absent = custodians.filter(({ state }) => state === 'missing' || state === 'refused');
  if (released < CUSTODIANS_NEEDED && absent.length > CUSTODIANS.length - CUSTODIANS_NEEDED) {
    return { state: 'waiting-for-custodians', since: Math.max(...absent.map((each) => each.at)) };
  }
  if (windowFrom !== null && released >= CUSTODIANS_NEEDED) return { state: 'waiting-for-bidders', since: windowFrom };
  return { state: 'under-way', since: beganAt };
}
