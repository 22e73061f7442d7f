import { DAY_MS, dayFromParts, endOfDay, LAST_YEAR } from './civil-time.ts';

/**
 * The installation's civil clock. In use it is the machine's own; in drill mode (演练) a civil day lasts `msPerDay` real
 * milliseconds, so that a tender of two months is played in a minute, or the clock is paused and moved by hand.
 */
export type ClockSetting = { readonly mode: 'real' } | DrillClock;

export interface DrillClock {
  readonly mode: 'drill';
  /** Civil instant (epoch ms) at which this setting began. */
  readonly civilStartMs: number;
  /** Real instant (epoch ms) at which this setting began. */
  readonly realStartMs: number;
  /** Real milliseconds that one civil day lasts while the clock runs. */
  readonly msPerDay: number;
  /** It stays at `civilStartMs`. */
  readonly paused?: boolean;
}

/** The last instant that a drill comes to: there its clock stops, however fast it ran. */
export const DRILL_ENDS = endOfDay(dayFromParts({ year: LAST_YEAR, month: 12, day: 31 }));

/** Civil instant (epoch ms) shown by the clock at a real instant (epoch ms). */
export function civilAt(clock: ClockSetting, realMs: number): number {
  if (clock.mode === 'real') return realMs;
  if (clock.paused) return clock.civilStartMs;
  const civilMs = clock.civilStartMs + Math.floor(((realMs - clock.realStartMs) * DAY_MS) / clock.msPerDay);
  return Math.min(civilMs, Math.max(DRILL_ENDS, clock.civilStartMs));
}

/** Civil milliseconds that pass in a real one: 1 in use, 0 while a drill is paused. */
export function paceOf(clock: ClockSetting): number {
  if (clock.mode === 'real') return 1;
  return clock.paused ? 0 : DAY_MS / clock.msPerDay;
}

/** First real instant (epoch ms) at which the clock shows `civilMs` or later; null: it is paused before that. */
export function realAt(clock: ClockSetting, civilMs: number): number | null {
  if (clock.mode === 'real') return civilMs;
  if (clock.paused) return civilMs <= clock.civilStartMs ? clock.realStartMs : null;
  return clock.realStartMs + Math.ceil(((civilMs - clock.civilStartMs) * clock.msPerDay) / DAY_MS);
}

/**
 * Real time that has passed between two civil instants (ms), 0 where there is none. In a drill only what lies after its
 * present setting: civil time that the clock was moved over did not pass, and while it is paused none does.
 */
export function realMsBetween(clock: ClockSetting, from: number, until: number): number {
  if (clock.mode === 'real') return Math.max(0, until - from);
  if (clock.paused) return 0;
  return Math.max(0, ((until - Math.max(from, clock.civilStartMs)) * clock.msPerDay) / DAY_MS);
}

/**
 * What was due before this civil instant has been due for `ms` real milliseconds; in a drill at least since its present
 * setting.
 * @param now what the clock shows, at the real instant `realMs`
 */
export function dueFor(clock: ClockSetting, now: number, realMs: number, ms: number): number {
  if (clock.mode === 'real') return now - ms;
  if (clock.paused) return clock.civilStartMs + (realMs - clock.realStartMs > ms ? 1 : 0);
  return now - (ms * DAY_MS) / clock.msPerDay;
}
