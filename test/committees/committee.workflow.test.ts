import { afterEach, describe, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { callsOf, drawById } from '../../db/committees/draws.ts';
import { eventsAfter } from '../../db/events.ts';
import { committeeSubject } from '../../domain/subjects.ts';
import { verifyDraw } from '../../proofs/draw-record.ts';
import { drawRecord } from '../../services/committees/record.ts';
import { replaceMember } from '../../services/committees/replace.ts';
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
import { story } from '../setup/tenders/story.ts';
import { at } from '../setup/tenders/tender.ts';
import { skippedTime, type SkippedTime } from '../setup/time-skipping.ts';

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
    return { tender, draw, db, who, states, stage };
  }

  it('commitments are closed, a part that is withheld is left out, calls lapse, and the next are called until it is complete', async () => {
    const { tender, draw, db, who, states, stage } = await begin();
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
    expect(await states()).toEqual(['invited', 'invited', 'invited', 'invited']);
    const [first, second] = await callsOf(db.read, draw.id);
    if (!first || !second) throw new Error('nobody was called');
    await answer(db, first, 'confirm');
    await answer(db, second, 'decline');
    await time.deliver();
    await tender.until('2026-04-20T10:31+08:00');
    // Those asked at 9:30 had an hour; the one who was asked after the refusal, at 9:31, has until 10:31.
    expect(await states()).toEqual(['confirmed', 'declined', 'lapsed', 'lapsed', 'invited', 'invited', 'invited']);
    await confirmAll(db, await drawById(db.read, draw.id));
    await time.deliver();
    expect(await stage()).toBe('formed');
    await expect(time.history(committeeSubject(tender.id, 1)).result()).resolves.not.toThrow();
    const record = await drawRecord(db, await drawById(db.read, draw.id), false);
    expect(record && (await verifyDraw(record, null))).toMatchObject({ faults: [], withheld: ['supervisor'] });

    // A member who falls ill: the workflow begins again, and the next in order is called.
    await db.transaction((tx) =>
      replaceMember(tx, CENTRE, { drawId: draw.id, no: 1 }, { departure: 'health', reasonZh: '突发疾病' }),
    );
    await time.deliver();
    expect((await states()).slice(-1)).toEqual(['invited']);
    await tender.until('2026-04-20T11:40+08:00');
    expect((await states()).slice(-2)).toEqual(['lapsed', 'invited']);
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

  it('one that is lost is found, and started again', async () => {
    const { tender, draw, stage } = await begin();
    await time.history(committeeSubject(tender.id, 1)).terminate('a test');
    expect((await time.reconcile()).map(({ workflowId }) => workflowId)).toContain(committeeSubject(tender.id, 1));
    await tender.until('2026-04-20T08:31+08:00');
    expect([draw.state, await stage()]).toEqual(['committing', 'void']);
  });
});
