import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Acted } from '../../activities/acted.ts';
import { StatutoryWait } from '../../workflows/statutory-wait.ts';

// Without a server: Temporal's `condition` is played by timers that the test moves.
const waiting = vi.hoisted(() => new Set<() => void>());
vi.mock('@temporalio/workflow', () => ({
  condition: (met: () => boolean, timeoutMs?: number) =>
    new Promise<boolean>((resolve) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => end(false), timeoutMs);
      const end = (value: boolean) => {
        clearTimeout(timer);
        waiting.delete(look);
        resolve(value);
      };
      const look = () => {
        if (met()) end(true);
      };
      waiting.add(look);
      look();
    }),
}));

const START = 1_800_000_000_000;
const DAY = 86_400_000;
const pass = async (ms: number) => {
  for (const look of [...waiting]) look();
  await vi.advanceTimersByTimeAsync(ms);
  for (const look of [...waiting]) look();
  await vi.advanceTimersByTimeAsync(0);
};
beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  waiting.clear();
  vi.useRealTimers();
});

const begin = (at: number | null, act: () => Promise<Acted<{ n: number }>>) => {
  const noted: (number | null)[] = [];
  const wait = new StatutoryWait({ mode: 'real' }, (until) => noted.push(until));
  wait.moveTo(at);
  const ended = vi.fn();
  void wait.thenAct(act).then(ended);
  return { wait, ended, noted };
};
const done = { outcome: 'done', n: 1 } as const;

describe('a statutory wait', () => {
  it('acts at its instant, and a moved one at the new', async () => {
    const { wait, ended } = begin(START + DAY, async () => done);
    await pass(DAY - 1);
    expect(ended).not.toHaveBeenCalled();
    wait.moveTo(START + 3 * DAY);
    await pass(DAY);
    expect(ended).not.toHaveBeenCalled();
    await pass(DAY + 1);
    expect(ended).toHaveBeenCalledWith(done);
  });

  it('without an instant waits for a change only', async () => {
    const { wait, ended } = begin(null, async () => done);
    await pass(1000 * DAY);
    expect(ended).not.toHaveBeenCalled();
    wait.askAgain();
    await pass(0);
    expect(ended).toHaveBeenCalled();
  });

  it('what changes while the database is asked is not lost: it is asked again', async () => {
    const answers: ((acted: Acted<{ n: number }>) => void)[] = [];
    const { wait, ended } = begin(START, () => new Promise((resolve) => answers.push(resolve)));
    await pass(0);
    expect(answers).toHaveLength(1);
    // A duty is done while the review of the duties is under way, whose answer knows nothing of it.
    wait.askAgain();
    answers[0]?.({ outcome: 'not-yet', at: null });
    await pass(0);
    expect(answers).toHaveLength(2);
    answers[1]?.(done);
    await pass(0);
    expect(ended).toHaveBeenCalledWith(done);
  });

  it('a cancellation while the database is asked counts, unless it was done', async () => {
    let answer: (acted: Acted<{ n: number }>) => void = () => undefined;
    const first = begin(START, () => new Promise((resolve) => (answer = resolve)));
    await pass(0);
    first.wait.cancel();
    answer({ outcome: 'not-yet', at: START + DAY });
    await pass(0);
    expect(first.ended).toHaveBeenCalledWith('cancelled');
    const second = begin(START, () => new Promise((resolve) => (answer = resolve)));
    await pass(0);
    second.wait.cancel();
    answer(done);
    await pass(0);
    expect(second.ended).toHaveBeenCalledWith(done);
  });

  it('a suspension that is settled while the database says so does not stand for ever', async () => {
    const answers: ((acted: Acted<{ n: number }>) => void)[] = [];
    const { wait, ended } = begin(START, () => new Promise((resolve) => answers.push(resolve)));
    await pass(0);
    wait.resume('one');
    answers[0]?.({ outcome: 'suspended', grievanceIds: ['one'] });
    await pass(0);
    answers[1]?.(done);
    await pass(0);
    expect(ended).toHaveBeenCalledWith(done);
  });

  it('shows until when it waits: nothing while suspended', () => {
    const wait = new StatutoryWait({ mode: 'real' });
    expect(wait.until).toBeNull();
    wait.moveTo(START);
    wait.suspend('one');
    expect(wait.until).toBeNull();
    wait.moveTo(START + DAY);
    wait.resume('one');
    wait.moveTo(START + DAY);
    expect(wait.until).toBe(START + DAY);
  });

  it('notes each new instant once, and never that it only asks again', async () => {
    const { wait, noted } = begin(START + DAY, async () => ({ outcome: 'not-yet', at: START + 2 * DAY }));
    wait.moveTo(START + DAY);
    wait.askAgain();
    await pass(0);
    expect(noted).toEqual([START + DAY, START + 2 * DAY]);
  });

  it('in a drill waits for the real instant of the civil one', async () => {
    const clock = { mode: 'drill', civilStartMs: 0, realStartMs: START, msPerDay: 1000 } as const;
    const wait = new StatutoryWait(clock);
    wait.moveTo(20 * DAY);
    const over = vi.fn();
    void wait.over().then(over);
    await pass(19_999);
    expect(over).not.toHaveBeenCalled();
    await pass(1);
    expect(over).toHaveBeenCalledWith('due');
  });
});
