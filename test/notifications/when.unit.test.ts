import { describe, expect, it } from 'vitest';
import { DAY_MS, formatDay, HOUR_MS, MINUTE_MS, parseInstantOrDate } from '../../domain/civil-time.ts';
import { digestDayAt } from '../../domain/notifications/digest.ts';
import { DUTIES, escalatedTo, owersOf, REMINDERS_DAYS, stepAt } from '../../domain/notifications/duties.ts';
import { MOST_ATTEMPTS, pauseAfter, restAfter } from '../../domain/notifications/retries.ts';
import { digestSpec } from '../../engine/notifications/schedule.ts';

const at = parseInstantOrDate;

describe('a duty', () => {
  const due = { fromAt: at('2026-04-01T09:00+08:00'), dueAt: at('2026-05-01T09:00+08:00') };
  const step = (now: string, leads = REMINDERS_DAYS) => stepAt(due, at(now), leads);

  it('is reminded of three days and one day before its last instant, and is overdue after it', () => {
    expect(step('2026-04-28T08:59:59.999+08:00')).toBeNull();
    expect(step('2026-04-28T09:00+08:00')).toEqual({ step: 'remind', days: 3 });
    expect(step('2026-04-30T08:59+08:00')).toEqual({ step: 'remind', days: 3 });
    expect(step('2026-04-30T09:00+08:00')).toEqual({ step: 'remind', days: 1 });
    expect(step('2026-05-01T09:00+08:00')).toEqual({ step: 'remind', days: 1 });
    expect(step('2026-05-01T09:00:00.001+08:00')).toEqual({ step: 'overdue' });
  });

  it('that is shorter than every lead time is reminded of at its half', () => {
    const short = { fromAt: due.fromAt, dueAt: due.fromAt + DAY_MS };
    expect(stepAt(short, due.fromAt + DAY_MS / 2 - 1, REMINDERS_DAYS)).toBeNull();
    expect(stepAt(short, due.fromAt + DAY_MS / 2, REMINDERS_DAYS)).toEqual({ step: 'remind', days: 0 });
    const threeDays = { fromAt: due.fromAt, dueAt: due.fromAt + 3 * DAY_MS };
    expect(stepAt(threeDays, due.fromAt, REMINDERS_DAYS)).toBeNull();
    expect(stepAt(threeDays, due.fromAt + 2 * DAY_MS, REMINDERS_DAYS)).toEqual({ step: 'remind', days: 1 });
  });

  it('without a beginning is reminded of by its end, and without lead times of nothing but that it is overdue', () => {
    expect(stepAt({ ...due, fromAt: null }, due.dueAt - DAY_MS, [1])).toEqual({ step: 'remind', days: 1 });
    expect(step('2026-04-30T09:00+08:00', [])).toBeNull();
    expect(step('2026-05-02', [])).toEqual({ step: 'overdue' });
  });

  it('has people who owe it; once overdue those who supervise them are notified too', () => {
    for (const key of DUTIES) {
      expect(owersOf(key), key).toContain('runners');
      expect(escalatedTo(owersOf(key)), key).toContain('supervision');
    }
    expect(owersOf('deposits-losers')).toContain('centre');
    expect(owersOf('bid-deadline')).toEqual([]);
  });
});

describe('the digest', () => {
  it('is of the last civil day whose eighth hour has come', () => {
    const day = (now: string) => formatDay(digestDayAt(at(now)));
    expect(day('2026-04-01T08:00+08:00')).toBe('2026-04-01');
    expect(day('2026-04-01T07:59:59.999+08:00')).toBe('2026-03-31');
    expect(day('2026-04-01T23:59+08:00')).toBe('2026-04-01');
  });

  it('is asked for at that hour of China; in a drill as often as a day of it passes, and never all the time', () => {
    expect(digestSpec({ mode: 'real' })).toEqual({ calendars: [{ hour: 0, minute: 0, second: 0 }] });
    const drill = { mode: 'drill', civilStartMs: 0, realStartMs: 0 } as const;
    expect(digestSpec({ ...drill, msPerDay: 60_000 })).toEqual({ intervals: [{ every: 60_000 }] });
    expect(digestSpec({ ...drill, msPerDay: 5 })).toEqual({ intervals: [{ every: 10_000 }] });
  });
});

describe('a message', () => {
  it('is tried again after longer and longer pauses, and given up after some days', () => {
    const pauses = Array.from({ length: MOST_ATTEMPTS }, (_, index) => pauseAfter(index + 1));
    expect(pauses.at(-1)).toBeNull();
    const real = pauses.slice(0, -1) as number[];
    expect(real).toEqual([...real].sort((a, b) => a - b));
    const days = real.reduce((sum, each) => sum + each, 0) / DAY_MS;
    expect(days).toBeGreaterThan(3);
    expect(days).toBeLessThan(5);
  });

  it('waits as long as its channel asks, within an hour', () => {
    expect(pauseAfter(1)).toBe(MINUTE_MS);
    expect(pauseAfter(1, 10 * MINUTE_MS)).toBe(10 * MINUTE_MS);
    expect(pauseAfter(1, DAY_MS)).toBe(HOUR_MS);
  });

  it('waits while its channel is down, which is asked again after five minutes at the latest', () => {
    expect([1, 2, 3].map(restAfter)).toEqual([5_000, 10_000, 20_000]);
    expect(restAfter(100)).toBe(5 * MINUTE_MS);
  });
});
