import { afterEach, describe, expect, it } from 'vitest';
import type { Found } from '../../engine/reconcile.ts';
import { listGrievances } from '../../db/grievances.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { grievanceSubject, lotSubject, procurementSubject } from '../../domain/subjects.ts';
import { kindsOf, story, type Story } from '../setup/tenders/story.ts';
import { at, refusalOf } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

const PRICE = 380_000_000;
let time: SkippedTime;
afterEach(() => time.close());

const again = (options: { dryRun?: boolean; restart?: string[] } = {}): Promise<Found[]> => time.reconcile(options);
const started = (found: readonly Found[]) =>
  found
    .filter(({ did }) => did === 'started')
    .map(({ workflowId }) => workflowId)
    .sort();

/** Ends every workflow of the tender, as if its server were lost, and starts what is still carried from the database. */
async function lose(tender: Story): Promise<void> {
  // This server does not skip when a workflow is ended in the middle of a task.
  await time.pass(1_000);
  const { lots } = await tender.procurement();
  const grievances = await listGrievances(time.db.read, { procurementId: tender.id });
  const whole = procurementSubject(tender.id);
  await endByForce(
    whole,
    ...lots.map(({ no }) => lotSubject(tender.id, no)),
    ...grievances.map(({ id }) => grievanceSubject(id)),
  );
  expect(started(await again())).toContain(whole);
}

const statusOf = async (id: string) => (await time.client.workflow.getHandle(id).describe()).status.name;

async function endByForce(...workflowIds: string[]): Promise<void> {
  for (const id of workflowIds) {
    await time.client.workflow
      .getHandle(id)
      .terminate('lost')
      .catch(() => undefined);
  }
}

describe('workflows lost at every stage and recreated from the database', () => {
  it('a works tender keeps its amended deadline, the suspensions of its objections and its duties', async () => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    const tender = await story(time, 'tendering');
    await lose(tender);
    await tender.until('2026-03-31T09:00+08:00');
    expect((await tender.procurement()).stage).toBe('bidding');
    await lose(tender);
    await tender.decide(
      'amend',
      { textZh: '延期', affectsBids: false, bidDeadline: at('2026-04-22T09:00+08:00'), documentIds: [] },
      { lotNo: 0 },
    );
    await lose(tender);
    const objection = await tender.file('documents', 2);
    const bids = await tender.bids(1, [0, 1, 2]);
    await lose(tender);
    await tender.until('2026-04-22T10:00+08:00');
    // The deadline has come and gone, and the objection stands: lost in the suspension itself.
    expect((await tender.procurement()).stage).toBe('bidding');
    await lose(tender);
    await tender.reply(objection);
    const moved = (await tender.procurement()).bidDeadline ?? 0;
    expect(moved).toBeGreaterThan(at('2026-04-22T10:00+08:00'));
    await lose(tender);
    await time.until(moved - 60_000);
    expect((await tender.procurement()).stage).toBe('bidding');
    await time.until(moved + 60_000);
    expect((await tender.lot()).stage).toBe('evaluation');

    await lose(tender);
    await time.until(moved + 86_400_000);
    await tender.report(bids, formatInstant(moved + 3_600_000));
    await lose(tender);
    const publicityEnd = (await tender.milestone('publicity-end'))?.dueAt ?? 0;
    const result = await tender.file('result', 1);
    await lose(tender);
    await time.until(publicityEnd + 60_000);
    expect((await tender.lot()).stage).toBe('publicity');
    await tender.reply(result);
    await lose(tender);
    await time.until(((await tender.milestone('publicity-end'))?.dueAt ?? 0) + 60_000);
    expect((await tender.lot()).stage).toBe('award');
    await lose(tender);
    await tender.award(bids[0]);
    await lose(tender);
    await time.until(((await tender.lot()).awardedAt ?? 0) + 3_600_000);
    const signedAt = ((await tender.lot()).awardedAt ?? 0) + 1_800_000;
    await tender.decide('contract', { amountFen: PRICE, signedAt, documentId: null });
    await lose(tender);
    await tender.decide('publish-contract', { textZh: '合同公告', documentId: null });
    for (const key of ['written-report', 'deposits-losers'] as const)
      await tender.decide('duty', { key, noteZh: null });
    // The last duty is overdue while its workflow is lost.
    await lose(tender);
    await time.until(((await tender.milestone('deposits-winner'))?.dueAt ?? 0) + 60_000);
    expect(await tender.milestone('deposits-winner')).toMatchObject({ state: 'planned', overdue: true });
    await lose(tender);
    await tender.decide('duty', { key: 'deposits-winner', noteZh: null });
    await time.pass(60_000);
    expect((await tender.procurement()).stage).toBe('concluded');
    expect(kindsOf(await tender.notices())).toEqual([
      'tender',
      'amendment',
      'suspension',
      'grievance-reply',
      'amendment',
      'opening-record',
      'candidates',
      'suspension',
      'grievance-reply',
      'amendment',
      'award',
      'contract',
    ]);
    expect(await again()).toEqual([]);
  });

  it('a silent purchaser is deemed to have chosen at the same instant, and a query suspends the contract as before', async () => {
    time = await skippedTime(at('2026-03-16T10:00+08:00'));
    const tender = await story(time, 'government');
    await tender.until('2026-03-18T10:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-21T10:00+08:00');
    await tender.report(bids, '2026-04-17T17:00+08:00');
    await lose(tender);
    await tender.until('2026-04-28T23:59:50+08:00');
    expect((await tender.lot()).stage).toBe('award');
    await lose(tender);
    await tender.until('2026-04-29T00:01+08:00');
    expect(await tender.lot()).toMatchObject({ stage: 'contract', deemed: true, winnerBidId: bids[0]?.id });
    expect((await tender.milestone('award'))?.actualAt).toBe(at('2026-04-28T23:59:59.999+08:00'));
    await tender.until('2026-05-08T10:00+08:00');
    const query = await tender.file('result', 1);
    // Overdue while it is lost, and still to be replied to.
    await lose(tender);
    await time.until(query.replyDueAt + 60_000);
    expect((await listGrievances(time.db.read, {}))[0]?.state).toBe('overdue');
    await lose(tender);
    const recheck = { ground: 'objective', dueAt: at('2026-06-30T18:00+08:00') } as const;
    const upheld = { outcome: 'upheld', effect: 're-evaluate', textZh: '重新评审', recheck } as const;
    await tender.reply(query, upheld);
    await lose(tender);
    expect((await tender.lot()).stage).toBe('evaluation');
    await tender.report(bids, '2026-04-17T18:00+08:00', { findingZh: '重新评审，维持原结果' });
    await tender.award(bids[0]);
    expect((await tender.lot()).stage).toBe('contract');
  });

  it('a terminated tender gives its deposits back, and what is overdue is put on the record', async () => {
    time = await skippedTime(at('2026-03-16T10:00+08:00'));
    const tender = await story(time, 'government');
    await tender.until('2026-03-18T10:00+08:00');
    await tender.bids(1, [0, 1, 2]);
    await tender.decide('terminate', { ground: 'task-cancelled', reasonZh: '任务取消' }, { lotNo: 0 });
    const dueAt = (await tender.milestone('deposits-losers', 0))?.dueAt ?? 0;
    // Long before its bid deadline, which no longer matters.
    await lose(tender);
    await time.until(dueAt + 60_000);
    expect(await tender.milestone('deposits-losers', 0)).toMatchObject({ state: 'planned', overdue: true });
    await lose(tender);
    await tender.decide('duty', { key: 'deposits-losers', noteZh: null }, { lotNo: 0 });
    await time.pass(60_000);
    expect(await statusOf(procurementSubject(tender.id))).toBe('COMPLETED');
    expect(await again()).toEqual([]);
  });
});

