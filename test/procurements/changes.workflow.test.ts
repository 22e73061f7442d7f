import { afterEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { waitingWakes } from '../../db/engine/outbox.ts';
import type { DecisionPayloads, TerminationGround } from '../../domain/decisions.ts';
import { wakeSignal } from '../../workflows/messages.ts';
import { kindsOf, story, type Story } from '../setup/tenders/story.ts';
import { at, bid, refusalOf } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

let time: SkippedTime;
afterEach(() => time.close());
const works = async (change = {}) => {
  time = await skippedTime(at('2026-03-26T10:00+08:00'));
  return story(time, 'tendering', change);
};

describe('an amendment (招标投标法23, 条例21)', () => {
  const amend = (tender: Story, change: Partial<DecisionPayloads['amend']>) =>
    tender.decide(
      'amend',
      { textZh: '修改工程量清单', affectsBids: true, bidDeadline: null, documentIds: [], ...change },
      { lotNo: 0 },
    );

  it('of substance with fewer than fifteen days left is refused with the earliest lawful deadline; a lawful one moves deadline and opening', async () => {
    const tender = await works();
    await tender.until('2026-04-10T10:00+08:00');
    // Fifteen days from Friday 10 April 10:00 are 25 April 10:00; the deadline is the 20th. The clock of the server runs on while the machine works.
    expect(await refusalOf(amend(tender, {}))).toMatchObject({
      code: 'unlawful',
      details: {
        violations: [
          {
            rule: 'works-clarify-tender-docs',
            article: '21',
            earliestLawful: expect.stringMatching(/^2026-04-25T10:0/) as string,
          },
        ],
      },
    });
    expect((await tender.procurement()).bidDeadline).toBe(at('2026-04-20T09:00+08:00'));
    expect(kindsOf(await tender.notices())).toEqual(['tender']);
    expect(
      await refusalOf(amend(tender, { bidDeadline: at('2026-04-19T09:00+08:00'), affectsBids: false })),
    ).toMatchObject({
      code: 'unlawful',
      details: { field: 'bidDeadline', earliestLawful: '2026-04-20T09:00:00+08:00' },
    });

    await amend(tender, { bidDeadline: at('2026-04-27T09:00+08:00') });
    for (const key of ['bid-deadline', 'opening'] as const) {
      expect(await tender.due(key, 0)).toBe('2026-04-27T09:00:00+08:00');
    }
    // Ten and fifteen days before the new deadline: 17 April, and Sunday the 12th, hence the end of Friday the 10th.
    expect(await tender.due('objection-documents-end', 0)).toBe('2026-04-17T09:00:00+08:00');
    expect(await tender.due('amendment-latest', 0)).toBe('2026-04-10T23:59:59.999+08:00');
    const [notice, amendment] = await tender.notices();
    expect(amendment).toMatchObject({
      kind: 'amendment',
      corrects: notice?.id,
      content: { bidDeadlineBefore: '2026-04-20T09:00:00+08:00', bidDeadline: '2026-04-27T09:00:00+08:00' },
    });
    await tender.until('2026-04-20T09:05+08:00');
    expect((await tender.procurement()).stage).toBe('bidding');
    await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-27T09:01+08:00');
    const [opening] = await openingsOf(time.db.read, tender.id);
    expect(opening).toMatchObject({ legalAt: at('2026-04-27T09:00+08:00'), bidders: 3 });
  });
});

describe('a notice that could not go out on its day', () => {
  it('moves documents and deadline, so that no bidder gets less than the law gives (条例16, 招标投标法24)', async () => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    const tender = await story(time, 'tendering', {}, { start: 'later' });
    await tender.until('2026-04-03T15:00+08:00');
    await tender.wake();
    await tender.until('2026-04-03T15:05+08:00');
    const published = await tender.procurement();
    expect(published.stage).toBe('bidding');
    // Out on Friday 3 April. Documents for five days: 4 to 8 April, a Wednesday. Bids: twenty days end on Thursday the
    // 23rd, so that Friday the 24th is the first day after them.
    expect(published.documentsUntil).toBe(at('2026-04-08T17:00+08:00'));
    expect(published.bidDeadline).toBe(at('2026-04-24T09:00+08:00'));
    expect(await tender.due('opening', 0)).toBe('2026-04-24T09:00:00+08:00');
    const [notice] = await tender.notices();
    expect(notice).toMatchObject({
      legalAt: at('2026-03-27T09:00+08:00'),
      content: { bidDeadline: '2026-04-24T09:00:00+08:00', documentsUntil: '2026-04-08T17:00:00+08:00' },
    });
    expect(notice?.publishedAt).toBeGreaterThanOrEqual(at('2026-04-03T15:00+08:00'));
    await tender.until('2026-04-20T09:05+08:00');
    await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-24T09:01+08:00');
    expect((await tender.procurement()).stage).toBe('evaluation');
  });

  it('within what was planned amply moves no deadline, but its own period runs from the day it was out (87令16)', async () => {
    time = await skippedTime(at('2026-03-16T10:00+08:00'));
    const tender = await story(
      time,
      'government',
      { documentsUntil: at('2026-03-31T17:00+08:00'), bidDeadline: at('2026-04-22T09:30+08:00') },
      { start: 'later' },
    );
    // Planned from Tuesday the 17th: five working days to the 24th.
    expect(await tender.due('notice-end', 0)).toBe('2026-03-24T23:59:59.999+08:00');
    await tender.until('2026-03-19T11:00+08:00');
    await tender.wake();
    await tender.until('2026-03-19T11:05+08:00');
    expect(await tender.procurement()).toMatchObject({
      stage: 'bidding',
      documentsUntil: at('2026-03-31T17:00+08:00'),
      bidDeadline: at('2026-04-22T09:30+08:00'),
    });
    // Out on Thursday the 19th: 20, 23, 24, 25, 26 March.
    expect(await tender.due('notice-end', 0)).toBe('2026-03-26T23:59:59.999+08:00');
  });
});

