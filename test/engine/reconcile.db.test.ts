import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { settleWakes, waitingWakes, wake } from '../../db/engine/outbox.ts';
import { grievanceSubject, lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { Memory } from '../../engine/memory.ts';
import { reconcile, type Found, type ReconcileOptions } from '../../engine/reconcile.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { bid, draftOf, handClock, publishedTender, people, type People } from '../setup/tenders/tender.ts';
import { createActivities } from '../../activities/index.ts';

/** A workflow as Temporal has it. */
interface Run {
  type: string;
  status: 'RUNNING' | 'COMPLETED' | 'TERMINATED' | 'FAILED';
  runId: string;
  events: number;
  attempt?: number;
  /** Of its pending task: 1 given out, 2 taken. */
  taskState?: number;
  /** Not in the lists yet, or still. */
  unlisted?: boolean;
}

/** A Temporal that a test lays out. */
function temporal() {
  const runs = new Map<string, Run>();
  const did: string[] = [];
  const client = {
    workflow: {
      list: async function* () {
        for (const [workflowId, { type, runId, status, unlisted }] of runs) {
          if (status === 'RUNNING' && !unlisted) yield { workflowId, runId, type };
        }
      },
      getHandle: (workflowId: string, runId?: string) => {
        const found = (): Run => {
          const run = runs.get(workflowId);
          if (!run || (runId !== undefined && run.runId !== runId)) {
            throw new WorkflowNotFoundError('not found', workflowId, runId);
          }
          return run;
        };
        return {
          describe: async () => {
            const { type, status, runId: id, events, attempt, taskState } = found();
            did.push(`describe ${workflowId}`);
            return {
              type,
              runId: id,
              historyLength: events,
              status: { name: status },
              raw: { pendingWorkflowTask: attempt === undefined ? null : { attempt, state: taskState ?? 2 } },
            };
          },
          terminate: async () => {
            found().status = 'TERMINATED';
            did.push(`terminate ${workflowId}`);
          },
          signal: async () => {
            found();
            did.push(`wake ${workflowId}`);
          },
        };
      },
    },
  } as unknown as Client;
  let made = 0;
  const runs_ = (subject: string, type: string, change: Partial<Run> = {}): void => {
    made += 1;
    runs.set(subject, { type, status: 'RUNNING', runId: `run-${made}`, events: 10, ...change });
  };
  return { client, runs, did, has: runs_ };
}

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let server: ReturnType<typeof temporal>;
/** A works tender that takes bids. */
let id: string;
const whole = () => procurementSubject(id);
const lot = () => lotSubject(id, 1);

const look = (options: Partial<ReconcileOptions> = {}): Promise<Found[]> =>
  reconcile({ db, client: server.client, taskQueue: 'any', recheckMs: 1, ...options });
const woken = async (): Promise<string[]> => {
  const wakes = await waitingWakes(db.read, Number.MAX_SAFE_INTEGER, 100);
  await settleWakes(db, wakes);
  return wakes.map(({ subject }) => subject);
};
const of = (found: readonly Found[], subject: string) => found.find(({ workflowId }) => workflowId === subject);
const entries = async () =>
  (await auditAfter(db.read, 0, 1_000))
    .filter(({ action }) => action === 'temporal.rebuild')
    .map(({ detail }) => detail);

beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  ({ id } = await publishedTender(db, clock, who, 'tendering'));
  await woken();
  server = temporal();
});
afterEach(() => db.close());

/** Closes at the deadline: the lot is at its evaluation. */
async function close(): Promise<void> {
  for (const index of [0, 1, 2]) await bid(db, who, index, id);
  clock.set(draftOf('tendering', '').bidDeadline ?? 0);
  await createActivities({ db }).advance({ subject: whole() });
  await woken();
}

