import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import type { Bid } from '../../db/bids.ts';
import { grievanceById, listGrievances } from '../../db/grievances.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { listNotices } from '../../db/notices.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { waitingWakes } from '../../db/engine/outbox.ts';
import { lotOf, procurementById } from '../../db/procurements.ts';
import { suspensionsOf } from '../../db/tender/suspensions.ts';
import { milestoneOf } from '../../db/tender/timeline.ts';
import type { DecisionPayloads, GrievanceEffect, RecheckGround } from '../../domain/decisions.ts';
import { documentOf } from '../../web/notices/templates.ts';
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
  refusalOf,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let procurementId: string;
beforeEach(async () => {
  clock.set('2026-02-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 5);
});
afterEach(() => db.close());

const file = (target: 'documents' | 'result', supplier: number) =>
  db.transaction((tx) =>
    fileGrievance(tx, who.asSupplier(supplier), {
      procurementId,
      lotNo: target === 'documents' ? 0 : 1,
      target,
      organisationId: String(who.suppliers[supplier]?.id),
      textZh: '理由见附件',
    }),
  );
const WEEK_MS = 7 * 86_400_000;
const replyTo = (
  grievanceId: string,
  outcome: 'rejected' | 'upheld' = 'rejected',
  effect: GrievanceEffect = 'none',
  ground: RecheckGround = 'grievance',
) =>
  decide(db, who.asPurchaser, {
    procurementId,
    lotNo: 0,
    grievanceId,
    kind: 'reply',
    payload: {
      ...{ outcome, effect, textZh: '经核查，答复如下' },
      ...(effect === 're-evaluate' ? { recheck: { ground, dueAt: clock.read() + WEEK_MS } } : {}),
    },
  });
const carryOut = <K extends 'report' | 'award' | 'contract'>(kind: K, payload: DecisionPayloads[K]) =>
  decide(db, who.asPurchaser, { procurementId, lotNo: 1, kind, payload });
const platform = (lotNo = 0) => advance(db, procurementId, lotNo);
const suspendedBy = async (lotNo: number, key: 'bid-deadline' | 'publicity-end') =>
  (await suspensionsOf(db.read, { procurementId, lotNo }, key))
    .filter(({ until }) => until === null)
    .map((each) => each.grievanceId);
/** What is answered while people are waited for. */
const waits = (stage: string) => ({ then: 'wait', stage, until: null, wakeAtMs: null });
const whole = () => ({ procurementId, lotNo: 0 });
const lot = () => ({ procurementId, lotNo: 1 });

describe('objections to works documents (条例 22)', () => {
  beforeEach(async () => {
    ({ id: procurementId } = await publishedTender(db, clock, who, 'tendering'));
    clock.set('2026-03-31T10:00+08:00');
    await obtainDocuments(db, who, 0, procurementId);
    await obtainDocuments(db, who, 1, procurementId);
  });

  // Ten days before the deadline of 20 April 09:00: 10 April 09:00.
  it('are taken until ten days before the deadline, to the millisecond, and suspend it', async () => {
    clock.set('2026-04-10T09:00+08:00');
    const grievance = await file('documents', 0);
    expect(grievance).toMatchObject({
      kind: 'objection',
      suspends: 'activity',
      filedAt: at('2026-04-10T09:00+08:00'),
      rule: 'works-objection-tender-docs',
      // Three days: 11, 12, 13 April, a Monday (条例 22).
      replyDueAt: at('2026-04-13T23:59:59.999+08:00'),
    });
    expect((await waitingWakes(db.read, Date.now(), 9)).map(({ subject }) => subject)).toContain(
      `grievance/${grievance.id}`,
    );
    expect(await suspensionsOf(db.read, whole(), 'bid-deadline')).toMatchObject([
      { from: grievance.filedAt, until: null, grievanceId: grievance.id },
    ]);
    const filed = (await auditAfter(db.read, 0, 999)).filter(({ action }) => action === 'grievance.file');
    expect(filed).toMatchObject([
      { subject: `grievance/${grievance.id}`, confidential: true, actor: who.asSupplier(0) },
    ]);
  });

  it('come too late one millisecond after', async () => {
    clock.set(at('2026-04-10T09:00+08:00') + 1);
    expect(await refusalOf(file('documents', 0))).toMatchObject({
      code: 'grievance-late',
      details: { article: '22', latestLawful: '2026-04-10T09:00:00+08:00' },
    });
    expect(await listGrievances(db.read, { procurementId })).toEqual([]);
    expect(await suspensionsOf(db.read, whole(), 'bid-deadline')).toEqual([]);
  });

  it('are for who obtained the documents', async () => {
    expect((await refusalOf(file('documents', 2))).code).toBe('forbidden');
  });

  it('while one stands another comes in time, since the deadline comes no nearer', async () => {
    clock.set('2026-04-09T10:00+08:00');
    await file('documents', 0);
    clock.set('2026-04-12T10:00+08:00');
    const grievance = await file('documents', 1);
    expect(grievance.state).toBe('filed');
  });

  it('bids continue to arrive while it is pending, past the old deadline, and nothing is opened', async () => {
    clock.set('2026-04-09T10:00+08:00');
    const grievance = await file('documents', 0);
    clock.set('2026-04-21T10:00+08:00');
    const late = await bid(db, who, 2, procurementId);
    expect(late.receivedAt).toBe(at('2026-04-21T10:00+08:00'));
    expect(await platform()).toEqual(waits('bidding'));
    expect(await suspendedBy(0, 'bid-deadline')).toEqual([grievance.id]);
    expect(await openingsOf(db.read, procurementId)).toEqual([]);
  });

  it('the reply postpones the deadline by the time it was pending, never brings it forward, and notifies every bidder', async () => {
    clock.set('2026-04-09T10:00+08:00');
    const grievance = await file('documents', 0);
    clock.set('2026-04-11T12:30+08:00');
    await replyTo(grievance.id);
    // Two days, two hours and a half: not before 22 April 11:30, so Thursday the 23rd at the hour of the deadline.
    const moved = at('2026-04-23T09:00+08:00');
    expect((await procurementById(db.read, procurementId)).bidDeadline).toBe(moved);
    for (const key of ['bid-deadline', 'opening'] as const) {
      expect((await milestoneOf(db.read, whole(), key)).dueAt).toBe(moved);
    }
    expect((await milestoneOf(db.read, whole(), 'objection-documents-end')).dueAt).toBe(at('2026-04-13T09:00+08:00'));
    const notices = (await listNotices(db.read, { procurementId, limit: 9 })).reverse();
    expect(notices.map(({ kind }) => kind)).toEqual(['tender', 'suspension', 'grievance-reply', 'amendment']);
    // By 10号令 20 (`ann-change-suspend-terminate`).
    expect(notices[1]).toMatchObject({
      corrects: notices[0]?.id,
      content: {
        milestone: 'bid-deadline',
        before: '2026-04-20T09:00:00+08:00',
        since: '2026-04-09T10:00:00+08:00',
        replyDueAt: '2026-04-13T23:59:59.999+08:00',
        whyZh: '对招标文件的异议尚未答复',
        article: '22',
      },
    });
    expect(notices[3]).toMatchObject({
      corrects: notices[0]?.id,
      content: { bidDeadline: '2026-04-23T09:00:00+08:00', bidDeadlineBefore: '2026-04-20T09:00:00+08:00' },
    });
    const published = (await auditAfter(db.read, 0, 999)).filter(({ action }) => action === 'notice.publish');
    expect(published[1]).toMatchObject({ subject: `notice/${notices[1]?.id}`, actor: UNATTENDED });
    expect(JSON.stringify(notices)).not.toContain('投标人1');
    clock.set(moved - 1);
    await bid(db, who, 0, procurementId);
    clock.set(moved);
    expect((await refusalOf(bid(db, who, 1, procurementId))).code).toBe('bid-late');
  });

  it('two that overlap count once, and the deadline moves when the last is replied to', async () => {
    clock.set('2026-04-08T09:00+08:00');
    const first = await file('documents', 0);
    clock.set('2026-04-09T09:00+08:00');
    const second = await file('documents', 1);
    clock.set('2026-04-10T09:00+08:00');
    await replyTo(first.id);
    expect((await procurementById(db.read, procurementId)).bidDeadline).toBe(at('2026-04-20T09:00+08:00'));
    clock.set('2026-04-12T09:00+08:00');
    await replyTo(second.id);
    // From the 8th to the 12th: four days; Friday 24 April.
    expect((await procurementById(db.read, procurementId)).bidDeadline).toBe(at('2026-04-24T09:00+08:00'));
    // One suspension, one notice of it.
    const suspensions = await listNotices(db.read, { procurementId, kind: 'suspension', limit: 9 });
    expect(suspensions).toHaveLength(1);
  });

  it('one that is filed when another is replied to counts from there: no day counts twice, and none is lost', async () => {
    const deadline = async () => (await procurementById(db.read, procurementId)).bidDeadline;
    clock.set('2026-04-08T10:00+08:00');
    const first = await file('documents', 0);
    clock.set('2026-04-09T10:00+08:00');
    await replyTo(first.id);
    const [second, third] = [await file('documents', 1), await file('documents', 0)];
    expect(await deadline()).toBe(at('2026-04-21T09:00+08:00'));
    await replyTo(third.id);
    clock.set('2026-04-10T10:00+08:00');
    // Two that were open at one instant, of which the first was replied to: the deadline has not moved by it.
    const fourth = await file('documents', 0);
    await replyTo(second.id);
    expect(await deadline()).toBe(at('2026-04-21T09:00+08:00'));
    clock.set('2026-04-11T10:00+08:00');
    await replyTo(fourth.id);
    // From the 8th to the 11th: three days; Thursday 23 April.
    expect(await deadline()).toBe(at('2026-04-23T09:00+08:00'));
  });

  it('an amendment meanwhile sets no deadline that has passed, and is told one that has not', async () => {
    clock.set('2026-04-09T10:00+08:00');
    await file('documents', 0);
    clock.set('2026-04-25T10:00+08:00');
    const amend = (bidDeadline: string | null, affectsBids = false) =>
      decide(db, who.asPurchaser, {
        ...{ procurementId, lotNo: 0, kind: 'amend' },
        payload: {
          textZh: '更正',
          affectsBids,
          bidDeadline: bidDeadline === null ? null : at(bidDeadline),
          documentIds: [],
        },
      });
    for (const past of ['2026-04-22T09:00+08:00', '2026-04-25T10:00+08:00']) {
      expect(await refusalOf(amend(past))).toMatchObject({
        code: 'unlawful',
        details: { field: 'bidDeadline', earliestLawful: '2026-04-25T10:01:00+08:00' },
      });
    }
    expect((await refusalOf(amend('2026-04-19T09:00+08:00'))).details).toMatchObject({
      earliestLawful: '2026-04-25T10:01:00+08:00',
    });
    await amend(null);
    const [notice] = await listNotices(db.read, { procurementId, kind: 'amendment', limit: 1 });
    expect(notice?.content).toMatchObject({ bidDeadlineBefore: '2026-04-20T09:00:00+08:00', bidDeadline: null });
    expect(JSON.stringify(notice && documentOf(notice))).toContain('暂停，另行公告');
    expect((await procurementById(db.read, procurementId)).bidDeadline).toBe(at('2026-04-20T09:00+08:00'));
    await amend('2026-04-25T10:01+08:00');
  });

  it('a deadline that would fall on a holiday goes to the same hour of the next workday', async () => {
    clock.set('2026-04-09T09:00+08:00');
    const grievance = await file('documents', 0);
    clock.set('2026-04-20T09:00+08:00');
    await replyTo(grievance.id);
    // Eleven days: 1 May; off until 5 May; Wednesday the 6th.
    expect((await procurementById(db.read, procurementId)).bidDeadline).toBe(at('2026-05-06T09:00+08:00'));
  });

  it('is answered once; what an objection to documents cannot order is refused', async () => {
    clock.set('2026-04-09T09:00+08:00');
    const grievance = await file('documents', 0);
    expect((await refusalOf(replyTo('another'))).code).toBe('not-found');
    expect((await refusalOf(replyTo(grievance.id, 'upheld', 'retender'))).code).toBe('bad-input');
    expect((await grievanceById(db.read, grievance.id)).state).toBe('filed');
    await replyTo(grievance.id, 'upheld');
    expect((await refusalOf(replyTo(grievance.id))).code).toBe('grievance-settled');
  });
});

describe('objections to the result of works (条例 54)', () => {
  let bids: Bid[];
  beforeEach(async () => {
    ({ id: procurementId } = await publishedTender(db, clock, who, 'tendering'));
    clock.set('2026-04-01T10:00+08:00');
    bids = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, procurementId));
    await obtainDocuments(db, who, 3, procurementId);
    clock.set('2026-04-20T09:00+08:00');
    await platform();
    clock.set('2026-04-21T10:00+08:00');
    await carryOut('report', reportOn(bids, at('2026-04-20T17:00+08:00')));
  });

  // Tuesday 21 April and three days: Friday 24 April.
  it('are taken to the last millisecond of the window, from bidders', async () => {
    clock.set('2026-04-24T23:59:59.999+08:00');
    const grievance = await file('result', 1);
    expect(grievance.rule).toBe('works-result-objection-window');
    // Three days end on Monday 27 April.
    expect(grievance.replyDueAt).toBe(at('2026-04-27T23:59:59.999+08:00'));
    expect((await refusalOf(file('result', 3))).code).toBe('forbidden');
    expect(await platform(1)).toEqual(waits('publicity'));
    clock.step(1);
    expect(await platform(1)).toEqual(waits('publicity'));
    expect(await suspendedBy(1, 'publicity-end')).toEqual([grievance.id]);
    clock.set('2026-04-27T10:00+08:00');
    await replyTo(grievance.id);
    // Both ends are public: that it stands still, and, of the three days of which 24 to 27 April do not count, its new end.
    const notices = (await listNotices(db.read, { procurementId, limit: 4 })).reverse();
    expect(notices.map(({ kind, lotNo }) => [kind, lotNo])).toEqual([
      ['candidates', 1],
      ['suspension', 1],
      ['grievance-reply', 1],
      ['amendment', 1],
    ]);
    expect(notices[1]).toMatchObject({
      corrects: notices[0]?.id,
      content: { article: '54', milestone: 'publicity-end' },
    });
    expect(notices[3]).toMatchObject({
      corrects: notices[0]?.id,
      content: {
        changes: [
          { key: 'publicity-end', before: '2026-04-24T23:59:59.999+08:00', after: '2026-04-28T23:59:59.999+08:00' },
        ],
      },
    });
  });

  it('come too late one millisecond after', async () => {
    clock.set(at('2026-04-24T23:59:59.999+08:00') + 1);
    expect(await refusalOf(file('result', 1))).toMatchObject({ code: 'grievance-late', details: { article: '54' } });
    expect(await platform(1)).toMatchObject({ then: 'wait', stage: 'award' });
    expect((await auditAfter(db.read, 0, 999)).at(-1)).toMatchObject({ action: 'lot.end-publicity', subject: 'lot/1' });
  });

  it('come too early before there is a result', async () => {
    const other = await publishedTenderAgain();
    procurementId = other;
    await bid(db, who, 0, procurementId);
    expect((await refusalOf(file('result', 0))).code).toBe('stage-conflict');
  });
  const publishedTenderAgain = async () =>
    (
      await publishedTender(db, clock, who, 'tendering', {
        noticeAt: at('2026-05-11T09:00+08:00'),
        documentsFrom: null,
        documentsUntil: null,
        bidDeadline: null,
      })
    ).id;

  it('upheld: evaluated again; the annulled result cannot be objected to any more', async () => {
    const first = await file('result', 1);
    clock.set('2026-04-22T10:00+08:00');
    await replyTo(first.id, 'upheld', 're-evaluate');
    expect((await lotOf(db.read, procurementId, 1)).stage).toBe('evaluation');
    // The candidates stand public no more: neither that nor what was to follow is done, or due.
    for (const key of ['publicity-start', 'publicity-end'] as const) {
      expect(await milestoneOf(db.read, lot(), key)).toMatchObject({ state: 'cancelled', actualAt: null, by: null });
    }
    expect((await refusalOf(file('result', 2))).code).toBe('stage-conflict');
    clock.set('2026-04-27T10:00+08:00');
    await carryOut('report', { ...reportOn([...bids].reverse(), at('2026-04-24T17:00+08:00')), findingZh: '重新评标' });
    // Monday 27 April and three days: Thursday 30 April.
    expect((await milestoneOf(db.read, lot(), 'publicity-end')).dueAt).toBe(at('2026-04-30T23:59:59.999+08:00'));
    expect((await milestoneOf(db.read, lot(), 'publicity-start')).state).toBe('done');
    await file('result', 2);
  });

  it('one left open when another orders a new evaluation suspends the new publicity too, until it is answered', async () => {
    const one = await file('result', 1);
    const two = await file('result', 2);
    clock.set('2026-04-22T10:00+08:00');
    await replyTo(one.id, 'upheld', 're-evaluate');
    clock.set('2026-04-23T10:00+08:00');
    await carryOut('report', { ...reportOn(bids, at('2026-04-22T17:00+08:00')), findingZh: '重新评标' });
    clock.set('2026-04-27T10:00+08:00');
    expect(await platform(1)).toEqual(waits('publicity'));
    expect(await suspendedBy(1, 'publicity-end')).toEqual([two.id]);
    // What it says late moves nothing back.
    await replyTo(two.id);
    expect((await lotOf(db.read, procurementId, 1)).stage).toBe('publicity');
    // The clock of the new window stood from its first day until the 27th: 28, 29, 30 April.
    expect((await milestoneOf(db.read, lot(), 'publicity-end')).dueAt).toBe(at('2026-04-30T23:59:59.999+08:00'));
  });

  it('upheld: to be tendered again; the lot fails, with what may be done next', async () => {
    const grievance = await file('result', 1);
    await replyTo(grievance.id, 'upheld', 'retender');
    expect((await lotOf(db.read, procurementId, 1)).stage).toBe('failed');
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({
      stage: 'failed',
      failure: { rule: 'works-invalid-81', article: '81', nextSteps: [{ action: 'retender' }] },
    });
    expect((await refusalOf(file('result', 2))).code).toBe('stage-conflict');
  });
});

