import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { civilAt, type ClockSetting } from '../../domain/clock.ts';
import { DomainError } from '../../domain/errors.ts';
import { appendToTrail } from '../audit.ts';
import { openBlobs } from '../files/blobs.ts';
import { CALENDAR_IN_FORCE, CalendarInForce } from '../calendar.ts';
import { addTo, nothingAdded } from '../access/added.ts';
import type { Database, DatabaseCheck, OpenOptions, Tx } from '../access/database.ts';
import { appendEvents } from '../events.ts';
import { writeOutbox } from '../outbox.ts';
import { migrationsOf } from '../access/migrations.ts';
import {
  inUse,
  noInstallation,
  notEmpty,
  presentVersion,
  refuseOtherSchema,
  schemaState,
  type Held,
  type HeldFor,
} from '../copies/held.ts';
import type { CheckedRows, RowFault } from '../integrity/fault.ts';
import { entryOfResealing, type Resealing } from '../integrity/resealing.ts';
import { sealerAtHand, sealerOf, type RowsKey, type RowSealer } from '../integrity/row-seals.ts';
import {
  checkSqliteRows,
  damageOf,
  damageOfSearch,
  installTriggers,
  removeTriggers,
  sealedWith,
  SqliteSealing,
} from './row-seals.ts';
import { indexTitles } from '../access/search.ts';
import { commits, statementLog, type Commit } from '../access/seen.ts';
import { rememberStatements, type Queries } from '../access/statements.ts';
import { openUploads } from '../files/upload-bytes.ts';
import { LocalUploadLocks } from '../files/upload-locks.ts';
import { uploadLength } from '../uploads.ts';
import * as schema from '../schema/sqlite.ts';

const nextTurn = promisify(setImmediate);
/** So that one commit does not grow without bound while its first callers wait. */
const MOST_PER_COMMIT = 256;

export const databaseFile = (dataDir: string): string => join(dataDir, 'kaibiao.sqlite');

/** One file, one writer: a transaction holds the write lock of the whole database, whatever its subject. */
export async function openSqlite(options: OpenOptions): Promise<Database> {
  try {
    return await openUnderLock(options);
  } catch (error) {
    throw readable(error);
  }
}

/** How long to wait for another's lock (ms). */
const BUSY_TIMEOUT_MS = 5_000;

const isBusy = (error: unknown): boolean =>
  error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY');

/** Of several that make a new file write-ahead at once, SQLite turns all but one away without waiting. */
async function writeAhead(connection: BetterSqlite3.Database, patienceMs: number): Promise<void> {
  for (const giveUpAt = performance.now() + patienceMs; ; await sleep(20)) {
    try {
      connection.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
    }
  }
}

