import type { Client } from '@temporalio/client';
import type { TypedSearchAttributes } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { poking, withTransaction } from '../../db/access/with-transaction.ts';
import { giveUpLease, takeLease } from '../../db/engine/leases.ts';
import { failWake, waitingWakes, wake } from '../../db/engine/outbox.ts';
import { procurementById } from '../../db/procurements.ts';
import {
  calendarSubject,
  custodianNoticeSubject,
  grievanceSubject,
  lotSubject,
  openingSubject,
  procurementSubject,
  refundSubject,
} from '../../domain/subjects.ts';
import { createOutbox, type OutboxOptions } from '../../engine/outbox.ts';
import { acceptClock } from '../../services/clock/accept.ts';
import { OPERATOR } from '../../db/audit.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { draftOf, handClock, launch, people, type People, addTenderDocument } from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 1);
});
afterEach(() => db.close());

/** A Temporal that is away, or refuses, until it is told otherwise, and keeps what it was asked. */
function temporal() {
  const asked: { readonly type: string; readonly workflowId: string; readonly options: Record<string, unknown> }[] = [];
  const state = { answers: 'away' as 'away' | 'refused' | 'taken' };
  let atOnce = 0;
  const most = { atOnce: 0 };
  const client = {
    withDeadline: (_at: number, work: () => Promise<unknown>) => work(),
    workflow: {
      signalWithStart: async (type: string, options: { workflowId: string } & Record<string, unknown>) => {
        atOnce += 1;
        most.atOnce = Math.max(most.atOnce, atOnce);
        await new Promise((resolve) => setTimeout(resolve, 1));
        atOnce -= 1;
        if (state.answers === 'away') throw Object.assign(new Error('connection refused'), { code: 14 });
        if (state.answers === 'refused') throw new Error('exceeded workflow execution limit for signal events');
        asked.push({ type, workflowId: options.workflowId, options });
      },
    },
  } as unknown as Client;
  return { client, asked, state, most };
}

const draft = () => draftOf('tendering', who.purchaser.id);
const soon = () => Date.now() + 3_600_000;
const waiting = () => waitingWakes(db.read, soon(), 1_000);
const wakeAll = (...subjects: string[]) =>
  db.transaction(async (tx) => {
    for (const subject of subjects) wake(tx, subject);
  }, 'single-rows');
const lots = (n: number) => Array.from({ length: n }, (_, no) => lotSubject('p1', no + 1));

