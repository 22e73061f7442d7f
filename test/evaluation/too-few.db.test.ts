import { afterEach, beforeEach, expect, it } from 'vitest';
import { lotOf } from '../../db/procurements.ts';
import { listNotices } from '../../db/notices.ts';
import type { Entry } from '../../domain/evaluation/sheets/marks.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { rejectUnqualified } from '../../services/evaluation/qualification.ts';
import { deliverEvaluated, reportToPrint, signReport } from '../../services/evaluation/sign.ts';
import { evaluationPrinter } from '../../web/evaluation/report.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  agree,
  by,
  clear,
  electLeader,
  entriesOf,
  evaluating,
  evaluationNow,
  governmentScheme,
  mark,
  seated,
  sign,
  type Evaluated,
} from '../setup/tenders/evaluations.ts';
import { fileOf, handClock, people, refusalOf, type People } from '../setup/tenders/tender.ts';

// 财政部令87号 44, 政府采购法 36: fewer than three that qualify, or that conform.

const SCHEME = governmentScheme();

let db: TestDatabase;
let clock: ReturnType<typeof handClock>;
let who: People;
let of: Evaluated;

beforeEach(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  of = await evaluating(db, clock, who, { scheme: SCHEME, regime: 'government' });
  for (const seat of await seated(db, of)) await clear(db, of, seat);
});
afterEach(() => db.close());

/** The purchaser examines the qualification: the members look at the rest. */
const reviewed: Entry[] = SCHEME.conformity.map(({ key }) => ({ item: key, passes: true }));
const bidOf = (n: number) => String(of.bids[n]?.id);
const lot = () => lotOf(db.read, of.place.procurementId, 1);

it('with fewer than three qualified bidders nothing is evaluated: the lot fails at once, by 87令 44, and its notice says so', async () => {
  const [seat] = await seated(db, of);
  if (!seat) throw new Error('nobody sits');
  await mark(db, of, seat, bidOf(0), reviewed);
  const item = String(SCHEME.qualification[0]?.key);
  const found = { bidId: bidOf(2), item, ground: 3, reasonZh: '营业执照已被吊销' };
  await db.transaction((tx) => rejectUnqualified(tx, who.asPurchaser, of.place, found));
  const { stage, failure } = await lot();
  expect([stage, failure?.reasonZh]).toEqual(['failed', expect.stringContaining('资格审查合格的')]);
  const { procurementId } = of.place;
  const [notice] = await listNotices(db.read, { procurementId, kind: 'lot-failed', limit: 1 });
  expect(JSON.stringify(notice?.content)).toContain('少于 3 个');
  expect((await refusalOf(mark(db, of, seat, bidOf(1), reviewed))).code).toBe('stage-conflict');
});

it('with fewer than three that conform nothing is marked after the review: refused with the article, and the report ends the lot', async () => {
  const [failed] = SCHEME.conformity;
  const against: Entry = { item: String(failed?.key), passes: false, ground: 5, reasonZh: '附有采购人不能接受的条件' };
  for (const seat of await seated(db, of)) {
    for (const [n, { id }] of of.bids.entries()) {
      await mark(
        db,
        of,
        seat,
        id,
        n === 2 ? reviewed.map((each) => (each.item === against.item ? against : each)) : reviewed,
      );
    }
    await sign(db, of, seat, 'review');
  }
  const [seat] = await seated(db, of);
  if (!seat) throw new Error('nobody sits');
  for (const refused of [
    mark(db, of, seat, bidOf(0), entriesOf(SCHEME, 'technical', '10')),
    sign(db, of, seat, 'technical'),
  ]) {
    const { code, details } = await refusalOf(refused);
    expect([code, details]).toMatchObject([
      'unlawful',
      { violations: [{ rule: 'gp-conforming-min', law: '政府采购法', field: 'conforming', given: 2, limit: 3 }] },
    ]);
  }
  expect((await evaluationNow(db, of)).proceedings.parts.map(({ part }) => part)).toEqual(['review']);
  const leader = await electLeader(db, of);
  for (const { id } of of.bids) await agree(db, of, { on: 'price', bidId: id, priceFen: 300_000_000 });
  for (const each of await seated(db, of))
    await by(db, of, each, (tx, place, account) => signReport(tx, place, account, { as: 'signed', reasonsZh: null }));
  const record = await reportToPrint(db, of.place, String(leader.accountId));
  const { html } = await evaluationPrinter('https://tender.example.cn')(record);
  const page = { name: '评标报告.html', mediaType: 'text/html', file: await fileOf(db, html) };
  const printed = { hash: canonicalHash(record), files: [page], details: [] } as const;
  await db.transaction((tx) => deliverEvaluated(tx, of.place, String(leader.accountId), printed, new Set()));
  const { stage, failure } = await lot();
  expect([stage, failure?.law]).toEqual(['failed', '政府采购法']);
});
