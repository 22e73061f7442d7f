import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptable, CLOCK_JUMP_MS, follow, type Pace, type Reading } from '../../domain/clock-jump.ts';
import { at } from '../setup/tenders/tender.ts';

const START = at('2026-04-20T09:00+08:00');
const BOUND = CLOCK_JUMP_MS;

/** Reads a clock at instants of the monotonic one; returns how far it was found to be ahead each time. */
function read(readings: readonly (readonly [steadyMs: number, clockMs: number, lateMs?: number])[]): number[] {
  let pace: Pace | null = null;
  return readings.map(([steadyMs, clockMs, lateMs = 0]) => {
    const reading: Reading = { beforeMs: steadyMs, clockMs: START + clockMs, afterMs: steadyMs + lateMs };
    const followed = follow(pace, reading, BOUND);
    ({ pace } = followed);
    return followed.aheadMs;
  });
}

describe('a clock compared with a monotonic one', () => {
  it('runs evenly, is slewed by 500 ppm for a day, or corrected by less than the bound: no jump', () => {
    expect(read([0, 1, 10_000, 3_600_000].map((ms) => [ms, ms]))).toEqual([0, 0, 0, 0]);
    const slewed = read(Array.from({ length: 8_640 }, (_, n) => [n * 10_000, n * 10_000 * 1.0005]));
    expect(Math.max(...slewed)).toBeLessThan(10);
    expect(Math.max(...read(Array.from({ length: 8_640 }, (_, n) => [n * 10_000, n * 10_000 * 0.9995])))).toBe(0);
    expect(Math.max(...read([[0, 0], [1_000, 2_900]]))).toBeLessThanOrEqual(BOUND); // prettier-ignore
  });

  it('jumps ahead: found at once, for as long as it lasts, and not after it', () => {
    const found = read([
      [0, 0],
      [1_000, 301_000],
      [29_000, 329_000],
      [30_000, 30_000],
    ]);
    expect(found.map((ms) => ms > BOUND)).toEqual([false, true, true, false]);
    expect(found[1]).toBe(300_000);
  });

  it('small steps in a row are one jump', () => {
    const found = read([0, 1, 2, 3].map((n) => [n * 1_000, n * 2_500]));
    expect(found.map((ms) => ms > BOUND)).toEqual([false, false, true, true]);
  });

  it('set back, and put right again, is a jump; so is what goes on while the machine is suspended', () => {
    const hour = 3_600_000;
    expect(read([[0, 0], [1_000, 1_000 - hour], [2_000, 2_000 - hour], [3_000, 3_000]])[3]).toBe(hour); // prettier-ignore
    expect(read([[0, 0], [1_000, 1_000 + hour]])[1]).toBe(hour); // prettier-ignore
  });

  it('a reading that came late, or was long under way, is no jump', () => {
    // The answer of the server waits for 20 s in a process that has no turn; the next is quick.
    const found = read([
      [0, 0, 5],
      [1_000, 1_000, 20_000],
      [22_000, 22_000],
      [22_001, 42_000, 20_000],
      [42_500, 42_500],
    ]);
    expect(found).toEqual([0, 0, 0, 0, 0]);
  });

  it('however it moves, what is taken for even is never farther ahead than the bound and what may be slewed', () => {
    const move = fc.record({
      passMs: fc.integer({ min: 0, max: 600_000 }),
      jumpMs: fc.oneof(fc.integer({ min: -5_000, max: 5_000 }), fc.integer({ min: -1e7, max: 1e7 })),
      lateMs: fc.integer({ min: 0, max: 30_000 }),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        let [pace, steady, clock]: [Pace | null, number, number] = [null, 0, START];
        for (const { passMs, jumpMs, lateMs } of [{ passMs: 0, jumpMs: 0, lateMs: 0 }, ...moves]) {
          steady += passMs;
          clock += passMs + jumpMs;
          const reading = { beforeMs: steady, clockMs: clock, afterMs: steady + lateMs };
          steady += lateMs;
          clock += lateMs;
          const followed = follow(pace, reading, BOUND);
          ({ pace } = followed);
          if (followed.aheadMs > BOUND) continue;
          expect(reading.clockMs - START - reading.afterMs).toBeLessThanOrEqual(BOUND + steady / 1_000 + 1e-6);
        }
      }),
    );
  });
});

it('a clock is accepted only by who has looked at another', () => {
  acceptable(START, START - 30_000);
  acceptable(START, START + 30_000);
  expect(() => acceptable(START, START - 30_001)).toThrow('more than 30 s from it');
  expect(() => acceptable(START + 300_000, START)).toThrow(/校正时钟/);
});
