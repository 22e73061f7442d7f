import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../db/access/database.ts';
import { openDatabase } from '../../db/access/open.ts';
import { clockAlarms } from '../../db/access/seen.ts';
import { auditAfter, OPERATOR } from '../../db/audit.ts';
import { standingBids } from '../../db/bids.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { noticesAfter } from '../../db/notices.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { procurementById } from '../../db/procurements.ts';
import { installation } from '../../db/schema/sqlite.ts';
import { refuseLate } from '../../services/bids/intake.ts';
import { acceptClock } from '../../services/clock/accept.ts';
import { evenClock } from '../setup/even-clock.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { advance, at, bid, people, publishedTender, refusalOf, type People } from '../setup/tenders/tender.ts';

const DEADLINE = at('2026-04-20T09:00+08:00');
let clock: ReturnType<typeof evenClock>;
let db: TestDatabase;
let who: People;
let tender: string;
const others: Database[] = [];

beforeEach(async () => {
  clock = evenClock('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read, steadyClock: clock.steady });
  who = await people(db, 4);
  ({ id: tender } = await publishedTender(db, clock, who, 'tendering'));
});
afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
  await db.close();
});

const instantOf = (on: Database) => on.transaction(async (tx) => tx.now);
const accept = (on: Database = db, watch = clock.read()) =>
  on.transaction((tx) => acceptClock(tx, OPERATOR, { at: watch, reason: '时间服务器误设' }), 'clock-in-doubt');
const again = async (steadyClock = clock.steady): Promise<Database> => {
  const opened = await openDatabase({ ...db.storage, machineClock: clock.read, steadyClock });
  others.push(opened);
  return opened;
};

describe('a clock that is 300 s ahead for 28 s, four minutes before a deadline', () => {
  beforeEach(async () => {
    clock.set(DEADLINE - 240_000);
    await bid(db, who, 0, tender);
    clock.jump(300_000);
  });

  it('makes no bid late: it is not taken either, and once the clock is accepted it is', async () => {
    const procurement = await procurementById(db.read, tender);
    const refused = await refusalOf(bid(db, who, 1, tender));
    expect(refused).toMatchObject({ code: 'clock-jumped', details: { aheadMs: 300_000, retryAfterSeconds: 30 } });
    expect((await refusalOf(refuseLate({ ...db, now: clock.read }, procurement))).code).toBe('clock-jumped');
    clock.step(28_000);
    expect((await refusalOf(bid(db, who, 2, tender))).code).toBe('clock-jumped');
    clock.jump(-300_000);
    // Right again, but nobody has looked yet.
    expect((await refusalOf(bid(db, who, 2, tender))).code).toBe('clock-jumped');
    await accept();
    const [second, third] = [await bid(db, who, 1, tender), await bid(db, who, 2, tender)];
    expect([second.receivedAt, third.receivedAt]).toEqual([DEADLINE - 212_000, DEADLINE - 212_000]);
    clock.set(DEADLINE);
    await advance(db, tender);
    expect(await standingBids(db.read, tender, 1)).toHaveLength(3);
    expect((await openingsOf(db.read, tender))[0]).toMatchObject({ bidders: 3, actualAt: DEADLINE });
    expect((await verifyInstallation(db)).faults).toEqual([]);
  });

  it('closes and opens nothing, publishes nothing, and leaves nothing on record that is ahead', async () => {
    const before = await noticesAfter(db.read, '', 1_000);
    await expect(advance(db, tender).then(() => procurementById(db.read, tender))).resolves.toMatchObject({
      stage: 'bidding',
    });
    await expect(db.transaction(async () => undefined, { procurementId: tender })).rejects.toThrow();
    clock.jump(-300_000);
    await accept();
    expect(await noticesAfter(db.read, '', 1_000)).toEqual(before);
    expect(await instantOf(db)).toBe(DEADLINE - 240_000);
    const trail = await auditAfter(db.read, 0, 1_000);
    expect(Math.max(...trail.map((entry) => entry.at))).toBe(DEADLINE - 240_000);
  });

  it('what is shown is not ahead, and reading goes on', async () => {
    expect(db.now()).toBe(DEADLINE - 240_000);
    await refusalOf(bid(db, who, 1, tender));
    clock.step(10_000);
    expect(db.now()).toBe(DEADLINE - 230_000);
    expect((await procurementById(db.read, tender)).stage).toBe('bidding');
  });

  it('is on record once, with who accepted it and why', async () => {
    const heard: unknown[] = [];
    const hear = (alarm: unknown) => heard.push(alarm);
    clockAlarms.subscribe(hear);
    await Promise.all([1, 2, 3].map((index) => refusalOf(bid(db, who, index, tender))));
    clockAlarms.unsubscribe(hear);
    expect(heard).toHaveLength(1);
    expect(await db.clockAlarm()).toMatchObject({ no: 1, aheadMs: 300_000, heldAt: DEADLINE - 240_000 });
    // Whoever accepts has another clock at hand, and this one does not pass.
    const wrong = await refusalOf(accept(db, clock.read() - 300_000));
    expect(wrong).toMatchObject({ code: 'bad-input', details: { issues: [{ field: 'at' }] } });
    clock.jump(-300_000);
    await accept();
    expect(await db.clockAlarm()).toBeNull();
    expect((await refusalOf(accept())).code).toBe('clock-not-in-doubt');
    const trail = await auditAfter(db.read, 0, 1_000);
    expect(trail.filter(({ action }) => action.startsWith('clock.'))).toMatchObject([
      { action: 'clock.jump', subject: 'clock/1', actor: { role: 'unattended' }, detail: { aheadMs: 300_000 } },
      { action: 'clock.accept', subject: 'clock/1', actor: { role: 'operator' }, detail: { reason: '时间服务器误设' } },
    ]);
  });

  it('is on record where whoever accepts it is the first to meet it, in the right way or not', async () => {
    const wrong = await refusalOf(accept(db, clock.read() - 300_000));
    expect(wrong.code).toBe('bad-input');
    expect(await db.clockAlarm()).toMatchObject({ no: 1, aheadMs: 300_000 });
    clock.jump(-300_000);
    await accept();
    expect(await instantOf(db)).toBe(DEADLINE - 240_000);
    clock.jump(5_000);
    await accept();
    expect(await instantOf(db)).toBe(DEADLINE - 235_000);
    const trail = await auditAfter(db.read, 0, 1_000);
    expect(trail.filter(({ action }) => action.startsWith('clock.')).map(({ action }) => action)).toEqual([
      ...['clock.jump', 'clock.accept', 'clock.jump', 'clock.accept'],
    ]);
    expect((await verifyInstallation(db)).faults).toEqual([]);
  });

  it('found by one process, it stops all: those that looked the other way, and those that start', async () => {
    const other = await again();
    expect((await refusalOf(bid(db, who, 1, tender))).code).toBe('clock-jumped');
    expect((await refusalOf(bid(other, who, 1, tender))).code).toBe('clock-jumped');
    const started = await again();
    expect(await started.clockAlarm()).toMatchObject({ no: 1 });
    clock.jump(-300_000);
    await accept(started);
    for (const each of [db, other, started]) expect(await instantOf(each)).toBe(DEADLINE - 240_000);
    // The next jump is found by each.
    clock.jump(5_000);
    expect((await refusalOf(instantOf(other))).code).toBe('clock-jumped');
    expect(await db.clockAlarm()).toMatchObject({ no: 2, aheadMs: 5_000 });
  });

  it('what two processes find at once is one alarm', async () => {
    clock.jump(-300_000);
    const other = await again();
    await instantOf(other);
    clock.jump(300_000);
    await Promise.all([db, other].flatMap((on) => [1, 2].map((index) => refusalOf(bid(on, who, index, tender)))));
    const trail = await auditAfter(db.read, 0, 1_000);
    expect(trail.filter(({ action }) => action === 'clock.jump')).toHaveLength(1);
  });
});

