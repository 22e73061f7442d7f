import type { Client } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from '../../engine/outbox.ts';
import { failWake, waitingWakes, wake } from '../../db/outbox.ts';
import { procurementById } from '../../db/procurements.ts';
import { procurementSubject } from '../../domain/subjects.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { decide, draftOf, handClock, launch, people, type People } from '../setup/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 1);
});
afterEach(() => db.close());

/** A Temporal that answers as it is told to, and counts what it wakes. */
function temporal(refusal: Error | null = null) {
  const woken: string[] = [];
  const state = { refusal, during: async (): Promise<void> => undefined };
  const client = {
    withDeadline: (_at: number, work: () => Promise<unknown>) => work(),
    workflow: {
      signalWithStart: async (_name: string, { workflowId }: { workflowId: string }) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (state.refusal) throw state.refusal;
        woken.push(workflowId);
        await state.during();
      },
    },
  } as unknown as Client;
  return { client, woken, state };
}

const draft = () => draftOf('tendering', who.purchaser.id);
const soon = () => Date.now() + 3_600_000;
const waiting = () => waitingWakes(db.read, soon(), 10);

describe('the outbox', () => {
  it('holds a wake exactly when the change that causes it is committed', async () => {
    const { id } = await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft()));
    const thoughtBetter = db.transaction(async (tx) => {
      await launchProcurement(tx, who.asPurchaser, id);
      throw new Error('no');
    });
    await expect(thoughtBetter).rejects.toThrow('no');
    expect((await procurementById(db.read, id)).stage).toBe('draft');
    expect(await waiting()).toEqual([]);
    await db.transaction((tx) => launchProcurement(tx, who.asPurchaser, id));
    expect(await waiting()).toMatchObject([{ subject: procurementSubject(id), attempts: 0, lastError: null }]);
  });

  it('holds one row a subject, however often it is woken, and a wake that comes during a delivery is delivered after it', async () => {
    const { procurement } = await launch(db, who.asPurchaser, draft());
    const subject = procurementSubject(procurement.id);
    await db.transaction(async (tx) => wake(tx, subject));
    await decide(db, who.asPurchaser, {
      procurementId: procurement.id,
      lotNo: 0,
      kind: 'terminate',
      payload: { ground: 'force-majeure', reasonZh: '洪水' },
    });
    expect((await waiting()).map((row) => row.subject)).toEqual([subject]);
    const { client, woken, state } = temporal();
    state.during = async () => {
      state.during = async () => undefined;
      await db.transaction(async (tx) => wake(tx, subject));
    };
    const outbox = createOutbox({ db, client, taskQueue: 'any' });
    await outbox.deliverWaiting();
    await eventually('the later wake is delivered too', async () => {
      await outbox.deliverWaiting();
      return (await waiting()).length === 0;
    });
    expect(woken).toEqual([subject, subject]);
  });

  it('leaves a fresh wake to the process whose commit left it, which delivers it at once', async () => {
    const { procurement } = await launch(db, who.asPurchaser, draft());
    const subject = procurementSubject(procurement.id);
    const { client, woken } = temporal();
    const patient = createOutbox({ db, client, taskQueue: 'any', graceMs: 3_600_000 });
    expect(await patient.deliverWaiting()).toBe(0);
    expect(await patient.deliverWaiting()).toBe(0);
    patient.poke([subject]);
    await eventually('it is delivered', async () => (await waiting()).length === 0);
    expect(woken).toEqual([subject]);
  });

  it('keeps what Temporal refuses, says why, and tries it again in its time', async () => {
    const { procurement } = await launch(db, who.asPurchaser, draft());
    const refused = Object.assign(new Error('PERMISSION_DENIED: not you'), { code: 7 });
    const { client, woken, state } = temporal(refused);
    const failures: unknown[] = [];
    const outbox = createOutbox({ db, client, taskQueue: 'any', onFailure: (_, error) => failures.push(error) });
    expect(await outbox.deliverWaiting()).toBe(0);
    expect(failures).toEqual([refused]);
    expect(await waiting()).toMatchObject([{ attempts: 1, lastError: 'PERMISSION_DENIED: not you' }]);
    // It is not tried again before its time.
    expect(await waitingWakes(db.read, Date.now(), 10)).toEqual([]);
    state.refusal = null;
    await eventually('it is delivered in its time', async () => (await outbox.deliverWaiting()) === 1);
    expect(woken).toEqual([procurementSubject(procurement.id)]);
    expect(await waiting()).toEqual([]);
  });

  it('writes nothing while Temporal is away: every wake stays due, and goes out when it is back', async () => {
    const { procurement } = await launch(db, who.asPurchaser, draft());
    const gone = Object.assign(new Error('UNAVAILABLE: connection refused'), { code: 14 });
    const { client, woken, state } = temporal(gone);
    const outbox = createOutbox({ db, client, taskQueue: 'any' });
    for (let tries = 0; tries < 3; tries += 1) expect(await outbox.deliverWaiting()).toBe(0);
    expect(await waitingWakes(db.read, Date.now(), 10)).toMatchObject([{ attempts: 0, lastError: null }]);
    state.refusal = null;
    await eventually('it goes out', async () => (await outbox.deliverWaiting()) === 1);
    expect(woken).toEqual([procurementSubject(procurement.id)]);
  });

  it('delivers the same wake once, however often it is asked at the same time and after', async () => {
    const { procurement } = await launch(db, who.asPurchaser, draft());
    const { client, woken } = temporal();
    const outbox = createOutbox({ db, client, taskQueue: 'any' });
    outbox.poke([procurementSubject(procurement.id)]);
    await Promise.all([outbox.deliverWaiting(), outbox.deliverWaiting()]);
    await eventually('nothing waits', async () => (await waiting()).length === 0);
    expect(await outbox.deliverWaiting()).toBe(0);
    expect(woken).toHaveLength(1);
  });

  it('has nothing to deliver of a subject that nobody has woken', async () => {
    const { client, woken } = temporal();
    const outbox = createOutbox({ db, client, taskQueue: 'any' });
    outbox.poke([procurementSubject('no-such-tender')]);
    await outbox.stop();
    expect(woken).toEqual([]);
  });

  it('gives the oldest first, and a long error text does not grow without bound', async () => {
    const one = await launch(db, who.asPurchaser, draft());
    clock.step(1_000);
    const two = await launch(db, who.asPurchaser, draft());
    const [first] = await waiting();
    if (!first) throw new Error('nothing waits');
    await failWake(db, first, 'x'.repeat(10_000), 0);
    const rows = await waiting();
    expect(rows.map(({ subject }) => subject)).toEqual(
      [one, two].map(({ procurement }) => procurementSubject(procurement.id)),
    );
    expect(rows[0]?.lastError).toHaveLength(500);
  });
});