describe('what must run and does not', () => {
  it('is started from the database alone, and only that: what runs well is left alone', async () => {
    await close();
    server.has(whole(), 'procurement');
    const [tender, ofLot] = [await look(), await woken()];
    expect(of(tender, whole())).toMatchObject({ did: 'nothing', was: 'running', why: null });
    expect(of(tender, lot())).toMatchObject({ did: 'started', was: 'missing', stage: 'evaluation' });
    expect(ofLot).toEqual([lot()]);
    expect(await entries()).toEqual([{ started: 1, running: 1, leftToAPerson: 0, reasons: { missing: 1 } }]);
    server.has(lot(), 'lot');
    expect((await look()).map(({ did }) => did)).toEqual(['nothing', 'nothing']);
    expect(await woken()).toEqual([]);
    expect(await entries()).toHaveLength(1);
    expect(server.did.filter((each) => !each.startsWith('describe'))).toEqual([]);
  });

  it.each(['TERMINATED', 'FAILED', 'COMPLETED'] as const)(
    '%s by hand or by a fault, it is started again',
    async (status) => {
      server.has(whole(), 'procurement', { status });
      expect(of(await look(), whole())).toMatchObject({ did: 'started', was: status.toLowerCase() });
      expect(await woken()).toEqual([whole()]);
    },
  );

  it('one that the lists do not have yet runs all the same: they lag, what is described does not', async () => {
    server.has(whole(), 'procurement', { unlisted: true });
    expect(of(await look(), whole())).toMatchObject({ did: 'nothing' });
    expect(await woken()).toEqual([]);
  });

  it('one whose wake is on its way is left to it by a worker; the command counts it', async () => {
    await db.transaction(async (tx) => wake(tx, whole()), 'single-rows');
    expect(of(await look({ memory: new Memory() }), whole())).toMatchObject({ did: 'nothing' });
    expect(await entries()).toEqual([]);
    expect(of(await look(), whole())).toMatchObject({ did: 'started' });
  });

  it('of another type than its id says, it is ended, and started as what it is', async () => {
    server.has(whole(), 'recount');
    expect(of(await look(), whole())).toMatchObject({ did: 'started', was: 'running' });
    expect(server.did).toContain(`terminate ${whole()}`);
    expect(await woken()).toEqual([whole()]);
  });

  it('whose task fails again and again, it is ended and started again; not again and again', async () => {
    const memory = new Memory();
    server.has(whole(), 'procurement', { attempt: 3 });
    expect(of(await look({ memory }), whole())).toMatchObject({ did: 'nothing' });
    const looks: (string | undefined)[] = [];
    for (let n = 0; n < 6; n += 1) {
      server.has(whole(), 'procurement', { attempt: 5 });
      looks.push(of(await look({ memory }), whole())?.did);
    }
    expect(looks.filter((did) => did === 'started')).toHaveLength(1);
    expect(looks.filter((did) => did === 'left-to-a-person').length).toBeGreaterThanOrEqual(1);
    expect(server.did.filter((each) => each.startsWith('terminate'))).toHaveLength(1);
  });

  it('whose history grows without end, it is ended and started again', async () => {
    const memory = new Memory();
    let found: Found | undefined;
    server.has(whole(), 'procurement', { runId: 'hot', events: 1_000 });
    for (let n = 0; n < 4 && found?.did !== 'started'; n += 1) {
      found = of(await look({ memory }), whole());
      const run = server.runs.get(whole());
      if (run) run.events += 5_000;
    }
    expect(found).toMatchObject({ did: 'started', why: { en: expect.stringMatching(/grows/) as string } });
  });

  it('for which an instant of the law has passed, it is woken, and where that does not help ended and started again', async () => {
    const memory = new Memory();
    server.has(whole(), 'procurement');
    clock.set((draftOf('tendering', '').bidDeadline ?? 0) + 20_000);
    expect(of(await look({ memory }), whole())).toMatchObject({ did: 'nothing' });
    clock.step(11_000);
    expect(of(await look({ memory }), whole())).toMatchObject({ did: 'woken', was: 'running' });
    expect(await woken()).toEqual([whole()]);
    expect(await entries()).toEqual([]);
    expect(of(await look({ memory: withoutPauses(memory) }), whole())).toMatchObject({ did: 'started' });
    expect(await woken()).toEqual([whole()]);
    expect(server.did).toContain(`terminate ${whole()}`);
  });

  it('without a worker it is not ended for what no worker does', async () => {
    server.has(whole(), 'procurement', { attempt: 1, taskState: 1 });
    clock.set((draftOf('tendering', '').bidDeadline ?? 0) + 60_000);
    for (const memory of [undefined, new Memory()]) {
      const found = of(await look(memory ? { memory } : {}), whole());
      expect(found).toMatchObject({
        did: 'nothing',
        why: { en: expect.stringMatching(/waits for a worker/) as string },
      });
    }
    expect(await woken()).toEqual([]);
  });

  it('by a command: looks only, or begins again what runs', async () => {
    await close();
    server.has(whole(), 'procurement');
    server.has(lot(), 'lot');
    const asked = await look({ dryRun: true, restart: [id] });
    expect(asked.map(({ did }) => did)).toEqual(['would-start', 'would-start']);
    expect(server.did.filter((each) => each.startsWith('terminate'))).toEqual([]);
    expect((await look({ restart: [lot()] })).map(({ did }) => did).sort()).toEqual(['nothing', 'started']);
    expect(await woken()).toEqual([lot()]);
    await look({ restart: [id] });
    expect((await woken()).sort()).toEqual([whole(), lot()].sort());
  });

  it('one that cannot be looked at is left to a person, and keeps no other from it', async () => {
    await close();
    server.has(lot(), 'lot', { status: 'TERMINATED' });
    const refused = whole();
    const getHandle = server.client.workflow.getHandle.bind(server.client.workflow);
    server.client.workflow.getHandle = ((workflowId: string, runId?: string) =>
      workflowId === refused
        ? { describe: () => Promise.reject(new Error('permission denied')) }
        : getHandle(workflowId, runId)) as typeof getHandle;
    const found = await look();
    expect(of(found, whole())).toMatchObject({ did: 'left-to-a-person', was: 'unknown' });
    expect(of(found, lot())).toMatchObject({ did: 'started' });
  });
});

