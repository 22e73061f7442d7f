import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import { biddingFor, receiptsOf, standingBids } from '../../db/bids.ts';
import { submitBid } from '../../services/bids/submit.ts';
import { withdrawBid } from '../../services/bids/withdraw.ts';
import type { Database } from '../../db/access/database.ts';
import { openDatabase } from '../../db/access/open.ts';
import { listNotices } from '../../db/notices.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { fileObjection } from '../../services/openings/object.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { procurementById } from '../../db/procurements.ts';
import { type DomainError } from '../../domain/errors.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import type { Attempt, DeadlineTask } from '../setup/fixtures/deadline-thread.ts';
import { dialect, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  fileOf,
  handClock,
  people,
  publishedTender,
  refusalOf,
  type People,
} from '../setup/tenders/tender.ts';

const DEADLINE = at('2026-04-20T09:00+08:00');

describe('the bid deadline (招标投标法 28, 36; 条例 36)', () => {
  const clock = handClock('2026-03-01');
  let db: TestDatabase;
  let who: People;
  let procurementId: string;
  beforeEach(async () => {
    clock.set('2026-03-01');
    db = await temporaryDatabase({ machineClock: clock.read });
    who = await people(db, 6);
    ({ id: procurementId } = await publishedTender(db, clock, who, 'tendering'));
  });
  afterEach(() => db.close());

  const withdraw = (index: number) =>
    db.transaction((tx) =>
      withdrawBid(tx, who.asSupplier(index), { procurementId, lotNo: 1, supplierId: String(who.suppliers[index]?.id) }),
    );

  it('takes a bid in the last millisecond before, with a receipt, and refuses one at the very instant', async () => {
    clock.set(DEADLINE - 1);
    const taken = await bid(db, who, 0, procurementId);
    expect(taken).toMatchObject({ receivedAt: DEADLINE - 1, deadline: DEADLINE, version: 1, state: 'standing' });
    expect(await receiptsOf(db.read, taken.supplierId)).toEqual([taken]);
    expect(await db.blobs.inspect(taken.sha256)).toEqual({ sha256: taken.sha256, size: taken.size });
    clock.set(DEADLINE);
    const late = await refusalOf(bid(db, who, 1, procurementId));
    expect(late.code).toBe('bid-late');
    expect(late.details).toMatchObject({
      rule: 'works-reject-late',
      law: '招标投标法实施条例',
      article: '36',
      deadline: '2026-04-20T09:00:00+08:00',
    });
    expect(await standingBids(db.read, procurementId, 1)).toHaveLength(1);
    const entries = (await auditAfter(db.read, 0, 100)).filter(({ subject }) => subject.startsWith('bid/'));
    expect(entries).toMatchObject([
      { action: 'bid.submit', subject: `bid/${taken.id}`, at: DEADLINE - 1, confidential: true, procurementId },
    ]);
  });

  it('under 政府采购法 is that of its own law: late bids, and objections to the opening (87令33, 42)', async () => {
    await db.close();
    clock.set('2026-03-01');
    db = await temporaryDatabase({ machineClock: clock.read });
    who = await people(db, 6);
    const { id } = await publishedTender(db, clock, who, 'government');
    const tender = await procurementById(db.read, id);
    clock.set(Number(tender.bidDeadline));
    expect((await refusalOf(bid(db, who, 0, id))).details).toMatchObject({
      rule: 'gp-reject-late',
      law: '财政部令87号',
      article: '33(2)',
    });
    const filing = { lotNo: 1, filedBy: String(who.suppliers[0]?.id), textZh: '唱标有误' };
    const refused = await refusalOf(db.transaction((tx) => fileObjection(tx, who.asSupplier(0), tender, filing)));
    expect(refused).toMatchObject({ code: 'forbidden', details: { law: '财政部令87号', article: '42(2)' } });
    expect(getRule('gp-opening-query-onspot')).toMatchObject({ law: '财政部令87号', article: '42(2)' });
    for (const each of [refused.messageZh, refused.messageEn]) expect(each).toContain('财政部令87号');
  });

  it('is shut for good once closed, though the machine clock is set back afterwards', async () => {
    for (const index of [0, 1, 2]) await bid(db, who, index, procurementId);
    clock.set(DEADLINE);
    await advance(db, procurementId);
    clock.set(DEADLINE - 3_600_000);
    expect((await refusalOf(bid(db, who, 3, procurementId))).code).toBe('bid-late');
    expect((await refusalOf(withdraw(0))).code).toBe('bid-late');
  });

  it('a replaced bid is kept and only the later one is opened; after a withdrawal a bid may be submitted again (条例 35)', async () => {
    const first = await bid(db, who, 0, procurementId);
    clock.step(1000);
    const second = await db.transaction(async (tx) =>
      submitBid(tx, who.asSupplier(0), {
        procurementId,
        lotNo: 1,
        supplierId: first.supplierId,
        file: await Promise.resolve({ sha256: 'f'.repeat(64), size: 7 }),
      }),
    );
    const gone = await withdraw(0);
    expect(gone).toMatchObject({ id: second.id, state: 'withdrawn', endedAt: clock.read() });
    expect((await refusalOf(withdraw(0))).code).toBe('bid-unknown');
    clock.step(1000);
    const third = await bid(db, who, 0, procurementId);
    const { bids } = await biddingFor(db.read, { procurementId, lotNo: 1, supplierId: first.supplierId });
    expect(bids.map(({ version, state }) => [version, state])).toEqual([
      [1, 'replaced'],
      [2, 'withdrawn'],
      [3, 'standing'],
    ]);
    expect((await standingBids(db.read, procurementId, 1)).map(({ id }) => id)).toEqual([third.id]);
    const trail = (await auditAfter(db.read, 0, 100)).filter(({ subject }) => subject.startsWith('bid/'));
    expect(trail.map(({ action }) => action)).toEqual(['bid.submit', 'bid.replace', 'bid.withdraw', 'bid.submit']);
  });

  it('nothing can be withdrawn at or after the deadline (招标投标法 29)', async () => {
    await bid(db, who, 0, procurementId);
    clock.set(DEADLINE);
    const refused = await refusalOf(withdraw(0));
    expect(refused.code).toBe('bid-late');
    expect(await standingBids(db.read, procurementId, 1)).toHaveLength(1);
  });

  it('is asked for a lot that exists, in a tender that takes bids', async () => {
    expect((await refusalOf(bid(db, who, 0, procurementId, 2))).code).toBe('not-found');
    expect((await refusalOf(bid(db, who, 0, 'no-such-tender'))).code).toBe('not-found');
  });

  it('two closers at once close once: one opening, one record, one entry', async () => {
    for (const index of [0, 1, 2]) await bid(db, who, index, procurementId);
    clock.set(DEADLINE - 1);
    expect(await advance(db, procurementId)).toMatchObject({ then: 'wait', stage: 'bidding', until: DEADLINE });
    expect(await openingsOf(db.read, procurementId)).toEqual([]);
    clock.set(DEADLINE + 5);
    const second = await openDatabase({ ...db.storage, machineClock: clock.read });
    const closers = [db, second, db, second].map((on) => advance(on, procurementId));
    const answers = await Promise.all(closers);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toEqual({ then: 'wait', stage: 'evaluation', until: null, wakeAtMs: null });
    expect((await procurementById(db.read, procurementId)).lots).toMatchObject([{ no: 1, stage: 'evaluation' }]);
    await second.close();
    expect(await openingsOf(db.read, procurementId)).toMatchObject([
      { lotNo: 1, bidders: 3, opened: true, legalAt: DEADLINE, actualAt: DEADLINE + 5 },
    ]);
    const records = await listNotices(db.read, { procurementId, kind: 'opening-record', limit: 10 });
    expect(records).toHaveLength(1);
  });

  it('fewer than three: the lot fails and what was handed in stays sealed (条例 44)', async () => {
    for (const index of [0, 1]) await bid(db, who, index, procurementId);
    clock.set(DEADLINE);
    await advance(db, procurementId);
    expect(await openingsOf(db.read, procurementId)).toMatchObject([{ bidders: 2, opened: false, entries: [] }]);
    const { lots } = await procurementById(db.read, procurementId);
    expect(lots).toMatchObject([
      { stage: 'failed', failure: { rule: 'works-min-bidders', nextSteps: [{ action: 'retender' }] } },
    ]);
    const [notice] = await listNotices(db.read, { procurementId, kind: 'lot-failed', limit: 10 });
    expect(JSON.stringify(notice)).not.toContain('投标人1');
  });
});

