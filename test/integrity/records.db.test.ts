import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, GENESIS, hashOf, listAudit } from '../../db/audit.ts';
import { latestNotice, listNotices, noticesAfter } from '../../db/notices.ts';
import { dialect, rawDatabase, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  handClock,
  obtainDocuments,
  people,
  publish,
  publishedTender,
  type People,
} from '../setup/tenders/tender.ts';

const DEADLINE = at('2026-04-20T09:00+08:00');
const clock = handClock('2026-03-01');
/** What each dialect has to slip by a trigger. */
const SQLITE_TRICKS = [
  ['INSERT OR REPLACE INTO openings SELECT * FROM openings', 'opening records are immutable'],
  ['INSERT OR REPLACE INTO notices SELECT * FROM notices', 'published notices are immutable'],
  ['INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 1', 'the audit trail is immutable'],
  ['INSERT OR REPLACE INTO bids SELECT * FROM bids', 'bids are never deleted'],
];
const POSTGRES_TRICKS = [
  ['TRUNCATE openings', 'opening records are immutable'],
  ['TRUNCATE notices', 'published notices are immutable'],
  ['TRUNCATE audit', 'the audit trail is immutable'],
  ['TRUNCATE bids CASCADE', 'bids are never deleted'],
  [
    "INSERT INTO audit SELECT * FROM audit WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET action = 'x'",
    'the audit trail is immutable',
  ],
];

let db: TestDatabase;
let who: People;
let procurementId: string;
beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  ({ id: procurementId } = await publishedTender(db, clock, who, 'tendering'));
  await obtainDocuments(db, who, 0, procurementId);
  for (const index of [0, 1, 2, 2]) await bid(db, who, index, procurementId);
});
afterEach(() => db.close());

const open = () => {
  clock.set(DEADLINE);
  return advance(db, procurementId);
};

describe('what is published or recorded', () => {
  it.each([
    ["UPDATE notices SET title_zh = '改'", 'published notices are immutable'],
    ["UPDATE notices SET content = '{}'", 'published notices are immutable'],
    ['UPDATE notices SET published_at = 0', 'published notices are immutable'],
    ['DELETE FROM notices', 'published notices are immutable'],
    ["UPDATE audit SET actor = '{}'", 'the audit trail is immutable'],
    ['UPDATE audit SET at = 0 WHERE seq = 1', 'the audit trail is immutable'],
    ['DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)', 'the audit trail is immutable'],
    ["UPDATE openings SET entries = '[]'", 'opening records are immutable'],
    ['UPDATE openings SET actual_at = legal_at', 'opening records are immutable'],
    ['DELETE FROM openings', 'opening records are immutable'],
    ['DELETE FROM bids', 'bids are never deleted'],
    ['UPDATE bids SET received_at = received_at - 1', 'the receipt of a bid is immutable'],
    ["UPDATE bids SET sha256 = 'x'", 'the receipt of a bid is immutable'],
    ['UPDATE bids SET size = 1', 'the receipt of a bid is immutable'],
    ['UPDATE bids SET deadline = deadline + 1', 'the receipt of a bid is immutable'],
    ["UPDATE bids SET supplier_id = 'x'", 'the receipt of a bid is immutable'],
    ['UPDATE bids SET lot_no = 2', 'the receipt of a bid is immutable'],
    ['UPDATE bids SET version = version + 1', 'the receipt of a bid is immutable'],
    ["UPDATE bids SET id = 'x' || id", 'the receipt of a bid is immutable'],
    ["UPDATE bids SET state = 'standing' WHERE state = 'replaced'", 'stays so'],
    ["UPDATE bids SET ended_at = 0 WHERE state = 'replaced'", 'stays so'],
    ...(dialect === 'sqlite' ? SQLITE_TRICKS : POSTGRES_TRICKS),
  ])('cannot be changed by SQL: %s', async (statement, why) => {
    await open();
    const raw = await rawDatabase(db.storage);
    const everything = () =>
      Promise.all(['notices', 'audit', 'openings', 'bids'].map((table) => raw.all(`SELECT * FROM ${table}`)));
    const before = await everything();
    await expect(raw.behind(statement)).rejects.toThrow(why);
    expect(await everything()).toEqual(before);
    await raw.close();
  });

  it('a notice carries the hash of its own text, and a correction names what it corrects', async () => {
    const original = await latestNotice(db.read, procurementId, 0, 'tender');
    const correction = await publish(db, who.asPurchaser, {
      procurementId,
      lotNo: 0,
      kind: 'tender',
      titleZh: '更正',
      content: { ...original?.content, reason: '笔误' },
      ...(original ? { corrects: original.id } : {}),
    });
    expect(correction).toMatchObject({ version: 2, corrects: original?.id });
    for (const { hash, ...text } of await noticesAfter(db.read, '', 100)) expect(hash).toBe(hashOf(text));
    expect((await latestNotice(db.read, procurementId, 0, 'tender'))?.id).toBe(correction.id);
    const entry = (await auditAfter(db.read, 0, 100)).at(-1);
    expect(entry).toMatchObject({
      action: 'notice.publish',
      subject: `notice/${correction.id}`,
      detail: { hash: correction.hash, version: 2 },
      actor: who.asPurchaser,
    });
  });
});

