import { realAt, type ClockSetting } from './clock.ts';

// What the platform finds out by itself of the times in which nobody could reach it. Every API shows again and again that it
// serves; a gap between two such signs, of whatever API, is an outage. What it finds, and what it does not, is in ADR 0024.

/** How often an API shows that it serves (real ms). */
export const SIGN_EVERY_MS = 10_000;
/** Two signs further apart than this have an outage between them (real ms): two may be late or lost. */
export const OUTAGE_FROM_MS = 3 * SIGN_EVERY_MS;

/** Whether nobody could reach the platform between two signs (civil epoch ms). */
export const isOutage = (clock: ClockSetting, from: number, until: number): boolean =>
  realAt(clock, until) - realAt(clock, from) > OUTAGE_FROM_MS;
