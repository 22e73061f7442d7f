import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Subject } from '../../db/access/database.ts';
import { JobQueue, linesOf, type Job, type Left } from '../../db/postgres/job-queue.ts';

const NOTHING_LEFT: Left = { busy: [], undone: [] };

interface Settled extends Job {
  readonly name: string;
  readonly outcome: { value?: unknown; error?: unknown };
}

function job(name: string, subject: Subject | null): Settled {
  const outcome: Settled['outcome'] = {};
  return {
    name,
    subject,
    outcome,
    work: async () => name,
    resolve: (value) => (outcome.value = value),
    reject: (error) => (outcome.error = error),
  };
}

const of = (id: string): Subject => ({ procurementId: id });
const set = (...procurementIds: string[]): Subject => ({ procurementIds });
const namesOf = (jobs: readonly Job[]): string[] => jobs.map((each) => (each as Settled).name);

/** A queue whose commits last until they are let go, each with what it leaves. */
function heldQueue() {
  const open: { names: string[]; jobs: readonly Job[]; end: (left?: Left) => Promise<void> }[] = [];
  const queue = new JobQueue(
    (jobs) =>
      new Promise<Left>((resolve) => {
        open.push({
          names: namesOf(jobs),
          jobs,
          end: async (left = NOTHING_LEFT) => {
            const kept = new Set([...left.busy, ...left.undone.map((each) => each.job)]);
            for (const each of jobs) if (!kept.has(each)) each.resolve((each as Settled).name);
            resolve(left);
            await sleep(0);
          },
        });
      }),
  );
  const add = async (...jobs: Settled[]): Promise<void> => {
    for (const each of jobs) queue.add(each);
    await sleep(0);
  };
  return { queue, open, add };
}

describe('lines of jobs', () => {
  it('are those that share a procurement, directly or through a set, in the order in which they came', () => {
    const jobs = [job('a1', of('a')), job('b', of('b')), job('rows', 'single-rows'), job('a2', of('a'))];
    expect(linesOf(jobs).map(namesOf)).toEqual([['b'], ['a1', 'a2'], ['rows']]);
    const joined = [...jobs, job('ab', set('a', 'b')), job('c', of('c'))];
    expect(linesOf(joined).map(namesOf)).toEqual([['a1', 'b', 'a2', 'ab'], ['c'], ['rows']]);
  });
});

describe('the queue of jobs', () => {
  it('puts into one commit what waits at the same time, and into the next what came meanwhile', async () => {
    const { open, add } = heldQueue();
    await add(job('1', of('a')), job('2', of('b')), job('3', 'single-rows'));
    await add(job('4', of('c')));
    expect(open.map(({ names }) => names)).toEqual([['1', '2', '3'], ['4']]);
  });

  it('never works on one procurement in two commits, also where a job holds several', async () => {
    const { open, add } = heldQueue();
    await add(job('set', set('a', 'b')));
    await add(job('b', of('b')), job('c', of('c')), job('ac', set('a', 'c')));
    expect(open.map(({ names }) => names)).toEqual([['set'], ['c']]);
    await open[0]?.end();
    expect(open.slice(2).map(({ names }) => names)).toEqual([['b']]);
    await open[1]?.end();
    expect(open.slice(3).map(({ names }) => names)).toEqual([['ac']]);
  });

  it('keeps what holds everything in commits of its own, one after the other', async () => {
    const { open, add } = heldQueue();
    // The lock of the database keeps the others from it meanwhile.
    await add(job('1', of('a')), job('all', null), job('more', null), job('2', of('b')), job('later', null));
    expect(open.map(({ names }) => names)).toEqual([['1'], ['all', 'more'], ['2']]);
    await open[0]?.end();
    await open[2]?.end();
    expect(open).toHaveLength(3);
    await open[1]?.end();
    expect(open.slice(3).map(({ names }) => names)).toEqual([['later']]);
  });

  it('has at most four commits under way, of at most 64 jobs', async () => {
    const { open, add } = heldQueue();
    await add(...Array.from({ length: 300 }, (_, n) => job(String(n), of(String(n)))));
    expect(open.map(({ names }) => names.length)).toEqual([64, 64, 64, 64]);
    await open[0]?.end();
    expect(open.map(({ names }) => names.length)).toEqual([64, 64, 64, 64, 44]);
  });

  it('looks again at rows that another process holds, and then lets a connection of their own wait for them', async () => {
    const { queue, open, add } = heldQueue();
    const [busy, other] = [job('busy', of('a')), job('other', of('b'))];
    await add(busy, other);
    for (const turn of [0, 1, 2]) {
      await open[turn]?.end({ busy: [busy], undone: [] });
      await sleep(40);
    }
    expect(open.map(({ names }) => names)).toEqual([['busy', 'other'], ['busy'], ['busy'], ['busy']]);
    expect(other.outcome).toEqual({ value: 'other' });
    await open[3]?.end();
    await queue.drain();
    expect(busy.outcome).toEqual({ value: 'busy' });
  });

  it('retries separately what was rolled back because of another job, up to the limit', async () => {
    const { queue, open, add } = heldQueue();
    const [unlucky, other] = [job('unlucky', of('a')), job('other', of('b'))];
    await add(unlucky, other);
    const error = new Error('undone');
    for (const turn of [0, 1, 2]) await open[turn]?.end({ busy: [], undone: [{ job: unlucky, error }] });
    await queue.drain();
    expect(open.map(({ names }) => names)).toEqual([['unlucky', 'other'], ['unlucky'], ['unlucky']]);
    expect([unlucky.outcome, other.outcome]).toEqual([{ error }, { value: 'other' }]);
  });
});
