import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pg-proxy';
import pg from 'pg';
import { civilAt, type ClockSetting } from '../../domain/clock.ts';
import { appendToTrail, isInTrail, type TrailPlace } from '../audit.ts';
import { openBlobs } from '../files/blobs.ts';
import { CALENDAR_IN_FORCE, CalendarInForce } from '../calendar.ts';
import { addTo, nothingAdded, type Added } from '../access/added.ts';
import type { Database, DatabaseCheck, OpenOptions, Subject, Tx } from '../access/database.ts';
import { appendEvents } from '../events.ts';
import { writeOutbox } from '../outbox.ts';
import { migrationsOf } from '../access/migrations.ts';
import {
  CopyRefusal,
  inUse,
  notEmpty,
  presentVersion,
  refuseOtherSchema,
  schemaState,
  type Held,
  type HeldFor,
} from '../copies/held.ts';
import { causeOf, isConnectionLost, isGivenUp, isTakenMeanwhile, OutcomeUnknown, readable } from './failures.ts';
import type { CheckedRows } from '../integrity/fault.ts';
import { PostgresUploadLocks } from './upload-locks.ts';
import { entryOfResealing, type Resealing } from '../integrity/resealing.ts';
import { sealerAtHand, sealerOf, type RowsKey, type RowSealer } from '../integrity/row-seals.ts';
import {
  askNotes,
  breakSeals,
  checkPostgresRows,
  installTriggers,
  MAKE_NOTES,
  putSeals,
  sealAll,
  sealedWith,
  sealNoted,
} from './row-seals.ts';
import { indexTitles } from '../access/search.ts';
import * as schema from '../schema/sqlite.ts';
import { commits, statementLog, type Commit } from '../access/seen.ts';
import type { Queries } from '../access/statements.ts';
import { openUploads } from '../files/upload-bytes.ts';
import { uploadLength } from '../uploads.ts';

const { installation } = schema;
/** Connections of one process: this many write, the rest read. */
const WRITERS = 4;
const CONNECTIONS = 12;
/** So that one commit does not hold its rows for long while its first callers wait. */
const MOST_PER_COMMIT = 64;
/** How often, and how far apart, rows that another process holds are looked at before a connection waits for one (ms). */
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 20;
/** What the server calls our connections. */
const APPLICATION = 'kaibiao';
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 10_000;
/** How often a job is run again that the database gave up for another's sake, or lost with its connection. */
const MOST_TRIES = 3;
/** How long to ask what became of a commit whose answer was lost (ms). */
const OUTCOME_WITHIN_MS = 10_000;
/** How often a drill's clock is looked up, which may be set until its first launch (ms). */
const DRILL_CLOCK_INTERVAL_MS = 500;

// Advisory locks: 'kaib' as a number, and what is locked.
const INSTALLATION_LOCK = '1801544034, 1';
const MIGRATION_LOCK = '1801544034, 2';

/**
 * Many processes, one server. A transaction holds the row of its procurement; one without a subject holds everything.
 * The trail and the clock guard are locked at the very end of each, so that procurements hold each other up no longer
 * than a commit takes.
 */
export async function openPostgres(options: OpenOptions & { readonly url: string }): Promise<Database> {
  const pool = connect(options.url, options.busyTimeoutMs ?? LOCK_TIMEOUT_MS);
  try {
    const sealer = await migrate(pool, (client) => bringUpToDateSealed(client, options));
    return await openMigrated(pool, options, sealer);
  } catch (error) {
    await pool.end();
    throw readable(error);
  }
}

function connect(url: string, lockTimeoutMs: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: APPLICATION,
    max: CONNECTIONS,
    // What is asked in one go is sent in one go, and answered in its order.
    pipeline: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // A connection that no longer answers must not hold a caller for ever.
    query_timeout: STATEMENT_TIMEOUT_MS + 5_000,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  });
  // A connection that breaks is told of to whoever uses it, and dropped by the pool where nobody does; as an event it
  // would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** What work without a subject holds. */