async function openUnderLock(options: OpenOptions): Promise<Database> {
  const { busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  const machineClock = options.machineClock ?? Date.now;
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const file = databaseFile(options.dataDir);
  const connect = (readonly: boolean): BetterSqlite3.Database => {
    const connection = new BetterSqlite3(file, { readonly, timeout: busyTimeoutMs });
    connection.pragma('foreign_keys = ON');
    return connection;
  };
  const writing = connect(false);
  await writeAhead(writing, busyTimeoutMs);
  writing.pragma('synchronous = FULL');
  const writer = drizzle(writing, { schema, logger: statementLog });
  const sealing = await migrateUnderLock(writing, options);
  const installed = installClock(writing, writer, options.clock, machineClock(), sealing);
  const drill = installed.mode === 'drill';
  const reading = connect(true);
  const begin = writing.prepare('BEGIN IMMEDIATE');
  const commit = writing.prepare('COMMIT');
  const savepoint = writing.prepare('SAVEPOINT job');
  const release = writing.prepare('RELEASE job');
  const lastInstant = writing.prepare<[], number>('SELECT last_instant FROM installation').pluck();
  const keepInstant = writing.prepare<[number]>('UPDATE installation SET last_instant = ?');
  const hashInForce = writing.prepare<[], string>(CALENDAR_IN_FORCE).pluck();
  const inForce = new CalendarInForce(options.calendar);
  const clockOnWriting = clockReader(writing, installed);
  const clockOnReading = clockReader(reading, installed);
  rememberStatements(writing);
  rememberStatements(reading);

  const queue: Job[] = [];
  let draining: Promise<void> | null = null;
  let closed = false;

  const commitTogether = async (jobs: Job[]): Promise<void> => {
    const settle: (() => void)[] = [];
    const all = nothingAdded();
    let current: Job | undefined;
    let begun = false;
    try {
      begin.run();
      begun = true;
      sealing.begin();
      let last = lastInstant.get() ?? 0;
      const clock = clockOnWriting();
      for (const job of jobs) {
        current = job;
        last = Math.max(last, civilAt(clock, machineClock()));
        savepoint.run();
        const { mark } = sealing;
        try {
          const added = nothingAdded();
          const calendar = await inForce.on(writer, hashInForce.get() ?? null);
          const tx: Tx = { q: writer, now: last, calendar, drill, ...added };
          const value = await aloneWithDatabase(() => job.work(tx));
          addTo(all, added);
          settle.push(() => job.resolve(value));
        } catch (error) {
          if (!writing.inTransaction) throw error;
          writing.exec('ROLLBACK TO job');
          sealing.backTo(mark);
          settle.push(() => job.reject(readable(error)));
        }
        release.run();
        current = undefined;
      }
      await writeOutbox(writer, all, last);
      await appendToTrail(writer, all.trail, 'one by one');
      await appendEvents(writer, all.events);
      keepInstant.run(last);
      sealing.settle();
      commit.run();
      commits.publish({ transactions: settle.length } satisfies Commit);
      for (const each of settle) each();
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

  const reader = drizzle(reading, { schema });
  const uploads = await openUploads(
    join(options.dataDir, 'uploads'),
    (id) => uploadLength(reader, id),
    options.uploadBucket,
  );
  return {
    read: reader,
    blobs: openBlobs(join(options.dataDir, 'blobs')),
    uploads,
    // One process alone answers on SQLite.
    uploadLocks: new LocalUploadLocks(),
    get clock() {
      return clockOnReading();
    },
    calendar: () => inForce.on(reader),
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
    checkRows: () => checkFile(file, sealing.sealer),
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

/**
 * As drizzle's own `migrate`, but under the write lock, so that processes that start together do it once. Rows are sealed
 * where they are not yet, and after a change of the schema.
 */
async function migrateUnderLock(connection: BetterSqlite3.Database, options: SealOptions): Promise<SqliteSealing> {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const sealer = sealerOf(options, sealedWith(connection));
    const sealing = new SqliteSealing(connection, sealer);
    await bringUpToDateSealed(connection, sealing, options);
    connection.exec('COMMIT');
    return sealing;
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

type SealOptions = RowsKey & Pick<OpenOptions, 'onSealing'>;

/** In a transaction of the caller's. */
async function bringUpToDateSealed(
  connection: BetterSqlite3.Database,
  sealing: SqliteSealing,
  { onSealing }: Pick<OpenOptions, 'onSealing'>,
): Promise<void> {
  const q = drizzle(connection, { schema });
  const wasSealed = sealedWith(connection) !== null;
  const before = versionOf(connection);
  const behind = schemaState(before, presentVersion('sqlite')) === 'earlier' || before === null;
  if (!behind && wasSealed) {
    installTriggers(connection);
    return;
  }
  const found = wasSealed ? (await checkSqliteRows(connection, sealing.sealer)).faults : [];
  removeTriggers(connection);
  if (bringUpToDate(connection)) await indexTitles(q);
  const rows = sealing.sealAll(onSealing);
  sealing.breakSeals(found.map(({ row }) => row));
  installTriggers(connection);
  sealing.begin();
  const at = connection.prepare<[], number>('SELECT last_instant FROM installation').pluck().get();
  // A new installation has nothing that was there before.
  if (at !== undefined) {
    const sealedBefore = connection.prepare("SELECT 1 FROM audit WHERE action = 'rows.seal'").get() !== undefined;
    const why: Resealing['why'] = wasSealed ? 'migrated' : sealedBefore ? 'lost' : 'first';
    await appendToTrail(q, [entryOfResealing({ why, rows, faults: found }, at)], 'one by one');
  }
  sealing.settle();
}

/** A file that may be another's: null where its rows are not sealed with this key. */
export async function checkSealedFile(file: string, sealer: RowSealer): Promise<CheckedRows | null> {
  const connection = new BetterSqlite3(file, { readonly: true });
  try {
    if (sealedWith(connection) !== sealer.keyId) return null;
  } finally {
    connection.close();
  }
  return checkFile(file, sealer);
}

/** FTS5 holds an index to its rows only where it might write. */
async function searchDamage(file: string): Promise<RowFault[]> {
  let found: RowFault[] = [];
  await inTurn(file, async () => {
    const connection = new BetterSqlite3(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      connection.exec('BEGIN IMMEDIATE');
      found = damageOfSearch(connection);
    } catch (error) {
      throw readable(error);
    } finally {
      connection.close();
    }
  });
  return found;
}

/** All as at one instant, on a connection of its own. */
async function checkFile(file: string, sealer: RowSealer): Promise<CheckedRows> {
  const connection = new BetterSqlite3(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    connection.exec('BEGIN');
    const { rows, faults } = await checkSqliteRows(connection, sealer);
    return { rows, faults: [...faults, ...damageOf(connection), ...(await searchDamage(file))] };
  } finally {
    connection.close();
  }
}

/** In a transaction of the caller's. Whether it was of an earlier version. */
function bringUpToDate(connection: BetterSqlite3.Database): boolean {
  connection.exec(
    'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
  );
  const done = versionOf(connection);
  const note = connection.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)');
  let changed = false;
  for (const { sql, hash, folderMillis } of migrationsOf('sqlite')) {
    if (done !== null && done >= folderMillis) continue;
    for (const statement of sql) connection.exec(statement);
    note.run(hash, folderMillis);
    changed = true;
  }
  return changed;
}

/** Brings a copy up to date, to be read from: its rows are no longer sealed. */
export async function migrateSqlite(file: string): Promise<void> {
  const connection = new BetterSqlite3(file, { fileMustExist: true });
  try {
    connection.exec('BEGIN IMMEDIATE');
    removeTriggers(connection);
    connection.exec('DROP TABLE IF EXISTS row_seals; DROP TABLE IF EXISTS seal_total');
    if (bringUpToDate(connection)) await indexTitles(drizzle(connection, { schema }));
    connection.exec('COMMIT');
  } catch (error) {
    throw readable(error);
  } finally {
    connection.close();
  }
}

/** How long to wait for a process that is just ending (ms). */
const HOLD_TIMEOUT_MS = 2_000;

/**
 * Holds a file so that no other process has it open, to copy all of it or to fill it.
 * @throws CopyRefusal `source-in-use`, `target-in-use`, `no-installation`, `schema-version`, `target-not-empty`
 */
export async function holdSqlite(file: string, heldFor: Exclude<HeldFor, 'snapshot'>, key: RowsKey): Promise<Held> {
  const isNew = !existsSync(file);
  if (isNew && heldFor === 'source') throw noInstallation(file);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const connection = new BetterSqlite3(file, { timeout: HOLD_TIMEOUT_MS });
  let kept = false;
  const release = (): void => {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    connection.close();
    if (isNew && !kept) rmSync(file, { force: true });
  };
  try {
    // Said before the first look at the file: then it is had by nobody else or not at all, readers included.
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.pragma('foreign_keys = ON');
    connection.pragma('synchronous = FULL');
    connection.exec('BEGIN EXCLUSIVE');
    settleSchema(connection, file, heldFor);
    const sealer = heldFor === 'target' ? sealerOf(key, sealedWith(connection)) : sealerAtHand(key);
    const sealing = heldFor === 'target' && sealer ? new SqliteSealing(connection, sealer) : null;
    if (sealing) await bringUpToDateSealed(connection, sealing, {});
    rememberStatements(connection);
    return {
      q: drizzle(connection, { schema, logger: statementLog }),
      place: file,
      checkRows: async () => {
        sealing?.settle();
        const known = sealer?.keyId === sealedWith(connection);
        return sealer && known ? checkSqliteRows(connection, sealer) : null;
      },
      breakSeals: async (places) => sealing?.breakSeals(places),
      keep: async () => {
        sealing?.settle();
        connection.exec('COMMIT');
        kept = true;
      },
      release: async () => release(),
      readable,
    };
  } catch (error) {
    release();
    throw isBusy(error) ? inUse(heldFor, file) : readable(error);
  }
}

function settleSchema(connection: BetterSqlite3.Database, file: string, heldFor: HeldFor): void {
  const version = versionOf(connection);
  if (heldFor === 'target' && version === null) {
    const tables = connection.prepare("SELECT count(*) FROM sqlite_master WHERE type = 'table'").pluck().get();
    if (tables !== 0) throw notEmpty(file);
    bringUpToDate(connection);
    return;
  }
  refuseOtherSchema(heldFor, file, version, presentVersion('sqlite'));
}

/** The last migration done, if any. */
function versionOf(connection: BetterSqlite3.Database): number | null {
  const made = connection.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get();
  if (made === undefined) return null;
  return (
    connection.prepare<[], number | null>('SELECT max(created_at) FROM __drizzle_migrations').pluck().get() ?? null
  );
}

/** Writes the database as it stands at one instant into a new file, while others go on writing. */
export function snapshotSqlite(file: string, to: string): void {
  const connection = new BetterSqlite3(file, { fileMustExist: true });
  try {
    connection.prepare('VACUUM INTO ?').run(to);
  } catch (error) {
    throw readable(error);
  } finally {
    connection.close();
  }
}

function installClock(
  connection: BetterSqlite3.Database,
  writer: Queries,
  clock: ClockSetting,
  realMs: number,
  sealing: SqliteSealing,
): ClockSetting {
  const now = civilAt(clock, realMs);
  connection.exec('BEGIN IMMEDIATE');
  sealing.begin();
  writer
    .insert(schema.installation)
    .values({ id: 1, clock, createdAt: now, lastInstant: now })
    .onConflictDoNothing()
    .run();
  const row = writer.select().from(schema.installation).get();
  sealing.settle();
  connection.exec('COMMIT');
  if (!row) throw new Error('the installation row is missing');
  return row.clock;
}

/** A drill's clock may be set until its first launch (db/access/drill.ts), so each process asks for it anew; a real one is real. */
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

export function checkSqlite(dataDir: string): DatabaseCheck {
  const place = databaseFile(dataDir);
  const absent = { place, exists: false, integrity: 'ok', mode: null, schema: null, clock: null };
  if (!existsSync(place)) return absent;
  const connection = new BetterSqlite3(place, { readonly: true });
  try {
    const integrity = String(connection.pragma('quick_check', { simple: true }));
    const schemaFound = schemaState(versionOf(connection), presentVersion('sqlite'));
    if (schemaFound === null) return { ...absent, exists: true, integrity };
    const clock = connection.prepare<[], string>('SELECT clock FROM installation').pluck().get();
    const mode = clock === undefined ? null : (JSON.parse(clock) as ClockSetting).mode;
    return { ...absent, exists: true, integrity, mode, schema: schemaFound };
  } finally {
    connection.close();
  }
}
