import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import type { Bid } from '../../db/bids.ts';
import { decisionById, latestDecision } from '../../db/decisions.ts';
import { eventsAfter } from '../../db/events.ts';
import { listNotices } from '../../db/notices.ts';
import { lotOf } from '../../db/procurements.ts';
import { milestoneOf } from '../../db/tender/timeline.ts';
import type { Recheck, ReportPayload } from '../../domain/decisions.ts';
import { addDocument } from '../../services/documents/add.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { choiceOf, contractAt, played } from '../setup/tenders/played.ts';
import {
  advance,
  at,
  decide,
  dueOf,
  fileOf,
  handClock,
  people,
  refusalOf,
  reportOn,
  setFigures,
  type People,
} from '../setup/tenders/tender.ts';

const clock = handClock('2026-01-01');
let db: TestDatabase;
let who: People;
let procurementId: string;
let bids: readonly Bid[];

beforeEach(async () => {
  clock.set('2026-01-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db);
  await setFigures(db);
});
afterEach(() => db.close());

const place = () => ({ procurementId, lotNo: 1 });
const bidOf = (rank: number): string => String(bids[rank - 1]?.id);
const stage = async () => (await lotOf(db.read, procurementId, 1)).stage;
const begin = async (
  regime: 'tendering' | 'government',
  reached: Parameters<typeof played>[4],
  change: Parameters<typeof played>[5] = {},
) => {
  ({ id: procurementId, bids } = await played(db, clock, who, regime, reached, change));
};
const evidence = async () => {
  const file = await fileOf(db, '证明材料');
  const document = { procurementId, kind: 'evidence', name: '材料.pdf', mediaType: 'application/pdf', file } as const;
  return (await db.transaction((tx) => addDocument(tx, UNATTENDED, document), { procurementId })).id;
};
const refer = (given: Partial<Omit<Recheck, 'dueAt'>> & { readonly dueAt?: number | null }) =>
  decide(db, who.asPurchaser, {
    ...{ ...place(), kind: 'recheck' },
    payload: {
      ...{ ground: 'circumstances', grievanceId: null, bidIds: [bidOf(1)], items: null, reasonZh: '须复核' },
      ...{ documentId: null, dueAt: null, ...given },
    } as Recheck,
  });
const report = (change: Partial<ReportPayload> = {}, of: readonly Bid[] = bids) =>
  decide(db, who.asPurchaser, {
    ...{ ...place(), kind: 'report' },
    payload: { ...reportOn(of, clock.read()), findingZh: '逐项核对，意见如下', ...change },
  });
const object = (index: number) =>
  db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(index), {
      ...{ ...place(), target: 'result', organisationId: String(who.suppliers[index]?.id), textZh: '对结果有异议' },
    }),
  );
const events = async (kind: string) => (await eventsAfter(db.read, 0, 9_999)).filter((each) => each.kind === kind);
const overdue = async () =>
  (await auditAfter(db.read, 0, 9_999)).filter(
    ({ action, detail }) => action === 'duty.overdue' && detail['key'] === 'recheck',
  );
const awardAgain = (rank: number) =>
  decide(db, who.asPurchaser, { ...place(), kind: 'award', payload: choiceOf(bids[rank - 1]) });

