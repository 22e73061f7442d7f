import { isDeepStrictEqual } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { callsOf, drawById, latestDraw, latestPlan } from '../../db/committees/draws.ts';
import { eventsAfter } from '../../db/events.ts';
import type { Database } from '../../db/access/database.ts';
import { experts } from '../../db/schema/sqlite.ts';
import { readStandingRows } from '../../db/tender/cases.ts';
import { committeeSubject } from '../../domain/subjects.ts';
import { verifyDraw } from '../../proofs/draw-record.ts';
import type { DrawRequest } from '../../services/committees/open.ts';
import { planDraw } from '../../services/committees/plan.ts';
import { drawRecord } from '../../services/committees/record.ts';
import { replaceMember } from '../../services/committees/replace.ts';
import { askBidder } from '../../services/evaluation/requests.ts';
import {
  answer,
  CENTRE,
  commit,
  confirmAll,
  opened,
  poolOf,
  representative,
  requestOf,
  reveal,
} from '../setup/tenders/committees.ts';
import { eventually } from '../setup/eventually.ts';
import { by, clear, electLeader, evaluating, seated } from '../setup/tenders/evaluations.ts';
import { story } from '../setup/tenders/story.ts';
import { at, people } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

const milestoneOf = async (db: Database, { procurementId, lotNo }: { procurementId: string; lotNo: number }) => {
  const rows = await readStandingRows(db.read, procurementId);
  const found = rows?.milestones.find((row) => row.lotNo === lotNo && row.key === 'committee');
  if (!found) throw new Error('no committee is awaited');
  return found;
};