describe('queries in government procurement (政府采购法实施条例 53, 54; 94令 10, 11)', () => {
  const tender = async (change = {}) => {
    ({ id: procurementId } = await publishedTender(db, clock, who, 'government', change));
    clock.set('2026-03-18T10:00+08:00');
    await obtainDocuments(db, who, 0, procurementId);
    const bids: Bid[] = [];
    for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, procurementId));
    return bids;
  };
  const awarded = async () => {
    const bids = await tender();
    clock.set('2026-04-08T09:30+08:00');
    await platform();
    clock.set('2026-04-09T10:00+08:00');
    await carryOut('report', reportOn(bids, at('2026-04-08T17:00+08:00')));
    clock.set('2026-04-10T10:00+08:00');
    await carryOut('award', { bidId: String(bids[0]?.id), ground: null, reasonZh: null });
    return bids;
  };

  // Notice 17 March, its five working days and the documents both end on the 24th; seven more: 25, 26, 27, 30, 31 March,
  // 1 April, 2 April.
  it('of the documents: seven working days, to the last millisecond; the tender continues', async () => {
    await tender();
    clock.set('2026-04-02T23:59:59.999+08:00');
    const grievance = await file('documents', 0);
    expect(grievance).toMatchObject({ kind: 'query', suspends: 'contract', rule: 'gp-challenge-file-docs' });
    // Seven working days from 2 April: 3, 7, 8, 9, 10, 13, 14 April; the 4th to the 6th are 清明节.
    expect(grievance.replyDueAt).toBe(at('2026-04-14T23:59:59.999+08:00'));
    clock.set('2026-04-08T09:30+08:00');
    expect(await platform()).toEqual(waits('evaluation'));
    expect((await lotOf(db.read, procurementId, 1)).stage).toBe('evaluation');
  });

  it('of the documents, one millisecond later', async () => {
    await tender();
    clock.set(at('2026-04-02T23:59:59.999+08:00') + 1);
    expect((await refusalOf(file('documents', 0))).code).toBe('grievance-late');
  });

  it('of documents that were issued late runs past the opening, and then suspends the contract', async () => {
    const bids = await tender({ documentsUntil: at('2026-04-07T17:00+08:00') });
    clock.set('2026-04-08T09:30+08:00');
    await platform();
    clock.set('2026-04-09T10:00+08:00');
    await carryOut('report', reportOn(bids, at('2026-04-08T17:00+08:00')));
    await carryOut('award', { bidId: String(bids[0]?.id), ground: null, reasonZh: null });
    // Seven working days from 7 April: 16 April.
    clock.set('2026-04-16T23:59:59.999+08:00');
    const grievance = await file('documents', 0);
    expect(await suspensionsOf(db.read, lot(), 'contract')).toMatchObject([{ grievanceId: grievance.id, until: null }]);
    clock.step(1);
    expect((await refusalOf(file('documents', 0))).code).toBe('grievance-late');
  });

  // Award notice on Friday 10 April; its one working day is Monday the 13th; seven more: 14 to 17, 20, 21, 22 April.
  it('of the result: seven working days after the notice period, by bidders; it suspends the contract only', async () => {
    await awarded();
    expect((await refusalOf(file('result', 3))).code).toBe('forbidden');
    clock.set('2026-04-22T23:59:59.999+08:00');
    const grievance = await file('result', 1);
    expect(grievance.rule).toBe('gp-challenge-file');
    expect(await suspensionsOf(db.read, lot(), 'contract')).toMatchObject([{ grievanceId: grievance.id, until: null }]);
    clock.step(1);
    expect((await refusalOf(file('result', 2))).code).toBe('grievance-late');
  });

  it('unanswered: no contract may be signed (政府采购法实施条例54)', async () => {
    await awarded();
    const grievance = await file('result', 1);
    const contract = { amountFen: 380_000_000, signedAt: clock.read(), documentId: null };
    await expect(carryOut('contract', contract)).rejects.toMatchObject({
      code: 'suspended',
      details: {
        rule: 'gp-challenge-suspend-contract',
        law: '政府采购法实施条例',
        article: '54',
        grievanceIds: [grievance.id],
      },
    });
  });

  it('upheld: to be procured again, the lot fails (94令16)', async () => {
    await awarded();
    const grievance = await file('result', 1);
    await replyTo(grievance.id, 'upheld', 'retender');
    expect((await lotOf(db.read, procurementId, 1)).stage).toBe('failed');
    expect((await lotOf(db.read, procurementId, 1)).failure).toMatchObject({
      rule: 'gp-challenge-outcomes',
      law: '财政部令94号',
      article: '16',
    });
  });

  it('upheld: the award is undone and leaves no winner behind; the next award is as any other', async () => {
    const bids = await awarded();
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ winnerBidId: bids[0]?.id, stage: 'contract' });
    const grievance = await file('result', 1);
    // 87令64: on one of four grounds, and on no other.
    expect(await refusalOf(replyTo(grievance.id, 'upheld', 're-evaluate'))).toMatchObject({
      code: 'unlawful',
      details: { rule: 'gp-rereview-grounds', article: '64', lawful: ['sum', 'range', 'objective', 'outlier'] },
    });
    await replyTo(grievance.id, 'upheld', 're-evaluate', 'objective');
    expect((await lotOf(db.read, procurementId, 1)).stage).toBe('evaluation');
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({
      stage: 'evaluation',
      winnerBidId: null,
      awardedAt: null,
      deemed: false,
    });
    clock.set('2026-04-20T10:00+08:00');
    await carryOut('report', { ...reportOn([...bids].reverse(), at('2026-04-17T17:00+08:00')), findingZh: '重新评标' });
    await carryOut('award', { bidId: String(bids[2]?.id), ground: null, reasonZh: null });
    expect(await lotOf(db.read, procurementId, 1)).toMatchObject({ stage: 'contract', winnerBidId: bids[2]?.id });
    // Thirty days from the second notice of award, 20 April: 20 May, a Wednesday.
    expect((await milestoneOf(db.read, lot(), 'contract')).dueAt).toBe(at('2026-05-20T23:59:59.999+08:00'));
  });
});
