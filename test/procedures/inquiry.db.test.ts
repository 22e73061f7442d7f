import type { ReportPayload } from '../../domain/decisions.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listNotices } from '../../db/notices.ts';
import { lotOf, procurementById, type Draft } from '../../db/procurements.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { biddingFor } from '../../db/bids.ts';
import { refuseConflict } from '../../services/bids/conflicts.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { withdrawBid } from '../../services/bids/withdraw.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  blockingOf,
  dueOf,
  advance,
  at,
  bid,
  decide,
  draftOf,
  handClock,
  inviteesOf,
  launch,
  MADE_UP_OPEN_FEN,
  obtainDocuments,
  people,
  refusalOf,
  reportOn,
  setFigures,
  type People,
} from '../setup/tenders/tender.ts';

// 询价 (财政部令74号): one offer each, the lowest wins, and its way to the archive.

const clock = handClock('2026-04-23T10:00+08:00');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-04-23T10:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
  await setFigures(db);
});
afterEach(() => db.close());

const BUDGET = 400_000_00;
const PRICE = 380_000_00;
const inquiry = (change: Partial<Draft> = {}): Draft =>
  draftOf('government', who.purchaser.id, {
    ...{ title: '办公椅询价采购', procedure: 'inquiry', mandatory: false, budgetFen: BUDGET },
    ...{ noticeAt: at('2026-04-24T09:00+08:00'), documentsFrom: null, documentsUntil: null },
    bidDeadline: at('2026-04-30T09:00+08:00'),
    lots: [{ no: 1, title: '一包', budgetFen: BUDGET, bidBondFen: null }],
    methodGround: { case: 1, approvalNumber: null },
    invitees: inviteesOf(who, 'database', 3),
    ...change,
  });
const place = (procurementId: string) => ({ procurementId, lotNo: 1 });
async function asked(change: Partial<Draft> = {}): Promise<string> {
  const { procurement } = await launch(db, who.asPurchaser, inquiry(change));
  clock.set(procurement.noticeAt);
  await advance(db, procurement.id);
  return procurement.id;
}
const group = [
  { name: '专家甲', kind: 'expert' as const },
  { name: '专家乙', kind: 'expert' as const },
  { name: '采购人代表', kind: 'purchaser' as const },
];
/** The price alone decides: there are no scores (74令48). */
const reported = (bids: Parameters<typeof reportOn>[0], endedAt: number): ReportPayload => {
  const report = reportOn(bids, endedAt, { committee: group });
  const candidates = report.candidates.map((each, index) => ({ ...each, priceFen: PRICE + index, score: null }));
  return { ...report, candidates };
};
const due = (id: string, key: MilestoneKey) => dueOf(db, place(id), key);

describe('the launch', () => {
  const refused = async (change: Partial<Draft>) =>
    blockingOf((await refusalOf(launch(db, who.asPurchaser, inquiry(change)))).details);

  it('is for goods only (政府采购法 32, 74令 3), by its case, from three suppliers (12)', async () => {
    expect(await refused({ kind: 'services' })).toContainEqual(['inq-grounds', '政府采购法', '32', 'procedure']);
    expect(await refused({ kind: 'works' })).toContainEqual(['neg-ss-inq-scope', '财政部令74号', '3', 'procedure']);
    expect(await refused({ methodGround: null, invitees: inviteesOf(who, 'database', 2) })).toEqual([
      ['inq-grounds', '政府采购法', '32', 'methodGround'],
      ['neg-inq-suppliers-min', '财政部令74号', '12', 'invitees'],
    ]);
  });

  it('lets the purchaser recommend half of those recommended, each with a reason (12)', async () => {
    const [a, b, c, d] = inviteesOf(who, 'recommended-by-expert').map((each) => ({ ...each, reasonZh: '供货及时' }));
    if (!a || !b || !c || !d) throw new Error('four suppliers');
    const own = (each: typeof a) => ({ ...each, source: 'recommended-by-purchaser' as const });
    expect(await refused({ invitees: [own(a), own(b), own(c), d] })).toEqual([
      ['neg-inq-recommend-share', '财政部令74号', '12', 'invitees'],
    ]);
    expect(await refused({ invitees: [{ ...own(a), reasonZh: null }, own(b), c, d] })).toEqual([
      ['neg-inq-suppliers-min', '财政部令74号', '12', 'invitees[0].reasonZh'],
    ]);
    const half = inquiry({ invitees: [own(a), own(b), c, d] });
    expect((await launch(db, who.asPurchaser, half)).procurement.stage).toBe('launched');
  });

  it('holds deposits to two per cent of the budget (14)', async () => {
    const lots = [{ no: 1, title: '一包', budgetFen: BUDGET, bidBondFen: 8_000_01 }];
    expect(await refused({ lots })).toEqual([['neg-inq-bond', '财政部令74号', '14', 'lots[0].bidBondFen']]);
  });
});

