import { realMsBetween, type ClockSetting } from './clock.ts';

// How the platform detects the times in which nobody could reach it. Every API records at intervals that it serves; a
// gap between two such records, of any API, is an outage. What this detects, and what it does not, is in ADR 0024.

/** How often an API records that it serves (real ms). */
export const SIGN_EVERY_MS = 10_000;
/** Two records further apart than this have an outage between them (real ms): two may be late or lost. */
export const OUTAGE_FROM_MS = 3 * SIGN_EVERY_MS;

/** Whether nobody could reach the platform between two records (civil epoch ms). */
export const isOutage = (clock: ClockSetting, from: number, until: number): boolean =>
  realMsBetween(clock, from, until) > OUTAGE_FROM_MS;