it('on any interleaving of bids, withdrawals, closings and time, each is judged by its own instant', async () => {
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('bid' as const), supplier: fc.nat(5), on: fc.nat(1) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('withdraw' as const), supplier: fc.nat(5), on: fc.nat(1) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('close' as const), on: fc.nat(1) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('time' as const), by: fc.integer({ min: -3, max: 6 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 60 }), async (acts) => {
      const clock = handClock('2026-03-01');
      await using db = disposable(await temporaryDatabase({ machineClock: clock.read }));
      await using second = disposable(await openDatabase({ ...db.storage, machineClock: clock.read }));
      const who = await people(db, 6);
      const { id } = await publishedTender(db, clock, who, 'tendering', { title: '随机交错' });
      const files = await Promise.all(who.suppliers.map(() => fileOf(db, 'sealed')));
      clock.set(DEADLINE - 12);
      const bases = [db, second] as const;
      const judged: { now: number; accepted: boolean; kind: 'bid' | 'withdraw'; code: string | null }[] = [];
      const running: Promise<unknown>[] = [];
      for (const each of acts) {
        if (each.kind === 'time') clock.step(each.by);
        else if (each.kind === 'settle') await Promise.all(running.splice(0));
        else {
          const on = bases[each.on] as Database;
          if (each.kind === 'close') running.push(advance(on, id));
          else {
            const { kind, supplier } = each;
            const place = { procurementId: id, lotNo: 1, supplierId: String(who.suppliers[supplier]?.id) };
            let now = 0;
            running.push(
              on
                .transaction(
                  (tx) => {
                    now = tx.now;
                    const actor = who.asSupplier(supplier);
                    const file = files[supplier] as (typeof files)[number];
                    return kind === 'bid' ? submitBid(tx, actor, { ...place, file }) : withdrawBid(tx, actor, place);
                  },
                  { procurementId: id },
                )
                .then(
                  () => judged.push({ now, kind, accepted: true, code: null }),
                  (error: unknown) => judged.push({ now, kind, accepted: false, code: (error as DomainError).code }),
                ),
            );
          }
        }
      }
      await Promise.all(running);
      for (const { now, accepted, code, kind } of judged) {
        if (now >= DEADLINE) expect([accepted, code]).toEqual([false, 'bid-late']);
        else if (kind === 'bid') expect([accepted, code]).toEqual([true, null]);
        else expect(code).toBeOneOf([null, 'bid-unknown']);
      }
      clock.set(Math.max(clock.read(), DEADLINE));
      await advance(db, id);
      const [opening, ...others] = await openingsOf(db.read, id);
      expect(others).toEqual([]);
      const standing = await standingBids(db.read, id, 1);
      expect(opening?.bidders).toBe(standing.length);
      expect(opening?.actualAt).toBeGreaterThanOrEqual(DEADLINE);
      for (const supplier of who.suppliers) {
        const { bids: versions } = await biddingFor(db.read, { procurementId: id, lotNo: 1, supplierId: supplier.id });
        expect(versions.every(({ receivedAt }) => receivedAt < DEADLINE)).toBe(true);
        expect(versions.filter(({ state }) => state === 'standing').length).toBeLessThanOrEqual(1);
        expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
      }
      expect(judged.filter(({ kind, accepted }) => kind === 'bid' && accepted)).toHaveLength(
        (await Promise.all(who.suppliers.map(({ id: supplierId }) => receiptsOf(db.read, supplierId, id)))).flat()
          .length,
      );
    }),
    { numRuns: 25 },
  );
});

