import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Acted } from '../../activities/acted.ts';
import type { Asking, oneWait, waitFor } from '../setup/fixtures/workflows.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let environment: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
/** What the database would say; each test sets its own. */
let answer: (nowMs: number) => Acted<{ at: number }>;
let asked: number[];

beforeAll(async () => {
  environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: inject('timeSkippingExecutable') } },
  });
  const activities: Asking = {
    ask: async (nowMs) => {
      asked.push(nowMs);
      return answer(nowMs);
    },
  };
  worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: 'skipping',
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: join(import.meta.dirname, '../setup/fixtures/workflows.ts'),
    }),
    activities,
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await environment.teardown();
});

it('forty days pass in a moment', async () => {
  const waited = await environment.client.workflow.execute<typeof waitFor>('waitFor', {
    workflowId: 'forty-days',
    taskQueue: 'skipping',
    args: [40 * DAY],
  });
  expect(waited).toBeGreaterThanOrEqual(40 * DAY);
});

describe('a statutory wait', () => {
  let start: number;
  let count = 0;
  beforeEach(async () => {
    start = await environment.currentTimeMs();
    asked = [];
    answer = (at) => ({ outcome: 'done', at });
  });
  const begin = async (at: number) => {
    count += 1;
    return environment.client.workflow.start<typeof oneWait>('oneWait', {
      workflowId: `wait-${count}`,
      taskQueue: 'skipping',
      args: [at],
    });
  };
  let open: Awaited<ReturnType<typeof begin>> | undefined;
  afterEach(async () => {
    await open?.terminate().catch(() => undefined);
    open = undefined;
  });

  it('asks at its instant, not before; one that is past, at once', async () => {
    open = await begin(start + 20 * DAY);
    await environment.sleep(19 * DAY);
    expect(asked).toEqual([]);
    expect(await open.result()).toBeGreaterThanOrEqual(start + 20 * DAY);
    const past = await begin(start);
    await past.result();
    expect(asked).toHaveLength(2);
  });

  it('is moved: it does not ask at the old instant, but at the new, be it later or earlier', async () => {
    open = await begin(start + 10 * DAY);
    await open.signal('move', start + 30 * DAY);
    await environment.sleep(29 * DAY);
    expect(asked).toEqual([]);
    await open.signal('move', start + 29 * DAY + 12 * HOUR);
    const ended = await open.result();
    expect(ended).toBeGreaterThanOrEqual(start + 29 * DAY + 12 * HOUR);
    expect(ended).toBeLessThan(start + 30 * DAY);
  });

  it('is suspended: its instant passes and nothing is asked, until the last of those who stopped it lets go', async () => {
    open = await begin(start + 10 * DAY);
    await open.signal('suspend', 'one');
    await open.signal('suspend', 'two');
    expect(await open.query('until')).toBeNull();
    await environment.sleep(40 * DAY);
    expect(asked).toEqual([]);
    await open.signal('resume', 'one');
    await environment.sleep(DAY);
    expect(asked).toEqual([]);
    answer = (now) =>
      now < start + 60 * DAY ? { outcome: 'not-yet', at: start + 60 * DAY } : { outcome: 'done', at: now };
    await open.signal('resume', 'two');
    // It asks at once where the clock now ends, and again then.
    await environment.sleep(HOUR);
    expect(asked).toHaveLength(1);
    expect(await open.result()).toBeGreaterThanOrEqual(start + 60 * DAY);
    expect(asked).toHaveLength(2);
  });

  it('settled before it is heard of, a grievance stops nothing', async () => {
    open = await begin(start + 10 * DAY);
    answer = (now) =>
      now < start + 10 * DAY ? { outcome: 'not-yet', at: start + 10 * DAY } : { outcome: 'done', at: now };
    await open.signal('resume', 'one');
    await open.signal('suspend', 'one');
    expect(await open.result()).toBeGreaterThanOrEqual(start + 10 * DAY);
  });

  it('told by the database that the clock stands, it waits for those who stopped it', async () => {
    answer = () => ({ outcome: 'suspended', grievanceIds: ['one'] });
    open = await begin(start + DAY);
    await environment.sleep(10 * DAY);
    expect(asked).toHaveLength(1);
    answer = (at) => ({ outcome: 'done', at });
    await open.signal('resume', 'one');
    expect(await open.result()).toBeGreaterThanOrEqual(start + 10 * DAY);
  });

  it('is cancelled while it waits, and while it is suspended', async () => {
    open = await begin(start + 10 * DAY);
    expect(await open.query('until')).toBe(start + 10 * DAY);
    await open.signal('cancel');
    expect(await open.result()).toBe('cancelled');
    open = await begin((await environment.currentTimeMs()) + 10 * DAY);
    await open.signal('suspend', 'one');
    expect(await open.query('until')).toBeNull();
    await open.signal('cancel');
    expect(await open.result()).toBe('cancelled');
    expect(asked).toEqual([]);
  });

  it('a database whose clock is behind is asked now and then, not without end', async () => {
    const late = 20_000;
    answer = (now) =>
      now < start + DAY + late ? { outcome: 'not-yet', at: start + DAY } : { outcome: 'done', at: now };
    open = await begin(start + DAY);
    expect(await open.result()).toBeGreaterThanOrEqual(start + DAY + late);
    expect(asked.length).toBeLessThanOrEqual(45);
  });
});