describe('a termination (条例31, 30号令15, 87令29)', () => {
  const end = (tender: Story, ground: TerminationGround) =>
    tender.decide('terminate', { ground, reasonZh: '不可抗力' }, { lotNo: 0 });
  const over = (tender: Story) => time.history(`procurement/${tender.id}`).describe();

  it('before the notice: nobody was notified, nothing is owed, nothing is published', async () => {
    const tender = await works();
    await end(tender, 'force-majeure');
    await tender.until('2026-04-01T09:00+08:00');
    expect(await tender.procurement()).toMatchObject({ stage: 'terminated', lots: [{ stage: 'terminated' }] });
    expect(await tender.notices()).toEqual([]);
    expect((await over(tender)).status.name).toBe('COMPLETED');
  });

  it('in bidding, on a ground of its own law; bids are taken no more, and deposits go back', async () => {
    const tender = await works();
    await tender.until('2026-03-31T09:00+08:00');
    await tender.bids(1, [0, 1, 2]);
    expect(await refusalOf(end(tender, 'no-longer-fits'))).toMatchObject({
      code: 'unlawful',
      details: { field: 'ground', rule: 'works30-no-termination', law: '30号令', article: '15(4)' },
    });
    expect((await tender.procurement()).stage).toBe('bidding');
    await end(tender, 'force-majeure');
    expect((await refusalOf(bid(time.db, tender.who, 0, tender.id))).code).toBe('stage-conflict');
    await tender.until('2026-04-20T09:05+08:00');
    expect((await tender.procurement()).stage).toBe('terminated');
    expect(await openingsOf(time.db.read, tender.id)).toEqual([]);
    expect(kindsOf(await tender.notices())).toEqual(['tender', 'termination']);
    // The law says 及时 and no number of days: it stays open until it is done.
    expect(await tender.milestone('deposits-losers', 0)).toMatchObject({
      dueAt: null,
      state: 'planned',
      rules: [{ id: 'works-termination-refund', law: '招标投标法实施条例', article: '31' }],
    });
    expect((await over(tender)).status.name).toBe('RUNNING');
    await tender.decide('duty', { key: 'deposits-losers', noteZh: null }, { lotNo: 0 });
    await tender.until('2026-04-20T09:10+08:00');
    expect(await tender.milestone('deposits-losers', 0)).toMatchObject({ state: 'done', by: 'purchaser' });
    expect((await over(tender)).status.name).toBe('COMPLETED');
  });

  it('in evaluation (government): every lot ends; fees and deposits within five working days, overdue on the record (87令29)', async () => {
    time = await skippedTime(at('2026-03-16T10:00+08:00'));
    const tender = await story(time, 'government');
    await tender.until('2026-03-18T10:00+08:00');
    await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-09T10:00+08:00');
    expect(await refusalOf(end(tender, 'force-majeure'))).toMatchObject({
      details: { law: '财政部令87号', article: '29' },
    });
    await end(tender, 'task-cancelled');
    expect((await tender.lot()).stage).toBe('terminated');
    // Five working days from Thursday 9 April: 10, 13, 14, 15, 16 April.
    expect(await tender.due('deposits-losers', 0)).toBe('2026-04-16T23:59:59.999+08:00');
    await tender.until('2026-04-17T00:05+08:00');
    expect(await tender.milestone('deposits-losers', 0)).toMatchObject({ state: 'planned', overdue: true });
    expect((await auditAfter(time.db.read, 0, 999)).at(-1)).toMatchObject({
      action: 'duty.overdue',
      detail: { key: 'deposits-losers' },
    });
    await tender.decide('duty', { key: 'deposits-losers', noteZh: null }, { lotNo: 0 });
    await tender.until('2026-04-17T00:10+08:00');
    expect((await over(tender)).status.name).toBe('COMPLETED');
    expect((await time.history(`procurement/${tender.id}/lot/1`).describe()).status.name).toBe('COMPLETED');
  });

  it('once a lot is awarded nothing can be terminated', async () => {
    const tender = await works();
    await tender.until('2026-03-31T09:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-21T09:00+08:00');
    await tender.report(bids, '2026-04-20T17:00+08:00');
    await tender.until('2026-04-27T09:00+08:00');
    await tender.award(bids[0]);
    expect(await refusalOf(end(tender, 'force-majeure'))).toMatchObject({
      code: 'stage-conflict',
      details: { stage: 'contract' },
    });
    expect((await tender.procurement()).stage).toBe('evaluation');
  });
});

