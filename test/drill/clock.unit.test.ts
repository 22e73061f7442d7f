import fc from 'fast-check';
import { expect, it } from 'vitest';
import { civilAt, DRILL_ENDS, dueFor, realAt, realMsBetween, type DrillClock } from '../../domain/clock.ts';
import { isOutage, OUTAGE_FROM_MS } from '../../domain/outages.ts';

const HOUR = 3_600_000;
const running: DrillClock = { mode: 'drill', civilStartMs: 1_000_000, realStartMs: 5_000, msPerDay: HOUR };
const paused: DrillClock = { ...running, paused: true };

it('a paused clock shows one instant; nothing after it comes', () => {
  expect([civilAt(paused, 5_000), civilAt(paused, 5_000 + 24 * HOUR)]).toEqual([1_000_000, 1_000_000]);
  expect([realAt(paused, 1_000_000), realAt(paused, 999_999), realAt(paused, 1_000_001)]).toEqual([5_000, 5_000, null]);
});

it('a running one shows an instant first at the real instant that it names', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e11 }), fc.integer({ min: 1, max: 86_400_000 }), (ahead, msPerDay) => {
      const clock = { ...running, msPerDay };
      const civil = clock.civilStartMs + ahead;
      const real = realAt(clock, civil) ?? Number.NaN;
      expect(civilAt(clock, real)).toBeGreaterThanOrEqual(civil);
      expect(civilAt(clock, real - 1)).toBeLessThan(civil);
    }),
  );
});

it('a drill that runs too fast stops where dates end, and its clock can still be asked', () => {
  const fast: DrillClock = { ...running, msPerDay: 1 };
  expect(new Date(DRILL_ENDS + 1).toISOString()).toBe('2199-12-31T16:00:00.000Z');
  expect(civilAt(fast, 5_000 + 1_000 * HOUR)).toBe(DRILL_ENDS);
});

it('civil time that the clock was moved over did not pass: no outage, and nothing was due for long', () => {
  const before = running.civilStartMs - 40 * 24 * HOUR;
  expect(realMsBetween(running, before, running.civilStartMs)).toBe(0);
  expect(realMsBetween(running, before, running.civilStartMs + 24 * HOUR)).toBe(HOUR);
  expect(isOutage(running, before, running.civilStartMs + 24 * OUTAGE_FROM_MS)).toBe(false);
  expect(isOutage(running, before, running.civilStartMs + 24 * (OUTAGE_FROM_MS + 1))).toBe(true);
  expect(isOutage(paused, before, paused.civilStartMs)).toBe(false);
  expect(realMsBetween({ mode: 'real' }, 10, 30)).toBe(20);
  // What is due at the instant that a clock was moved to counts as late only once it has been due for so long.
  expect(dueFor(paused, 1_000_000, 5_000 + 30_000, 30_000)).toBe(1_000_000);
  expect(dueFor(paused, 1_000_000, 5_000 + 30_001, 30_000)).toBe(1_000_001);
  expect(dueFor(running, 1_000_000 + 48 * HOUR, 5_000 + 2 * HOUR, HOUR)).toBe(1_000_000 + 24 * HOUR);
});
