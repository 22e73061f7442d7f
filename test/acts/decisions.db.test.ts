import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import type { Bid } from '../../db/bids.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { listNotices } from '../../db/notices.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { lotOf, procurementById } from '../../db/procurements.ts';
import { findMilestone, milestoneOf } from '../../db/tender/timeline.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import type { DecisionKind, DecisionPayloads } from '../../domain/decisions.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  decide,
  handClock,
  obtainDocuments,
  people,
  publishedTender,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

// What becomes of a decision at the edge of its time, twice, or while something else has happened.

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let procurementId: string;
beforeEach(async () => {
  clock.set('2026-02-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

const act = <K extends DecisionKind>(kind: K, payload: DecisionPayloads[K], lotNo = 1) =>
  decide(db, who.asPurchaser, { procurementId, lotNo, kind, payload });
const platform = (lotNo = 0) => advance(db, procurementId, lotNo);
const whole = () => ({ procurementId, lotNo: 0 });
const lot = () => ({ procurementId, lotNo: 1 });
const trail = async (action: string) => (await auditAfter(db.read, 0, 9999)).filter((entry) => entry.action === action);

const tender = async (regime: 'tendering' | 'government') => {
  ({ id: procurementId } = await publishedTender(db, clock, who, regime));
  clock.set(regime === 'tendering' ? '2026-03-31T10:00+08:00' : '2026-03-18T10:00+08:00');
  await obtainDocuments(db, who, 0, procurementId);
  const bids: Bid[] = [];
  for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, procurementId));
  return bids;
};
/** Government: opened on 8 April, reported on the 9th; the purchaser has until the 16th. */
const untilAward = async () => {
  const bids = await tender('government');
  clock.set('2026-04-08T09:30+08:00');
  await platform();
  clock.set('2026-04-09T10:00+08:00');
  await act('report', reportOn(bids, at('2026-04-08T17:00+08:00')));
  return bids;
};
const choice = (each: Bid | undefined) => ({ bidId: String(each?.id), ground: null, reasonZh: null });

describe('an amendment at the edge of its time', () => {
  const DEADLINE = at('2026-04-20T09:00+08:00');
  const putOff: DecisionPayloads['amend'] = {
    textZh: '延期',
    affectsBids: false,
    bidDeadline: at('2026-05-11T09:00+08:00'),
    documentIds: [],
  };
  const amendments = () => listNotices(db.read, { procurementId, kind: 'amendment', limit: 9 });

  it('moves the deadline in its last millisecond, and nothing is closed at the old one (条例21)', async () => {
    await tender('tendering');
    clock.set(DEADLINE - 1);
    await act('amend', putOff, 0);
    expect(await procurementById(db.read, procurementId)).toMatchObject({ bidDeadline: putOff.bidDeadline });
    clock.set(DEADLINE);
    expect(await platform()).toMatchObject({ then: 'wait', stage: 'bidding', until: putOff.bidDeadline });
    expect(await amendments()).toHaveLength(1);
  });

  it('reopens nothing once the deadline has passed, although nothing has closed the tender yet (条例21)', async () => {
    await tender('tendering');
    clock.set(DEADLINE);
    await expect(act('amend', putOff, 0)).rejects.toMatchObject({
      code: 'unlawful',
      details: { law: '招标投标法实施条例', article: '21', latestLawful: '2026-04-20T09:00:00+08:00' },
    });
    expect((await procurementById(db.read, procurementId)).bidDeadline).toBe(DEADLINE);
    expect(await amendments()).toEqual([]);
    await platform();
    await expect(act('amend', putOff, 0)).rejects.toMatchObject({ code: 'unlawful' });
  });

  it('is lawful while an objection holds the deadline', async () => {
    await tender('tendering');
    clock.set('2026-04-09T10:00+08:00');
    await db.transaction((tx) =>
      fileGrievance(tx, who.asSupplier(0), {
        ...whole(),
        target: 'documents',
        organisationId: String(who.suppliers[0]?.id),
        textZh: '条款不合理',
      }),
    );
    clock.set('2026-04-22T10:00+08:00');
    await act('amend', { ...putOff, affectsBids: true }, 0);
    expect((await procurementById(db.read, procurementId)).bidDeadline).toBe(at('2026-05-11T09:00+08:00'));
  });

  it('is final: what the platform does after it, asked again as after a crash, changes and publishes nothing more', async () => {
    await tender('tendering');
    await act('amend', putOff, 0);
    const before = await auditAfter(db.read, 0, 9999);
    const first = await platform();
    expect(await platform()).toEqual(first);
    expect(await auditAfter(db.read, 0, 9999)).toEqual(before);
    expect(await amendments()).toHaveLength(1);
  });
});

describe('a report that names no candidate', () => {
  const nobody = async (regime: 'tendering' | 'government', deadline: string, ground: number) => {
    const bids = await tender(regime);
    clock.set(deadline);
    await platform();
    clock.set(at(deadline) + 8 * 3_600_000);
    const rejected = bids.map(({ id }) => ({ bidId: id, ground, reasonZh: '报价超过最高投标限价' }));
    await act('report', reportOn(bids, at(deadline) + 3_600_000, { candidates: [], rejected }));
    return lotOf(db.read, procurementId, 1);
  };

  it('works: all bids were rejected, to be tendered again (招标投标法42)', async () => {
    expect(await nobody('tendering', '2026-04-20T09:00+08:00', 5)).toMatchObject({
      stage: 'failed',
      failure: { rule: 'works-all-rejected-retender', law: '招标投标法', article: '42' },
    });
  });

  it('government: void where all ask for more than the budget (政府采购法36); tendered again, or another method where it is approved (87令43)', async () => {
    const { law, article } = getRule('gp-failed-tender-handling');
    expect([law, article]).toEqual(['财政部令87号', '43']);
    expect(await nobody('government', '2026-04-08T09:30+08:00', 4)).toMatchObject({
      stage: 'failed',
      failure: {
        rule: 'gp-void-grounds',
        law: '政府采购法',
        article: '36',
        nextSteps: [
          { action: 'retender', law, article },
          { action: 'change-of-method', law, article },
        ],
      },
    });
  });
});

describe('the award at the edge of the period (条例43, 87令68)', () => {
  const END = at('2026-04-16T23:59:59.999+08:00');
  const awardNotices = () => listNotices(db.read, { procurementId, kind: 'award', limit: 9 });

  it('in the last millisecond is in time; the platform waits for it and deems nothing', async () => {
    const bids = await untilAward();
    clock.set(END);
    expect(await platform(1)).toMatchObject({ then: 'wait', stage: 'award', until: END + 1 });
    await act('award', choice(bids[0]));
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ stage: 'contract', deemed: false });
    clock.set(END + 5);
    expect(await platform(1)).toMatchObject({ then: 'wait', stage: 'contract' });
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ deemed: false, winnerBidId: bids[0]?.id });
    expect(await awardNotices()).toHaveLength(1);
  });

  it('one millisecond later it is deemed, and what was decided then is refused', async () => {
    const bids = await untilAward();
    clock.set(END + 1);
    expect(await platform(1)).toMatchObject({ then: 'wait', stage: 'contract' });
    const before = await auditAfter(db.read, 0, 9999);
    await expect(act('award', choice(bids[1]))).rejects.toMatchObject({ code: 'stage-conflict' });

    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ deemed: true, winnerBidId: bids[0]?.id });
    expect(await auditAfter(db.read, 0, 9999)).toEqual(before);
    expect(await trail('decision.award')).toEqual([]);
  });

  it('too late while nothing was deemed yet, it is refused by the rule that deems (87令68)', async () => {
    const bids = await untilAward();
    clock.set(END + 1);
    await expect(act('award', choice(bids[1]))).rejects.toMatchObject({
      code: 'stage-conflict',
      details: {
        rule: 'gp-award-silent-default',
        law: '财政部令87号',
        article: '68',
        latestLawful: '2026-04-16T23:59:59.999+08:00',
      },
    });
    expect(await platform(1)).toMatchObject({ stage: 'contract' });
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ deemed: true, winnerBidId: bids[0]?.id });
  });

  it('another than the first needs a ground of the law (条例55)', async () => {
    const bids = await tender('tendering');
    clock.set('2026-04-20T09:00+08:00');
    await platform();
    clock.set('2026-04-21T10:00+08:00');
    await act('report', reportOn(bids, at('2026-04-20T17:00+08:00')));
    clock.set('2026-04-27T10:00+08:00');
    await platform(1);
    await expect(act('award', choice(bids[1]))).rejects.toMatchObject({
      code: 'unlawful',
      details: { field: 'ground', rule: 'works-award-rank1', law: '招标投标法实施条例', article: '55' },
    });
  });

  it('asked twice it is deemed once', async () => {
    await untilAward();
    clock.set(END + 1);
    await Promise.all([platform(1), platform(1), platform(1)]);
    expect(await awardNotices()).toHaveLength(1);
  });

  it('one in time that is unlawful is refused alone, and blocks nothing else', async () => {
    const bids = await untilAward();
    await expect(act('award', choice(bids[2]))).rejects.toMatchObject({
      code: 'unlawful',
      details: { law: '财政部令87号', article: '68' },
    });
    clock.set(END);
    expect(await platform(1)).toMatchObject({ then: 'wait', stage: 'award', until: END + 1 });
    clock.set(END + 1);
    expect(await platform(1)).toMatchObject({ then: 'wait', stage: 'contract' });
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ deemed: true, winnerBidId: bids[0]?.id });
  });
});