describe('works: an objection that is referred to the committee before the reply (条例54)', () => {
  let grievanceId: string;
  beforeEach(async () => {
    await begin('tendering', 'publicity');
    clock.set('2026-04-22T10:00+08:00');
    grievanceId = (await object(1)).id;
    clock.set('2026-04-22T15:00+08:00');
  });

  it('is to be finished before the reply is due: three days from the objection', async () => {
    await refer({ ground: 'grievance', grievanceId, bidIds: [bidOf(1), bidOf(2)] });
    // Wednesday 22 April and three days: Saturday the 25th, a rest day, so Monday the 27th (民法典 203).
    expect(await dueOf(db, place(), 'recheck')).toBe('2026-04-27T23:59:59.999+08:00');
    expect((await milestoneOf(db.read, place(), 'recheck')).rules).toMatchObject([
      { id: 'works-result-objection-reply', article: '54' },
    ]);
    expect(await events('recheck.referred')).toHaveLength(1);
    expect((await refusalOf(refer({ ground: 'grievance', grievanceId }))).code).toBe('already-exists');
  });

  it('names an objection to this result that has no reply, and no later instant', async () => {
    const late = at('2026-05-10T10:00+08:00');
    for (const [given, field] of [
      [{ ground: 'grievance' }, 'grievanceId'],
      [{ ground: 'grievance', grievanceId, dueAt: late }, 'dueAt'],
    ] as const) {
      expect(await refusalOf(refer(given))).toMatchObject({ code: 'unlawful', details: { field, article: '54' } });
    }
    expect((await refusalOf(refer({ ground: 'grievance', grievanceId, bidIds: ['nobody'] }))).code).toBe('bad-input');
  });

  it('kept: the publicity runs on once the objection is replied to as well, with the lost time added', async () => {
    const first = await latestDecision(db.read, place(), 'report');
    const { id } = await refer({ ground: 'grievance', grievanceId });
    clock.set('2026-04-23T10:00+08:00');
    const again = await report();
    expect(again.payload.recheck).toEqual({ recheckId: id, formerId: first?.id, result: 'kept', changes: [] });
    expect(await stage()).toBe('publicity');
    expect((await milestoneOf(db.read, place(), 'recheck')).state).toBe('done');
    // The objection itself still suspends it.
    clock.set('2026-04-24T10:00+08:00');
    await decide(db, who.asPurchaser, {
      ...{ ...place(), grievanceId, kind: 'reply' },
      payload: { outcome: 'rejected', effect: 'none', textZh: '经原评标委员会复核，维持' },
    });
    // Public from the 21st to the 24th; it stood from the 22nd at 10:00 to the 24th at 10:00: 26 April, a Sunday, so the 27th.
    expect(await dueOf(db, place(), 'publicity-end')).toBe('2026-04-27T23:59:59.999+08:00');
    expect(await events('recheck.concluded')).toMatchObject([{ detail: { recheckId: id, result: 'kept' } }]);
  });

  it('changed: published again, and public for the whole period; the report before stays readable', async () => {
    const first = await latestDecision(db.read, place(), 'report');
    await refer({ ground: 'grievance', grievanceId, bidIds: [bidOf(1), bidOf(2)] });
    clock.set('2026-04-23T10:00+08:00');
    await decide(db, who.asPurchaser, {
      ...{ ...place(), grievanceId, kind: 'reply' },
      payload: { outcome: 'upheld', effect: 'none', textZh: '经复核后另行公示' },
    });
    const turned = [bids[1], bids[0], bids[2]].filter((each) => each !== undefined);
    const priced = reportOn(bids, clock.read()).candidates;
    const changed = await report({
      candidates: turned.map(({ id }, index) => ({
        ...(priced.find(({ bidId }) => bidId === id) ?? {}),
        ...{ bidId: id, rank: index + 1, score: 90 - index },
      })) as ReportPayload['candidates'],
    });
    expect(changed.payload.recheck).toMatchObject({
      result: 'changed',
      changes: [
        { bidId: bidOf(1), before: { rank: 1 }, after: { rank: 2 } },
        { bidId: bidOf(2), before: { rank: 2 }, after: { rank: 1 } },
      ],
    });
    expect(await stage()).toBe('publicity');
    // Thursday 23 April and three days: Sunday the 26th, so Monday the 27th (条例54: 不得少于3日).
    expect(await dueOf(db, place(), 'publicity-end')).toBe('2026-04-27T23:59:59.999+08:00');
    const notices = await listNotices(db.read, { procurementId, kind: 'candidates', limit: 9 });
    expect(notices.map(({ version }) => version).sort()).toEqual([1, 2]);
    expect((await decisionById(db.read, String(first?.id))).payload).toEqual(first?.payload);
    clock.set('2026-04-28T10:00+08:00');
    await advance(db, procurementId, 1);
    expect((await refusalOf(awardAgain(1))).details).toMatchObject({ article: '55' });
    await awardAgain(2);
  });

  it('changes nothing that was not referred, and says what was found', async () => {
    await refer({ ground: 'grievance', grievanceId, bidIds: [bidOf(1)] });
    clock.set('2026-04-23T10:00+08:00');
    expect(await refusalOf(report({ findingZh: ' ' }))).toMatchObject({
      code: 'bad-input',
      details: { field: 'findingZh' },
    });
    const rejected = [{ bidId: bidOf(2), ground: 6, reasonZh: '未响应' }];
    const without = reportOn(
      bids.filter(({ id }) => id !== bidOf(2)),
      clock.read(),
    ).candidates.map((each) => (each.bidId === bidOf(3) ? { ...each, priceFen: 380_000_002 } : each));
    expect(await refusalOf(report({ candidates: without, rejected }))).toMatchObject({
      code: 'unlawful',
      details: { given: bidOf(2), lawful: [bidOf(1)], rule: 'works30-award-from-candidates' },
    });
  });

  it('is not on time: on record once, unattended, and nothing is awarded until it is finished', async () => {
    await refer({ ground: 'grievance', grievanceId });
    clock.set('2026-04-28T00:00+08:00');
    await advance(db, procurementId, 1);
    await advance(db, procurementId, 1);
    expect(await overdue()).toHaveLength(1);
    expect((await milestoneOf(db.read, place(), 'recheck')).overdue).toBe(true);
    clock.set('2026-05-20T10:00+08:00');
    await advance(db, procurementId, 1);
    expect(await stage()).toBe('publicity');
    await report();
    expect(await milestoneOf(db.read, place(), 'recheck')).toMatchObject({ state: 'done', overdue: true });
  });
});