describe('an offer (46)', () => {
  it('is made once: a second is refused and the first stands, also after a withdrawal', async () => {
    const id = await asked();
    const first = await bid(db, who, 0, id);
    const offer = { code: 'offer-made', details: { rule: 'inq-one-shot-price', law: '财政部令74号', article: '46' } };
    expect(await refusalOf(bid(db, who, 0, id))).toMatchObject(offer);
    const supplierId = String(who.suppliers[0]?.id);
    const standing = async () => (await biddingFor(db.read, { ...place(id), supplierId })).bids;
    expect(await standing()).toEqual([first]);
    await db.transaction((tx) => withdrawBid(tx, who.asSupplier(0), { ...place(id), supplierId }));
    expect(await refusalOf(bid(db, who, 0, id))).toMatchObject(offer);
    expect((await standing()).map(({ id: bidId, state }) => [bidId, state])).toEqual([[first.id, 'withdrawn']]);
    expect(await refusalOf(bid(db, who, 3, id))).toMatchObject({ code: 'not-invited', details: { article: '12' } });
  });

  it('is not taken back after the deadline, by the article that has it made once', async () => {
    const id = await asked();
    await bid(db, who, 0, id);
    const supplierId = String(who.suppliers[0]?.id);
    clock.set('2026-04-30T09:00+08:00');
    const late = db.transaction((tx) => withdrawBid(tx, who.asSupplier(0), { ...place(id), supplierId }));
    expect(await refusalOf(late)).toMatchObject({
      code: 'bid-late',
      messageZh: expect.stringContaining('（财政部令74号第46条）') as string,
      details: { rule: 'inq-one-shot-price', law: '财政部令74号', article: '46' },
    });
  });

  it('from fewer than three suppliers ends the inquiry (50)', async () => {
    const id = await asked();
    for (const index of [0, 1]) await bid(db, who, index, id);
    clock.set('2026-04-30T09:00+08:00');
    await advance(db, id);
    expect(await lotOf(db.read, id, 1)).toMatchObject({
      stage: 'failed',
      failure: {
        rule: 'inq-terminate-grounds',
        law: '财政部令74号',
        article: '50',
        nextSteps: [{ action: 'retender' }],
      },
    });
    const [failed] = await listNotices(db.read, { procurementId: id, kind: 'lot-failed', limit: 1 });
    expect(failed?.titleZh).toMatch(/终止公告$/);
    expect(JSON.stringify(failed)).not.toMatch(/投标|招标|87号/);
  });
});

it('is queried within seven working days of its letter, however late its documents are downloaded (94令11, 法 52)', async () => {
  const id = await asked();
  for (const index of [0, 1, 2]) await bid(db, who, index, id);
  clock.set('2026-04-30T09:00+08:00');
  await advance(db, id);
  const query = (index: number) =>
    db.transaction((tx) =>
      fileGrievance(tx, who.asSupplier(index), {
        ...{ procurementId: id, lotNo: 0, organisationId: String(who.suppliers[index]?.id) },
        ...{ target: 'documents', textZh: '质疑' },
      }),
    );
  // From Friday 24 April: 27 to 30 April, and 6, 7, 8 May.
  clock.set('2026-05-08T23:59+08:00');
  for (const index of [0, 1]) await obtainDocuments(db, who, index, id);
  expect((await query(0)).target).toBe('documents');
  clock.set('2026-05-09T00:00+08:00');
  expect((await refusalOf(query(1))).code).toBe('grievance-late');
});