describe('the award in a works tender (12号令40)', () => {
  it('overdue at the end of the bid validity is put on the record once, and may still be made', async () => {
    const bids = await tender('tendering');
    clock.set('2026-04-20T09:00+08:00');
    await platform();
    clock.set('2026-04-21T10:00+08:00');
    await act('report', reportOn(bids, at('2026-04-20T17:00+08:00')));
    clock.set('2026-04-25T00:00+08:00');
    await platform(1);
    // Ninety days from 20 April: 19 July.
    expect((await milestoneOf(db.read, lot(), 'award')).dueAt).toBe(at('2026-07-19T23:59:59.999+08:00'));
    clock.set('2026-07-20T00:00+08:00');
    expect(await platform(1)).toEqual({ then: 'wait', stage: 'award', until: null, wakeAtMs: null });
    expect(await platform(1)).toEqual({ then: 'wait', stage: 'award', until: null, wakeAtMs: null });
    expect(await trail('duty.overdue')).toMatchObject([{ subject: 'lot/1', detail: { key: 'award' } }]);
    await act('award', choice(bids[0]));
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ stage: 'contract' });
    expect(await milestoneOf(db.read, lot(), 'award')).toMatchObject({ state: 'done', overdue: true });
  });
});

describe('duties', () => {
  const duty = (key: DecisionPayloads['duty']['key']) => act('duty', { key, noteZh: null });

  it('that have not arisen or are done already are refused', async () => {
    const bids = await untilAward();
    clock.set('2026-04-10T10:00+08:00');
    await act('award', choice(bids[0]));
    await expect(duty('contract-filing')).rejects.toMatchObject({ code: 'stage-conflict' });
    await duty('deposits-losers');
    await expect(duty('deposits-losers')).rejects.toMatchObject({ code: 'stage-conflict' });
    expect(await trail('decision.duty')).toHaveLength(1);
  });

  it('a lot is archived only when none is left', async () => {
    const bids = await untilAward();
    clock.set('2026-04-10T10:00+08:00');
    await act('award', choice(bids[0]));
    clock.set('2026-04-13T10:00+08:00');
    await act('contract', {
      amountFen: 380_000_000,
      signedAt: at('2026-04-13T09:00+08:00'),
      documentId: null,
    });
    for (const key of ['contract-filing', 'deposits-losers', 'deposits-winner'] as const) {
      expect(await platform(1)).toMatchObject({ then: 'wait', stage: 'performance' });
      await duty(key);
    }
    expect(await platform(1)).toMatchObject({ then: 'wait', stage: 'performance' });
    await act('publish-contract', { textZh: '合同公告', documentId: null });
    expect(await platform(1)).toEqual({ then: 'ended', stage: 'archived' });
    expect(await trail('lot.archive')).toHaveLength(1);
    expect(await platform()).toEqual({ then: 'ended', stage: 'concluded' });
    expect(await platform()).toEqual({ then: 'ended', stage: 'concluded' });
    expect(await trail('procurement.conclude')).toHaveLength(1);
  });
});

