import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { civilAt, type ClockSetting } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { chinaCalendar, type Calendar } from '../domain/law/calendar.ts';
import { openBlobs, type Blobs } from './blobs.ts';
import { rememberStatements, type Queries } from './statements.ts';
import * as schema from './schema/sqlite.ts';

export type { Queries };

/**
 * A transaction that holds the write lock. Its work may await the database and nothing else.
 */
export interface Tx {
  readonly q: Queries;
  /** The civil instant of this transaction (epoch ms), by the writer's clock; never earlier than any given before. */
  readonly now: number;
  /** The holiday calendar in force. */
  readonly calendar: Calendar;
  /** 演练: nothing here is real, and everything published says so. */
  readonly drill: boolean;
}

export interface Database {
  /** For reading, outside any transaction; sees what is committed. */
  readonly read: Queries;
  readonly blobs: Blobs;
  readonly clock: ClockSetting;
  readonly calendar: Calendar;
  /** The civil instant (epoch ms), for display; what decides a right is `Tx.now`. */
  now(): number;
  /**
   * Runs `work` alone, under the write lock, and resolves when it is on the disk. Work that waits at the same time
   * is committed together; work that throws is undone alone.
   * @throws DomainError `database-busy` (locked by another process), `database-full`
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Waits for the work under way and closes the connections. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Folder that holds the database file and the blobs; made when absent. */
  readonly dataDir: string;
  /** The clock of a new installation (default: the machine's own); an existing one keeps its own. */
  readonly clock?: ClockSetting;
  readonly calendar?: Calendar;
  /** How long to wait for another process's lock (ms). */
  readonly busyTimeoutMs?: number;
  /** The machine's clock (epoch ms); tests replace it. */
  readonly machineClock?: () => number;
}

const nextTurn = promisify(setImmediate);
const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), 'migrations', 'sqlite');
/** So that one commit does not grow without bound while its first callers wait. */
const MOST_PER_COMMIT = 256;

export const databaseFile = (dataDir: string): string => join(dataDir, 'kaibiao.sqlite');

/**
 * Opens the installation in `dataDir`, bringing its schema up to date.
 * @throws DomainError `database-busy` (locked by another process), `database-full`
 */
export function openDatabase(options: DatabaseOptions): Database {
  try {
    return openUnderLock(options);
  } catch (error) {
    throw readable(error);
  }
}

function openUnderLock(options: DatabaseOptions): Database {
  const calendar = options.calendar ?? chinaCalendar;
  const machineClock = options.machineClock ?? Date.now;
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const file = databaseFile(options.dataDir);
  const connect = (readonly: boolean): BetterSqlite3.Database => {
    const connection = new BetterSqlite3(file, { readonly, timeout: options.busyTimeoutMs ?? 5_000 });
    connection.pragma('foreign_keys = ON');
    if (!readonly) {
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = FULL');
    }
    return connection;
  };
  const writing = connect(false);
  const writer = drizzle(writing, { schema });
  migrateUnderLock(writing);
  const installed = installClock(writing, writer, options.clock ?? { mode: 'real' }, machineClock());
  const drill = installed.mode === 'drill';
  const reading = connect(true);
  const begin = writing.prepare('BEGIN IMMEDIATE');
  const commit = writing.prepare('COMMIT');
  const savepoint = writing.prepare('SAVEPOINT job');
  const release = writing.prepare('RELEASE job');
  const lastInstant = writing.prepare<[], number>('SELECT last_instant FROM installation').pluck();
  const keepInstant = writing.prepare<[number]>('UPDATE installation SET last_instant = ?');
  const clockOnWriting = clockReader(writing, installed);
  const clockOnReading = clockReader(reading, installed);
  rememberStatements(writing);
  rememberStatements(reading);

  const queue: Job[] = [];
  let draining: Promise<void> | null = null;
  let closed = false;

  const commitTogether = async (jobs: Job[]): Promise<void> => {
    const finished: { job: Job; settle: () => void }[] = [];
    let current: Job | undefined;
    let begun = false;
    try {
      begin.run();
      begun = true;
      let last = lastInstant.get() ?? 0;
      const clock = clockOnWriting();
      for (const job of jobs) {
        current = job;
        last = Math.max(last, civilAt(clock, machineClock()));
        savepoint.run();
        try {
          const value = await aloneWithDatabase(() => job.work({ q: writer, now: last, calendar, drill }));
          finished.push({ job, settle: () => job.resolve(value) });
        } catch (error) {
          if (!writing.inTransaction) throw error;
          writing.exec('ROLLBACK TO job');
          finished.push({ job, settle: () => job.reject(readable(error)) });
        }
        release.run();
        current = undefined;
      }
      keepInstant.run(last);
      commit.run();
      for (const { settle } of finished) settle();
    } catch (error) {
      if (writing.inTransaction) writing.exec('ROLLBACK');
      // The lock was not had: to wait for it once for each would hold up everybody.
      if (!begun || jobs.length === 1) {
        for (const job of jobs) job.reject(readable(error));
        return;
      }
      // The whole commit was lost (disk full): each is tried by itself, so that one hurts no other.
      if (current) {
        current.reject(readable(error));
        jobs = jobs.filter((job) => job !== current);
      }
      for (const job of jobs) await commitTogether([job]);
    }
  };

  /** Ends in the same turn in which it finds the queue empty, so that no job is left behind. */
  const drain = async (): Promise<void> => {
    while (queue.length > 0) await inTurn(file, () => commitTogether(queue.splice(0, MOST_PER_COMMIT)));
    draining = null;
  };

  return {
    read: drizzle(reading, { schema }),
    blobs: openBlobs(join(options.dataDir, 'blobs')),
    get clock() {
      return clockOnReading();
    },
    calendar,
    now: () => civilAt(clockOnReading(), machineClock()),
    transaction: <T>(work: (tx: Tx) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        if (closed) {
          reject(new Error('the database is closed'));
          return;
        }
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
        // Whatever this turn of the event loop has brought (several sockets, several activities) joins the commit.
        draining ??= nextTurn().then(drain);
      }),
    close: async () => {
      closed = true;
      while (draining) await draining;
      reading.close();
      writing.close();
    },
  };
}