const EVERYTHING = '*';

interface Job {
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly subject: Exclude<Subject, { readonly procurementIds: readonly string[] }> | null;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  tries: number;
  looks: number;
}

const procurementOf = ({ subject }: Job): string | null =>
  subject === null || subject === 'single-rows' ? null : subject.procurementId;

const procurementsOf = (jobs: readonly Job[]): string[] => [
  ...new Set(jobs.map(procurementOf).filter((id) => id !== null)),
];

/** What a transaction is known by, to ask what became of it. */
interface Traces {
  readonly xid: string;
  readonly lastEntry: TrailPlace | null;
}

/** What a transaction did before its commit. */
interface Prepared {
  readonly noted: Awaited<ReturnType<typeof askNotes>>;
  readonly traces: Traces;
  readonly settle: readonly (() => void)[];
}

async function openMigrated(
  pool: pg.Pool,
  options: OpenOptions & { readonly url: string },
  sealer: RowSealer,
): Promise<Database> {
  const { machineClock } = options;
  const inForce = new CalendarInForce(options.calendar);
  const read = queriesOn((query) => onceAgain(() => pool.query(query)));
  const startedMs = machineClock ? machineClock() : await databaseClock(pool);
  /** How far the database's clock is ahead of this machine's (ms). */
  let aheadMs = startedMs - Date.now();
  let clock = await installClock(pool, sealer, options.clock, startedMs);
  const drill = clock.mode === 'drill';

  const lookUpClock = async (): Promise<void> => {
    const [row] = await read.select({ clock: installation.clock }).from(installation);
    if (row) ({ clock } = row);
  };
  const queries = new WeakMap<pg.PoolClient, Queries>();
  const queriesOf = (client: pg.PoolClient): Queries => {
    const known = queries.get(client) ?? queriesOn((query) => client.query(query));
    queries.set(client, known);
    return known;
  };

  /** Runs jobs in one transaction; throws what undoes it as a whole. */
  const runTogether = async (client: pg.PoolClient, jobs: readonly Job[]): Promise<Prepared> => {
    const q = queriesOf(client);
    const start = await client.query<Start>(START);
    const { now_ms, last_instant, clock: setting, calendar_hash } = start.rows[0] as Start;
    clock = setting;
    const machineMs = machineClock ? machineClock() : Number(now_ms);
    aheadMs = machineMs - Date.now();
    const now = Math.max(Number(last_instant), civilAt(clock, machineMs));
    const calendar = await inForce.on(q, calendar_hash);
    const run: Run = async (job, added) => {
      // Those that hold everything may have imported one just before, in this very transaction.
      const current = job.subject === null && jobs.length > 1 ? await inForce.on(q) : calendar;
      return job.work({ q, now, calendar: current, drill, ...added });
    };
    const outcomes = await runAll(client, jobs, run);
    const settle: (() => void)[] = [];
    const all = nothingAdded();
    for (const [index, job] of jobs.entries()) {
      const outcome = outcomes[index] as Outcome;
      if ('value' in outcome) {
        addTo(all, outcome.added);
        settle.push(() => job.resolve(outcome.value));
      } else if (isTakenMeanwhile(outcome.error)) settle.push(() => again([job], outcome.error));
      else settle.push(() => job.reject(readable(outcome.error)));
    }
    // Before the instant is kept: who holds that waits for no row of the outbox.
    const [, kept] = await Promise.all([writeOutbox(q, all, now), client.query<{ xid: string }>(KEEP_INSTANT, [now])]);
    // Asked behind the entries, so that it travels with them; the total is held since the instant was kept.
    const appended = appendToTrail(q, all.trail, 'together');
    await appendEvents(q, all.events);
    const lastEntry = await appended;
    const noted = await askNotes(client);
    return { noted, traces: { xid: kept.rows[0]?.xid ?? '', lastEntry }, settle };
  };

  /** Holds the procurements of those jobs that it returns; those that another process holds come later. */
  const hold = async (client: pg.PoolClient, jobs: readonly Job[]): Promise<readonly Job[]> => {
    const procurements = procurementsOf(jobs);
    if (procurements.length === 0) return jobs;
    const mayWait = procurements.length === 1 && jobs.every((job) => procurementOf(job) !== null);
    const { rows } = await client.query<{ id: string }>(mayWait ? HOLD : HOLD_WHAT_IS_FREE, [procurements]);
    if (mayWait) return jobs;
    const free = new Set(rows.map(({ id }) => id));
    const isFree = (job: Job): boolean => free.has(procurementOf(job) ?? '') || procurementOf(job) === null;
    lookLater(jobs.filter((job) => !isFree(job)));
    return jobs.filter(isFree);
  };

  /** So that few connections wait, and those that others will soon be done with are done together. */
  const lookLater = (jobs: readonly Job[]): void => {
    for (const job of jobs) job.looks += 1;
    const patient = jobs.filter(({ looks }) => looks < LOOKS);
    for (const id of procurementsOf(jobs)) {
      const line = jobs.filter((job) => procurementOf(job) === id && !patient.includes(job));
      if (line.length > 0) retries.push(line);
    }
    if (patient.length === 0) return;
    const later = sleep(BETWEEN_LOOKS_MS).then(() => {
      postponed.delete(later);
      queue.unshift(...patient);
      pump();
    });
    postponed.add(later);
  };

  const commitTogether = async (taken: readonly Job[]): Promise<void> => {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      for (const job of taken) job.reject(readable(error));
      return;
    }
    const alone = taken.some(({ subject }) => subject === null);
    let jobs = taken;
    let broken = false;
    try {
      await client.query(`BEGIN; ${notesOf(client)}SELECT ${alone ? LOCK_ALONE : LOCK_SHARED}`);
      jobs = await hold(client, taken);
      const { noted, traces, settle } = await runTogether(client, jobs);
      await commit(client, noted, traces);
      noting.add(client);
      commits.publish({ transactions: settle.length } satisfies Commit);
      // Somebody may have set it just now.
      if (drill && alone) await lookUpClock().catch(() => undefined);
      for (const each of settle) each();
    } catch (error) {
      broken = isConnectionLost(error);
      if (!broken) await client.query('ROLLBACK').catch(() => (broken = true));
      if (error instanceof OutcomeUnknown) for (const job of jobs) job.reject(error);
      else again(jobs, error);
    } finally {
      client.release(broken);
    }
  };

  /** @throws what undid the transaction; where the answer was lost, the server is asked for it */
  const commit = async (client: pg.PoolClient, noted: Prepared['noted'], traces: Traces): Promise<void> => {
    try {
      // On one way: where a seal is not taken, the commit is none.
      const sent = [...putSeals(client, sealer, noted), client.query('COMMIT')];
      const failed = (await Promise.allSettled(sent)).find((each) => each.status === 'rejected');
      if (failed) throw failed.reason;
    } catch (error) {
      if (!isConnectionLost(error) || !(await wasCommitted(pool, traces))) throw error;
    }
  };

  /** The whole commit was lost: each job is tried by itself, so that one hurts no other, until it is no use. */
  const again = (jobs: readonly Job[], error: unknown): void => {
    const mayPass = jobs.length > 1 || isConnectionLost(error) || isTakenMeanwhile(error) || isGivenUp(error);
    for (const job of jobs) {
      job.tries += 1;
      if (mayPass && job.tries < MOST_TRIES) retries.push([job]);
      else job.reject(readable(error));
    }
  };

  const queue: Job[] = [];
  const retries: Job[][] = [];
  const held = new Set<string>();
  const underWay = new Set<Promise<void>>();
  const postponed = new Set<Promise<void>>();

  /** Those at the head that need not wait for each other, nor for what this process is working on already. */
  const nextJobs = (): Job[] => {
    const retry = retries.shift();
    if (retry) return retry;
    const alone = queue[0]?.subject === null;
    if (alone && held.has(EVERYTHING)) return [];
    const taken: Job[] = [];
    for (let index = 0; index < queue.length && taken.length < MOST_PER_COMMIT;) {
      const job = queue[index] as Job;
      if ((job.subject === null) !== alone) break;
      if (held.has(procurementOf(job) ?? '')) index += 1;
      else taken.push(...queue.splice(index, 1));
    }
    return taken;
  };

  const pump = (): void => {
    while (underWay.size < WRITERS) {
      const jobs = nextJobs();
      if (jobs.length === 0) return;
      const holds = jobs.some(({ subject }) => subject === null) ? [EVERYTHING] : procurementsOf(jobs);
      for (const each of holds) held.add(each);
      const run = commitTogether(jobs).finally(() => {
        for (const each of holds) held.delete(each);
        underWay.delete(run);
        pump();
      });
      underWay.add(run);
    }
  };

  let closed = false;
  const timer = drill ? setInterval(() => void lookUpClock().catch(() => undefined), DRILL_CLOCK_INTERVAL_MS) : null;
  timer?.unref();

  const uploads = await openUploads(
    join(options.dataDir, 'uploads'),
    (id) => uploadLength(read, id),
    options.uploadBucket,
  );
  const uploadLocks = new PostgresUploadLocks(options.url);
  return {
    read,
    blobs: openBlobs(join(options.dataDir, 'blobs')),
    uploads,
    uploadLocks,
    get clock() {
      return clock;
    },
    calendar: () => inForce.on(read),
    now: () => civilAt(clock, machineClock ? machineClock() : Date.now() + aheadMs),
    transaction: <T>(work: (tx: Tx) => Promise<T>, subject?: Subject) =>
      new Promise<T>((resolve, reject) => {
        if (closed) {
          reject(new Error('the database is closed'));
          return;
        }
        queue.push({
          work,
          subject: typeof subject === 'object' && 'procurementIds' in subject ? null : (subject ?? null),
          resolve: resolve as (value: unknown) => void,
          reject,
          tries: 0,
          looks: 0,
        });
        // Whatever this turn of the event loop has brought (several sockets, several activities) joins the commit.
        setImmediate(pump);
      }),
    checkRows: () => checkAtOneInstant(pool, sealer),
    close: async () => {
      if (closed) return;
      closed = true;
      if (timer) clearInterval(timer);
      await uploadLocks.close();
      while (queue.length + retries.length + underWay.size + postponed.size > 0) {
        pump();
        await Promise.race([...underWay, ...postponed]);
      }
      await pool.end();
    },
  };
}