describe('one workflow of several was ended by hand', () => {
  const lots = [1, 2, 3].map((no) => ({ no, title: `${no}标段`, budgetFen: 500_000_000, bidBondFen: null }));

  it('the lot continues where it was, beside one that failed and one that is in publicity', async () => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    const tender = await story(time, 'tendering', { lots });
    await tender.until('2026-03-31T09:00+08:00');
    const one = await tender.bids(1, [0, 1, 2]);
    await tender.bids(2, [0, 1]);
    const three = await tender.bids(3, [0, 1, 2]);
    await tender.until('2026-04-21T09:00+08:00');
    await tender.report(one, '2026-04-20T17:00+08:00');
    // The tender, and two lots that continue: the second failed.
    const running = await again();
    expect(running.map(({ was, did }) => [was, did])).toEqual(running.map(() => ['running', 'nothing']));
    expect(running).toHaveLength(3);

    await endByForce(lotSubject(tender.id, 1));
    const looked = await again({ dryRun: true });
    expect(looked.filter(({ did }) => did !== 'nothing')).toMatchObject([
      { workflowId: lotSubject(tender.id, 1), was: 'terminated', did: 'would-start' },
    ]);
    expect(started(await again())).toEqual([lotSubject(tender.id, 1)]);
    await tender.until('2026-04-25T00:05+08:00');
    expect((await tender.procurement()).lots.map(({ stage }) => stage)).toEqual(['award', 'failed', 'evaluation']);
    expect((await again()).map((each) => each.did)).toEqual(['nothing', 'nothing', 'nothing']);

    // The whole alone: its lots run on.
    await endByForce(procurementSubject(tender.id));
    expect(started(await again())).toEqual([procurementSubject(tender.id)]);
    await tender.until('2026-04-25T09:00+08:00');
    await tender.report(three, '2026-04-24T17:00+08:00');
    await tender.award(one[0]);
    expect((await tender.procurement()).lots.map(({ stage }) => stage)).toEqual(['contract', 'failed', 'publicity']);
    // All of the tender's, as asked, although they run.
    expect(started(await again({ restart: [tender.id] }))).toEqual([
      procurementSubject(tender.id),
      lotSubject(tender.id, 1),
      lotSubject(tender.id, 3),
    ]);
    await tender.until('2026-05-07T09:00+08:00');
    expect((await tender.procurement()).lots.map(({ stage }) => stage)).toEqual(['contract', 'failed', 'award']);
  });

  it('a reply takes effect although the workflows of the grievance and of its lot were ended: the clock runs again', async () => {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    const tender = await story(time, 'tendering');
    await tender.until('2026-03-31T09:00+08:00');
    const bids = await tender.bids(1, [0, 1, 2]);
    await tender.until('2026-04-21T09:00+08:00');
    await tender.report(bids, '2026-04-20T17:00+08:00');
    const objection = await tender.file('result', 1);
    // Not at nine, when each of them, woken at that hour, looks again.
    await tender.until('2026-04-27T15:00+08:00');
    await endByForce(grievanceSubject(objection.id), lotSubject(tender.id, 1));
    await tender.decideUnheard(
      'reply',
      { outcome: 'rejected', effect: 'none', textZh: '不成立' },
      { lotNo: 1, grievanceId: objection.id },
    );
    const until = (await tender.milestone('publicity-end'))?.dueAt ?? 0;
    expect(await refusalOf(tender.award(bids[0]))).toMatchObject({ code: 'stage-conflict' });
    // The grievance is settled, and needs none any more.
    expect(started(await again())).toEqual([lotSubject(tender.id, 1)]);
    await time.until(until + 60_000);
    expect((await tender.lot()).stage).toBe('award');
  });
});