interface Job {
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const turns = new Map<string, Promise<void>>();

/**
 * Several databases on one file in one process take turns: to wait for SQLite's own lock blocks the thread, and with it
 * the holder of the lock.
 */
async function inTurn(file: string, work: () => Promise<void>): Promise<void> {
  const mine = (turns.get(file) ?? Promise.resolve()).then(work);
  const settled = mine.catch(() => undefined);
  turns.set(file, settled);
  await mine;
  if (turns.get(file) === settled) turns.delete(file);
}

/** Refuses work that awaited something other than the database while it held the write lock. */
async function aloneWithDatabase<T>(work: () => Promise<T>): Promise<T> {
  let waitedElsewhere = false;
  const probe = setImmediate(() => {
    waitedElsewhere = true;
  });
  try {
    const value = await work();
    if (waitedElsewhere) throw new Error('a transaction awaited something other than the database');
    return value;
  } finally {
    clearImmediate(probe);
  }
}

/** As drizzle's own `migrate`, but under the write lock, so that processes that start together do it once. */
function migrateUnderLock(connection: BetterSqlite3.Database): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    connection.exec(
      'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
    );
    const done = connection.prepare('SELECT max(created_at) FROM __drizzle_migrations').pluck().get();
    const note = connection.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)');
    for (const { sql, hash, folderMillis } of readMigrationFiles({ migrationsFolder: MIGRATIONS })) {
      if (done !== null && Number(done) >= folderMillis) continue;
      for (const statement of sql) connection.exec(statement);
      note.run(hash, folderMillis);
    }
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

function installClock(
  connection: BetterSqlite3.Database,
  writer: Queries,
  clock: ClockSetting,
  realMs: number,
): ClockSetting {
  const now = civilAt(clock, realMs);
  connection.exec('BEGIN IMMEDIATE');
  writer
    .insert(schema.installation)
    .values({ id: 1, clock, createdAt: now, lastInstant: now })
    .onConflictDoNothing()
    .run();
  const row = writer.select().from(schema.installation).get();
  connection.exec('COMMIT');
  if (!row) throw new Error('the installation row is missing');
  return row.clock;
}

/** A drill's clock may be set until its first launch (db/drill.ts), so each process asks for it anew; a real one is real. */
function clockReader(connection: BetterSqlite3.Database, installed: ClockSetting): () => ClockSetting {
  if (installed.mode === 'real') return () => installed;
  const statement = connection.prepare<[], string>('SELECT clock FROM installation').pluck();
  return () => JSON.parse(statement.get() ?? 'null') as ClockSetting;
}

/** Turns SQLite's own words into the errors that the API answers. */
function readable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = error.cause instanceof BetterSqlite3.SqliteError ? error.cause : error;
  if (!(cause instanceof BetterSqlite3.SqliteError)) return error;
  if (cause.code.startsWith('SQLITE_BUSY') || cause.code.startsWith('SQLITE_LOCKED')) {
    return new DomainError('database-busy', {
      messageZh: '数据库正被占用，未写入任何内容，请稍后重试',
      messageEn: 'The database is locked by another process; nothing was written, try again',
    });
  }
  if (cause.code === 'SQLITE_FULL' || cause.code.startsWith('SQLITE_IOERR')) {
    return new DomainError('database-full', {
      messageZh: '存储空间不足或磁盘故障，未写入任何内容',
      messageEn: 'The disk is full or failing; nothing was written',
      details: { sqlite: cause.code },
    });
  }
  return error;
}

export interface DatabaseCheck {
  readonly file: string;
  readonly exists: boolean;
  /** `ok`, or what SQLite found. */
  readonly integrity: string;
  readonly mode: 'real' | 'drill' | null;
}

/** What the doctor asks: whether the file opens, is whole, and which clock it runs on. Writes nothing. */
export function checkDatabase(dataDir: string): DatabaseCheck {
  const file = databaseFile(dataDir);
  if (!existsSync(file)) return { file, exists: false, integrity: 'ok', mode: null };
  const connection = new BetterSqlite3(file, { readonly: true });
  try {
    const integrity = String(connection.pragma('quick_check', { simple: true }));
    const row = drizzle(connection, { schema }).select().from(schema.installation).get();
    return { file, exists: true, integrity, mode: row?.clock.mode ?? null };
  } finally {
    connection.close();
  }
}
