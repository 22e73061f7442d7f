import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/access/open.ts';
import { listAudit } from '../../db/audit.ts';
import { CUSTODIANS, SEAL_FORMAT, type SealingTerms } from '../../domain/bids/sealing.ts';
import { OUTAGE_FROM_MS, SIGN_EVERY_MS } from '../../domain/outages.ts';
import { noteServing } from '../../services/outages/note-serving.ts';
import { outagesWithin } from '../../services/outages/within.ts';
import { listNotices, type Notice } from '../../db/notices.ts';
import { procurementById } from '../../db/procurements.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { outagesOf } from '../../services/openings/outages.ts';
import { documentOf } from '../../web/notices/templates.ts';
import { advance, at, bid, handClock, onCase, people, publishedTender } from '../setup/tenders/tender.ts';
import { dialect, rawDatabase, temporaryDatabase, type TestDatabase } from '../setup/database.ts';

/** A tender with a later deadline. */
const OTHER = { noticeAt: at('2026-04-15T09:00+08:00'), documentsFrom: null, documentsUntil: null, bidDeadline: null };
const TERMS: SealingTerms = {
  ...{ format: SEAL_FORMAT, suite: 'age-x25519', bidderWindowMinutes: null },
  custodians: CUSTODIANS.map((custodian) => ({ custodian, recipient: 'age1' })),
};
const START = at('2026-04-20T09:00+08:00');
const clock = handClock('2026-04-20T09:00+08:00');
let db: TestDatabase;
beforeEach(async () => {
  clock.set(START);
  db = await temporaryDatabase({ machineClock: clock.read });
});
afterEach(() => db.close());

const sign = () => db.transaction(noteServing, 'single-rows');
const told = () => outagesWithin(db.read, START - 1, db.now() + 1, db.now());

describe('the signs that an API serves', () => {
  it('say nothing before the first, and nothing where one is late or lost', async () => {
    clock.step(3_600_000);
    expect(await told()).toEqual([]);
    await sign();
    clock.step(SIGN_EVERY_MS);
    await sign();
    clock.step(OUTAGE_FROM_MS);
    expect(await told()).toEqual([]);
    await sign();
    expect(await told()).toEqual([]);
    expect(await outagesOnRecord()).toEqual([]);
  });

  it('an outage lasts from the last sign, and is on the record with the next, once', async () => {
    await sign();
    const from = clock.read();
    clock.step(OUTAGE_FROM_MS + 1);
    expect(await told()).toEqual([{ from, until: null }]);
    await Promise.all([sign(), sign()]);
    const until = clock.read();
    expect(await told()).toEqual([{ from, until }]);
    clock.step(SIGN_EVERY_MS);
    await sign();
    expect(await outagesOnRecord()).toEqual([{ from, until }]);
    expect(await outagesWithin(db.read, until, until + 1, until + 1)).toEqual([]);
    expect(await outagesWithin(db.read, from - 1, from, until)).toEqual([]);
    expect(await outagesWithin(db.read, until - 1, until, until)).toEqual([{ from, until }]);
  });

  it('commits that do not pass are an outage, although the process runs and reads', async () => {
    const slow = await openDatabase({ ...db.storage, machineClock: clock.read, busyTimeoutMs: 200 });
    const other = await rawDatabase(db.storage);
    try {
      await sign();
      const from = clock.read();
      await other.hold();
      await expect(slow.transaction(noteServing, 'single-rows')).rejects.toMatchObject({ code: 'database-busy' });
      clock.step(OUTAGE_FROM_MS + 1);
      expect(await outagesWithin(slow.read, from, clock.read(), clock.read())).toEqual([{ from, until: null }]);
      await other.letGo();
      await slow.transaction(noteServing, 'single-rows');
      expect(await outagesOnRecord()).toEqual([{ from, until: clock.read() }]);
    } finally {
      await other.close();
      await slow.close();
    }
  });

  it('what is on the record cannot be changed by SQL', async () => {
    await sign();
    clock.step(OUTAGE_FROM_MS + 1);
    await sign();
    const raw = await rawDatabase(db.storage);
    const trick = dialect === 'sqlite' ? 'INSERT OR REPLACE INTO outages SELECT * FROM outages' : 'TRUNCATE outages';
    for (const statement of ['DELETE FROM outages', 'UPDATE outages SET until_at = from_at', trick]) {
      await expect(raw.behind(statement)).rejects.toThrow('recorded outages are immutable');
    }
    await raw.close();
  });

  it('are real seconds, in a drill too', async () => {
    await db.close();
    let real = START;
    db = await temporaryDatabase({
      machineClock: () => real,
      clock: { mode: 'drill', civilStartMs: START, realStartMs: START, msPerDay: 1_000 },
    });
    await sign();
    real += OUTAGE_FROM_MS;
    await sign();
    expect(await outagesOnRecord()).toEqual([]);
    real += OUTAGE_FROM_MS + 1;
    await sign();
    expect(await outagesOnRecord()).toHaveLength(1);
  });
});