interface Start {
  readonly now_ms: string;
  readonly last_instant: string;
  readonly clock: ClockSetting;
  readonly calendar_hash: string | null;
}

/** What a transaction without a subject takes, and the others share. */
export const LOCK_ALONE = `pg_advisory_xact_lock(${INSTALLATION_LOCK})`;
const LOCK_SHARED = `pg_advisory_xact_lock_shared(${INSTALLATION_LOCK})`;
/** In one order, so that nobody waits in a circle. */
const HOLD = 'SELECT id FROM procurements WHERE id = ANY($1) ORDER BY id FOR UPDATE';
const HOLD_WHAT_IS_FREE = `${HOLD} SKIP LOCKED`;
const CLOCK = '(extract(epoch from clock_timestamp()) * 1000)::bigint';
/** Asked when the rows are held: whoever held them before has left its instant behind. */
const START = `SELECT ${CLOCK} AS now_ms, last_instant, clock, (${CALENDAR_IN_FORCE}) AS calendar_hash
  FROM installation`;
/** Holds the trail too, until the end: whoever adds to it has come by here. */
const KEEP_INSTANT =
  'UPDATE installation SET last_instant = greatest(last_instant, $1) RETURNING pg_current_xact_id() AS xid';

async function databaseClock(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ now_ms: string }>(`SELECT ${CLOCK} AS now_ms`);
  return Number(rows[0]?.now_ms);
}