describe('the committee of a lot, unattended', () => {
  let time: SkippedTime;
  afterEach(() => time.close());

  async function begin(change = {}, bidders = 3) {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    const tender = await story(time, 'tendering');
    const { db } = time;
    const { who } = tender;
    const poolId = await poolOf(db, who.purchaser.id);
    const representatives = [await representative(db, who)];
    await tender.until('2026-04-19T08:00+08:00');
    if (bidders > 0) await tender.bids(1, [0, 1, 2].slice(0, bidders));
    await tender.until('2026-04-20T08:00+08:00');
    const draw = await opened(
      db,
      who,
      tender,
      requestOf(poolId, representatives, at('2026-04-20T17:00+08:00'), change),
    );
    await time.deliver();
    const states = async () => (await callsOf(db.read, draw.id)).map(({ state }) => state);
    const stage = async () => (await drawById(db.read, draw.id)).state;
    /** What is done at an instant is done a moment after the server's clock has come there. */
    const soon = (wanted: readonly string[]) =>
      eventually(`the last calls are ${wanted.join(', ')}`, async () =>
        isDeepStrictEqual((await states()).slice(-wanted.length), wanted),
      );
    return { tender, draw, db, who, states, stage, soon };
  }

  it('commitments are closed, a part that is withheld is left out, calls lapse, and the next are called until it is complete', async () => {
    const { tender, draw, db, who, states, stage, soon } = await begin();
    for (const party of ['purchaser', 'centre', 'supervisor'] as const) await commit(db, who, draw, party);
    await time.deliver();
    await tender.until('2026-04-20T08:01+08:00');
    // All three are bound: nobody waits for the end of their time.
    expect(await stage()).toBe('revealing');
    await reveal(db, who, draw, 'centre');
    await reveal(db, who, draw, 'purchaser');
    await tender.until('2026-04-20T09:29+08:00');
    expect(await stage()).toBe('revealing');
    // The supervisor withholds its own until its time is over, at 9:30.
    await tender.until('2026-04-20T09:31+08:00');
    await soon(['invited', 'invited', 'invited', 'invited']);
    const [first, second] = await callsOf(db.read, draw.id);
    if (!first || !second) throw new Error('nobody was called');
    await answer(db, first, 'confirm');
    await answer(db, second, 'decline');
    await time.deliver();
    await tender.until('2026-04-20T10:30:30+08:00');
    // Those asked at 9:30 had an hour; the one who was asked after the refusal, at 9:31, has until 10:31.
    await soon(['confirmed', 'declined', 'lapsed', 'lapsed', 'invited', 'invited', 'invited']);
    await confirmAll(db, await drawById(db.read, draw.id));
    await time.deliver();
    expect(await stage()).toBe('formed');
    await eventually('the workflow has ended', async () => {
      const { status } = await time.history(committeeSubject(tender.id, 1)).describe();
      return status.name === 'COMPLETED';
    });
    const record = await drawRecord(db, await drawById(db.read, draw.id), false);
    expect(record && (await verifyDraw(record, null))).toMatchObject({ faults: [], withheld: ['supervisor'] });

    // A member who falls ill: the workflow begins again, and the next in order is called.
    await db.transaction((tx) =>
      replaceMember(tx, CENTRE, { drawId: draw.id, no: 1 }, { departure: 'health', reasonZh: '突发疾病' }),
    );
    await time.deliver();
    expect((await states()).slice(-1)).toEqual(['invited']);
    await tender.until('2026-04-20T11:40+08:00');
    await soon(['lapsed', 'invited']);
  });

  it('without a quorum when the evaluation begins it is overdue, on record, and the supervisor is informed', async () => {
    const { tender, draw, db, who, stage } = await begin({ answerMinutes: 10_080 });
    await commit(db, who, draw, 'centre');
    await commit(db, who, draw, 'purchaser');
    await tender.until('2026-04-20T08:31+08:00');
    expect(await stage()).toBe('revealing');
    await reveal(db, who, draw, 'centre');
    await reveal(db, who, draw, 'purchaser');
    await time.deliver();
    expect(await stage()).toBe('calling');
    await tender.until('2026-04-20T17:01+08:00');
    const overdue = (await auditAfter(db.read, 0, 10_000)).filter(({ action }) => action === 'duty.overdue');
    expect(overdue.map(({ detail }) => detail)).toEqual([{ key: 'committee', dueAt: at('2026-04-20T17:00+08:00') }]);
    expect((await eventsAfter(db.read, 0, 10_000)).map(({ kind }) => kind)).toContain('committee.short');
  });

  it('ends with its lot: one with too few bidders needs no committee any more', async () => {
    const { tender, draw, db, who, stage } = await begin({}, 2);
    for (const party of ['purchaser', 'centre', 'supervisor'] as const) await commit(db, who, draw, party);
    await time.deliver();
    await tender.until('2026-04-20T09:31+08:00');
    expect((await tender.lot()).stage).toBe('failed');
    expect(await stage()).toBe('ended');
  });

  const planned = (poolId: string, representatives: string[], change: Partial<DrawRequest> = {}) => {
    const { evaluationAt: _, ...request } = requestOf(poolId, representatives, 0, change);
    return { request, evaluationMinutes: 300, leadMinutes: 180 };
  };

  async function plan(change: Partial<DrawRequest> = {}) {
    time = await skippedTime(at('2026-03-26T10:00+08:00'));
    const tender = await story(time, 'tendering');
    const { db } = time;
    const { who } = tender;
    const poolId = await poolOf(db, who.purchaser.id);
    const representatives = [await representative(db, who)];
    await tender.until('2026-04-19T08:00+08:00');
    await tender.bids(1, [0, 1, 2]);
    const place = { procurementId: tender.id, lotNo: 1 };
    await db.transaction((tx) => planDraw(tx, who.asPurchaser, place, planned(poolId, representatives, change)));
    await time.deliver();
    const kinds = async () => (await eventsAfter(db.read, 0, 10_000)).map(({ kind }) => kind);
    return { tender, db, who, place, kinds };
  }

  it('a draw that was planned is opened by the platform at its instant: three hours before an evaluation at 14:00', async () => {
    const { tender, db, who, place, kinds } = await plan();
    await tender.until('2026-04-20T10:59+08:00');
    expect(await latestDraw(db.read, place)).toBeUndefined();
    expect(await tender.due('committee', 1)).toBe('2026-04-20T14:00:00+08:00');
    await tender.until('2026-04-20T11:00:30+08:00');
    await eventually('the draw is opened', async () => (await latestDraw(db.read, place)) !== undefined);
    const draw = await latestDraw(db.read, place);
    if (!draw) throw new Error('no draw');
    expect([draw.state, draw.terms.evaluationAt, draw.openedBy.role]).toEqual([
      'committing',
      at('2026-04-20T14:00+08:00'),
      'unattended',
    ]);
    expect(draw.openedAt).toBeGreaterThanOrEqual(at('2026-04-20T11:00+08:00'));
    expect(await kinds()).toContain('draw.opened');
    for (const party of ['purchaser', 'centre', 'supervisor'] as const) await commit(db, who, draw, party);
    await time.deliver();
    await eventually('commitments are closed', async () => (await drawById(db.read, draw.id)).state === 'revealing');
    for (const party of ['centre', 'purchaser', 'supervisor'] as const) await reveal(db, who, draw, party);
    await confirmAll(db, draw);
    expect((await milestoneOf(db, place)).state).toBe('done');
  });

  it('a pool that has lost its experts: the planned draw is not opened, on record; and without a committee in time it is overdue', async () => {
    const { tender, db, place, kinds } = await plan();
    await db.transaction((tx) => tx.q.update(experts).set({ removedAt: tx.now }));
    await tender.until('2026-04-20T11:01+08:00');
    await eventually('it is on record', async () => (await kinds()).includes('draw.failed'));
    expect((await latestPlan(db.read, place))?.failure?.code).toBe('bad-input');
    expect((await milestoneOf(db, place)).overdue).toBe(false);
    await tender.until('2026-04-20T14:01+08:00');
    await eventually('it is overdue', async () => (await milestoneOf(db, place)).overdue);
    expect(await kinds()).toContain('committee.short');
    const overdue = (await auditAfter(db.read, 0, 10_000)).filter(({ action }) => action === 'duty.overdue');
    expect(overdue.map(({ detail }) => detail)).toEqual([{ key: 'committee', dueAt: at('2026-04-20T14:00+08:00') }]);
  });

  it('a clarification that its bidder does not give in time is on record as the time is over, and the workflow ends', async () => {
    time = await skippedTime(at('2026-03-25T10:00+08:00'));
    const { db } = time;
    const who = await people(db, 3);
    const set = async (instant: string | number) => {
      await time.deliver();
      await time.until(typeof instant === 'number' ? instant : at(instant));
    };
    const of = await evaluating(db, { set }, who);
    const subject = committeeSubject(of.place.procurementId, 1);
    const isOver = async () => (await time.history(subject).describe()).status.name === 'COMPLETED';
    await eventually('the committee is formed, and its workflow has ended', isOver);
    for (const seat of await seated(db, of)) await clear(db, of, seat);
    const leader = await electLeader(db, of);
    const bidId = String(of.bids[0]?.id);
    // 招标投标法实施条例 52: 含义不明确的内容.
    const about = { on: 'clarification', ground: 1, textZh: '质保期两处不一致，请澄清。', confirm: [] } as const;
    await by(db, of, leader, (tx, place, account) => askBidder(tx, place, account, { bidId, minutes: 30, about }));
    await time.deliver();
    expect(await isOver()).toBe(false);
    const lapsed = async () =>
      (await auditAfter(db.read, 0, 10_000)).filter(({ action }) => action === 'evaluation.unanswered');
    const asked = db.now();
    await time.until(asked + 29 * 60_000);
    expect(await lapsed()).toEqual([]);
    await time.until(asked + 31 * 60_000);
    await eventually('the workflow has ended again', isOver);
    expect((await lapsed()).map(({ actor, detail }) => [actor.role, detail['bidId']])).toEqual([['unattended', bidId]]);
  });

  it('one that is lost is found, and started again', async () => {
    const { tender, draw, stage } = await begin();
    await time.history(committeeSubject(tender.id, 1)).terminate('a test');
    expect((await time.reconcile()).map(({ workflowId }) => workflowId)).toContain(committeeSubject(tender.id, 1));
    await tender.until('2026-04-20T08:31+08:00');
    expect([draw.state, await stage()]).toEqual(['committing', 'void']);
  });
});
