import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditAfter } from '../../db/audit.ts';
import { standingBids } from '../../db/bids.ts';
import type { Database } from '../../db/access/database.ts';
import { openDatabase } from '../../db/access/open.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { advance, at, bid, handClock, people, publishedTender, type People } from '../setup/tenders/tender.ts';

const DEADLINE = at('2026-04-20T09:00+08:00');
const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
let procurementId: string;
const others: Database[] = [];

beforeEach(async () => {
  clock.set('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 4);
  ({ id: procurementId } = await publishedTender(db, clock, who, 'tendering'));
});
afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
  await db.close();
});

const instantOf = (on: Database) => on.transaction(async (tx) => tx.now);
const again = async (): Promise<Database> => {
  const opened = await openDatabase({ ...db.storage, machineClock: clock.read });
  others.push(opened);
  return opened;
};

it('no instant is earlier than one given before, however the machine clock is set', async () => {
  clock.set(DEADLINE - 1000);
  const instants: number[] = [];
  for (const step of [0, 500, -86_400_000, 10, -3, 86_400_000, -1]) {
    clock.step(step);
    instants.push(...(await Promise.all([instantOf(db), instantOf(db)])));
  }
  expect(instants).toEqual([...instants].sort((a, b) => a - b));
  expect(instants.at(-1)).toBe(DEADLINE - 1000 + 500 - 86_400_000 + 10 - 3 + 86_400_000);
  const trail = await auditAfter(db.read, 0, 1000);
  expect(trail.map((entry) => entry.at)).toEqual(trail.map((entry) => entry.at).sort((a, b) => a - b));
});

it('a bid handed in on time stays on time when the clock is set back before it and the tender then closes', async () => {
  clock.set(DEADLINE - 60_000);
  for (const index of [0, 1]) await bid(db, who, index, procurementId);
  clock.step(-3_600_000);
  const third = await bid(db, who, 2, procurementId);
  expect(third.receivedAt).toBe(DEADLINE - 60_000);
  clock.set(DEADLINE);
  await advance(db, procurementId);
  const bids = await standingBids(db.read, procurementId, 1);
  expect(bids.every(({ receivedAt }) => receivedAt < DEADLINE)).toBe(true);
  expect((await openingsOf(db.read, procurementId))[0]).toMatchObject({ bidders: 3, actualAt: DEADLINE });
});

it('survives a restart with the clock set back', async () => {
  clock.set(DEADLINE);
  const before = await instantOf(db);
  clock.set('2020-01-01');
  expect(await instantOf(await again())).toBe(before);
});

it('holds between two databases on one file, each with a clock of its own', async () => {
  clock.set(DEADLINE - 5000);
  expect(await instantOf(db)).toBe(DEADLINE - 5000);
  const behind = await openDatabase({ ...db.storage, machineClock: () => DEADLINE - 9000 });
  others.push(behind);
  expect(await instantOf(behind)).toBe(DEADLINE - 5000);
  const ahead = await openDatabase({ ...db.storage, machineClock: () => DEADLINE + 7 });
  others.push(ahead);
  expect(await instantOf(ahead)).toBe(DEADLINE + 7);
  // What one has seen pass, no other takes back: the deadline is over for all of them.
  await expect(bid(db, who, 0, procurementId)).rejects.toMatchObject({ code: 'bid-late' });
});

it('an installation keeps the clock it was made with', async () => {
  const drill = { mode: 'drill', msPerDay: 1000, civilStartMs: 0, realStartMs: 0 } as const;
  const opened = await openDatabase({ ...db.storage, clock: drill, machineClock: clock.read });
  others.push(opened);
  expect(opened.clock).toEqual({ mode: 'real' });
});
