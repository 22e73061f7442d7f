import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNATTENDED } from '../../db/audit.ts';
import type { Bid } from '../../db/bids.ts';
import { latestDecision } from '../../db/decisions.ts';
import { eventsAfter } from '../../db/events.ts';
import { listNotices } from '../../db/notices.ts';
import { lotOf } from '../../db/procurements.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import type { WinnerReplaced } from '../../domain/decisions.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { addDocument } from '../../services/documents/add.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { contractAt, played } from '../setup/tenders/played.ts';
import {
  advance,
  decide,
  dueOf,
  fileOf,
  handClock,
  people,
  refusalOf,
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
const lot = () => lotOf(db.read, procurementId, 1);
const awarded = async (regime: 'tendering' | 'government') => {
  ({ id: procurementId, bids } = await played(db, clock, who, regime, 'contract'));
};
const evidence = async () => {
  const file = await fileOf(db, '证明材料');
  const document = { procurementId, kind: 'evidence', name: '材料.pdf', mediaType: 'application/pdf', file } as const;
  return (await db.transaction((tx) => addDocument(tx, UNATTENDED, document), { procurementId })).id;
};
const replace = (given: Partial<WinnerReplaced> = {}) =>
  decide(db, who.asPurchaser, {
    ...{ ...place(), kind: 'replace-winner' },
    payload: { ground: 'declined', reasonZh: '书面拒绝签订合同', documentId: null, then: 'next', ...given },
  });
const refuse = (index: number) =>
  decide(db, who.asSupplier(index), {
    ...{ ...place(), kind: 'refuse-award' },
    payload: { bidId: '', reasonZh: '资金不足，放弃中标' },
  });
const events = async (kind: string) => (await eventsAfter(db.read, 0, 9_999)).filter((each) => each.kind === kind);

describe('works: 条例55, one after the other in the order of the candidates, or a new tender', () => {
  beforeEach(() => awarded('tendering'));

  it('a refusal of the winner on record: the award goes to the next-ranked, and its periods begin again', async () => {
    expect((await refusalOf(refuse(1))).code).toBe('not-found');
    clock.set('2026-05-08T10:00+08:00');
    await refuse(0);
    expect(await events('award.refused')).toHaveLength(1);
    await replace();
    expect(await lot()).toMatchObject({ stage: 'contract', winnerBidId: bidOf(2), deemed: false });
    // Thirty days from Friday 8 May: Sunday 7 June, and so Monday the 8th (民法典 203).
    expect(await dueOf(db, place(), 'contract')).toBe('2026-06-08T23:59:59.999+08:00');
    // Fifteen days: Saturday 23 May, and so Monday the 25th (招标投标法 47).
    expect(await dueOf(db, place(), 'written-report')).toBe('2026-05-25T23:59:59.999+08:00');
    const [second, first] = await listNotices(db.read, { procurementId, kind: 'award', limit: 9 });
    expect(second).toMatchObject({ version: 2, corrects: first?.id, content: { winner: '投标人2', rank: 2 } });
    expect(second?.content['reasonZh']).toMatch(/原中标人投标人1放弃.*取消其中标资格.*招标投标法实施条例第55条/);
    expect((await latestDecision(db.read, place(), 'replace-winner'))?.payload).toMatchObject({
      lostBidId: bidOf(1),
      nextBidId: bidOf(2),
    });
    expect(await events('award.lost')).toMatchObject([{ organisationId: who.suppliers[0]?.id }]);
    // The contract is that of the next, at its price.
    const contract = { ...contractAt(clock.read()), amountFen: 380_000_000 };
    expect(
      (await refusalOf(decide(db, who.asPurchaser, { ...place(), kind: 'contract', payload: contract }))).details,
    ).toMatchObject({ field: 'amountFen', lawful: 380_000_001 });
  });

  it('the contract is signed within the validity of the bids too (12号令 49); once that has ended, within thirty days', async () => {
    await db.close();
    clock.set('2026-01-01');
    db = await temporaryDatabase({ machineClock: clock.read });
    who = await people(db);
    await setFigures(db);
    ({ id: procurementId, bids } = await played(db, clock, who, 'tendering', 'contract', { bidValidityDays: 30 }));
    // Thirty days from the deadline of 20 April: 20 May; thirty from the notice of 27 April would be 27 May.
    expect(await findMilestone(db.read, place(), 'contract')).toMatchObject({
      rules: [{ id: 'works-contract-sign' }, { id: 'works-contract-in-validity' }],
    });
    expect(await dueOf(db, place(), 'contract')).toBe('2026-05-20T23:59:59.999+08:00');
    clock.set('2026-05-25T10:00+08:00');
    await refuse(0);
    await replace();
    // Thirty days from 25 May: 24 June, a Wednesday.
    expect(await dueOf(db, place(), 'contract')).toBe('2026-06-24T23:59:59.999+08:00');
  });

  it('what the platform has no record of is shown by a document, and has a reason', async () => {
    for (const [given, field] of [
      [{ reasonZh: ' ' }, 'reasonZh'],
      [{}, 'documentId'],
      [{ ground: 'force-majeure' }, 'documentId'],
      [{ ground: 'unlawful-conduct' }, 'documentId'],
    ] as const) {
      expect(await refusalOf(replace(given))).toMatchObject({ code: 'unlawful', details: { field, article: '55' } });
    }
    await replace({ ground: 'force-majeure', documentId: await evidence() });
    expect(await lot()).toMatchObject({ winnerBidId: bidOf(2) });
  });

  it('a performance bond that the documents do not ask for cannot be missing (条例 55)', async () => {
    // Nothing is asked for in this tender.
    expect(await refusalOf(replace({ ground: 'no-performance-bond' }))).toMatchObject({
      code: 'unlawful',
      details: { field: 'ground', article: '55' },
    });
  });

  it('each in turn, until none is left: then it is tendered again, as it may be at once', async () => {
    const documentId = await evidence();
    await replace({ documentId });
    await replace({ documentId });
    expect(await lot()).toMatchObject({ winnerBidId: bidOf(3) });
    expect(await refusalOf(replace({ documentId }))).toMatchObject({
      code: 'unlawful',
      details: { field: 'then', lawful: ['retender'] },
    });
    await replace({ documentId, then: 'retender' });
    expect(await lot()).toMatchObject({
      stage: 'failed',
      winnerBidId: null,
      failure: { rule: 'works-award-rank1', article: '55', nextSteps: [{ action: 'retender' }] },
    });
    const [notice] = await listNotices(db.read, { procurementId, kind: 'lot-failed', limit: 1 });
    expect(notice?.content['reasonZh']).toContain('取消其中标资格');
  });

  it('a refusal of one that has lost the award is none of the next', async () => {
    await refuse(0);
    await replace();
    expect(await refusalOf(replace())).toMatchObject({ code: 'unlawful', details: { field: 'documentId' } });
  });

  it('not once the contract is signed', async () => {
    clock.set('2026-05-06T10:00+08:00');
    await decide(db, who.asPurchaser, { ...place(), kind: 'contract', payload: contractAt(clock.read()) });
    expect(await refusalOf(replace({ documentId: await evidence() }))).toMatchObject({ code: 'stage-conflict' });
    expect((await refusalOf(refuse(0))).code).toBe('stage-conflict');
  });

  it('an unlawful act is found by a grievance that was upheld, and no other', async () => {
    expect((await refusalOf(replace({ ground: 'unlawful-conduct', grievanceId: 'none' }))).code).toBe('not-found');
  });
});

describe('government: a refusal (条例49), or a query that was upheld (94令16)', () => {
  beforeEach(() => awarded('government'));

  it('no other ground changes the result after the notice', async () => {
    for (const ground of ['force-majeure', 'no-performance-bond'] as const) {
      expect(await refusalOf(replace({ ground, documentId: await evidence() }))).toMatchObject({
        code: 'unlawful',
        details: {
          ...{ rule: 'gp-refuse-sign-next', law: '政府采购法实施条例', article: '49', given: ground },
          lawful: ['declined', 'unlawful-conduct'],
        },
      });
    }
  });

  it('the next-ranked is announced, and its result can be queried in turn', async () => {
    clock.set('2026-04-20T10:00+08:00');
    await refuse(0);
    await replace();
    expect(await lot()).toMatchObject({ stage: 'contract', winnerBidId: bidOf(2) });
    // Monday 20 April; the notice stands for the 21st; seven working days from then: 22, 23, 24, 27, 28, 29, 30 April (94令10).
    expect(await dueOf(db, place(), 'query-result-end')).toBe('2026-04-30T23:59:59.999+08:00');
    // Thirty days from 20 April: 20 May (87令71).
    expect(await dueOf(db, place(), 'contract')).toBe('2026-05-20T23:59:59.999+08:00');
  });

  it('what nobody decides in time is overdue on record', async () => {
    await refuse(0);
    // Thirty days from 10 April: 10 May.
    clock.set('2026-05-11T10:00+08:00');
    await advance(db, procurementId, 1);
    expect(await lot()).toMatchObject({ stage: 'contract', winnerBidId: bidOf(1) });
    expect(await dueOf(db, place(), 'contract')).toBe('2026-05-10T23:59:59.999+08:00');
  });
});

describe('government: a query about the result that was upheld (94令 16)', () => {
  const queried = async (suppliers: number) => {
    await db.close();
    db = await temporaryDatabase({ machineClock: clock.read });
    who = await people(db, suppliers);
    await setFigures(db);
    await awarded('government');
  };
  const file = () =>
    db.transaction((tx) =>
      fileGrievance(tx, who.asSupplier(1), {
        ...{ ...place(), target: 'result', organisationId: String(who.suppliers[1]?.id), textZh: '业绩不实' },
      }),
    );
  const reply = (grievanceId: string, outcome: 'upheld' | 'rejected') =>
    decide(db, who.asPurchaser, {
      ...{ ...place(), grievanceId, kind: 'reply' },
      payload: { outcome, effect: 'none', textZh: '经核查，答复如下' },
    });
  const given = { ground: 'unlawful-conduct', reasonZh: '业绩证明不实' } as const;

  it('is the ruling, one that was rejected is none; of four the next-ranked follows, and it is reported in writing', async () => {
    await queried(4);
    const [one, two] = [await file(), await file()];
    await reply(one.id, 'rejected');
    expect(await refusalOf(replace({ ...given, grievanceId: one.id }))).toMatchObject({
      code: 'unlawful',
      details: { field: 'grievanceId', rule: 'gp-challenge-outcome-process', article: '16(1)(二)' },
    });
    await reply(two.id, 'upheld');
    await replace({ ...given, grievanceId: two.id });
    expect(await lot()).toMatchObject({ winnerBidId: bidOf(2) });
    expect(await findMilestone(db.read, place(), 'recheck-report')).toMatchObject({
      state: 'planned',
      rules: [{ id: 'gp-challenge-outcomes' }],
    });
  });

  it('of three only two are left: no other is chosen, and it is procured again', async () => {
    await queried(3);
    const { id: grievanceId } = await file();
    await reply(grievanceId, 'upheld');
    expect(await refusalOf(replace({ ...given, grievanceId }))).toMatchObject({
      code: 'unlawful',
      details: { field: 'then', rule: 'gp-challenge-outcome-process', lawful: ['retender'], limit: 3 },
    });
    expect(await lot()).toMatchObject({ stage: 'contract', winnerBidId: bidOf(1) });
    await replace({ ...given, grievanceId, then: 'retender' });
    expect(await lot()).toMatchObject({ stage: 'failed', winnerBidId: null });
  });

  it('a refusal is no such case: of three the next follows (政府采购法实施条例 49)', async () => {
    await queried(3);
    await refuse(0);
    await replace();
    expect(await lot()).toMatchObject({ winnerBidId: bidOf(2) });
  });
});

describe('works: a performance bond that has not come (条例 55, 74)', () => {
  it('is a ground once its last instant is over, and not before', async () => {
    const lots = [
      {
        no: 1,
        title: '一标段',
        budgetFen: 1_624_699_149,
        bidBondFen: null,
        performanceBondPermille: 100,
        performanceBondDays: 14,
      },
    ];
    ({ id: procurementId, bids } = await played(db, clock, who, 'tendering', 'contract', { lots }));
    // The award was on 27 April: fourteen days are over at the end of 11 May, a Monday.
    expect(await refusalOf(replace({ ground: 'no-performance-bond' }))).toMatchObject({
      details: { field: 'ground', earliestLawful: '2026-05-11T23:59:59.999+08:00' },
    });
    clock.set('2026-05-12T10:00+08:00');
    await replace({ ground: 'no-performance-bond' });
    expect(await lot()).toMatchObject({ winnerBidId: bidOf(2) });
  });
});

describe('works: the bond of a winner that has lost the award', () => {
  const bond = (step: 'received' | 'released', bidId?: string, reference = 'BH-1') =>
    decide(db, who.asPurchaser, {
      ...{ ...place(), kind: 'performance-bond' },
      payload: {
        ...{ step, amountFen: 38_000_000, form: 'guarantee', at: clock.read(), reference },
        ...{ documentId: null, reasonZh: null, bidId: bidId ?? '' },
      },
    });
  const state = async (key: MilestoneKey) => (await findMilestone(db.read, place(), key))?.state;

  it('goes back to it, before which nothing is archived; nobody owes it a payment guarantee any more', async () => {
    const lots = [
      {
        ...{ no: 1, title: '一标段', budgetFen: 1_624_699_149, bidBondFen: null },
        ...{ performanceBondPermille: 100, performanceBondDays: 14 },
      },
    ];
    ({ id: procurementId, bids } = await played(db, clock, who, 'tendering', 'contract', { lots }));
    clock.set('2026-05-06T10:00+08:00');
    await bond('received');
    expect(await state('payment-guarantee')).toBe('planned');
    await refuse(0);
    await replace();
    expect(await state('payment-guarantee')).toBe('cancelled');
    expect(await state('performance-bond-release')).toBe('planned');
    expect((await refusalOf(bond('released', bidOf(3)))).code).toBe('bid-unknown');
    expect((await refusalOf(bond('received', bidOf(1)))).code).toBe('bid-unknown');
    await bond('released', bidOf(1));
    expect(await state('performance-bond-release')).toBe('done');
    // The next owes its own, and is owed the guarantee beside it.
    expect(await state('performance-bond')).toBe('planned');
    await bond('received', undefined, 'BH-2');
    expect(await state('payment-guarantee')).toBe('planned');
  });

  it('what else follows a refusal is on record for who supervises it (招标投标法实施条例 74)', async () => {
    await awarded('tendering');
    await refuse(0);
    await replace();
    expect((await latestDecision(db.read, place(), 'replace-winner'))?.payload.consequences).toEqual([
      expect.objectContaining({ rule: 'works-winner-refuses', law: '招标投标法实施条例', article: '74' }),
    ]);
  });
});