describe('from the letters to the archive', () => {
  it('the lowest offer is deemed chosen by a silent purchaser (49), and the record is out with the result', async () => {
    const id = await asked();
    const bids = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, id));
    clock.set('2026-04-30T09:00+08:00');
    await advance(db, id);
    const kinds = async () =>
      (await listNotices(db.read, { procurementId: id, limit: 20 })).map(({ kind }) => kind).reverse();
    expect(await kinds()).toEqual(['invitation']);

    clock.set('2026-05-06T10:00+08:00');
    const report = reported(bids, at('2026-04-30T17:00+08:00'));
    const delivered = (payload: typeof report) =>
      decide(db, who.asPurchaser, { ...place(id), kind: 'report', payload });
    const wrong = report.candidates.map((each, index) => ({ ...each, rank: 3 - index }));
    expect(blockingOf((await refusalOf(delivered({ ...report, candidates: wrong }))).details)).toEqual([
      ['neg-award-rule', '财政部令74号', '36,49', 'candidates[1].rank'],
      ['neg-award-rule', '财政部令74号', '36,49', 'candidates[0].rank'],
    ]);
    const two = report.candidates.slice(0, 2);
    const third = { bidId: String(bids[2]?.id), priceFen: PRICE + 2, score: null };
    expect(blockingOf((await refusalOf(delivered({ ...report, candidates: two, others: [third] }))).details)).toEqual([
      ['inq-candidates-min', '财政部令74号', '48', 'candidates'],
    ]);
    // The third is neither a candidate, nor valid, nor rejected.
    const forgotten = await refusalOf(delivered({ ...report, candidates: two }));
    expect(forgotten).toMatchObject({ code: 'bad-input', details: { field: 'others', bidIds: [bids[2]?.id] } });
    expect((await lotOf(db.read, id, 1)).stage).toBe('evaluation');
    await delivered(report);
    // From Wednesday 6 May five working days: 7, 8, 9 (worked), 11, 12 May (49).
    expect(await due(id, 'award')).toBe('2026-05-12T23:59:59.999+08:00');
    // 条例55 has grounds for another than the first of a tender; an inquiry has none.
    for (const ground of [null, 'no-performance-bond'] as const) {
      const second = { bidId: String(bids[1]?.id), ground, reasonZh: null };
      expect(
        await refusalOf(decide(db, who.asPurchaser, { ...place(id), kind: 'award', payload: second })),
      ).toMatchObject({
        code: 'unlawful',
        details: { rule: 'inq-award-decide', law: '财政部令74号', article: '49' },
      });
    }
    clock.set('2026-05-13T00:00+08:00');
    await advance(db, id, 1);
    expect(await lotOf(db.read, id, 1)).toMatchObject({ stage: 'contract', deemed: true, winnerBidId: bids[0]?.id });
    const notices = (await listNotices(db.read, { procurementId: id, limit: 20 })).reverse();
    expect(notices.map(({ kind, titleZh }) => [kind, titleZh])).toEqual([
      ['invitation', '办公椅询价采购询价通知书'],
      ['opening-record', '办公椅询价采购第1包响应文件开启记录'],
      ['award', '办公椅询价采购第1包成交结果公告'],
    ]);
    // From Wednesday 13 May: thirty days are 12 June (19), five working days 14, 15, 18, 19, 20 May (20), seven 22 May (法 52).
    expect(await due(id, 'contract')).toBe('2026-06-12T23:59:59.999+08:00');
    expect(await due(id, 'deposits-losers')).toBe('2026-05-20T23:59:59.999+08:00');
    expect(await due(id, 'query-result-end')).toBe('2026-05-22T23:59:59.999+08:00');

    clock.set('2026-05-25T10:00+08:00');
    const contract = { amountFen: PRICE, signedAt: at('2026-05-25T09:00+08:00'), documentId: null };
    await decide(db, who.asPurchaser, { ...place(id), kind: 'contract', payload: contract });
    const published = { textZh: '合同公告', documentId: null };
    await decide(db, who.asPurchaser, { ...place(id), kind: 'publish-contract', payload: published });
    for (const key of ['deposits-losers', 'deposits-winner', 'contract-filing'] as const) {
      await decide(db, who.asPurchaser, { ...place(id), kind: 'duty', payload: { key, noteZh: null } });
    }
    await advance(db, id, 1);
    await advance(db, id);
    expect([(await lotOf(db.read, id, 1)).stage, (await procurementById(db.read, id)).stage]).toEqual([
      'archived',
      'concluded',
    ]);
    expect(new Set(await kinds())).toEqual(new Set(GOVERNMENT_INQUIRY.notices));
  });

  it('a group of three is too small from the figure for open tenders (7), which needs an approval (条例 23)', async () => {
    const large = {
      ...{ budgetFen: MADE_UP_OPEN_FEN, mandatory: true },
      lots: [{ no: 1, title: '一包', budgetFen: MADE_UP_OPEN_FEN, bidBondFen: null }],
      methodGround: { case: 1, approvalNumber: '某财采〔2026〕2号' },
    };
    const id = await asked(large);
    const bids = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, id));
    clock.set('2026-04-30T09:00+08:00');
    await advance(db, id);
    const payload = reported(bids, at('2026-04-30T09:00+08:00'));
    expect(
      blockingOf((await refusalOf(decide(db, who.asPurchaser, { ...place(id), kind: 'report', payload }))).details),
    ).toEqual([['neg-inq-group-min-5', '财政部令74号', '7', 'committee.members']]);
  });

  it('is ended before its time by the two grounds of 50 only', async () => {
    const id = await asked();
    const end = (ground: 'task-cancelled' | 'no-longer-fits') =>
      decide(db, who.asPurchaser, {
        ...{ procurementId: id, lotNo: 0 },
        kind: 'terminate',
        payload: { ground, reasonZh: '情况变化' },
      });
    expect(await refusalOf(end('task-cancelled'))).toMatchObject({
      code: 'unlawful',
      details: { law: '财政部令74号', article: '50' },
    });
    await end('no-longer-fits');
    expect((await procurementById(db.read, id)).stage).toBe('terminated');
  });
});