describe('what people decide', () => {
  it('a report that breaks the law or contradicts the bids is refused, each with its article; a lawful one is then taken', async () => {
    const tender = await works();
    await tender.until('2026-03-31T09:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    // Not at nine, when the lot, woken at that hour, looks again.
    await tender.until('2026-04-21T10:00+08:00');
    const committee = (experts: number, purchasers: number) => [
      ...Array.from({ length: experts }, (_, n) => ({ name: `专家${'甲乙丙丁戊己庚'[n]}`, kind: 'expert' as const })),
      ...Array.from({ length: purchasers }, (_, n) => ({
        name: `代表${'甲乙丙丁戊己庚'[n]}`,
        kind: 'purchaser' as const,
      })),
    ];
    const refusal = async (change: Parameters<typeof tender.report>[2], endedAt = '2026-04-20T17:00+08:00') =>
      refusalOf(tender.report(bids, endedAt, change));
    const rules = async (change: Parameters<typeof tender.report>[2]) =>
      ((await refusal(change)).details?.['violations'] as { rule: string; article: string }[]).map((each) => [
        each.rule,
        each.article,
      ]);
    // 招标投标法37: five or more, odd, two thirds of them experts.
    expect(await rules({ committee: committee(4, 2) })).toEqual([['works-committee-odd', '37']]);
    expect(await rules({ committee: committee(2, 1) })).toEqual([['works-committee-min', '37']]);
    expect(await rules({ committee: committee(3, 2) })).toEqual([['works-committee-experts', '37']]);
    expect(await refusal({ rejected: [{ bidId: String(bids[0]?.id), ground: 6, reasonZh: '否决' }] })).toMatchObject({
      code: 'bad-input',
      details: { field: 'candidates' },
    });
    expect(await refusal({ candidates: [] })).toMatchObject({ code: 'bad-input', details: { field: 'others' } });
    expect(await refusal({ candidates: [{ bidId: 'nobody', rank: 1, priceFen: 1, score: null }] })).toMatchObject({
      code: 'bid-unknown',
    });
    expect(await refusal({}, '2026-04-20T08:00+08:00')).toMatchObject({ details: { field: 'evaluationEndedAt' } });
    expect(await refusal({}, '2026-04-21T10:30+08:00')).toMatchObject({ details: { field: 'evaluationEndedAt' } });
    expect((await tender.lot()).stage).toBe('evaluation');
    expect(kindsOf(await tender.notices())).toEqual(['tender', 'opening-record']);
    await tender.report(bids, '2026-04-20T17:00+08:00');
    expect((await tender.lot()).stage).toBe('publicity');
  });

  it('from ten million yuan a government committee has seven members (87令47)', async () => {
    time = await skippedTime(at('2026-03-16T10:00+08:00'));
    const budgetFen = 1_000_000_000;
    const tender = await story(time, 'government', {
      budgetFen,
      lots: [{ no: 1, title: '一包', budgetFen, bidBondFen: null }],
    });
    await tender.until('2026-03-18T10:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-09T10:00+08:00');
    const five = await refusalOf(tender.report(bids, '2026-04-08T17:00+08:00'));
    expect(five).toMatchObject({ details: { violations: [{ rule: 'gp-committee-min-7', article: '47' }] } });
    await tender.report(bids, '2026-04-08T17:00+08:00', {
      committee: [...'甲乙丙丁戊己庚'].map((n, index) => ({
        name: `评委${n}`,
        kind: index < 5 ? 'expert' : 'purchaser',
      })),
    });
    expect((await tender.lot()).stage).toBe('award');
  });

  it('the first-ranked is passed over only on a ground of the law (条例55); the contract is for the price that won (条例57)', async () => {
    const tender = await works();
    await tender.until('2026-03-31T09:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-21T09:00+08:00');
    await tender.report(bids, '2026-04-20T17:00+08:00');
    const early = await refusalOf(tender.award(bids[0]));
    expect(early).toMatchObject({ code: 'stage-conflict', details: { stage: 'publicity', article: '55' } });
    await tender.until('2026-04-27T09:00+08:00');
    expect(await refusalOf(tender.award(bids[1]))).toMatchObject({
      code: 'unlawful',
      details: { field: 'ground', law: '招标投标法实施条例', article: '55' },
    });
    await tender.award(bids[1], { ground: 'declined', reasonZh: '第一名书面放弃' });
    expect(await tender.lot()).toMatchObject({ winnerBidId: bids[1]?.id });
    const sign = (amountFen: number, signedAt: string) =>
      tender.decide('contract', { amountFen, signedAt: at(signedAt), documentId: null });
    await tender.until('2026-04-28T10:00+08:00');
    expect(await refusalOf(sign(380_000_000, '2026-04-28T09:00+08:00'))).toMatchObject({
      code: 'unlawful',
      details: { field: 'amountFen', law: '招标投标法实施条例', article: '57(1)' },
    });
    expect(await refusalOf(sign(380_000_001, '2026-04-26T09:00+08:00'))).toMatchObject({
      details: { field: 'signedAt' },
    });
    expect(await refusalOf(sign(380_000_001, '2026-04-28T11:00+08:00'))).toMatchObject({
      details: { field: 'signedAt' },
    });
    await sign(380_000_001, '2026-04-28T09:00+08:00');
    expect((await tender.lot()).stage).toBe('performance');
  });

  it('wakes that come twice, out of order or without a reason do it once; out of its stage it is refused, with the article', async () => {
    const tender = await works();
    await tender.until('2026-03-31T09:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-21T09:00+08:00');
    const lot = time.history(`procurement/${tender.id}/lot/1`);
    const wakes = async (times: number) => {
      for (let n = 0; n < times; n += 1) await lot.signal(wakeSignal);
      await time.pass(1_000);
    };
    expect((await refusalOf(tender.award(bids[0]))).details).toMatchObject({ stage: 'evaluation', article: '55' });
    await wakes(3);
    await tender.report(bids, '2026-04-20T17:00+08:00');
    await wakes(3);
    expect(kindsOf(await tender.notices())).toEqual(['tender', 'opening-record', 'candidates']);
    expect((await tender.lot()).stage).toBe('publicity');
    await tender.until('2026-04-27T09:00+08:00');
    await tender.award(bids[0]);
    await wakes(3);
    await tender.until('2026-04-27T09:10+08:00');
    expect((await tender.lot()).stage).toBe('contract');
    expect(kindsOf(await tender.notices()).filter((kind) => kind === 'award')).toHaveLength(1);
    const awarded = (await auditAfter(time.db.read, 0, 999)).filter(({ action }) => action === 'decision.award');
    expect(awarded).toHaveLength(1);
    // Once the contract is signed no report and no award can come any more.
    await tender.decide('contract', {
      amountFen: 380_000_000,
      signedAt: at('2026-04-27T09:05+08:00'),
      documentId: null,
    });
    const report = () => tender.report(bids, '2026-04-20T17:00+08:00');
    for (const [again, article] of [[report, '53'] as const, [() => tender.award(bids[0]), '55'] as const]) {
      expect(await refusalOf(again())).toMatchObject({
        code: 'stage-conflict',
        details: { stage: 'performance', law: '招标投标法实施条例', article },
      });
    }
  });

  it('takes effect although no workflow is there yet; the wake waits, and the workflow finds it done', async () => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    const tender = await story(time, 'tendering', {}, { start: 'later' });
    await tender.decideUnheard('terminate', { ground: 'force-majeure', reasonZh: '洪水' }, { lotNo: 0 });
    expect((await tender.procurement()).stage).toBe('terminated');
    // One wake a subject, however much has happened to it.
    expect(await waitingWakes(time.db.read, Date.now(), 99)).toMatchObject([{ subject: `procurement/${tender.id}` }]);
    await tender.wake();
    expect(await waitingWakes(time.db.read, Date.now(), 99)).toEqual([]);
    await time.pass(1_000);
    expect((await time.history(`procurement/${tender.id}`).describe()).status.name).toBe('COMPLETED');
    expect(await tender.notices()).toEqual([]);
  });
});