it('accepted as it is, the clock decides: what it is ahead of passed', async () => {
  clock.set(DEADLINE - 240_000);
  await instantOf(db);
  clock.jump(300_000);
  await refusalOf(bid(db, who, 0, tender));
  await accept();
  expect(await instantOf(db)).toBe(DEADLINE + 60_000);
  expect((await refusalOf(bid(db, who, 0, tender))).code).toBe('bid-late');
});

describe('a clock that jumps again right after it was accepted, before anything else was written', () => {
  const machine = { machineClock: () => clock.read(), steadyClock: () => clock.steady(), steadyOf: 'one machine' };
  const opened = async (on: Partial<typeof machine>): Promise<Database> => {
    const started = await openDatabase({ ...db.storage, ...machine, ...on });
    others.push(started);
    await instantOf(started);
    return started;
  };
  /** Refused, with nothing dated ahead. */
  const isFound = async (on: Database): Promise<void> => {
    const held = clock.read();
    clock.step(60_000);
    clock.jump(5_000);
    expect(await refusalOf(instantOf(on))).toMatchObject({ code: 'clock-jumped', details: { aheadMs: 5_000 } });
    expect(Math.max(...(await auditAfter(db.read, 0, 1_000)).map(({ at: dated }) => dated))).toBeLessThanOrEqual(held);
  };

  it('is found by the process that accepted it, also by the next acceptance', async () => {
    clock.jump(300_000);
    await accept();
    await isFound(db);
    await accept();
    clock.step(60_000);
    clock.jump(5_000);
    expect((await refusalOf(accept(db, clock.read() - 300_000))).code).toBe('bad-input');
    await accept();
    expect(await instantOf(db)).toBe(clock.read());
  });

  it('is found by a process with the same monotonic clock, however long it has stood idle', async () => {
    const [accepting, idle] = [await opened({}), await opened({})];
    clock.step(3_600_000);
    clock.jump(300_000);
    await accept(accepting);
    await isFound(idle);
  });

  it('is found by a process of another machine, which has asked meanwhile', async () => {
    const other = await opened({ steadyClock: () => clock.steady() + 7e9, steadyOf: 'another machine' });
    clock.step(3_600_000);
    clock.jump(300_000);
    await refusalOf(instantOf(other));
    await accept();
    await isFound(other);
  });

  it('is found by a process that starts after it', async () => {
    const accepting = await opened({});
    clock.jump(300_000);
    await accept(accepting);
    await accepting.close();
    const started = await openDatabase({ ...db.storage, ...machine });
    others.push(started);
    await isFound(started);
  });

  it('and where it goes on evenly, or is set back, no process finds a jump', async () => {
    const other = await opened({ steadyClock: () => clock.steady() + 7e9, steadyOf: 'another machine' });
    const accepting = await opened({});
    clock.step(3_600_000);
    clock.jump(300_000);
    await accept(accepting);
    clock.step(60_000);
    for (const on of [db, other, accepting]) expect(await instantOf(on)).toBe(clock.read());
    const held = clock.read();
    clock.jump(5_000);
    await accept(accepting);
    clock.jump(-8_000);
    for (const on of [accepting, other, db]) expect(await instantOf(on)).toBe(held);
  });
});