const BIGINT = 20;
const JSONB = 3802;
/** As drizzle wants them: whole numbers as numbers (all stay within 2^53), JSON as it is stored. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format: 'text' | 'binary' = 'text') => {
    if (oid === BIGINT) return Number;
    if (oid === JSONB) return String;
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  },
};

/** So that texts that vary without end (lists of values) do not fill the server's memory. */
const MOST_NAMED = 500;
const names = new Map<string, string>();

/** A statement that is known by name is parsed and planned once a connection. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMED) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
  names.set(text, name);
  return name;
}

/**
 * The repositories' queries in PostgreSQL's dialect. The table objects are SQLite's: they give names and how a value is
 * written and read, and both databases keep the same values (ADR 0011).
 */
export function queriesOn(send: (query: pg.QueryArrayConfig) => Promise<{ rows: unknown[] }>): Queries {
  const callback = async (text: string, values: unknown[]): Promise<{ rows: unknown[] }> => {
    const name = nameOf(text);
    const { rows } = await send({ text, values, rowMode: 'array', types, ...(name === undefined ? {} : { name }) });
    return { rows };
  };
  return drizzle(callback, { schema: schema as never, logger: statementLog }) as unknown as Queries;
}

/** Brings the schema up to date without making an installation, nor a key. */
export async function migratePostgres(url: string): Promise<void> {
  const pool = connect(url, LOCK_TIMEOUT_MS);
  try {
    await migrate(pool, async (client) => {
      if (await bringUpToDate(client)) await indexTitles(queriesOn((query) => client.query(query)));
      await installTriggers(client);
    });
  } catch (error) {
    throw readable(error);
  } finally {
    await pool.end();
  }
}

