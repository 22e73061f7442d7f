import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { actsOf } from '../../db/evaluation/sheets.ts';
import { committeeActs } from '../../db/schema/sqlite.ts';
import type { Seating } from '../../domain/evaluation/venues.ts';
import { stateConflict } from '../../services/evaluation/deliberate.ts';
import {
  assertPresent,
  checkIn,
  presenceRecord,
  recordPresence,
  stateVenues,
} from '../../services/evaluation/presence.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { CENTRE, SUPERVISOR } from '../setup/tenders/committees.ts';
import { by, evaluating, seated, type Evaluated } from '../setup/tenders/evaluations.ts';
import { handClock, people, refusalOf, type People } from '../setup/tenders/tender.ts';

const HOST = { name: '省交易中心', room: '301' };
const GUEST = { name: '市交易中心', room: '评标二室' };
const SEATING: Seating = {
  venues: [HOST, GUEST],
  seats: [
    { memberId: 'expert-1', venue: 2 },
    { memberId: 'expert-2', venue: null },
  ],
};

let db: TestDatabase;
let who: People;
let of: Evaluated;

beforeEach(async () => {
  const clock = handClock('2026-03-01T09:00+08:00');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
  of = await evaluating(db, clock, who);
});
afterEach(() => db.close());

const venues = (seating: Seating = SEATING, actor = CENTRE) =>
  db.transaction((tx) => stateVenues(tx, actor, of.place, seating));
const check = (memberId: string, actor = CENTRE) =>
  db.transaction((tx) => checkIn(tx, actor, of.place, { memberId, document: 'passport' }));
const record = (memberId: string, direction: 'in' | 'out') =>
  db.transaction((tx) => recordPresence(tx, CENTRE, of.place, { memberId, direction }));
const lines = async () => {
  const lot = { procurementId: of.place.procurementId, no: 1, awardedAt: null };
  return (await presenceRecord({ q: db.read, committees: db.committees }, SUPERVISOR, lot)).lines;
};
const ofCentre = async () => (await actsOf(db.read, of.draw.id)).filter((act) => act.by === 'centre');

it('venues, check-ins and the log of who is in are kept as acts that never change', async () => {
  expect((await refusalOf(check('expert-1'))).messageZh).toContain('未登记评审场所');
  await venues();
  await venues();
  await check('expert-1');
  await check('expert-1');
  await check('expert-2');
  await record('expert-1', 'out');
  await record('expert-1', 'out');
  await record('expert-1', 'in');
  expect((await lines()).map(({ event, memberId, document, venue }) => [event, memberId, document, venue])).toEqual([
    ['venues', null, null, null],
    ['check-in', 'expert-1', 'passport', GUEST],
    ['check-in', 'expert-2', 'passport', null],
    ['out', 'expert-1', null, GUEST],
    ['in', 'expert-1', null, GUEST],
  ]);
  const [first] = await ofCentre();
  const change = db.transaction((tx) =>
    tx.q
      .update(committeeActs)
      .set({ at: 0 })
      .where(eq(committeeActs.id, String(first?.id))),
  );
  await expect(change).rejects.toThrow();
  const removal = db.transaction((tx) => tx.q.delete(committeeActs).where(eq(committeeActs.id, String(first?.id))));
  await expect(removal).rejects.toThrow();
  expect(await ofCentre()).toHaveLength(5);
});

it('only the staff who held the draw record it, of members who sit, at venues that are stated', async () => {
  const stranger = { ...CENTRE, accountId: 'another-of-the-centre' };
  expect((await refusalOf(venues(SEATING, stranger))).details).toEqual({ reason: 'not-staff' });
  const wrong: Seating = {
    venues: [HOST],
    seats: [
      { memberId: 'expert-99', venue: 1 },
      { memberId: 'expert-1', venue: 2 },
      { memberId: 'expert-1', venue: null },
    ],
  };
  const { details } = await refusalOf(venues(wrong));
  expect((details?.['issues'] as { field: string; rule: string }[]).map(({ field, rule }) => [field, rule])).toEqual([
    ['seats[0].memberId', 'member-of-committee'],
    ['seats[1].venue', 'stated-venue'],
    ['seats[2].memberId', 'once'],
  ]);
  await venues();
  expect((await refusalOf(check('expert-1', stranger))).code).toBe('forbidden');
  expect((await refusalOf(check('expert-99'))).code).toBe('bad-input');
  expect((await refusalOf(record('expert-1', 'in'))).details).toMatchObject({ reason: 'not-checked-in' });
  expect(await ofCentre()).toHaveLength(1);
});

it('a member is present from the check-in until it leaves; who was replaced is checked in no more', async () => {
  await venues();
  const seat = (await seated(db, of)).find(({ kind }) => kind === 'purchaser');
  if (!seat) throw new Error('nobody of the purchaser sits');
  const present = () => by(db, of, seat, (tx, place, account) => assertPresent(tx, place, account));
  expect((await refusalOf(present())).messageZh).toContain('purchaser-1 尚未由交易中心工作人员核验身份');
  await check('purchaser-1');
  await present();
  await record('purchaser-1', 'out');
  expect((await refusalOf(present())).messageEn).toContain('purchaser-1 is recorded as out');
  const bidIds = [String(of.bids[0]?.id)];
  await by(db, of, seat, (tx, place, account) => stateConflict(tx, place, account, { bidIds, reasonZh: null }));
  expect((await refusalOf(record('purchaser-1', 'in'))).code).toBe('bad-input');
  await record('purchaser-1', 'out');
});

it('the trail names who recorded it and the number of the member, and no document, venue or name', async () => {
  await venues();
  await check('expert-1');
  await record('expert-1', 'out');
  const trail = (await auditAfter(db.read, 0, 10_000)).filter(({ action }) => action.startsWith('presence.'));
  expect(trail.map(({ action, actor, detail }) => [action, actor.accountId, { ...detail, rows: null }])).toEqual([
    ['presence.venues', 'centre', { lotNo: 1, venues: 2, rows: null }],
    ['presence.check-in', 'centre', { lotNo: 1, memberId: 'expert-1', rows: null }],
    ['presence.out', 'centre', { lotNo: 1, memberId: 'expert-1', rows: null }],
  ]);
});