it('a start on a clock that is wrong already is found by another source of time', async () => {
  clock.set(DEADLINE - 240_000);
  clock.jump(300_000);
  const started = await again();
  await started.doubtClock(299_500);
  expect((await refusalOf(bid(started, who, 0, tender))).code).toBe('clock-jumped');
  expect((await refusalOf(bid(db, who, 0, tender))).code).toBe('clock-jumped');
  expect(await started.clockAlarm()).toMatchObject({ against: 'time-sources', aheadMs: 299_500 });
  const trail = await auditAfter(db.read, 0, 1_000);
  expect(Math.max(...trail.map((entry) => entry.at))).toBeLessThan(DEADLINE - 240_000);
});

it('a restart forgets no jump: processes of one machine share its monotonic clock', async () => {
  const machine = { machineClock: clock.read, steadyClock: clock.steady, steadyOf: 'this start of the machine' };
  const restarted = async (steadyOf = machine.steadyOf): Promise<Database> => {
    const opened = await openDatabase({ ...db.storage, ...machine, steadyOf });
    others.push(opened);
    return opened;
  };
  clock.set(DEADLINE - 240_000);
  await instantOf(await restarted());
  clock.step(180_000);
  const before = await restarted();
  await instantOf(before);
  await before.close();
  clock.jump(300_000);
  const started = await restarted();
  expect((await refusalOf(bid(started, who, 0, tender))).code).toBe('clock-jumped');
  // What was accepted is the pace of those that start later, too.
  await accept(started);
  expect(await instantOf(await restarted())).toBe(DEADLINE + 240_000);
  clock.jump(5_000);
  expect((await refusalOf(instantOf(await restarted()))).code).toBe('clock-jumped');
  await accept();
  // Of another start of the machine, or another machine, nothing is known.
  clock.jump(5_000);
  expect(await instantOf(await restarted('another'))).toBe(clock.read());
});

it('the database’s own clock is compared with that of the process', async () => {
  // While this does not run, the other is ahead.
  let stoodMs = 0;
  const own = await temporaryDatabase({ steadyClock: () => performance.now() - stoodMs });
  others.push(own);
  const before = await instantOf(own);
  stoodMs = 300_000;
  expect(own.now()).toBeLessThan(before + 300_000);
  const { code, details } = await refusalOf(instantOf(own));
  expect([code, Math.round(Number(details?.['aheadMs']) / 60_000)]).toEqual(['clock-jumped', 5]);
  await accept(own, Date.now());
  expect(await instantOf(own)).toBeGreaterThanOrEqual(before);
});

it.runIf(process.platform === 'linux')('how it runs is stored with each commit, for those that start', async () => {
  const own = await temporaryDatabase();
  others.push(own);
  const now = await instantOf(own);
  const [row] = await own.read.select({ pace: installation.clockPace }).from(installation);
  expect(row?.pace).toMatchObject({ steadyOf: expect.stringMatching(/^[0-9a-f-]{36} time:/) as string, accepted: 0 });
  expect(Math.floor(row?.pace?.clockMs ?? 0)).toBeLessThanOrEqual(now);
});

it('a bound of one’s own is kept to; a drill has none unless one is set', async () => {
  const tolerant = await openDatabase({
    ...db.storage,
    machineClock: clock.read,
    steadyClock: clock.steady,
    clockJumpMs: 60_000,
  });
  others.push(tolerant);
  await instantOf(tolerant);
  clock.jump(59_000);
  expect(await instantOf(tolerant)).toBe(clock.read());
  const drill = { mode: 'drill', msPerDay: 1_000, civilStartMs: DEADLINE, realStartMs: clock.read() } as const;
  for (const bounds of [{}, { clockJumpMs: 2_000 }]) {
    const played = await temporaryDatabase({
      clock: drill,
      machineClock: clock.read,
      steadyClock: clock.steady,
      ...bounds,
    });
    others.push(played);
    await instantOf(played);
    clock.jump(3_600_000);
    const jumped = await instantOf(played).catch((error: { code: string }) => error.code);
    expect(jumped).toEqual('clockJumpMs' in bounds ? 'clock-jumped' : expect.any(Number));
  }
});
