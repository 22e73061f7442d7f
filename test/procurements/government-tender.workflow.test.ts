import { afterEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { grievanceById } from '../../db/grievances.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { kindsOf, story } from '../setup/tenders/story.ts';
import { at, refusalOf } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

describe('a government tender (A003): working days, make-up days, silence', () => {
  let time: SkippedTime;
  afterEach(() => time.close());

  it('a silent purchaser is deemed to choose rank 1 (87令68); queries run over May Day (条例53), suspend the contract (条例54), and duties end it (条例33, 50; 法47)', async () => {
    time = await skippedTime(at('2026-03-16T10:00+08:00'));
    const tender = await story(time, 'government');
    await tender.until('2026-03-18T10:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-08T09:29:50+08:00');
    expect((await tender.procurement()).stage).toBe('bidding');
    await tender.until('2026-04-08T09:31+08:00');
    const [opening] = await openingsOf(time.db.read, tender.id);
    expect(opening).toMatchObject({ legalAt: at('2026-04-08T09:30+08:00'), opened: true, bidders: 3 });
    expect(opening?.actualAt).toBeLessThan(at('2026-04-08T09:30:30+08:00'));

    // The evaluation ended on Friday 17 April; two working days to deliver: the 20th and 21st (87令68).
    await tender.until('2026-04-21T10:00+08:00');
    await tender.report(bids, '2026-04-17T17:00+08:00');
    expect(await tender.due('evaluation-report')).toBe('2026-04-21T23:59:59.999+08:00');
    expect(await tender.milestone('evaluation-report')).toMatchObject({ state: 'done', overdue: false });
    expect((await tender.lot()).stage).toBe('award');
    // Five working days from receipt on Tuesday the 21st: 22, 23, 24, 27, 28 April (条例43).
    expect(await tender.due('award')).toBe('2026-04-28T23:59:59.999+08:00');
    await tender.until('2026-04-28T23:59:50+08:00');
    expect((await tender.lot()).stage).toBe('award');

    await tender.until('2026-04-29T00:01+08:00');
    expect(await tender.lot()).toMatchObject({ stage: 'contract', deemed: true, winnerBidId: bids[0]?.id });
    expect(await tender.milestone('award')).toMatchObject({
      state: 'deemed',
      by: 'unattended',
      actualAt: at('2026-04-28T23:59:59.999+08:00'),
    });
    const award = (await tender.notices()).find(({ kind }) => kind === 'award');
    expect(award).toMatchObject({
      legalAt: at('2026-04-28T23:59:59.999+08:00'),
      content: { winner: '投标人1', priceFen: 380_000_000, rank: 1, deemed: true },
    });
    // Announced in the first minute of Wednesday the 29th; one working day: Thursday the 30th (87令69).
    expect(await tender.due('award-notice-end')).toBe('2026-04-30T23:59:59.999+08:00');
    // Seven working days from the 30th. May Day is off from 1 to 5 May, Saturday the 9th is worked for it:
    // 6, 7, 8, 9, 11, 12, 13 May (政府采购法52).
    expect(await tender.due('query-result-end')).toBe('2026-05-13T23:59:59.999+08:00');
    // Losers' deposits, five working days from the 29th: 30 April, 6, 7, 8, 9 May (条例33).
    expect(await tender.due('deposits-losers')).toBe('2026-05-09T23:59:59.999+08:00');
    // Thirty days from the notice of award of 29 April: 29 May, a Friday (政府采购法46).
    expect(await tender.due('contract')).toBe('2026-05-29T23:59:59.999+08:00');

    await tender.until('2026-05-08T10:00+08:00');
    await tender.decide('duty', { key: 'deposits-losers', noteZh: null });
    expect(await tender.milestone('deposits-losers')).toMatchObject({ state: 'done', overdue: false });

    await tender.until('2026-05-12T10:00+08:00');
    const query = await tender.file('result', 1);
    // Seven working days to reply: 13, 14, 15, 18, 19, 20, 21 May (94令13).
    expect(query).toMatchObject({ kind: 'query', replyDueAt: at('2026-05-21T23:59:59.999+08:00') });
    await tender.until('2026-05-13T10:00+08:00');
    const signed = (signedAt: string, amountFen = 380_000_000) =>
      tender.decide('contract', { amountFen, signedAt: at(signedAt), documentId: null });
    expect(await refusalOf(signed('2026-05-13T09:00+08:00'))).toMatchObject({
      code: 'suspended',
      details: { article: '54', grievanceIds: [query.id] },
    });

    await tender.until('2026-05-15T10:00+08:00');
    await tender.reply(query);
    expect((await grievanceById(time.db.read, query.id)).state).toBe('replied');
    // The 13th and the 14th were suspended whole, the 12th and 15th in part: two days more, Sunday 31 May. 87令85 moves an
    // end off a public holiday; a plain Sunday it does not name.
    expect(await tender.due('contract')).toBe('2026-05-31T23:59:59.999+08:00');
    await tender.until('2026-05-18T10:00+08:00');
    // What was signed while the query stood is not mended by waiting for the reply.
    expect(await refusalOf(signed('2026-05-13T09:00+08:00'))).toMatchObject({
      code: 'unlawful',
      details: { article: '54', field: 'signedAt' },
    });
    await signed('2026-05-18T09:00+08:00');
    expect((await tender.lot()).stage).toBe('performance');
    // From Monday 18 May: two working days, seven, and five.
    expect(await tender.due('contract-publication')).toBe('2026-05-20T23:59:59.999+08:00');
    expect(await tender.due('contract-filing')).toBe('2026-05-27T23:59:59.999+08:00');
    expect(await tender.due('deposits-winner')).toBe('2026-05-25T23:59:59.999+08:00');

    await tender.decide('publish-contract', { textZh: '合同公告', documentId: null });
    // The filing is forgotten: on the record on the 28th, and done late.
    await tender.until('2026-05-25T10:00+08:00');
    await tender.decide('duty', { key: 'deposits-winner', noteZh: null });
    await tender.until('2026-05-28T00:05+08:00');
    expect(await tender.milestone('contract-filing')).toMatchObject({ state: 'planned', overdue: true });
    const overdue = (await auditAfter(time.db.read, 0, 999)).filter(({ action }) => action === 'duty.overdue');
    expect(overdue).toMatchObject([{ subject: 'lot/1', detail: { key: 'contract-filing' } }]);
    expect(overdue[0]?.actor.role).toBe('unattended');
    await tender.until('2026-05-29T10:00+08:00');
    await tender.decide('duty', { key: 'contract-filing', noteZh: '补办' });
    await tender.until('2026-05-29T10:05+08:00');
    expect(await tender.milestone('contract-filing')).toMatchObject({ state: 'done', overdue: true });
    expect((await tender.lot()).stage).toBe('archived');
    expect((await tender.procurement()).stage).toBe('concluded');
    const again = refusalOf(tender.decide('duty', { key: 'contract-filing', noteZh: null }));
    expect((await again).code).toBe('stage-conflict');
    expect(kindsOf(await tender.notices())).toEqual([
      'tender',
      'opening-record',
      'award',
      'grievance-reply',
      'contract',
    ]);
    const trail = (await auditAfter(time.db.read, 0, 999)).map(({ action }) => action);
    expect(trail.slice(-2)).toEqual(['lot.archive', 'procurement.conclude']);
  });

  /** As far as the purchaser's period: report received on Thursday 9 April; five working days to the 16th (条例43). */
  async function untilAward() {
    time = await skippedTime(at('2026-03-16T10:00+08:00'));
    const tender = await story(time, 'government');
    await tender.until('2026-03-18T10:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-09T10:00+08:00');
    await tender.report(bids, '2026-04-08T17:00+08:00');
    expect(await tender.due('award')).toBe('2026-04-16T23:59:59.999+08:00');
    return { tender, bids };
  }
  const choice = (bidId: string | undefined) => ({ bidId: String(bidId), ground: null, reasonZh: null });

  it('an award decided in the last minute takes effect then, though the workflow hears of it after the period (条例43)', async () => {
    const { tender, bids } = await untilAward();
    await tender.until('2026-04-16T23:59:00+08:00');
    const decision = await tender.decideUnheard('award', choice(bids[0]?.id));
    expect(await tender.lot()).toMatchObject({ stage: 'contract', deemed: false, winnerBidId: bids[0]?.id });
    await tender.until('2026-04-17T12:00+08:00');
    await tender.wake();
    expect(await tender.lot()).toMatchObject({ stage: 'contract', deemed: false, winnerBidId: bids[0]?.id });
    expect(await tender.milestone('award')).toMatchObject({
      state: 'done',
      by: 'purchaser',
      overdue: false,
      actualAt: decision.receivedAt,
    });
    // Notified on the 16th, with the choice: thirty days are the 16th of May, a Saturday that 87令85 does not move.
    expect(await tender.due('contract')).toBe('2026-05-16T23:59:59.999+08:00');
    // Announced within two working days of the choice of the 16th: the 17th and the 20th.
    expect(await tender.due('award-notice')).toBe('2026-04-20T23:59:59.999+08:00');
    expect(kindsOf(await tender.notices()).filter((kind) => kind === 'award')).toHaveLength(1);
  });

  it('one decided after the period is refused (87令68), also before the workflow has acted; one in time that is unlawful holds back nothing', async () => {
    const { tender, bids } = await untilAward();
    await tender.until('2026-04-16T20:00+08:00');
    // Rank 2 without a ground, in time.
    expect(await refusalOf(tender.decide('award', choice(bids[1]?.id)))).toMatchObject({
      code: 'unlawful',
      details: { field: 'ground' },
    });
    expect((await tender.lot()).stage).toBe('award');
    await tender.until('2026-04-17T08:00+08:00');
    expect(await tender.lot()).toMatchObject({ stage: 'contract', deemed: true, winnerBidId: bids[0]?.id });
    expect(await refusalOf(tender.decide('award', choice(bids[0]?.id)))).toMatchObject({
      code: 'stage-conflict',
      details: { article: '68', latestLawful: '2026-04-16T23:59:59.999+08:00' },
    });
    // What was refused has left nothing behind.
    const trail = (await auditAfter(time.db.read, 0, 999)).filter(({ action }) => action.startsWith('decision.'));
    expect(trail.map(({ action }) => action)).toEqual(['decision.report']);
  });

  it('a query against the documents does not hold up the opening, replied to or not (条例54)', async () => {
    time = await skippedTime(at('2026-03-16T10:00+08:00'));
    const tender = await story(time, 'government');
    await tender.until('2026-03-18T10:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    const query = await tender.file('documents', 0);
    await tender.until('2026-04-08T09:35+08:00');
    expect((await tender.procurement()).stage).toBe('evaluation');
    expect((await openingsOf(time.db.read, tender.id))[0]?.actualAt).toBeLessThan(at('2026-04-08T09:31+08:00'));
    // Seven working days from 18 March: 19, 20, 23, 24, 25, 26, 27 March; nobody replied.
    expect(await grievanceById(time.db.read, query.id)).toMatchObject({
      state: 'overdue',
      replyDueAt: at('2026-03-27T23:59:59.999+08:00'),
    });
    await tender.until('2026-04-09T10:00+08:00');
    await tender.report(bids, '2026-04-08T17:00+08:00');
    await tender.award(bids[0]);
    const contract = tender.decide('contract', {
      amountFen: 380_000_000,
      signedAt: at('2026-04-09T11:00+08:00'),
      documentId: null,
    });
    expect(await refusalOf(contract)).toMatchObject({ code: 'suspended', details: { grievanceIds: [query.id] } });
  });

  it('fewer than three qualified (87令44) or conforming (政府采购法36): the lot fails, and what next is offered', async () => {
    time = await skippedTime(at('2026-03-16T10:00+08:00'));
    const lot = (no: number) => ({ no, title: `${no}包`, budgetFen: 100_000_000, bidBondFen: null });
    const tender = await story(time, 'government', { lots: [lot(1), lot(2)], budgetFen: 200_000_000 });
    await tender.until('2026-03-18T10:00+08:00');
    const one = await tender.bids(1, [0, 1, 2]);
    const two = await tender.bids(2, [0, 1, 2]);
    await tender.until('2026-04-09T10:00+08:00');
    // 87令63(三): not qualified; (六): another ground of the documents.
    const few = (bids: typeof one, ground: number) => ({
      candidates: [],
      others: bids.slice(0, 2).map(({ id }) => ({ bidId: id, priceFen: 90_000_000, score: null })),
      rejected: [{ bidId: String(bids[2]?.id), ground, reasonZh: '不符合招标文件要求' }],
    });
    await tender.report(one, '2026-04-08T17:00+08:00', few(one, 3));
    expect(await tender.lot(1)).toMatchObject({
      stage: 'failed',
      failure: {
        law: '财政部令87号',
        article: '44',
        nextSteps: [{ action: 'retender' }, { action: 'change-of-method' }],
      },
    });
    await tender.report(two, '2026-04-08T17:00+08:00', few(two, 6));
    expect(await tender.lot(2)).toMatchObject({ stage: 'failed', failure: { law: '政府采购法', article: '36' } });
    await tender.until('2026-04-09T10:10+08:00');
    expect((await tender.procurement()).stage).toBe('concluded');
    expect(kindsOf(await tender.notices()).slice(-2)).toEqual(['lot-failed', 'lot-failed']);
  });
});
