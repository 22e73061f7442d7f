import { afterEach, describe, expect, it } from 'vitest';
import { openingsOf } from '../../db/openings/openings.ts';
import { draftRetender } from '../../services/procurements/retender.ts';
import { launchProcurement } from '../../services/procurements/launch.ts';
import { grievanceById } from '../../db/grievances.ts';
import { auditAfter } from '../../db/audit.ts';
import { candidateTold } from '../setup/tenders/particulars.ts';
import { kindsOf, story } from '../setup/tenders/story.ts';
import { at, bid, refusalOf, addTenderDocument } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

const lots = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    no: n + 1,
    title: `${n + 1}标段`,
    budgetFen: 500_000_000,
    bidBondFen: null,
  }));

describe('a works tender of several lots', () => {
  let time: SkippedTime;
  afterEach(() => time.close());
  const begin = async (count = 1) => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    const tender = await story(time, 'tendering', { lots: lots(count) });
    await tender.until('2026-03-31T09:00+08:00');
    return tender;
  };

  it('a lot with two bidders fails and is not opened (条例44); its siblings go on to their contracts, and it is tendered again', async () => {
    const tender = await begin(3);
    const one = await tender.bids(1, [0, 1, 2]);
    await tender.bids(2, [0, 1]);
    const three = await tender.bids(3, [1, 2, 0]);
    await tender.until('2026-04-20T09:05+08:00');
    expect((await tender.procurement()).lots.map(({ stage }) => stage)).toEqual(['evaluation', 'failed', 'evaluation']);
    expect((await openingsOf(time.db.read, tender.id)).map(({ opened, bidders }) => [opened, bidders])).toEqual([
      [true, 3],
      [false, 2],
      [true, 3],
    ]);
    expect((await tender.lot(2)).failure).toMatchObject({ article: '44', nextSteps: [{ action: 'retender' }] });

    await tender.until('2026-04-21T09:00+08:00');
    await tender.report(one, '2026-04-20T17:00+08:00');
    expect((await tender.lot(1)).stage).toBe('publicity');
    await tender.until('2026-04-22T09:00+08:00');
    await tender.report(three, '2026-04-21T17:00+08:00');
    // Lot 1, public from Tuesday the 21st: to Friday the 24th. Lot 3, from the 22nd: three days end on Saturday the
    // 25th; off rest days, Monday the 27th (条例54, 民法典203).
    expect(await tender.due('publicity-end', 1)).toBe('2026-04-24T23:59:59.999+08:00');
    expect(await tender.due('publicity-end', 3)).toBe('2026-04-27T23:59:59.999+08:00');
    await tender.until('2026-04-25T00:05+08:00');
    expect((await tender.lot(1)).stage).toBe('award');
    expect((await tender.lot(3)).stage).toBe('publicity');

    const draft = await time.db.transaction((tx) =>
      draftRetender(tx, tender.who.asPurchaser, {
        procurementId: tender.id,
        lotNo: 2,
        noticeAt: at('2026-05-06T09:00+08:00'),
      }),
    );
    await addTenderDocument(time.db, tender.who.asPurchaser, draft.id);
    await time.db.transaction((tx) => launchProcurement(tx, tender.who.asPurchaser, draft.id));
    await time.deliver();

    await tender.until('2026-04-28T09:00+08:00');
    await tender.award(one[0]);
    await tender.award(three[0]);
    // Both notified on Tuesday the 28th: thirty days are Thursday 28 May (招标投标法46); fifteen days to report are
    // Wednesday 13 May (招标投标法47).
    for (const no of [1, 3]) {
      expect(await tender.due('contract', no)).toBe('2026-05-28T23:59:59.999+08:00');
      expect(await tender.due('written-report', no)).toBe('2026-05-13T23:59:59.999+08:00');
    }
    for (const lotNo of [1, 3]) {
      const ahead = tender.decide(
        'contract',
        { amountFen: 380_000_000, signedAt: at('2026-04-28T09:20+08:00'), documentId: null },
        { lotNo },
      );
      expect((await refusalOf(ahead)).details).toMatchObject({ field: 'signedAt' });
    }
    await tender.until('2026-04-28T09:30+08:00');
    for (const lotNo of [1, 3]) {
      await tender.decide(
        'contract',
        { amountFen: 380_000_000, signedAt: at('2026-04-28T09:20+08:00'), documentId: null },
        { lotNo },
      );
      expect((await tender.lot(lotNo)).stage).toBe('performance');
      // Five days from the contract of 28 April: 3 May is a holiday; Wednesday the 6th (条例57, 民法典203).
      expect(await tender.due('deposits-losers', lotNo)).toBe('2026-05-06T23:59:59.999+08:00');
      await tender.decide('publish-contract', { textZh: '合同公告', documentId: null }, { lotNo });
      for (const key of ['written-report', 'deposits-losers', 'deposits-winner'] as const) {
        await tender.decide('duty', { key, noteZh: null }, { lotNo });
      }
    }
    await tender.until('2026-05-06T09:05+08:00');
    expect((await tender.procurement()).lots.map(({ stage }) => stage)).toEqual(['archived', 'failed', 'archived']);
    expect((await tender.procurement()).stage).toBe('concluded');
    // Meanwhile the other tender has published its own notice.
    expect(await time.history(`procurement/${draft.id}`).query('state')).toMatchObject({ stage: 'bidding' });
  });

  it('one lot terminated in bidding and one in evaluation: each workflow ends with its deposits, the third goes on (条例31)', async () => {
    const tender = await begin(3);
    const end = (no: number) =>
      tender.decide('terminate', { ground: 'force-majeure', reasonZh: '山洪', lotNos: [no] }, { lotNo: 0 });
    const workflow = async (no: number) =>
      (await time.history(`procurement/${tender.id}/lot/${no}`).describe()).status.name;
    const repaid = (lotNo: number) => tender.decide('duty', { key: 'deposits-losers', noteZh: null }, { lotNo });
    await end(2);
    await tender.until('2026-04-01T09:00+08:00');
    expect(await workflow(2)).toBe('RUNNING');
    await tender.bids(1, [0, 1, 2]);
    await tender.bids(3, [0, 1, 2]);
    await tender.until('2026-04-20T09:05+08:00');
    expect(await workflow(3)).toBe('RUNNING');
    await end(3);
    await repaid(2);
    await tender.until('2026-04-20T09:10+08:00');
    expect([await workflow(1), await workflow(2), await workflow(3)]).toEqual(['RUNNING', 'COMPLETED', 'RUNNING']);
    await repaid(3);
    await end(1);
    await tender.until('2026-04-20T09:15+08:00');
    expect([await workflow(1), await workflow(3)]).toEqual(['COMPLETED', 'COMPLETED']);
    expect((await tender.procurement()).stage).toBe('terminated');
    await repaid(0);
    await tender.until('2026-04-20T09:20+08:00');
    expect((await time.history(`procurement/${tender.id}`).describe()).status.name).toBe('COMPLETED');
  });

  it('all lots failed: the tender is concluded, and nobody evaluates anything', async () => {
    const tender = await begin(2);
    await tender.bids(1, [0, 1]);
    await tender.until('2026-04-20T09:05+08:00');
    expect((await tender.procurement()).lots.map(({ stage }) => stage)).toEqual(['failed', 'failed']);
    expect((await tender.procurement()).stage).toBe('concluded');
    expect(kindsOf(await tender.notices())).toEqual(['tender', 'lot-failed', 'lot-failed']);
  });

  it('fewer than three valid bids: the committee finds competition, and the lot goes on (12号令27)', async () => {
    const tender = await begin(2);
    const one = await tender.bids(1, [0, 1, 2]);
    const two = await tender.bids(2, [0, 1, 2]);
    await tender.until('2026-04-21T09:00+08:00');
    const few = (bids: typeof one, competition: 'sufficient' | 'insufficient') => ({
      candidates: bids.slice(0, 2).map(({ id }, n) => ({
        ...candidateTold(),
        bidId: id,
        rank: n + 1,
        priceFen: 2_000_000_00 + n,
        score: 90 - n,
      })),
      rejected: [{ bidId: String(bids[2]?.id), ground: 6, reasonZh: '未实质响应' }],
      competition,
    });
    await tender.report(one, '2026-04-20T17:00+08:00', few(one, 'sufficient'));
    expect((await tender.lot(1)).stage).toBe('publicity');
    await tender.report(two, '2026-04-20T17:00+08:00', few(two, 'insufficient'));
    expect(await tender.lot(2)).toMatchObject({
      stage: 'failed',
      failure: { rule: 'works-lt3-valid-after-rejection', law: '12号令', article: '27' },
    });
  });

  it('an objection upheld: evaluated anew, public for a second time, and awarded to another (条例54, 81)', async () => {
    const tender = await begin();
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-21T09:00+08:00');
    await tender.report(bids, '2026-04-20T17:00+08:00');
    await tender.until('2026-04-22T09:00+08:00');
    const objection = await tender.file('result', 1);
    await tender.until('2026-04-23T09:00+08:00');
    const recheck = { ground: 'grievance', dueAt: at('2026-04-30T18:00+08:00') } as const;
    await tender.reply(objection, { outcome: 'upheld', effect: 're-evaluate', recheck });
    expect((await tender.lot()).stage).toBe('evaluation');
    expect(await time.history(`procurement/${tender.id}/lot/1`).query('state')).toMatchObject({ stage: 'evaluation' });
    await tender.until('2026-04-28T09:00+08:00');
    const second = [bids[1], bids[0], bids[2]].filter((each) => each !== undefined);
    await tender.report(second, '2026-04-27T17:00+08:00', { findingZh: '重新评标' });
    expect((await tender.lot()).stage).toBe('publicity');
    // From Tuesday the 28th: 29, 30 April, 1 May, which is off until the 5th: Wednesday 6 May.
    expect(await tender.due('publicity-end')).toBe('2026-05-06T23:59:59.999+08:00');
    await tender.until('2026-05-07T00:05+08:00');
    expect((await tender.lot()).stage).toBe('award');
    await tender.until('2026-05-07T09:00+08:00');
    expect(await refusalOf(tender.award(bids[0]))).toMatchObject({ code: 'unlawful', details: { article: '55' } });
    await tender.award(bids[1]);
    expect(await tender.lot()).toMatchObject({ stage: 'contract', winnerBidId: bids[1]?.id });
    const notices = await tender.notices();
    expect(kindsOf(notices)).toEqual([
      'tender',
      'opening-record',
      'candidates',
      'suspension',
      'grievance-reply',
      'candidates',
      'award',
    ]);
    expect(notices.filter(({ kind }) => kind === 'candidates').map(({ version }) => version)).toEqual([1, 2]);
  });

  it('an objection upheld: to be tendered again; the lot ends there', async () => {
    const tender = await begin();
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-21T09:00+08:00');
    await tender.report(bids, '2026-04-20T17:00+08:00');
    const objection = await tender.file('result', 1);
    await tender.reply(objection, { outcome: 'upheld', effect: 'retender' });
    await tender.until('2026-04-21T09:10+08:00');
    expect(await tender.lot()).toMatchObject({ stage: 'failed', failure: { article: '81' } });
    expect((await tender.procurement()).stage).toBe('concluded');
  });

  it('a reply overdue is put on the record, and what was suspended stays suspended until it comes (条例54)', async () => {
    const tender = await begin();
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-21T09:00+08:00');
    await tender.report(bids, '2026-04-20T17:00+08:00');
    await tender.until('2026-04-23T09:00+08:00');
    const objection = await tender.file('result', 2);
    // Three days from Thursday the 23rd end on Sunday the 26th: Monday the 27th.
    expect(objection.replyDueAt).toBe(at('2026-04-27T23:59:59.999+08:00'));
    await tender.until('2026-04-27T23:59:50+08:00');
    expect((await grievanceById(time.db.read, objection.id)).state).toBe('filed');
    await tender.until('2026-04-28T00:05+08:00');
    expect((await grievanceById(time.db.read, objection.id)).state).toBe('overdue');
    const onRecord = (await auditAfter(time.db.read, 0, 999)).filter(({ action }) => action === 'grievance.overdue');
    expect(onRecord).toMatchObject([{ subject: `grievance/${objection.id}` }]);
    await tender.until('2026-05-20T09:00+08:00');
    expect((await tender.lot()).stage).toBe('publicity');
    await tender.reply(objection);
    expect((await grievanceById(time.db.read, objection.id)).state).toBe('replied');
    // The 22nd had run. From Wednesday 20 May two days are left: the 21st and the 22nd, a Friday.
    expect(await tender.due('publicity-end')).toBe('2026-05-22T23:59:59.999+08:00');
    await tender.until('2026-05-23T00:05+08:00');
    expect((await tender.lot()).stage).toBe('award');
  });

  it('an objection to the documents suspends the deadline, bids go on coming in, and the reply moves it (条例22)', async () => {
    const tender = await begin();
    await tender.until('2026-04-09T10:00+08:00');
    const objection = await tender.file('documents', 0);
    await tender.until('2026-04-20T09:05+08:00');
    expect((await tender.procurement()).stage).toBe('bidding');
    await tender.bids(1, [0, 1]);
    await tender.until('2026-04-22T10:00+08:00');
    await tender.reply(objection);
    // Thirteen days: from 20 April 09:00 to 3 May, off until the 5th: Wednesday 6 May, 09:00.
    // To the second: it was suspended from when the objection was taken until when it was replied to.
    expect(Math.abs(at(String(await tender.due('bid-deadline', 0))) - at('2026-05-06T09:00+08:00'))).toBeLessThan(
      1_000,
    );
    await tender.until('2026-05-06T08:59:50+08:00');
    await tender.bids(1, [2]);
    expect((await tender.procurement()).stage).toBe('bidding');
    await tender.until('2026-05-06T09:10+08:00');
    expect((await tender.procurement()).stage).toBe('evaluation');
    expect((await openingsOf(time.db.read, tender.id))[0]).toMatchObject({ bidders: 3, opened: true });
    expect((await refusalOf(bid(time.db, tender.who, 0, tender.id))).code).toBe('bid-late');
  });
});
