import { mkdirSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { civilAt, type ClockSetting } from '../../domain/clock.ts';
import { ClockGuard } from '../access/clock-guard.ts';
import type { Database, OpenOptions, Subject, Tx } from '../access/database.ts';
import { rememberStatements, type Queries } from '../access/statements.ts';
import { CalendarInForce } from '../calendar.ts';
import { lastAlarm } from '../clock.ts';
import { openFiles } from '../files/open.ts';
import { LocalUploadLocks } from '../files/upload-locks.ts';
import { Acknowledgements, refuseLoss } from '../integrity/acknowledged.ts';
import * as schema from '../schema/sqlite.ts';
import { checkFile } from './check.ts';
import { BUSY_TIMEOUT_MS, connect, databaseFile, writeAhead } from './connection.ts';
import { readable } from './failures.ts';
import { GroupCommit } from './group-commit.ts';
import { bringSqliteUpToDate } from './migrations.ts';

/** One file, one writer: a transaction holds the write lock of the whole database, whatever its subject. */
export async function openSqlite(options: OpenOptions): Promise<Database> {
  try {
    return await openUnderLock(options);
  } catch (error) {
    throw readable(error);
  }
}

async function openUnderLock(options: OpenOptions): Promise<Database> {
  const { dataDir, busyTimeoutMs: timeout = BUSY_TIMEOUT_MS, machineClock = Date.now } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = databaseFile(dataDir);
  const writing = await connectToWrite(file, timeout);
  const q = drizzle(writing, { schema });
  const rowLog = await bringSqliteUpToDate(writing);
  const installed = installClock(writing, q, options.clock, machineClock());
  await refuseLoss(q, dataDir);
  const acknowledged = new Acknowledgements(dataDir);
  const reading = connect(file, { readonly: true, timeout });
  const calendar = new CalendarInForce(options.calendar);
  const clock = clockReader(reading, installed);
  const guard = new ClockGuard(options, installed);
  const read = drizzle(reading, { schema });
  const files = await openFiles(options, read);
  const commit = new GroupCommit({
    file,
    connection: writing,
    q,
    rowLog,
    acknowledged,
    calendar,
    clock: clockReader(writing, installed),
    machineClock,
    guard,
    committees: files.committees,
  });
  rememberStatements(writing);
  rememberStatements(reading);
  const accepting = untilClosed(commit, acknowledged, [reading, writing]);
  return {
    read,
    readTogether: (work) => work(read),
    ...files,
    // On SQLite one process alone answers requests.
    uploadLocks: new LocalUploadLocks(),
    separate: null,
    get clock() {
      return clock();
    },
    calendar: () => calendar.on(read),
    now: () => civilAt(clock(), guard.shown(machineClock())),
    clockAlarm: async () => {
      const { alarm, heldAt } = await lastAlarm(read);
      return guard.standing(alarm, heldAt);
    },
    doubtClock: async (aheadMs) => {
      guard.doubt((await lastAlarm(read)).alarm, machineClock(), aheadMs);
      await accepting.transaction(async () => undefined, 'clock-in-doubt');
    },
    ...accepting,
    checkRows: () => checkFile(file),
  };
}

/** Committed data is on the disk, and readers do not wait for it. */
async function connectToWrite(file: string, timeout: number): Promise<BetterSqlite3.Database> {
  const connection = connect(file, { timeout });
  connection.pragma('foreign_keys = ON');
  await writeAhead(connection, timeout);
  connection.pragma('synchronous = FULL');
  return connection;
}

/** Accepts work until it is closed; then the connections are closed, once that work is done. */
function untilClosed(
  commit: GroupCommit,
  acknowledged: Acknowledgements,
  connections: readonly BetterSqlite3.Database[],
): Pick<Database, 'transaction' | 'close'> {
  let closed = false;
  return {
    transaction: async <T>(work: (tx: Tx) => Promise<T>, subject?: Subject) => {
      if (closed) throw new Error('the database is closed');
      return commit.run(work, subject ?? null);
    },
    close: async () => {
      closed = true;
      await commit.drain();
      acknowledged.close();
      for (const connection of connections) connection.close();
    },
  };
}

function installClock(
  connection: BetterSqlite3.Database,
  q: Queries,
  clock: ClockSetting,
  realMs: number,
): ClockSetting {
  const now = civilAt(clock, realMs);
  connection.exec('BEGIN IMMEDIATE');
  q.insert(schema.installation).values({ id: 1, clock, createdAt: now, lastInstant: now }).onConflictDoNothing().run();
  const row = q.select().from(schema.installation).get();
  connection.exec('COMMIT');
  if (!row) throw new Error('the installation row is missing');
  return row.clock;
}

/**
 * A drill's clock may be set until its first launch (db/access/drill.ts), so that each process reads it; a real clock
 * is fixed.
 */
function clockReader(connection: BetterSqlite3.Database, installed: ClockSetting): () => ClockSetting {
  if (installed.mode === 'real') return () => installed;
  const statement = connection.prepare<[], string>('SELECT clock FROM installation').pluck();
  return () => JSON.parse(statement.get() ?? 'null') as ClockSetting;
}