describe('what runs and need not', () => {
  it('by the database it has ended: it is woken, and asks', async () => {
    server.has(whole(), 'procurement');
    server.has(lot(), 'lot');
    const found = await look();
    expect(of(found, lot())).toMatchObject({ did: 'woken', was: 'running' });
    expect(server.did).toContain(`wake ${lot()}`);
    expect(await woken()).toEqual([]);
  });

  it('of what the database does not know nothing is done: a person decides', async () => {
    server.has(whole(), 'procurement');
    server.has(procurementSubject('of-somebody-else'), 'procurement');
    server.has(grievanceSubject('of-somebody-else'), 'grievance');
    server.has('doctor/1234', 'doctor');
    const found = await look();
    expect(found.filter(({ did }) => did === 'left-to-a-person').map(({ workflowId }) => workflowId)).toEqual([
      procurementSubject('of-somebody-else'),
      grievanceSubject('of-somebody-else'),
    ]);
    expect(of(found, 'doctor/1234')).toBeUndefined();
    expect(server.did.filter((each) => !each.startsWith('describe'))).toEqual([]);
  });
});

describe('of many that run well', () => {
  it('a share is described each time, and each of them soon', async () => {
    for (let n = 0; n < 3; n += 1) await publishedTender(db, clock, who, 'tendering');
    await woken();
    for (const { workflowId } of await look({ dryRun: true })) server.has(workflowId, 'procurement');
    server.did.length = 0;
    const memory = new Memory();
    await look({ memory });
    const first = server.did.splice(0);
    expect(first).toHaveLength(2);
    await look({ memory });
    expect(new Set([...first, ...server.did]).size).toBe(4);
  });
});

/** Of a minute later. */
function withoutPauses(memory: Memory): Memory {
  memory.mayRestart = () => true;
  return memory;
}
