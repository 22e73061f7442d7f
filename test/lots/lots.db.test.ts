import type { DepositRates } from '../../domain/deposits/interest.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { depositsOf } from '../../db/deposits.ts';
import { contradictions } from '../../db/engine/contradictions.ts';
import { wakesOf } from '../../db/engine/outbox.ts';
import { runningTenders } from '../../db/engine/running.ts';
import { listNotices } from '../../db/notices.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { procurementById, type Draft } from '../../db/procurements.ts';
import { auditAfter } from '../../db/audit.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import { lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { giveReference } from '../../services/deposits/give-reference.ts';
import { depositsTakenFor } from '../../services/deposits/bidding.ts';
import { recordPayment } from '../../services/deposits/record-payments.ts';
import { refundsBeforeOpening } from '../../services/deposits/refund-duties.ts';
import { refundDeposit } from '../../services/deposits/refund.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { withdrawLaunch } from '../../services/procurements/withdraw-launch.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { draftRetender } from '../../services/procurements/retender.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  addTenderDocument,
  advance,
  at,
  bid,
  decide,
  handClock,
  people,
  publishedTender,
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

// What becomes of single lots: one may be terminated, or tendered again, while its siblings go on.

const clock = handClock('2026-01-01');
let db: TestDatabase;
let who: People;
let id: string;
beforeEach(async () => {
  clock.set('2026-01-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

const BOND = 5_000_000;
/** Rates are asked for, also where nothing is earned. */
const NO_INTEREST: DepositRates = {
  dayCount: 360,
  deposit: [{ from: '2026-01-01', until: null, ratePpm: 0, source: '甲' }],
  loan: [{ from: '2026-01-01', until: null, ratePpm: 0, source: '丙' }],
};
const lots = (count: number): Draft['lots'] =>
  Array.from({ length: count }, (_, n) => ({
    no: n + 1,
    title: `${'甲乙丙丁'[n]}标段`,
    budgetFen: 300_000_000 + n,
    bidBondFen: BOND,
  }));
const tender = async (regime: 'tendering' | 'government', count: number) => {
  const own = lots(count);
  const budgetFen = own.reduce((sum, lot) => sum + lot.budgetFen, 0);
  ({ id } = await publishedTender(db, clock, who, regime, { lots: own, budgetFen }));
};
const end = (lotNos?: number[]) =>
  decide(db, who.asPurchaser, {
    ...{ procurementId: id, lotNo: 0, kind: 'terminate' },
    payload: { ground: 'task-cancelled', reasonZh: '因规划调整，采购任务取消', ...(lotNos ? { lotNos } : {}) },
  });
const stages = async () => (await procurementById(db.read, id)).lots.map(({ stage }) => stage);
const stage = async () => (await procurementById(db.read, id)).stage;
const duty = (lotNo: number) => findMilestone(db.read, { procurementId: id, lotNo }, 'deposits-losers');

async function pay(index: number, lotNo: number): Promise<void> {
  const supplierId = String(who.suppliers[index]?.id);
  await db.transaction(async (tx) => {
    const text = await giveReference(tx, who.asSupplier(index), { procurementId: id, lotNo, supplierId });
    await recordPayment(tx, who.asSupplier(index), 'callback', {
      ...{ externalId: `T${index}-${lotNo}`, amountFen: BOND, text, arrivedAt: tx.now, form: 'transfer' },
      ...{ payer: null, payerAccount: null, fromBaseAccount: null, issuer: null, validUntil: null },
    });
  });
}
async function refund(lotNo: number, interestFen = 0) {
  const [deposit] = await depositsOf(db.read, { procurementId: id, lotNo });
  const centre = { ...who.asPurchaser, role: 'centre' as const };
  return db.transaction((tx) =>
    refundDeposit(
      tx,
      centre,
      String(deposit?.id),
      { amountFen: BOND, interestFen, at: tx.now, bankReference: `R${lotNo}` },
      NO_INTEREST,
    ),
  );
}

describe('one lot terminated (财政部令87号 29, 招标投标法实施条例 31)', () => {
  it('government, in bidding: it takes no bids, its deposits go back in five working days, and its siblings are opened', async () => {
    await tender('government', 3);
    clock.set('2026-03-20T10:00+08:00');
    await pay(0, 2);
    await pay(1, 3);
    await bid(db, who, 0, id, 2);
    await end([2]);
    expect([await stage(), await stages()]).toEqual(['bidding', ['pending', 'terminated', 'pending']]);

    const [notice] = await listNotices(db.read, { procurementId: id, kind: 'termination', limit: 9 });
    expect(notice).toMatchObject({
      lotNo: 0,
      titleZh: '教育智慧终端设备采购项目第2包终止公告',
      content: { lots: [{ no: 2, title: '乙标段' }], inPart: true, law: '财政部令87号', article: '29' },
    });
    const refused = { code: 'stage-conflict', details: { stage: 'terminated', law: '财政部令87号', article: '29' } };
    expect(await refusalOf(bid(db, who, 1, id, 2))).toMatchObject(refused);
    expect(await refusalOf(end([2]))).toMatchObject({ code: 'stage-conflict', details: { stage: 'terminated' } });
    const late = db.transaction((tx) => depositsTakenFor(tx, { procurementId: id, lotNo: 2 }));
    expect((await refusalOf(late)).code).toBe('stage-conflict');

    // Friday the 20th; 23, 24, 25, 26, 27 March. Its workflow is woken, and carries the duty.
    expect(await duty(2)).toMatchObject({ state: 'planned', dueAt: at('2026-03-27T23:59:59.999+08:00') });
    const own = lotSubject(id, 2);
    expect((await wakesOf(db.read, [own])).map(({ subject }) => subject)).toEqual([own]);
    expect((await runningTenders(db.read, undefined, 9)).find((each) => each.id === id)?.lots).toEqual([
      { no: 2, stage: 'terminated' },
    ]);
    expect(await advance(db, id, 2)).toMatchObject({ then: 'wait', until: at('2026-03-28T00:00+08:00') });
    expect(
      (await refundsBeforeOpening(db.read, await db.calendar())).map(({ account, duty: { why } }) => [
        account.lotNo,
        why,
      ]),
    ).toEqual([[2, 'terminated']]);
    clock.set('2026-03-25T10:00+08:00');
    // How many have paid is nobody's knowledge while the others take bids.
    const byHand = decide(db, who.asPurchaser, {
      ...{ procurementId: id, lotNo: 2, kind: 'duty' },
      payload: { key: 'deposits-losers', noteZh: null },
    });
    const held = await refusalOf(byHand);
    expect([held.code, held.details]).toEqual(['deposits-held', { field: 'key', given: 'deposits-losers' }]);
    expect(await refund(2)).toMatchObject({ fulfilled: true });
    expect(await duty(2)).toMatchObject({ state: 'done', by: 'centre' });
    expect(await advance(db, id, 2)).toEqual({ then: 'ended', stage: 'terminated' });

    for (const index of [0, 1, 2]) for (const no of [1, 3]) await bid(db, who, index, id, no);
    clock.set('2026-04-08T09:30+08:00');
    await advance(db, id);
    expect([await stage(), await stages()]).toEqual(['evaluation', ['evaluation', 'terminated', 'evaluation']]);
    expect((await openingsOf(db.read, id)).map(({ lotNo }) => lotNo)).toEqual([1, 3]);
    expect(await contradictions(db.read)).toEqual([]);
  });

  it('overdue is put on the record for the lot, and the tender ends no sooner than its last lot', async () => {
    await tender('government', 2);
    clock.set('2026-03-20T10:00+08:00');
    await end([1]);
    clock.set('2026-03-28T00:00+08:00');
    await advance(db, id, 1);
    const overdue = (await auditAfter(db.read, 0, 999)).filter(({ action }) => action === 'duty.overdue');
    expect(overdue).toMatchObject([{ subject: 'lot/1', detail: { key: 'deposits-losers' } }]);
    // Lot 2 fails for want of bids: nothing is left but what lot 1 owes.
    clock.set('2026-04-08T09:30+08:00');
    await advance(db, id);
    expect([await stage(), await stages()]).toEqual(['evaluation', ['terminated', 'failed']]);
    await decide(db, who.asPurchaser, {
      ...{ procurementId: id, lotNo: 1, kind: 'duty' },
      payload: { key: 'deposits-losers', noteZh: null },
    });
    expect(await advance(db, id)).toEqual({ then: 'ended', stage: 'concluded' });
  });

  it('the last one that goes on: the tender itself ends, and each lot owes its own deposits', async () => {
    await tender('government', 2);
    clock.set('2026-03-20T10:00+08:00');
    await pay(0, 1);
    await pay(0, 2);
    await end([1]);
    clock.set('2026-03-23T10:00+08:00');
    await end([2]);
    expect([await stage(), await stages()]).toEqual(['terminated', ['terminated', 'terminated']]);
    // Five working days from the 20th and from the 23rd.
    expect(await duty(1)).toMatchObject({ dueAt: at('2026-03-27T23:59:59.999+08:00') });
    expect(await duty(0)).toMatchObject({ dueAt: at('2026-03-30T23:59:59.999+08:00') });
    const titles = (await listNotices(db.read, { procurementId: id, kind: 'termination', limit: 9 })).map(
      ({ titleZh }) => titleZh.replace('教育智慧终端设备采购项目', ''),
    );
    expect(titles).toEqual(['终止公告', '第1包终止公告']);
    expect(await refund(2)).toMatchObject({ fulfilled: true });
    // The workflow of the tender ends with that of its last lot.
    expect(await advance(db, id)).toMatchObject({ then: 'wait', stage: 'terminated' });
    expect((await runningTenders(db.read, undefined, 9)).map((each) => each.id)).toContain(id);
    expect(await refund(1)).toMatchObject({ fulfilled: true });
    const woken = [procurementSubject(id), lotSubject(id, 1)];
    expect((await wakesOf(db.read, woken)).map(({ subject }) => subject).sort()).toEqual([...woken].sort());
    expect(await advance(db, id)).toEqual({ then: 'ended', stage: 'terminated' });
    expect(await advance(db, id, 1)).toEqual({ then: 'ended', stage: 'terminated' });
  });

  it('works, after the opening, beside a lot with a winner: that one goes on, and only the whole may not be ended', async () => {
    await tender('tendering', 2);
    clock.set('2026-04-01T10:00+08:00');
    const bids = [];
    for (const index of [0, 1, 2]) {
      bids.push(await bid(db, who, index, id, 1));
      await bid(db, who, index, id, 2);
    }
    clock.set('2026-04-20T09:00+08:00');
    await advance(db, id);
    clock.set('2026-04-21T10:00+08:00');
    const act = { procurementId: id, lotNo: 1 };
    await decide(db, who.asPurchaser, {
      ...act,
      kind: 'report',
      payload: reportOn(bids, at('2026-04-20T17:00+08:00')),
    });
    clock.set('2026-04-25T00:00+08:00');
    await advance(db, id, 1);
    const choice = { bidId: String(bids[0]?.id), ground: null, reasonZh: null };
    await decide(db, who.asPurchaser, { ...act, kind: 'award', payload: choice });
    expect(await refusalOf(end())).toMatchObject({ code: 'stage-conflict', details: { stage: 'contract' } });
    expect(await refusalOf(end([1, 2]))).toMatchObject({ code: 'stage-conflict', details: { stage: 'contract' } });
    expect((await refusalOf(end([3]))).code).toBe('not-found');
    await end([2]);
    expect([await stage(), await stages()]).toEqual(['evaluation', ['contract', 'terminated']]);
    // 及时: the law says no number of days.
    expect(await duty(2)).toMatchObject({ state: 'planned', dueAt: null, rules: [{ article: '31' }] });
  });
});

describe('several failed lots in one re-tender (招标投标法 28, 财政部令87号 43)', () => {
  it('a lot is tendered again once: not while another re-tender has it, and again where that ends without a result', async () => {
    await tender('tendering', 2);
    clock.set('2026-04-20T09:00+08:00');
    await advance(db, id);
    expect(await stages()).toEqual(['failed', 'failed']);
    const draft = (lotNos: number[]) =>
      db.transaction((tx) =>
        draftRetender(tx, who.asPurchaser, { procurementId: id, lotNos, noticeAt: at('2026-05-06T09:00+08:00') }),
      );
    const go = (draftId: string) => db.transaction((tx) => launchProcurement(tx, who.asPurchaser, draftId));
    const drafts = [await draft([1]), await draft([1, 2]), await draft([2])];
    for (const each of drafts) await addTenderDocument(db, who.asPurchaser, each.id);
    const [first, both, other] = drafts.map((each) => each.id) as [string, string, string];
    await go(first);
    const refused = { code: 'already-exists', details: { given: 1, procurementId: first, article: '44' } };
    expect(await refusalOf(go(both))).toMatchObject(refused);
    expect(await refusalOf(draft([1]))).toMatchObject(refused);
    expect(await refusalOf(draft([2, 1]))).toMatchObject(refused);
    await go(other);
    expect(await refusalOf(draft([2]))).toMatchObject({ details: { given: 2, procurementId: other } });

    await db.transaction((tx) => withdrawLaunch(tx, who.asPurchaser, first, { reasonZh: '日期有误' }));
    expect((await draft([1])).stage).toBe('draft');
    await go(first);
    // The re-tender fails too: then the lot may be tendered again.
    clock.set('2026-05-06T09:00+08:00');
    await advance(db, first);
    clock.set((await procurementById(db.read, first)).bidDeadline as number);
    await advance(db, first);
    expect((await procurementById(db.read, first)).lots[0]?.stage).toBe('failed');
    expect((await draft([1])).stage).toBe('draft');
  });

  it('one draft holds them in their order, with their own budgets and deposits; one that has not failed is refused', async () => {
    await tender('tendering', 4);
    clock.set('2026-04-01T10:00+08:00');
    for (const index of [0, 1, 2]) await bid(db, who, index, id, 2);
    clock.set('2026-04-20T09:00+08:00');
    await advance(db, id);
    expect(await stages()).toEqual(['failed', 'evaluation', 'failed', 'failed']);
    const again = (lotNos: number[]) =>
      db.transaction((tx) =>
        draftRetender(tx, who.asPurchaser, { procurementId: id, lotNos, noticeAt: at('2026-05-06T09:00+08:00') }),
      );
    expect(await refusalOf(again([1, 2]))).toMatchObject({ code: 'stage-conflict', details: { stage: 'evaluation' } });
    expect((await refusalOf(again([1, 9]))).code).toBe('not-found');
    const draft = await again([4, 1, 4]);
    expect(draft).toMatchObject({
      title: '工业园区尾水提升达标处理厂工程（二期）第1、4标段（重新招标）',
      ...{ stage: 'draft', retenderOf: id, retenderLot: 1, retenderOthers: [4], budgetFen: 600_000_003 },
      lots: [
        { no: 1, title: '甲标段', budgetFen: 300_000_000, bidBondFen: BOND },
        { no: 2, title: '丁标段', budgetFen: 300_000_003, bidBondFen: BOND },
      ],
    });
    // The ceiling was that of four lots.
    expect(draft.particulars).not.toHaveProperty('ceilingPriceFen');
    expect(draft.particulars).toMatchObject({ projectNumber: 'KB-2026-001' });
    expect((await procurementById(db.read, id)).lots[0]?.failure?.nextSteps.map(({ action }) => action)).toEqual([
      'retender',
    ]);
    // Too few again: it need not be tendered a third time (30号令 38(3)).
    clock.set('2026-05-05T09:00+08:00');
    await addTenderDocument(db, who.asPurchaser, draft.id);
    await db.transaction((tx) => launchProcurement(tx, who.asPurchaser, draft.id));
    clock.set('2026-05-06T09:00+08:00');
    await advance(db, draft.id);
    clock.set(Number((await procurementById(db.read, draft.id)).bidDeadline));
    await advance(db, draft.id);
    const second = getRule('works30-second-failure');
    expect(
      (await procurementById(db.read, draft.id)).lots.map(({ failure }) => failure?.nextSteps.at(-1)),
    ).toMatchObject([1, 2].map(() => ({ action: 'no-tender', law: second.law, article: second.article })));
  });
});