it('hundreds at the deadline, through two APIs on one file that both close: none late taken, none on time lost', async () => {
  const hand = handClock('2026-03-01');
  const db = await temporaryDatabase({ machineClock: hand.read });
  const who = await people(db, 0);
  const { id: procurementId } = await publishedTender(db, hand, who, 'tendering');
  const suppliers = await Promise.all(
    Array.from({ length: 400 }, (_, n) =>
      db.transaction((tx) =>
        createOrganisation(tx, UNATTENDED, { name: `投标人${n}`, creditCode: `9136${String(n).padStart(14, '0')}` }),
      ),
    ),
  );
  const shared = new SharedArrayBuffer(8);
  // About the middle of all that is going to be asked: SQLite looks at its clock for each bid, PostgreSQL for each commit.
  new BigInt64Array(shared)[0] = BigInt(DEADLINE - (dialect === 'sqlite' ? 220 : 30));
  const ids = suppliers.map(({ id }) => id);
  const threads = await Promise.all(
    [ids.slice(0, 200), ids.slice(200)].map((supplierIds) =>
      inThread({ storage: db.storage, procurementId, supplierIds, clock: shared }),
    ),
  );
  const attempts = threads.flatMap((thread) => thread.attempts);
  expect(attempts).toHaveLength(400);
  const accepted = attempts.filter(({ result }) => 'bidId' in result);
  const refused = attempts.filter(({ result }) => 'code' in result);
  // Both sides of the instant were tried, or nothing was shown.
  expect(accepted.length).toBeGreaterThan(20);
  expect(refused.length).toBeGreaterThan(20);
  for (const { now, result } of attempts) {
    if (now < DEADLINE) expect(result).toHaveProperty('bidId');
    else expect(result).toEqual({ code: 'bid-late' });
  }
  const standing = await standingBids(db.read, procurementId, 1);
  expect(standing.map(({ id, supplierId, sha256, receivedAt }) => [id, supplierId, sha256, receivedAt]).sort()).toEqual(
    accepted
      .map(({ result, supplierId, sha256, now }) => ['bidId' in result ? result.bidId : '', supplierId, sha256, now])
      .sort(),
  );
  for (const receipt of standing) {
    expect(await receiptsOf(db.read, receipt.supplierId)).toMatchObject([{ id: receipt.id, deadline: DEADLINE }]);
    expect(await db.blobs.inspect(receipt.sha256)).toEqual({ sha256: receipt.sha256, size: receipt.size });
  }
  const openings = await openingsOf(db.read, procurementId);
  expect(openings).toHaveLength(1);
  expect(openings[0]?.actualAt).toBeGreaterThanOrEqual(DEADLINE);
  expect(openings[0]?.entries.map(({ bidId }) => bidId).sort()).toEqual(standing.map(({ id }) => id).sort());
  expect(await listNotices(db.read, { procurementId, kind: 'opening-record', limit: 9 })).toHaveLength(1);
  // The trail has the same order: nothing was submitted after the opening.
  const trail = await auditAfter(db.read, 0, 5000);
  const openedSeq = trail.find(
    ({ action, detail }) => action === 'notice.publish' && detail['kind'] === 'opening-record',
  );
  const lastBid = trail.filter(({ action }) => action === 'bid.submit').at(-1);
  expect(lastBid?.seq).toBeLessThan(Number(openedSeq?.seq));
  await db.close();
});

function inThread(task: DeadlineTask): Promise<{ attempts: Attempt[]; closings: unknown[] }> {
  return new Promise((resolve, reject) => {
    const file = pathToFileURL(join(import.meta.dirname, '../setup/fixtures/deadline-thread.ts')).href;
    const thread = new Worker(`import('tsx/esm/api').then((tsx) => (tsx.register(), import('${file}')))`, {
      eval: true,
      workerData: task,
    });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}

function disposable<T extends Database>(db: T): T & AsyncDisposable {
  return { ...db, [Symbol.asyncDispose]: () => db.close() };
}