async function migrate<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    const value = await work(client);
    await client.query('COMMIT');
    client.release();
    return value;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Sessions that have a table for their notes. */
const noting = new WeakSet<pg.ClientBase>();

/** What a transaction's first statement begins with; after a failure it is said again. */
function notesOf(client: pg.ClientBase): string {
  if (noting.has(client)) return '';
  return `${MAKE_NOTES}; `;
}

type SealOptions = RowsKey & Pick<OpenOptions, 'onSealing'>;

/** Rows are sealed where they are not yet, and after a change of the schema; in a transaction of the caller's. */
async function bringUpToDateSealed(client: pg.ClientBase, options: SealOptions): Promise<RowSealer> {
  const sealed = await sealedWith(client);
  const sealer = sealerOf(options, sealed);
  const behind = schemaState(await versionOf(client), presentVersion('postgres'));
  if (sealed !== null && behind !== 'earlier' && behind !== null) {
    await installTriggers(client);
    return sealer;
  }
  await client.query(`${MAKE_NOTES}; SELECT ${LOCK_ALONE}`);
  const found = sealed === null ? [] : (await checkPostgresRows(client, sealer)).faults;
  const q = queriesOn((query) => client.query(query));
  if (await bringUpToDate(client)) await indexTitles(q);
  await installTriggers(client);
  const rows = await sealAll(client, sealer, options.onSealing);
  if (found.length > 0)
    await breakSeals(
      client,
      found.map(({ row }) => row),
    );
  // What the migrations wrote is sealed with all the rest.
  await client.query('TRUNCATE pg_temp.rows_to_seal');
  const [installed] = await q.select({ at: installation.lastInstant }).from(installation);
  // A new installation has nothing that was there before.
  if (installed) {
    const { rowCount } = await client.query("SELECT 1 FROM audit WHERE action = 'rows.seal' LIMIT 1");
    const why: Resealing['why'] = sealed !== null ? 'migrated' : rowCount ? 'lost' : 'first';
    await appendToTrail(q, [entryOfResealing({ why, rows, faults: found }, installed.at)], 'together');
    await sealNoted(client, sealer);
  }
  return sealer;
}

