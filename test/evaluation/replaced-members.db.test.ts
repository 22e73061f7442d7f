import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evaluationView } from '../../api/evaluation/proceedings-views.ts';
import { auditAfter } from '../../db/audit.ts';
import { assertServes } from '../../services/evaluation/proceedings.ts';
import { move, stateOwnConflicts, vote } from '../../services/evaluation/deliberate.ts';
import { closeSigning, reportToPrint, signReport } from '../../services/evaluation/sign.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  agree,
  by,
  clear,
  electLeader,
  evaluating,
  evaluationNow,
  markPart,
  replaced,
  seated,
  worksScheme,
  type Evaluated,
} from '../setup/tenders/evaluations.ts';
import { handClock, people, refusalOf } from '../setup/tenders/tender.ts';

const SCHEME = worksScheme();
const PRICES = [3_400_000, 3_500_000, 3_600_000].map((yuan) => yuan * 100);

let db: TestDatabase;
let clock: ReturnType<typeof handClock>;
let of: Evaluated;

beforeEach(async () => {
  clock = handClock('2026-03-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  of = await evaluating(db, clock, await people(db, 3), { scheme: SCHEME });
});
afterEach(() => db.close());

const bidOf = (n: number) => String(of.bids[n]?.id);
const viewOf = async (memberId: string) => {
  const evaluation = await evaluationNow(db, of);
  const seat = evaluation.seats.find((each) => each.memberId === memberId);
  if (!seat) throw new Error(`${memberId} never sat`);
  assertServes(evaluation, seat);
  return evaluationView(evaluation, seat);
};
const clearAll = async () => {
  for (const seat of await seated(db, of)) if (!seat.cleared) await clear(db, of, seat);
};
const settle = async () => {
  await clearAll();
  for (const part of ['review', 'technical', 'commercial'] as const) await markPart(db, of, SCHEME, part);
  const leader = await electLeader(db, of);
  for (const [n, priceFen] of PRICES.entries()) await agree(db, of, { on: 'price', bidId: bidOf(n), priceFen });
  return leader;
};
const signs = (seat: Parameters<typeof by>[2]) =>
  by(db, of, seat, (tx, place, account) => signReport(tx, place, account, { as: 'signed', reasonsZh: null }));

describe('a member who was replaced', () => {
  it('as for a conflict, learns nothing more: neither who came in, nor marks, nor what comes out (87令 49, 条例 48)', async () => {
    await settle();
    const { gone } = await replaced(db, of);
    const refused = await refusalOf(viewOf(gone.memberId));
    expect([refused.code, refused.details?.['violations']]).toMatchObject([
      'unlawful',
      [{ rule: 'works-replaced-member-void', given: gone.memberId }],
    ]);
  });

  it('while the report is signed voids the signatures, so that who comes in can mark and all sign what comes out then', async () => {
    await settle();
    for (const seat of (await seated(db, of)).slice(1, 4)) await signs(seat);
    const { newcomer } = await replaced(db, of);
    const before = (await evaluationNow(db, of)).proceedings;
    expect([before.isBeingSigned, before.signing.agreed]).toEqual([false, []]);
    for (const part of ['review', 'technical', 'commercial'] as const)
      await markPart(db, of, SCHEME, part, ['18', '15', '12']);
    await electLeader(db, of);
    for (const seat of await seated(db, of)) await signs(seat);
    const { signing } = (await evaluationNow(db, of)).proceedings;
    expect([signing.complete, signing.agreed.includes(newcomer.memberId)]).toEqual([true, true]);
  });
});

describe('a member who comes in', () => {
  it('sees no price in motions or requests before it has signed the technical part, and votes on none', async () => {
    await settle();
    const { newcomer } = await replaced(db, of);
    const [motion] = (await evaluationNow(db, of)).proceedings.motions;
    const view = await viewOf(newcomer.memberId);
    expect([view.motions, view.outcome]).toEqual([[], null]);
    expect(JSON.stringify(view)).not.toContain(String(PRICES[0]));
    const voted = by(db, of, newcomer, (tx, place, account) =>
      vote(tx, place, account, { motionId: String(motion?.id), yes: true }),
    );
    expect((await refusalOf(voted)).details).toMatchObject({ stage: 'before-price' });
    for (const part of ['review', 'technical'] as const) await markPart(db, of, SCHEME, part);
    expect((await viewOf(newcomer.memberId)).motions).toHaveLength(3);
  });
});

describe('the signing', () => {
  it('is ended by the leader at an instant, so that nobody agrees who still has time to dissent (条例 53, 87令 61)', async () => {
    const leader = await settle();
    await signs(leader);
    const end = () => by(db, of, leader, (tx, place, account) => closeSigning(tx, place, account, 20));
    await end();
    expect((await refusalOf(end())).details).toMatchObject({ stage: 'closing' });
    expect((await refusalOf(reportToPrint(db, of.place, String(leader.accountId)))).code).toBe('stage-conflict');
    const [, second] = await seated(db, of);
    if (!second) throw new Error('nobody sits');
    await by(db, of, second, (tx, place, account) =>
      signReport(tx, place, account, { as: 'dissent', reasonsZh: '评分理由不足' }),
    );
    clock.set(clock.read() + 20 * 60_000 + 1);
    const { signing, endedAt } = await reportToPrint(db, of.place, String(leader.accountId));
    expect([signing.agreed.length, signing.dissent.length, signing.deemed.length]).toEqual([1, 1, 5]);
    expect(endedAt).toBe(clock.read() - 1);
  });
});

describe('the numbers of blind parts', () => {
  it('are committed to before a bid is read, wherever the first member states its conflicts; bids are those of the lot', async () => {
    const [first] = await seated(db, of);
    const call = first?.call;
    if (!call) throw new Error('no expert sits');
    const state = (bidIds: string[]) =>
      db.transaction((tx) => stateOwnConflicts(tx, of.draw, call, { bidIds, reasonZh: null }));
    const commitments = async () =>
      (await auditAfter(db.read, 0, 10_000)).filter(({ action }) => action === 'evaluation.blind-numbers');
    expect((await refusalOf(state([of.draw.id]))).code).toBe('bad-input');
    await state([]);
    await clearAll();
    const { numbering } = await evaluationNow(db, of);
    expect((await commitments()).map(({ detail }) => detail['commitment'])).toEqual([numbering?.commitment]);
  });
});

describe('a motion', () => {
  it('of numbers that are none, or that the documents do not have, is refused before anybody votes', async () => {
    await settle();
    const [expert] = await seated(db, of);
    if (!expert) throw new Error('nobody sits');
    const moved = (motion: Parameters<typeof move>[3]) =>
      refusalOf(by(db, of, expert, (tx, place, account) => move(tx, place, account, motion)));
    const bidId = bidOf(0);
    expect(
      (await moved({ on: 'claims', bidId, claims: [{ key: 'domestic-product', granted: true }] })).details,
    ).toMatchObject({ violations: [{ field: 'motion.claims[0].key' }] });
    expect((await moved({ on: 'deviations', bidId, deviations: { days: '1' } })).details).toMatchObject({
      violations: [{ field: 'motion.deviations.days' }],
    });
  });
});