describe('the outbox', () => {
  let away: ReturnType<typeof temporal>;
  let failures: { subject: string | null; error: unknown }[];
  const outboxOf = (options: Partial<OutboxOptions> = {}) =>
    createOutbox({
      db,
      client: away.client,
      taskQueue: 'any',
      onFailure: (subject, error) => failures.push({ subject, error }),
      ...options,
    });
  beforeEach(() => {
    away = temporal();
    failures = [];
  });

  it('holds a wake exactly when the change that causes it is committed', async () => {
    const { id } = await db.transaction((tx) => createDraft(tx, who.asPurchaser, draft()));
    await addTenderDocument(db, who.asPurchaser, id);
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

  it('wakes the workflow of a subject, and starts it where it does not run, with nothing but the subject', async () => {
    away.state.answers = 'taken';
    const { procurement } = await launch(db, who.asPurchaser, draft());
    const subjects = [
      procurementSubject(procurement.id),
      lotSubject(procurement.id, 1),
      openingSubject(procurement.id),
      custodianNoticeSubject(procurement.id, 1),
      grievanceSubject('g1'),
      refundSubject('b1'),
      calendarSubject('1-abc'),
    ];
    await wakeAll(...subjects);
    expect(await outboxOf().deliverWaiting()).toBe(subjects.length);
    const types = ['procurement', 'lot', 'opening', 'custodianNotice', 'grievance', 'refund', 'calendar'];
    expect(away.asked.map(({ type, workflowId }) => [workflowId, type]).sort()).toEqual(
      subjects.map((subject, index) => [subject, types[index]]).sort(),
    );
    for (const { workflowId, options } of away.asked) {
      expect(options).toMatchObject({
        args: [{ subject: workflowId }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      expect(options).not.toHaveProperty('signalArgs');
    }
    const ofTender = away.asked.find(({ workflowId }) => workflowId === subjects[0])?.options;
    expect((ofTender?.['typedSearchAttributes'] as TypedSearchAttributes).get(SEARCH_ATTRIBUTES.kind)).toBe('works');
    expect(await waiting()).toEqual([]);
  });

  it('delivers at once what a commit of its process leaves, and keeps nobody waiting for it', async () => {
    away.state.answers = 'taken';
    const outbox = outboxOf();
    const poked = poking(db, outbox.poke);
    await poked.transaction(async (tx) => wake(tx, grievanceSubject('g1')), 'single-rows');
    expect(away.asked).toEqual([]);
    await vi.waitFor(async () => expect(await waiting()).toEqual([]));
    expect(away.asked.map(({ workflowId }) => workflowId)).toEqual([grievanceSubject('g1')]);
    await poked.transaction(async () => undefined, 'single-rows');
    const undone = poked.transaction(async (tx) => {
      wake(tx, grievanceSubject('g2'));
      throw new Error('no');
    }, 'single-rows');
    await expect(undone).rejects.toThrow('no');
    await outbox.stop();
    expect(away.asked).toHaveLength(1);
  });

  it('of many wakes of one subject delivers one; one that comes during its delivery is delivered after it', async () => {
    away.state.answers = 'taken';
    for (let n = 0; n < 5; n += 1) await wakeAll(grievanceSubject('g1'));
    const outbox = outboxOf();
    const first = outbox.deliverWaiting();
    await vi.waitFor(() => expect(away.most.atOnce).toBe(1));
    await wakeAll(grievanceSubject('g1'));
    outbox.poke([grievanceSubject('g1')]);
    expect(await first).toBe(1);
    await vi.waitFor(() => expect(away.asked).toHaveLength(2));
    await outbox.stop();
    expect(await waiting()).toEqual([]);
  });

  it('a herd is delivered a few at once, and settled by few transactions', async () => {
    away.state.answers = 'taken';
    await wakeAll(...lots(300));
    let transactions = 0;
    const counting = withTransaction(db, (work, subject) => {
      transactions += 1;
      return db.transaction(work, subject);
    });
    const outbox = outboxOf({ db: counting });
    expect(await outbox.deliverWaiting()).toBe(300);
    expect(away.most.atOnce).toBe(32);
    expect(transactions).toBeLessThan(60);
    expect(await waiting()).toEqual([]);
  });

  it('leaves a fresh wake to the process whose commit left it, and what was tried in vain to nobody', async () => {
    away.state.answers = 'taken';
    await wakeAll(grievanceSubject('g1'));
    const patient = outboxOf({ graceMs: 3_600_000 });
    expect(await patient.deliverWaiting()).toBe(0);
    expect(await patient.deliverWaiting()).toBe(0);
    const [wanted] = await waiting();
    if (wanted) await failWake(db, wanted, 'refused', 0);
    expect(await patient.deliverWaiting()).toBe(1);
  });

  it('delivers nothing while the clock is in doubt: what cannot be settled would be delivered again and again', async () => {
    away.state.answers = 'taken';
    await wakeAll(grievanceSubject('g1'));
    await db.doubtClock(300_000);
    expect(await outboxOf().deliverWaiting()).toBe(0);
    expect([away.asked, failures]).toEqual([[], []]);
    const { machineNow } = await db.transaction(async (tx) => tx, 'clock-in-doubt');
    const given = { at: machineNow, reason: '已校正' };
    await db.transaction((tx) => acceptClock(tx, OPERATOR, given), 'clock-in-doubt');
    expect(await outboxOf().deliverWaiting()).toBe(1);
  });

  it('while Temporal is away tries now and then, writes nothing, and loses nothing', async () => {
    await wakeAll(...lots(200));
    const outbox = outboxOf();
    expect(await outbox.deliverWaiting()).toBe(0);
    expect(await outbox.deliverWaiting()).toBe(0);
    // Those under way at once, and not each of them.
    expect(failures.length).toBeLessThanOrEqual(32);
    expect((await waiting()).map(({ attempts, notBefore }) => attempts + notBefore)).toEqual(Array(200).fill(0));
    away.state.answers = 'taken';
    await vi.waitFor(async () => expect(await outbox.deliverWaiting()).toBeGreaterThan(0), 5_000);
    await vi.waitFor(async () => expect((await outbox.deliverWaiting()) + (await waiting()).length).toBe(0), 5_000);
  });

  it('keeps what is refused, says why, and tries it again after a while; others are not kept waiting', async () => {
    away.state.answers = 'refused';
    await wakeAll(grievanceSubject('g1'));
    const outbox = outboxOf();
    expect(await outbox.deliverWaiting()).toBe(0);
    expect(await waiting()).toMatchObject([{ attempts: 1, lastError: expect.stringContaining('exceeded') as string }]);
    // It is not tried again before its time.
    expect(await waitingWakes(db.read, Date.now(), 10)).toEqual([]);
    away.state.answers = 'taken';
    await wakeAll(grievanceSubject('g2'));
    expect(await outbox.deliverWaiting()).toBe(1);
    // Who acts again does not wait for that.
    await wakeAll(grievanceSubject('g1'));
    expect(await outbox.deliverWaiting()).toBe(1);
    expect(await waiting()).toEqual([]);
  });

  it('a row that names no subject hurts no other', async () => {
    away.state.answers = 'taken';
    await wakeAll('no/such/thing/at/all', grievanceSubject('g1'));
    expect(await outboxOf().deliverWaiting()).toBe(1);
    expect(failures.map(({ subject }) => subject)).toEqual(['no/such/thing/at/all']);
  });

  it('before it knows that this is the Temporal of its tenders nothing is delivered', async () => {
    away.state.answers = 'taken';
    let elsewhere = true;
    let checks = 0;
    const outbox = outboxOf({
      ready: async () => {
        checks += 1;
        if (elsewhere) throw new Error('another Temporal');
      },
    });
    // While nothing waits, nothing is asked of it.
    expect(await outbox.deliverWaiting()).toBe(0);
    expect(checks).toBe(0);
    await wakeAll(grievanceSubject('g1'));
    outbox.poke([grievanceSubject('g1')]);
    await expect(outbox.deliverWaiting()).rejects.toThrow('another Temporal');
    await vi.waitFor(() => expect(failures).toHaveLength(1));
    expect(away.asked).toEqual([]);
    elsewhere = false;
    expect(await outbox.deliverWaiting()).toBe(1);

    // It went, and what came back is another.
    away.state.answers = 'away';
    await wakeAll(grievanceSubject('g2'));
    expect(await outbox.deliverWaiting()).toBe(0);
    [away.state.answers, elsewhere] = ['taken', true];
    const before = away.asked.length;
    await vi.waitFor(async () => expect(await outbox.deliverWaiting().catch(String)).toMatch(/another Temporal/));
    expect(away.asked).toHaveLength(before);
  });

  it('gives the oldest first, and a long error text does not grow without bound', async () => {
    await wakeAll(grievanceSubject('g2'));
    clock.step(1_000);
    await wakeAll(grievanceSubject('g1'));
    const [oldest] = await waiting();
    if (oldest) await failWake(db, oldest, 'x'.repeat(10_000), 0);
    const found = await waiting();
    expect(found.map(({ subject }) => subject)).toEqual([grievanceSubject('g2'), grievanceSubject('g1')]);
    expect(found[0]?.lastError).toHaveLength(500);
  });
});

describe('a lease', () => {
  const take = (holder: string, realNowMs: number, until = realNowMs + 30_000) =>
    db.transaction((tx) => takeLease(tx, { name: 'reconcile', holder }, { realNowMs, until }), 'single-rows');

  it('is held by one process, which keeps it as long as it says so', async () => {
    const taken = await Promise.all(['a', 'b', 'c'].map((holder) => take(holder, 1_000)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const holder = ['a', 'b', 'c'][taken.indexOf(true)] ?? '';
    const other = holder === 'a' ? 'b' : 'a';
    expect(await take(other, 20_000)).toBe(false);
    expect(await take(holder, 21_000)).toBe(true);
    expect(await take(other, 45_000)).toBe(false);
    // Its process has died.
    expect(await take(other, 51_000)).toBe(true);
    expect(await take(holder, 52_000)).toBe(false);
  });

  it('is free at once when it is given up, by its holder alone', async () => {
    expect(await take('a', 1_000)).toBe(true);
    await db.transaction((tx) => giveUpLease(tx, { name: 'reconcile', holder: 'b' }), 'single-rows');
    expect(await take('b', 2_000)).toBe(false);
    await db.transaction((tx) => giveUpLease(tx, { name: 'reconcile', holder: 'a' }), 'single-rows');
    expect(await take('b', 3_000)).toBe(true);
  });
});