describe('an outage over a deadline', () => {
  // By 20号令 32 the record names what happened; the bids of this tender are not sealed to custodians.
  it.each([
    ['that is over when the bids are opened', true],
    ['that still lasts', false],
  ])('%s is in the opening record too where bids are not sealed', async (_, isOver) => {
    await db.close();
    clock.set('2026-02-01');
    db = await temporaryDatabase({ machineClock: clock.read });
    const who = await people(db, 3);
    const { id } = await publishedTender(db, clock, who, 'tendering');
    const other = await publishedTender(db, clock, who, 'tendering', OTHER);
    clock.set('2026-04-16T10:00+08:00');
    for (const index of [0, 1, 2]) await bid(db, who, index, id);
    // Long before it nobody was hindered.
    await sign();
    clock.set('2026-04-20T07:30+08:00');
    await sign();
    clock.set('2026-04-20T08:40+08:00');
    await sign();
    const from = clock.read();
    clock.set('2026-04-20T09:20+08:00');
    if (isOver) await sign();
    await advance(db, id);
    const [record] = await listNotices(db.read, { procurementId: id, kind: 'opening-record', limit: 1 });
    const until = isOver ? '2026-04-20T09:20:00+08:00' : null;
    const expected = [
      { from: '2026-04-20T07:30:00+08:00', until: '2026-04-20T08:40:00+08:00' },
      { from: formatInstant(from), until },
    ];
    expect(record?.content).toMatchObject({ outages: expected });
    const blocks = JSON.stringify(documentOf(record as Notice));
    expect(blocks).toContain('平台中断（由平台自动记录）');
    expect(blocks).toContain(isOver ? '2026年4月20日（星期一）09:20' : '记录时尚未恢复');
    expect(blocks).not.toContain('其他补充事宜');
    // The table has what the record has, and one with a later deadline has none.
    const closed = await procurementById(db.read, id);
    expect((await outagesOf(db.read, closed, db.now())).map((each) => formatInstant(each.from))).toEqual(
      expected.map((each) => each.from),
    );
    expect(await outagesOf(db.read, await procurementById(db.read, other.id), db.now())).toEqual([]);
  });

  // There is no record of the opening of a lot that has too few bids (20号令 32 all the same).
  it.each([
    ['bids that are not sealed', undefined],
    ['sealed bids', TERMS],
  ])('is in the notice of a lot that failed for want of bids: %s', async (_, sealing) => {
    await db.close();
    clock.set('2026-02-01');
    db = await temporaryDatabase({ machineClock: clock.read });
    const who = await people(db, 3);
    const { id } = await publishedTender(db, clock, who, 'tendering');
    if (sealing !== undefined) await onCase(db, id, (c) => c.change({ sealing }));
    clock.set('2026-04-20T08:45+08:00');
    await sign();
    clock.set('2026-04-20T10:30+08:00');
    await sign();
    await advance(db, id);
    const [failed] = await listNotices(db.read, { procurementId: id, kind: 'lot-failed', limit: 1 });
    expect(failed?.content['reasonZh']).toMatch(/；平台服务自 2026年4月20日 08:45 起中断，2026年4月20日 10:30 恢复$/);
    expect(failed?.content['reasonEn']).toContain('out of service from 20 April 2026, 08:45');
  });
});

async function outagesOnRecord(): Promise<unknown[]> {
  const entries = await listAudit(db.read, { limit: 100 });
  return entries.filter(({ action }) => action === 'platform.outage').map(({ detail }) => detail);
}
