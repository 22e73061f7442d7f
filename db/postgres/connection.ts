import { createHash } from 'node:crypto';
import { drizzle } from 'drizzle-orm/pg-proxy';
import pg from 'pg';
import { noteStatement } from '../access/seen.ts';
import type { Queries } from '../access/statements.ts';
import * as schema from '../schema/sqlite.ts';
import { isAborted, isConnectionLost, readable } from './failures.ts';

/** The application name of our connections on the server. */
export const APPLICATION = 'kaibiao';
export const CONNECT_TIMEOUT_MS = 5_000;
export const LOCK_TIMEOUT_MS = 10_000;
/** Connections of one process. Those that read are others than those that write: whatever holds reading up, commits pass. */
const WRITING = 5;
const READING = 7;
/** Reading waits for a lock of the schema or of an administrator only; what waits longer is refused (locked-tables.ts). */
const READ_LOCK_TIMEOUT_MS = 500;
const STATEMENT_TIMEOUT_MS = 30_000;

/** Of ours alone: whatever else is in the database is not read, and not written. */
export const SCHEMA = 'kaibiao';
/** The applied migrations. */
export const JOURNAL = 'kaibiao_migrations';
/** Never has a row. */
export const LOCKS = 'kaibiao_locks';
// Locks of a table, which only the owner and the service may take: an advisory lock is open to every role that may connect.
/** A transaction without a subject takes it exclusively, the others share it; reading is not affected. */
export const LOCK_ALONE = `LOCK TABLE ${LOCKS} IN EXCLUSIVE MODE`;
export const LOCK_SHARED = `LOCK TABLE ${LOCKS} IN ROW SHARE MODE`;
/** Of one process that brings the schema up to date; transactions go on beside it. */
export const LOCK_SCHEMA = `LOCK TABLE ${LOCKS} IN SHARE UPDATE EXCLUSIVE MODE`;

/** Milliseconds since 1970; a function of this name in another schema is not asked. */
export const CLOCK = '(extract(epoch from pg_catalog.clock_timestamp()) * 1000)::bigint';
/** Whatever a role or a database was set to: first what PostgreSQL itself has, then our own schema, and nothing of others. */
export const OWN_SEARCH_PATH = `SELECT pg_catalog.set_config('search_path', '${SCHEMA}, pg_temp', false)`;
/** For large reads, as at one instant. */
export const BEGIN_READING = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

export const connectToRead = (url: string, lockTimeoutMs: number): pg.Pool =>
  connect(url, Math.min(lockTimeoutMs, READ_LOCK_TIMEOUT_MS), READING);

export function connect(url: string, lockTimeoutMs: number, max = WRITING): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: APPLICATION,
    max,
    // Statements issued together are sent together, and answered in their order.
    pipeline: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // A connection that no longer answers must not block a caller for ever.
    query_timeout: STATEMENT_TIMEOUT_MS + 5_000,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  });
  // A broken connection fails the query of its user, and the pool drops an idle one; an unhandled event would end the
  // process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    watched(client).on('error', () => undefined);
    // Sent before the first query of its user; where it fails, so does that.
    client.query(OWN_SEARCH_PATH).catch(() => undefined);
  });
  return pool;
}

/**
 * The same connection, with each statement recorded (db/access/seen.ts). A statement refused because the transaction
 * was aborted before it fails with the original error: of statements sent together the wrong one may be awaited first.
 */
export function watched<C extends pg.ClientBase>(client: C): C {
  const send = client.query.bind(client) as (...given: unknown[]) => unknown;
  // How many awaited answers came before the next statement to be sent, and before the last one sent.
  let received = 0;
  let sent = 0;
  let aborting: unknown;
  client.query = ((...given: unknown[]) => {
    const turn = received + 1;
    noteStatement(textOf(given[0]), turn > sent);
    sent = Math.max(sent, turn);
    const answered = () => void (received = Math.max(received, turn));
    const callback = given.at(-1);
    if (isCallback(callback)) {
      given[given.length - 1] = (...answer: unknown[]) => {
        answered();
        callback(...answer);
      };
      return send(...given);
    }
    const answer = send(...given);
    if (!(answer instanceof Promise)) return answer;
    return answer.then(
      (rows: unknown) => {
        answered();
        aborting = undefined;
        return rows;
      },
      (error: unknown) => {
        answered();
        if (!isAborted(error)) aborting = error;
        throw aborting ?? error;
      },
    );
  }) as C['query'];
  return client;
}

const isCallback = (given: unknown): given is (...answer: unknown[]) => void => typeof given === 'function';
const textOf = (query: unknown): string =>
  typeof query === 'string' ? query : ((query as { text?: string }).text ?? '');

/** Address of a database, without the password. */
export function placeOfUrl(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `postgres://${hostname}:${port || '5432'}${pathname}`;
}

export async function databaseClock(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ now_ms: string }>(`SELECT ${CLOCK} AS now_ms`);
  return Number(rows[0]?.now_ms);
}

const BIGINT = 20;
const JSONB = 3802;
/** As drizzle expects them: whole numbers as numbers (all stay within 2^53), JSON as it is stored. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format: 'text' | 'binary' = 'text') => {
    if (oid === BIGINT) return Number;
    if (oid === JSONB) return String;
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  },
};

/** So that an unlimited number of texts (lists of values) does not fill the server's memory. */
const MOST_NAMED = 500;
const names = new Map<string, string>();

/** A named statement is parsed and planned once per connection. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMED) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
  names.set(text, name);
  return name;
}

/**
 * The repositories' queries in PostgreSQL's dialect. The table objects are SQLite's: they define names and how a value
 * is written and read, and both databases store the same values (ADR 0011).
 */
export function queriesOn(send: (query: pg.QueryArrayConfig) => Promise<{ rows: unknown[] }>): Queries {
  const callback = async (text: string, values: unknown[]): Promise<{ rows: unknown[] }> => {
    const name = nameOf(text);
    const { rows } = await send({ text, values, rowMode: 'array', types, ...(name === undefined ? {} : { name }) });
    return { rows };
  };
  return drizzle(callback, { schema: schema as never }) as unknown as Queries;
}

const queries = new WeakMap<pg.ClientBase, Queries>();

/**
 * The queries of one connection; statements prepared for it are cached with it.
 * @param send how it sends them, where that is not directly; each of a pool in the same way
 */
export function queriesOf(
  client: pg.ClientBase,
  send: () => Parameters<typeof queriesOn>[0] = () => (query) => client.query(query),
): Queries {
  const known = queries.get(client) ?? queriesOn(send());
  queries.set(client, known);
  return known;
}

export async function onOneConnection<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    return await work(client);
  } catch (error) {
    broken = isConnectionLost(error);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A read changes nothing: where its connection was lost, it is retried once on another. */
export async function retriedOnce<T>(ask: () => Promise<T>): Promise<T> {
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
