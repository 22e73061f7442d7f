import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { Turn } from '../../activities/turn.ts';
import { SEARCH_ATTRIBUTES, stateQuery, wakeSignal } from '../../workflows/messages.ts';
import { startServer } from '../setup/servers/skipping-server.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let environment: TestWorkflowEnvironment;
/** What the database would answer; each test sets its own. */
let answer: (nowMs: number) => Turn | Promise<Turn>;
/** When it was asked, by the clock of the server. */
let asked: { readonly subject: string; readonly at: number }[];
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  environment = await startServer();
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: 'kaibiao',
    workflowBundle: { codePath: inject('workflowBundlePath') },
    activities: {
      advance: async ({ subject }: { subject: string }) => {
        const at = await environment.currentTimeMs();
        asked.push({ subject, at });
        return answer(at);
      },
    },
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await environment.teardown();
});

const until = (atMs: number, stage = 'bidding'): Turn => ({ then: 'wait', stage, until: atMs, wakeAtMs: atMs });
const forPeople = (stage = 'evaluation'): Turn => ({ then: 'wait', stage, until: null, wakeAtMs: null });
const ended = (stage = 'concluded'): Turn => ({ then: 'ended', stage });

describe('a subject is carried', () => {
  let start: number;
  let count = 0;
  let open: WorkflowHandle;
  const begin = async (type = 'procurement', ...args: unknown[]): Promise<WorkflowHandle> => {
    count += 1;
    open = await environment.client.workflow.start(type, {
      workflowId: `procurement/p${count}`,
      taskQueue: 'kaibiao',
      args,
    });
    return open;
  };
  const isAsked = (times: number) => vi.waitFor(() => expect(asked).toHaveLength(times), 10_000);
  const wake = (...args: unknown[]) => open.signal(wakeSignal.name, ...args);
  const eventsOf = async (): Promise<number> => (await open.fetchHistory()).events?.length ?? 0;

  beforeEach(async () => {
    start = await environment.currentTimeMs();
    asked = [];
    answer = () => ended();
  });
  afterEach(async () => {
    // Ended in peace: terminated with a task under way, it would keep this server's time from skipping.
    answer = () => ended();
    await wake().catch(() => undefined);
    await open.result();
  });

  it('asked at once and at each instant that was answered, not before; its id is what it carries', async () => {
    answer = (now) => (now < start + 20 * HOUR ? until(start + 20 * HOUR) : ended());
    await begin('procurement', { subject: 'procurement/another' });
    await isAsked(1);
    await environment.sleep(19 * HOUR);
    expect(asked).toHaveLength(1);
    await open.result();
    expect(asked.map(({ subject }) => subject)).toEqual([open.workflowId, open.workflowId]);
    expect(asked[1]?.at).toBeGreaterThanOrEqual(start + 20 * HOUR);
    expect(asked[1]?.at).toBeLessThan(start + 20 * HOUR + SECOND);
  });

  it('with any input, and by the name of any part of a tender', async () => {
    for (const type of ['procurement', 'lot', 'grievance', 'refund']) {
      for (const args of [[], [null], ['garbage'], [{ subject: 7, procurementId: null }]]) {
        await begin(type, ...args);
        await open.result();
        expect(asked.at(-1)?.subject).toBe(open.workflowId);
      }
    }
  });

  it('a deadline that moves to later needs no message: at the old instant the new one is answered', async () => {
    let deadline = start + 10 * HOUR;
    answer = (now) => (now < deadline ? until(deadline) : ended());
    await begin();
    await isAsked(1);
    deadline = start + 20 * HOUR;
    await environment.sleep(15 * HOUR);
    expect(asked).toHaveLength(2);
    expect((await open.query(stateQuery))?.until).toBe(start + 20 * HOUR);
    await open.result();
    expect(asked[2]?.at).toBeGreaterThanOrEqual(start + 20 * HOUR);
  });

  it('one that moves to earlier is waited for after a wake, or after a day where the wake was lost', async () => {
    let deadline = start + 30 * DAY;
    answer = (now) => (now < deadline ? until(deadline) : ended());
    await begin();
    await isAsked(1);
    deadline = start + 12 * HOUR;
    await wake();
    await isAsked(2);
    await open.result();
    expect(asked[2]?.at).toBeLessThan(start + 12 * HOUR + SECOND);

    start = await environment.currentTimeMs();
    [asked, deadline] = [[], start + 30 * DAY];
    await begin();
    await isAsked(1);
    deadline = start + 12 * HOUR;
    await open.result();
    // Not just a day later: what people do at one time of the day does not meet it.
    expect(asked[1]?.at).toBeGreaterThan(start + DAY - HOUR / 4);
    expect(asked[1]?.at).toBeLessThan(start + DAY - HOUR / 12);
  });

  it('a suspended clock (an objection) is waited for: the old instant passes, and the new one counts', async () => {
    let suspended = false;
    let deadline = start + 10 * DAY;
    answer = (now) => (suspended ? forPeople('bidding') : now < deadline ? until(deadline) : ended());
    await begin();
    await isAsked(1);
    suspended = true;
    await wake();
    await isAsked(2);
    expect((await open.query(stateQuery))?.until).toBeNull();
    await environment.sleep(40 * DAY);
    // It only looks again each day.
    expect(asked.length).toBeLessThanOrEqual(2 + 40);
    expect((await open.describe()).status.name).toBe('RUNNING');
    deadline = start + 60 * DAY;
    suspended = false;
    await wake();
    await open.result();
    expect(asked.at(-1)?.at).toBeGreaterThanOrEqual(start + 60 * DAY);
  });

  it('what happens while the database is asked is not lost: it is asked again', async () => {
    const held: ((turn: Turn) => void)[] = [];
    answer = () => new Promise((resolve) => held.push(resolve));
    await begin();
    await isAsked(1);
    // A duty is done while the duties are reviewed, whose answer knows nothing of it.
    await wake();
    held[0]?.(forPeople());
    await isAsked(2);
    // The last one, too, is asked once more.
    await wake();
    held[1]?.(ended());
    await isAsked(3);
    held[2]?.(ended());
    await open.result();
  });

  it('a database whose clock is behind is asked now and then, not without end', async () => {
    const lateMs = 20 * SECOND;
    answer = (now) => (now < start + HOUR + lateMs ? until(start + HOUR) : ended());
    await begin();
    await open.result();
    expect(asked.at(-1)?.at).toBeGreaterThanOrEqual(start + HOUR + lateMs);
    expect(asked.at(-1)?.at).toBeLessThan(start + HOUR + 3 * lateMs);
    expect(asked.length).toBeLessThanOrEqual(12);
  });

  it('an instant that is past and never acted on (a grievance that is settled) makes no loop', async () => {
    answer = () => until(start - DAY, 'replied');
    await begin('grievance');
    await environment.sleep(2 * HOUR);
    expect(asked.length).toBeGreaterThan(100);
    // Every half minute in the end, and a history that stays far from what the server would end it for.
    expect(asked.length).toBeLessThan(2 * 120 + 20);
    expect(await eventsOf()).toBeLessThan(3_000);
  });

  it('an instant that is always just to come makes no loop either', async () => {
    answer = (now) => until(now + 1);
    await begin();
    await environment.sleep(60 * SECOND);
    expect(asked.length).toBeLessThan(160);
  });

  it('faults of any kind end nothing, and cause no loop; afterwards it continues', async () => {
    let failing = true;
    answer = () => {
      if (!failing) return ended();
      if (asked.length % 3 === 0) throw new Error('the database is away');
      if (asked.length % 3 === 1) throw ApplicationFailure.nonRetryable('there is no such thing', 'not-found');
      throw ApplicationFailure.create({ message: 'busy', type: 'database-busy' });
    };
    await begin();
    // All three come: what may pass is tried a few times before the pause.
    await vi.waitFor(async () => {
      await environment.sleep(10 * SECOND);
      expect(asked.length).toBeGreaterThan(5);
    }, 30_000);
    expect((await open.describe()).status.name).toBe('RUNNING');
    expect(asked.length).toBeLessThan(60);
    failing = false;
    await open.result();
  });

  it('nobody cancels it', async () => {
    answer = (now) => (now < start + 10 * HOUR ? until(start + 10 * HOUR) : ended());
    await begin();
    await isAsked(1);
    await open.cancel();
    await wake();
    await isAsked(2);
    await environment.sleep(HOUR);
    expect((await open.describe()).status.name).toBe('RUNNING');
    await open.result();
    expect(asked.at(-1)?.at).toBeGreaterThanOrEqual(start + 10 * HOUR);
  });

  it('a signal of any name, with anything in it or nothing, is a wake and no more', async () => {
    answer = () => forPeople();
    await begin();
    await isAsked(1);
    let times = 1;
    for (const name of ['wake', 'terminated', 'resume', 'no such signal', '__temporal_reserved']) {
      for (const args of [[], [null, { lotStage: 'no such stage' }], ['x'.repeat(10_000)]]) {
        await open.signal(name, ...args);
        times += 1;
        await isAsked(times);
      }
    }
    expect((await open.describe()).status.name).toBe('RUNNING');
    expect(await open.query(stateQuery)).toEqual({ stage: 'evaluation', until: null });
  });

  it('an answer that it does not know fails its task, and another worker continues from there', async () => {
    let newer = false;
    answer = () => (newer ? ended() : ({ then: 'auctioned', stage: 'auction' } as unknown as Turn));
    await begin();
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1), 30_000);
    expect((await open.describe()).status.name).toBe('RUNNING');
    newer = true;
    await open.result();
  });

  it('wakes that come in a burst cause one query, and another run continues before there are too many', async () => {
    answer = () => forPeople();
    await begin();
    await isAsked(1);
    const { runId } = await open.describe();
    for (let sent = 0; sent < 4_200; sent += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 ? wake() : open.signal('forged'))));
    }
    await environment.sleep(60 * SECOND);
    expect((await open.describe()).runId).not.toBe(runId);
    expect(asked.length).toBeLessThan(400);
    answer = () => ended();
    await wake();
    await open.result();
  }, 240_000);

  it('what it waits for is what Temporal’s own pages show', async () => {
    answer = (now) => (now < start + 2 * HOUR ? until(start + 2 * HOUR) : forPeople('evaluation'));
    await begin();
    await isAsked(1);
    const noted = async () => {
      const { typedSearchAttributes } = await open.describe();
      return [
        typedSearchAttributes.get(SEARCH_ATTRIBUTES.stage),
        typedSearchAttributes.get(SEARCH_ATTRIBUTES.nextDeadline)?.getTime() ?? null,
      ];
    };
    await vi.waitFor(async () => expect(await noted()).toEqual(['bidding', start + 2 * HOUR]), 10_000);
    await environment.sleep(3 * HOUR);
    expect(await noted()).toEqual(['evaluation', null]);
    await wake();
    await isAsked(3);
    // What is noted already costs no event.
    const noting = (await open.fetchHistory()).events?.filter(
      (event) => event.upsertWorkflowSearchAttributesEventAttributes,
    );
    expect(noting).toHaveLength(2);
  });
});