describe('who refused its contract', () => {
  it('is not invited where it is held again, and hands in no offer there (财政部令74号 22(2))', async () => {
    const id = await asked();
    clock.set('2026-04-29T10:00+08:00');
    const bids = [];
    for (const index of [0, 1, 2]) {
      await obtainDocuments(db, who, index, id);
      bids.push(await bid(db, who, index, id));
    }
    clock.set('2026-04-30T09:00+08:00');
    await advance(db, id);
    clock.set('2026-05-06T10:00+08:00');
    const payload = reported(bids, at('2026-04-30T17:00+08:00'));
    await decide(db, who.asPurchaser, { ...place(id), kind: 'report', payload });
    const award = { bidId: String(bids[0]?.id), ground: null, reasonZh: null };
    await decide(db, who.asPurchaser, { ...place(id), kind: 'award', payload: award });
    const refusal = { bidId: '', reasonZh: '放弃' };
    await decide(db, who.asSupplier(0), { ...place(id), kind: 'refuse-award', payload: refusal });
    const replaced = { ground: 'declined', reasonZh: '放弃', documentId: null, then: 'retender' } as const;
    await decide(db, who.asPurchaser, { ...place(id), kind: 'replace-winner', payload: replaced });
    expect(await lotOf(db.read, id, 1)).toMatchObject({ stage: 'failed' });

    const again = { retenderOf: id, retenderLot: 1 };
    const dates = { noticeAt: at('2026-05-08T09:00+08:00'), bidDeadline: at('2026-05-14T09:00+08:00') };
    const refused = await refusalOf(launch(db, who.asPurchaser, inquiry({ ...again, ...dates })));
    expect(blockingOf(refused.details)).toEqual([
      ['neg-inq-refuse-sign-barred', '财政部令74号', '22(2)', 'invitees[0].organisationId'],
    ]);
    const others = inviteesOf(who, 'database').slice(1);
    const held = await asked({ ...again, ...dates, invitees: others });
    const bidding = await biddingFor(db.read, { ...place(held), supplierId: String(who.suppliers[0]?.id) });
    const itself = { procurementId: held, supplierId: String(who.suppliers[0]?.id) };
    expect(await refusalOf(refuseConflict(db.read, bidding, itself))).toMatchObject({
      code: 'conflict-of-interest',
      details: { rule: 'neg-inq-refuse-sign-barred', article: '22(2)' },
    });
    const other = { procurementId: held, supplierId: String(who.suppliers[1]?.id) };
    await refuseConflict(db.read, bidding, other);
  });
});