describe('the audit trail', () => {
  it('is one chain from the first entry to the last, each hash over the entry and the hash before', async () => {
    await open();
    let previous = GENESIS;
    let seq = 0;
    for (const { hash, ...entry } of await auditAfter(db.read, 0, 1000)) {
      seq += 1;
      expect(entry).toMatchObject({ seq, previousHash: previous });
      expect(hash).toBe(hashOf(entry));
      previous = hash;
    }
    expect(seq).toBeGreaterThan(10);
  });

  it('shows nobody who obtained the documents or who bid before the opening (招标投标法 22)', async () => {
    const secret = ['document.obtain', 'bid.submit', 'bid.replace'];
    const before = await listAudit(db.read, { limit: 1000 });
    expect(before.filter(({ action }) => secret.includes(action))).toEqual([]);
    for (const { id } of who.suppliers) {
      expect(JSON.stringify(before.filter((entry) => entry.procurementId === procurementId))).not.toContain(id);
    }
    expect(await listAudit(db.read, { procurementId, limit: 1000 })).toEqual(
      before.filter((entry) => entry.procurementId === procurementId),
    );
    await open();
    const after = await listAudit(db.read, { procurementId, limit: 1000 });
    expect(after.filter(({ action }) => secret.includes(action)).map(({ action }) => action)).toEqual([
      'document.obtain',
      'bid.submit',
      'bid.submit',
      'bid.submit',
      'bid.replace',
    ]);
  });

  it('is read page by page without gap or double while it grows', async () => {
    await open();
    const all = await listAudit(db.read, { procurementId, limit: 1000 });
    const paged = [];
    let after = 0;
    for (;;) {
      const page = await listAudit(db.read, { procurementId, after, limit: 2 });
      if (page.length === 0 || paged.length >= all.length) break;
      paged.push(...page);
      after = page.at(-1)?.seq ?? after;
      await obtainDocuments(db, who, 1, procurementId);
    }
    expect(paged.slice(0, all.length)).toEqual(all);
  });

  it('is filtered by who acted, when, and what, as by reading all of it', async () => {
    await open();
    const all = await listAudit(db.read, { limit: 1000 });
    const newest = await listAudit(db.read, { order: 'newest', limit: 1000 });
    expect(newest).toEqual([...all].reverse());
    const { accountId, organisationId } = who.asPurchaser;
    const theirs = all.filter(({ actor }) => actor.accountId === accountId);
    expect(theirs.length).toBeGreaterThan(0);
    for (const by of [[String(accountId)], [String(organisationId)], ['nobody', String(accountId)]])
      expect(await listAudit(db.read, { by, limit: 1000 })).toEqual(theirs);
    expect(await listAudit(db.read, { by: [], limit: 1000 })).toEqual([]);
    expect(await listAudit(db.read, { role: 'supplier', action: 'bid', limit: 1000 })).toEqual(
      all.filter(({ actor, action }) => actor.role === 'supplier' && action.startsWith('bid.')),
    );
    for (const { at } of new Map(all.map((entry) => [entry.at, entry])).values()) {
      expect(await listAudit(db.read, { from: at, limit: 1000 })).toEqual(all.filter((entry) => entry.at >= at));
      expect(await listAudit(db.read, { until: at, limit: 1000 })).toEqual(all.filter((entry) => entry.at < at));
    }
  });
});

describe('the notice board', () => {
  it('is read page by page, newest first, stable while more is published in the same millisecond', async () => {
    const clarify = (titleZh: string) =>
      publish(db, who.asPurchaser, { procurementId, lotNo: 0, kind: 'clarification', titleZh, content: {} });
    for (let n = 0; n < 7; n += 1) await clarify(`答疑${n}`);
    const first = await listNotices(db.read, { procurementId, limit: 3 });
    const last = first.at(-1);
    await clarify('后来的');
    clock.step(1);
    await clarify('更后来的');
    const rest = await listNotices(db.read, { procurementId, limit: 100, ...(last ? { before: last } : {}) });
    expect([...first, ...rest].map(({ titleZh }) => titleZh)).toEqual([
      ...[6, 5, 4, 3, 2, 1, 0].map((n) => `答疑${n}`),
      expect.stringContaining('招标公告'),
    ]);
  });
});