describe('works: a candidate whose circumstances change before the notice of award (条例56)', () => {
  it('is looked at again by the same committee, with what shows it and a time that is set', async () => {
    await begin('tendering', 'award');
    expect(await refusalOf(refer({ dueAt: at('2026-04-30T18:00+08:00') }))).toMatchObject({
      code: 'unlawful',
      details: { field: 'documentId', rule: 'works-capability-recheck', article: '56' },
    });
    const documentId = await evidence();
    for (const dueAt of [null, at('2026-04-01')]) {
      expect((await refusalOf(refer({ documentId, dueAt }))).code).toBe('bad-input');
    }
    await refer({ documentId, dueAt: at('2026-04-30T18:00+08:00') });
    // No rule sets it, and the timeline says so.
    expect((await milestoneOf(db.read, place(), 'recheck')).rules).toEqual([]);
    expect((await milestoneOf(db.read, place(), 'recheck')).ifNobodyActs?.zh).toContain('由提交复核者确定');
    expect(await refusalOf(awardAgain(1))).toMatchObject({ code: 'suspended', details: { article: '56' } });
    clock.set('2026-04-30T10:00+08:00');
    await report();
    expect(await stage()).toBe('award');
    await awardAgain(1);
    expect((await refusalOf(refer({ documentId, dueAt: at('2026-05-30') }))).details).toMatchObject({
      rule: 'works-capability-recheck',
    });
  });

  it('that it does not pass leaves the others in their order, published again', async () => {
    await begin('tendering', 'award');
    await refer({ documentId: await evidence(), dueAt: at('2026-04-30T18:00+08:00') });
    clock.set('2026-04-28T10:00+08:00');
    const left = reportOn(bids, clock.read()).candidates.filter(({ bidId }) => bidId !== bidOf(1));
    await report({
      candidates: left.map((each, index) => ({ ...each, rank: index + 1 })),
      rejected: [{ bidId: bidOf(1), ground: 3, reasonZh: '财务状况恶化，不再具备履约能力' }],
    });
    expect(await stage()).toBe('publicity');
    // From Tuesday 28 April: 29, 30 April, 1 May, which is off until the 5th: Wednesday 6 May.
    expect(await dueOf(db, place(), 'publicity-end')).toBe('2026-05-06T23:59:59.999+08:00');
    clock.set('2026-05-07T10:00+08:00');
    await advance(db, procurementId, 1);
    await awardAgain(2);
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ stage: 'contract', winnerBidId: bidOf(2) });
  });
});