describe('an opening after an outage', () => {
  it('shows the instant of the law and that of the act, and takes nobody in between', async () => {
    await tender('tendering');
    clock.set('2026-04-20T11:30+08:00');
    await expect(bid(db, who, 0, procurementId)).rejects.toMatchObject({ code: 'bid-late' });
    await platform();
    expect(await openingsOf(db.read, procurementId)).toMatchObject([
      { legalAt: at('2026-04-20T09:00+08:00'), actualAt: at('2026-04-20T11:30+08:00'), bidders: 3 },
    ]);
    const [notice] = await listNotices(db.read, { procurementId, kind: 'opening-record', limit: 1 });
    expect(notice).toMatchObject({ legalAt: at('2026-04-20T09:00+08:00'), publishedAt: at('2026-04-20T11:30+08:00') });
  });
});

describe('a change of law', () => {
  // 发改法规〔2025〕1358号: files are kept for 15 years by tenders noticed from 1 November 2025 on.
  it.each([
    ['2025-10-31T09:00+08:00', undefined],
    ['2025-11-03T09:00+08:00', { rules: [{ id: 'tender-archive-15y' }], dueAt: at('2041-01-12T23:59:59.999+08:00') }],
  ])('the same tender, noticed %s, ends by the rules of its notice', async (noticed, archive) => {
    const hand = handClock('2025-10-01');
    await db.close();
    db = await temporaryDatabase({ machineClock: hand.read });
    who = await people(db, 3);
    const noticeAt = at(noticed);
    const deadline = at('2025-12-01T09:00+08:00');
    const change = {
      noticeAt,
      documentsFrom: noticeAt,
      documentsUntil: noticeAt + 7 * 86_400_000,
      bidDeadline: deadline,
    };
    ({ id: procurementId } = await publishedTender(db, hand, who, 'tendering', change));
    hand.set('2025-11-04T10:00+08:00');
    await obtainDocuments(db, who, 0, procurementId);
    const bids: Bid[] = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, procurementId));
    hand.set(deadline);
    await platform();
    hand.set('2025-12-02T10:00+08:00');
    await act('report', reportOn(bids, deadline + 3_600_000));
    hand.set('2025-12-08T10:00+08:00');
    await platform(1);
    await act('award', choice(bids[0]));
    hand.set('2026-01-05T10:00+08:00');
    await act('contract', {
      amountFen: 380_000_000,
      signedAt: at('2026-01-05T09:00+08:00'),
      documentId: null,
    });
    hand.set('2026-01-12T10:00+08:00');
    for (const key of ['written-report', 'deposits-losers', 'deposits-winner'] as const) {
      await act('duty', { key, noteZh: null });
    }
    await act('publish-contract', { textZh: '合同公告', documentId: null });
    expect(await platform(1)).toEqual({ then: 'ended', stage: 'archived' });
    const kept = await findMilestone(db.read, lot(), 'archive-until');
    if (archive === undefined) expect(kept).toBeUndefined();
    else expect(kept).toMatchObject(archive);
  });
});
