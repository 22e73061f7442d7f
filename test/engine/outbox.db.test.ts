import type { Client } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from '../../engine/outbox.ts';
import { markFailed, messageById, waitingMessages } from '../../db/outbox.ts';
import { procurementById } from '../../db/procurements.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { draftOf, handClock, launch, people, type People } from '../setup/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 1);
});
afterEach(() => db.close());

/** A Temporal that is away until it is told to come back, and counts what it starts. */
function temporal() {
  const started: string[] = [];
  const state = { away: true };
  const client = {
    withDeadline: (_at: number, work: () => Promise<unknown>) => work(),
    workflow: {
      start: async (_name: string, { workflowId }: { workflowId: string }) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (state.away) throw new Error('UNAVAILABLE: connection refused');
        started.push(workflowId);
      },
    },
  } as unknown as Client;
  return { client, started, state };
}

const draft = () => draftOf('tendering', who.purchaser.id);
const soon = () => Date.now() + 3_600_000;

describe('the outbox', () => {
  it('holds a message exactly when the change that causes it is committed', async () => {
    const { id } = await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft()));
    const thoughtBetter = db.transaction(async (tx) => {
      await launchProcurement(tx, who.asPurchaser, id);
      throw new Error('no');
    });
    await expect(thoughtBetter).rejects.toThrow('no');
    expect((await procurementById(db.read, id)).stage).toBe('draft');
    expect(await waitingMessages(db.read, soon(), 10)).toEqual([]);
    const { messageId } = await db.transaction((tx) => launchProcurement(tx, who.asPurchaser, id));
    expect(await waitingMessages(db.read, soon(), 10)).toMatchObject([
      { id: messageId, kind: 'start-procurement', subject: id, attempts: 0, deliveredAt: null },
    ]);
  });

  it('leaves a fresh message to whoever stored it, and what was tried in vain to nobody', async () => {
    const { messageId } = await launch(db, who.asPurchaser, draft());
    const { client, started, state } = temporal();
    state.away = false;
    const patient = createOutbox({ db, client, taskQueue: 'any', graceMs: 3_600_000 });
    expect(await patient.deliverWaiting()).toBe(0);
    expect(await patient.deliverWaiting()).toBe(0);
    await markFailed(db, messageId, 'UNAVAILABLE', 0);
    expect(await patient.deliverWaiting()).toBe(1);
    expect(started).toHaveLength(1);
  });

  it('keeps what could not be delivered, says why, and delivers it when Temporal is back', async () => {
    const { procurement, messageId } = await launch(db, who.asPurchaser, draft());
    const { client, started, state } = temporal();
    const failures: unknown[] = [];
    const outbox = createOutbox({ db, client, taskQueue: 'any', onFailure: (_message, error) => failures.push(error) });
    await outbox.deliver(messageId);
    await outbox.deliver(messageId);
    expect(failures).toHaveLength(2);
    expect(await messageById(db.read, messageId)).toMatchObject({
      attempts: 2,
      lastError: 'UNAVAILABLE: connection refused',
      deliveredAt: null,
    });
    // It is not tried again before its time.
    expect(await outbox.deliverWaiting()).toBe(0);
    expect(await waitingMessages(db.read, Date.now(), 10)).toEqual([]);
    expect(await waitingMessages(db.read, soon(), 10)).toHaveLength(1);
    state.away = false;
    await outbox.deliver(messageId);
    expect(started).toEqual([`procurement/${procurement.id}`]);
    expect(await messageById(db.read, messageId)).toMatchObject({ deliveredAt: clock.read(), lastError: null });
  });

  it('delivers the same message once, however often it is asked at the same time and after', async () => {
    const { messageId } = await launch(db, who.asPurchaser, draft());
    const { client, started, state } = temporal();
    state.away = false;
    const outbox = createOutbox({ db, client, taskQueue: 'any' });
    await Promise.all([outbox.deliver(messageId), outbox.deliver(messageId), outbox.deliverWaiting()]);
    await outbox.deliver(messageId);
    expect(await outbox.deliverWaiting()).toBe(0);
    expect(started).toHaveLength(1);
  });

  it('has nothing to say of a message it does not know', async () => {
    const { client, started } = temporal();
    await createOutbox({ db, client, taskQueue: 'any' }).deliver('no-such-message');
    expect(started).toEqual([]);
  });

  it('gives the oldest first, and a long error text does not grow without bound', async () => {
    const one = await launch(db, who.asPurchaser, draft());
    const two = await launch(db, who.asPurchaser, draft());
    await markFailed(db, one.messageId, 'x'.repeat(10_000), 0);
    const waiting = await waitingMessages(db.read, soon(), 10);
    expect(waiting.map(({ id }) => id)).toEqual([one.messageId, two.messageId]);
    expect(waiting[0]?.lastError).toHaveLength(500);
  });
});