describe('government: on the four grounds alone (87令64)', () => {
  it('any other is refused with the article, and nothing is stored', async () => {
    await begin('government', 'award');
    const before = await auditAfter(db.read, 0, 9_999);
    for (const ground of ['grievance', 'circumstances', 'qualification', 'price'] as const) {
      expect(await refusalOf(refer({ ground, dueAt: at('2026-04-15T10:00+08:00') }))).toMatchObject({
        code: 'unlawful',
        details: { rule: 'gp-rereview-grounds', law: '财政部令87号', article: '64', given: ground },
      });
    }
    expect(await auditAfter(db.read, 0, 9_999)).toEqual(before);
  });

  it('a query that is referred is one about this result, not replied to (87令64(三))', async () => {
    await begin('government', 'contract');
    const dueAt = at('2026-04-20T18:00+08:00');
    const { id: grievanceId } = await object(1);
    await decide(db, who.asPurchaser, {
      ...{ ...place(), grievanceId, kind: 'reply' },
      payload: { outcome: 'rejected', effect: 'none', textZh: '经核查，答复如下' },
    });
    expect(await refusalOf(refer({ ground: 'sum', grievanceId, dueAt }))).toMatchObject({
      code: 'unlawful',
      details: { field: 'grievanceId', rule: 'gp-rereview-on-challenge', article: '64(3)' },
    });
    const open = await object(2);
    await refer({ ground: 'sum', grievanceId: open.id });
    expect((await milestoneOf(db.read, place(), 'recheck')).dueAt).toBe(open.replyDueAt);
  });

  it('the purchaser is not deemed to have chosen meanwhile; its period begins again with the report (条例43)', async () => {
    await begin('government', 'award');
    await refer({ ground: 'objective', dueAt: at('2026-04-20T18:00+08:00') });
    // Five working days from Thursday 9 April end on the 16th.
    clock.set('2026-04-17T10:00+08:00');
    await advance(db, procurementId, 1);
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ stage: 'award', deemed: false });
    await report();
    // Friday 17 April: 20, 21, 22, 23, 24.
    expect(await dueOf(db, place(), 'award')).toBe('2026-04-24T23:59:59.999+08:00');
    clock.set('2026-04-25T00:00+08:00');
    await advance(db, procurementId, 1);
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ deemed: true, winnerBidId: bidOf(1) });
  });

  it('after the award another one is first: the award is undone, and the notice of it corrected; it is reported in writing (条例44)', async () => {
    const lot = { no: 1, title: '一包', budgetFen: 383_640_000, bidBondFen: null };
    await begin('government', 'contract', {
      lots: [{ ...lot, performanceBondPermille: 100, performanceBondDays: 10 }],
    });
    expect((await milestoneOf(db.read, place(), 'performance-bond')).state).toBe('planned');
    const [award] = await listNotices(db.read, { procurementId, kind: 'award', limit: 1 });
    await refer({ ground: 'sum', bidIds: [bidOf(1), bidOf(2)], dueAt: at('2026-04-20T18:00+08:00') });
    clock.set('2026-04-13T10:00+08:00');
    const signed = decide(db, who.asPurchaser, { ...place(), kind: 'contract', payload: contractAt(clock.read()) });
    expect(await refusalOf(signed)).toMatchObject({ code: 'suspended', details: { rule: 'gp-rereview-sum' } });
    const priced = reportOn(bids, clock.read()).candidates;
    const order = [bidOf(2), bidOf(1), bidOf(3)];
    await report({
      candidates: order.map((bidId, index) => ({
        ...(priced.find((each) => each.bidId === bidId) ?? {}),
        ...{ bidId, rank: index + 1, score: 90 - index },
      })) as ReportPayload['candidates'],
    });
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ stage: 'award', winnerBidId: null });
    // Nobody owes a bond for an award that does not stand.
    expect((await milestoneOf(db.read, place(), 'performance-bond')).state).toBe('cancelled');
    const [undone] = await listNotices(db.read, { procurementId, kind: 'amendment', limit: 1 });
    expect(undone).toMatchObject({
      corrects: award?.id,
      titleZh: expect.stringContaining('中标结果变更公告') as string,
    });
    await awardAgain(2);
    expect((await milestoneOf(db.read, place(), 'performance-bond')).state).toBe('planned');
    const [second] = await listNotices(db.read, { procurementId, kind: 'award', limit: 1 });
    expect(second).toMatchObject({ version: 2, corrects: award?.id, content: { winner: '投标人2' } });
    expect(await milestoneOf(db.read, place(), 'recheck-report')).toMatchObject({
      state: 'planned',
      dueAt: null,
      rules: [{ id: 'gp-rereview-report', article: '44(1)' }],
    });
    await decide(db, who.asPurchaser, {
      ...{ ...place(), kind: 'duty' },
      payload: { key: 'recheck-report', noteZh: '书面报告财政局' },
    });
    expect((await milestoneOf(db.read, place(), 'recheck-report')).state).toBe('done');
  });

  it('a winner that is still first keeps its award, and the contract its time, with what was lost added', async () => {
    await begin('government', 'contract');
    const before = await dueOf(db, place(), 'contract');
    await refer({ ground: 'range', bidIds: [bidOf(2)], dueAt: at('2026-04-20T18:00+08:00') });
    clock.set('2026-04-13T10:00+08:00');
    const scored = reportOn(bids, clock.read()).candidates;
    await report({ candidates: scored.map((each) => (each.rank === 2 ? { ...each, score: 88.5 } : each)) });
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ stage: 'contract', winnerBidId: bidOf(1) });
    // Thirty days from 10 April end on Sunday 10 May, which 87令85 does not move; 11 and 12 April were lost as a whole.
    expect([before, await dueOf(db, place(), 'contract')]).toEqual([
      '2026-05-10T23:59:59.999+08:00',
      '2026-05-12T23:59:59.999+08:00',
    ]);
    expect(await listNotices(db.read, { procurementId, kind: 'award', limit: 9 })).toHaveLength(1);
  });
});
