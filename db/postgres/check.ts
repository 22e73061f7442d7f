import { join } from 'node:path';
import type pg from 'pg';
import type { ClockSetting } from '../../domain/clock.ts';
import type { DatabaseCheck } from '../access/database.ts';
import { presentVersion, schemaState } from '../access/migrations.ts';
import { notedUntilNow } from '../integrity/acknowledged.ts';
import { compareRows } from '../integrity/check-rows.ts';
import { openBlobs } from '../files/blobs.ts';
import { asFaults } from '../integrity/schema-faults.ts';
import type { CheckedRows } from '../integrity/fault.ts';
import type { OpenToVerify } from '../integrity/verify.ts';
import { BEGIN_READING, connect, CONNECT_TIMEOUT_MS, databaseClock, placeOfUrl, queriesOf } from './connection.ts';
import { readable } from './failures.ts';
import { assertFit } from './fit.ts';
import { versionOf } from './migrations.ts';
import { isSeparate, rolesOf, type Roles } from './roles.ts';
import { PostgresRowLog } from './row-log.ts';
import { schemaFaultsOf } from './schema.ts';

export async function checkPostgres(url: string): Promise<DatabaseCheck> {
  const place = placeOfUrl(url);
  const pool = connect(url, CONNECT_TIMEOUT_MS);
  try {
    // The first statement has to connect: the second measures the round trip only.
    const version = await versionOf(pool);
    const sentAt = Date.now();
    const answered = await databaseClock(pool);
    const receivedAt = Date.now();
    const clock = { aheadMs: answered - (sentAt + receivedAt) / 2, withinMs: (receivedAt - sentAt) / 2 };
    const found = schemaState(version, presentVersion('postgres'));
    const { rows: may } = await pool.query<{ open: boolean }>(
      "SELECT pg_catalog.has_database_privilege('public', pg_catalog.current_database(), 'CONNECT') AS open",
    );
    const openToAll = may[0]?.open ?? false;
    const roles = judged(await rolesOf(pool));
    if (found === null) {
      await assertFit(pool);
      return { place, exists: false, integrity: 'ok', mode: null, schema: null, altered: [], clock, openToAll, roles };
    }
    const { rows: installed } = await pool.query<{ clock: ClockSetting }>('SELECT clock FROM installation');
    const altered = found === 'present' ? await onClient(pool, schemaFaultsOf) : [];
    const mode = installed[0]?.clock.mode ?? null;
    return { place, exists: true, integrity: 'ok', mode, schema: found, altered, clock, openToAll, roles };
  } catch (error) {
    throw readable(error);
  } finally {
    await pool.end();
  }
}

function judged(roles: Roles): DatabaseCheck['roles'] {
  // Before the first start: what may not make the schema will not own it.
  if (isSeparate(roles) || (roles.owner === null && !roles.mayChange)) return 'separate';
  return roles.service === null ? 'one' : 'other';
}

/** Every row and the schema, in a transaction of the caller's. */
export async function checkConnection(client: pg.ClientBase): Promise<CheckedRows> {
  const { rows, faults } = await compareRows(queriesOf(client), new PostgresRowLog(client));
  return { rows, faults: [...faults, ...asFaults(await schemaFaultsOf(client))] };
}

async function onClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    const value = await work(client);
    broken = false;
    return value;
  } finally {
    client.release(broken);
  }
}

/** All as at one instant. */
export async function checkAllRows(pool: pg.Pool): Promise<CheckedRows> {
  try {
    return await onClient(pool, async (client) => {
      await client.query(BEGIN_READING);
      const checked = await checkConnection(client);
      await client.query('COMMIT');
      return checked;
    });
  } catch (error) {
    throw readable(error);
  }
}

/**
 * Opens a database to read it, as at one instant; nothing can be written, and nothing is brought up to date.
 * @throws DomainError `database-unreachable`
 */
export async function openToVerify(url: string, dataDir: string): Promise<OpenToVerify> {
  const pool = connect(url, CONNECT_TIMEOUT_MS);
  const acknowledged = notedUntilNow(dataDir);
  try {
    const client = await pool.connect();
    await client.query(BEGIN_READING);
    return {
      read: queriesOf(client),
      blobs: openBlobs(join(dataDir, 'blobs'), 'as-they-are'),
      checkRows: () => checkConnection(client),
      acknowledged,
      close: async () => {
        client.release(true);
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw readable(error);
  }
}