const BEGIN_READING = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

async function checkAtOneInstant(pool: pg.Pool, sealer: RowSealer): Promise<CheckedRows> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(BEGIN_READING);
    const checked = await checkPostgresRows(client, sealer);
    await client.query('COMMIT');
    return checked;
  } catch (error) {
    broken = true;
    throw readable(error);
  } finally {
    client.release(broken);
  }
}

/** In a transaction of the caller's. Whether it was of an earlier version. */
async function bringUpToDate(client: pg.ClientBase): Promise<boolean> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS kaibiao_migrations (hash text NOT NULL, created_at bigint PRIMARY KEY)',
  );
  const done = (await versionOf(client)) ?? 0;
  let changed = false;
  for (const { sql, hash, folderMillis } of migrationsOf('postgres')) {
    if (done >= folderMillis) continue;
    for (const statement of sql) await client.query(statement);
    await client.query('INSERT INTO kaibiao_migrations (hash, created_at) VALUES ($1, $2)', [hash, folderMillis]);
    changed = true;
  }
  return changed;
}

/** How long to wait for a process that is just ending (ms). */
const HOLD_TIMEOUT_MS = 2_000;
/** A page of rows that takes longer than this is not coming (ms). */
const PAGE_TIMEOUT_MS = 600_000;

/**
 * Holds a database on one connection, to copy all of it or to fill it; as a `snapshot` it keeps nobody from writing.
 * @throws CopyRefusal `source-in-use`, `target-in-use`, `no-installation`, `schema-version`, `target-not-empty`
 * @throws DomainError `database-unreachable`
 */
export async function holdPostgres(url: string, heldFor: HeldFor, key: RowsKey): Promise<Held> {
  const place = placeOfUrl(url);
  const client = new pg.Client({
    connectionString: url,
    // The same as a service's, so that two copies find each other too.
    application_name: APPLICATION,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    query_timeout: PAGE_TIMEOUT_MS,
    lock_timeout: HOLD_TIMEOUT_MS,
    pipeline: true,
  });
  // Whoever asks next is told.
  client.on('error', () => undefined);
  let sealer: RowSealer | null;
  try {
    await client.connect();
    // A snapshot is of its first statement, so that the lock comes before it and is the session's.
    if (heldFor === 'source') await client.query(`SELECT pg_advisory_lock(${INSTALLATION_LOCK})`);
    await client.query(heldFor === 'target' ? BEGIN_FILLING : BEGIN_READING);
    if (heldFor !== 'snapshot') await refuseOthers(client, heldFor, place);
    await settleSchema(client, heldFor, place);
    sealer = heldFor === 'target' ? await bringUpToDateSealed(client, key) : sealerAtHand(key);
    if (heldFor === 'target') await client.query(MAKE_NOTES);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw causeOf(error)?.code === '55P03' ? inUse(heldFor, place) : readable(error);
  }
  return {
    q: queriesOn((query) => client.query(query)),
    place,
    checkRows: async () => {
      if (heldFor === 'target' && sealer) await sealNoted(client, sealer);
      const known = sealer && (await sealedWith(client)) === sealer.keyId;
      return sealer && known ? checkPostgresRows(client, sealer) : null;
    },
    breakSeals: async (places) => {
      if (!sealer || places.length === 0) return;
      await sealNoted(client, sealer);
      await breakSeals(client, places);
    },
    keep: async () => {
      if (sealer) await sealNoted(client, sealer);
      await client.query('COMMIT');
    },
    // The server undoes what is open when its connection ends.
    release: () => client.end().catch(() => undefined),
    readable: (error) => {
      // 22: a value that the type cannot hold, as a text with U+0000.
      if (!causeOf(error)?.code?.startsWith('22')) return readable(error);
      return new CopyRefusal(
        'not-storable',
        `有的内容 PostgreSQL 不能存放（${causeOf(error)?.message}），未复制任何内容`,
        `PostgreSQL cannot keep some of the text (${causeOf(error)?.message}); nothing was copied`,
      );
    },
  };
}

/** In the order in which whoever opens a database takes them. */
const BEGIN_FILLING = `BEGIN; SELECT pg_advisory_xact_lock(${MIGRATION_LOCK}); SELECT ${LOCK_ALONE}`;

/** Processes of ours that are connected, whether they write just now or not. */
const OTHERS = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND application_name = current_setting('application_name')`;

async function refuseOthers(client: pg.Client, heldFor: HeldFor, place: string): Promise<void> {
  const giveUpAt = Date.now() + HOLD_TIMEOUT_MS;
  for (;;) {
    // Within one transaction the server shows what it showed before, unless told to look again.
    const { rowCount } = await client.query(`SELECT pg_stat_clear_snapshot()`).then(() => client.query(OTHERS));
    if (rowCount === 0) return;
    if (Date.now() > giveUpAt) throw inUse(heldFor, place);
    await sleep(100);
  }
}

async function settleSchema(client: pg.Client, heldFor: HeldFor, place: string): Promise<void> {
  const version = await versionOf(client);
  if (heldFor === 'target' && version === null) {
    const { rowCount } = await client.query('SELECT 1 FROM pg_tables WHERE schemaname = current_schema()');
    if (rowCount !== 0) throw notEmpty(place);
    await bringUpToDate(client);
    return;
  }
  refuseOtherSchema(heldFor, place, version, presentVersion('postgres'));
}

/** The last migration done, if any. */
async function versionOf(on: pg.ClientBase | pg.Pool): Promise<number | null> {
  const { rows: made } = await on.query<{ ours: boolean }>(
    "SELECT to_regclass('kaibiao_migrations') IS NOT NULL AS ours",
  );
  if (!made[0]?.ours) return null;
  const { rows } = await on.query<{ done: string | null }>('SELECT max(created_at) AS done FROM kaibiao_migrations');
  return rows[0]?.done ? Number(rows[0].done) : null;
}

async function installClock(
  pool: pg.Pool,
  sealer: RowSealer,
  clock: ClockSetting,
  realMs: number,
): Promise<ClockSetting> {
  const now = civilAt(clock, realMs);
  const client = await pool.connect();
  try {
    const q = queriesOn((query) => client.query(query));
    const known = async () => (await q.select().from(installation).where(eq(installation.id, 1)))[0];
    if (!(await known())) {
      await client.query(`BEGIN; ${MAKE_NOTES}; SELECT ${LOCK_ALONE}`);
      await q.insert(installation).values({ id: 1, clock, createdAt: now, lastInstant: now }).onConflictDoNothing();
      await sealNoted(client, sealer);
      await client.query('COMMIT');
    }
    const row = await known();
    if (!row) throw new Error('the installation row is missing');
    client.release();
    return row.clock;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** A read changes nothing: where its connection was lost, it is asked once more on another. */
async function onceAgain<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isConnectionLost(error)) throw readable(error);
    try {
      return await ask();
    } catch (second) {
      throw readable(second);
    }
  }
}

/**
 * What became of a transaction whose answer was lost with its connection. Its number alone does not tell that it was
 * committed: a server that crashes forgets the numbers of what it undid and gives them away again. Its entry in the
 * trail does.
 * @throws OutcomeUnknown when the server stays away, or when nothing in the trail tells
 */
async function wasCommitted(pool: pg.Pool, { xid, lastEntry }: Traces): Promise<boolean> {
  const q = queriesOn((query) => pool.query(query));
  for (const giveUpAt = Date.now() + OUTCOME_WITHIN_MS; Date.now() < giveUpAt; await sleep(200)) {
    try {
      const { rows } = await pool.query<{ status: string | null }>('SELECT pg_xact_status($1::xid8) AS status', [xid]);
      const status = rows[0]?.status;
      if (status === 'in progress') continue;
      if (status === 'aborted') return false;
      if (lastEntry) return await isInTrail(q, lastEntry);
      break;
    } catch (error) {
      // A number that was not given away again yet.
      if (causeOf(error)?.code === '22023') return false;
      if (!isConnectionLost(error)) throw error;
    }
  }
  throw new OutcomeUnknown('database-unreachable', {
    messageZh: '提交时数据库断开，结果未知；请以同一 Idempotency-Key 重试',
    messageEn:
      'The database went away while this was being kept; whether it was is not known: try again with the same Idempotency-Key',
  });
}

type Run = (job: Job, added: Added) => Promise<unknown>;
type Outcome = { readonly value: unknown; readonly added: Added } | { readonly error: unknown };

async function succeed(job: Job, run: Run): Promise<Outcome> {
  const added = nothingAdded();
  return { value: await run(job, added), added };
}

/**
 * Runs the jobs of one transaction. Those about different procurements run side by side, so that what they ask travels
 * together; where one of them fails, all are undone and run one after the other, each undone alone. They keep their
 * rows and their instant meanwhile.
 * @throws what undoes the whole transaction
 */
async function runAll(client: pg.PoolClient, jobs: readonly Job[], run: Run): Promise<Outcome[]> {
  const [only, ...others] = jobs;
  // One that is by itself is undone with its transaction.
  if (only && others.length === 0) return [await succeed(only, run)];
  const outcomes = new Map<Job, Outcome>();
  const inTurn = async (line: readonly Job[]): Promise<void> => {
    for (const job of line) outcomes.set(job, await succeed(job, run));
  };
  const lines = [...new Set(jobs.map(procurementOf))].map((id) => jobs.filter((job) => procurementOf(job) === id));
  const [begun, ...ended] = await Promise.allSettled([client.query('SAVEPOINT jobs'), ...lines.map(inTurn)]);
  if (begun.status === 'rejected') throw begun.reason;
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed) {
    if (isConnectionLost(failed.reason) || isGivenUp(failed.reason)) throw failed.reason;
    await client.query('ROLLBACK TO jobs');
    for (const job of jobs) outcomes.set(job, await undoneAlone(client, () => succeed(job, run)));
  }
  return jobs.map((job) => outcomes.get(job) as Outcome);
}

/** @throws what undoes the whole transaction */
async function undoneAlone(client: pg.PoolClient, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    // Not released: that is the commit's business, and the next one's savepoint of this name hides it.
    const [, outcome] = await Promise.all([client.query('SAVEPOINT job'), work()]);
    return outcome;
  } catch (error) {
    if (isConnectionLost(error) || isGivenUp(error)) throw error;
    await client.query('ROLLBACK TO job; RELEASE job');
    return { error };
  }
}

/** Where a database is, without the password. */
export function placeOfUrl(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `postgres://${hostname}:${port || '5432'}${pathname}`;
}

export async function checkPostgres(url: string): Promise<DatabaseCheck> {
  const place = placeOfUrl(url);
  const pool = connect(url, CONNECT_TIMEOUT_MS);
  try {
    // The first statement has to connect: the second is as quick as the way there and back.
    const version = await versionOf(pool);
    const sentAt = Date.now();
    const answered = await databaseClock(pool);
    const receivedAt = Date.now();
    const clock = { aheadMs: answered - (sentAt + receivedAt) / 2, withinMs: (receivedAt - sentAt) / 2 };
    const found = schemaState(version, presentVersion('postgres'));
    if (found === null) return { place, exists: false, integrity: 'ok', mode: null, schema: null, clock };
    const { rows: installed } = await pool.query<{ clock: ClockSetting }>('SELECT clock FROM installation');
    return { place, exists: true, integrity: 'ok', mode: installed[0]?.clock.mode ?? null, schema: found, clock };
  } catch (error) {
    throw readable(error);
  } finally {
    await pool.end();
  }
}
