import type pg from 'pg';
import type { ClockSetting } from '../../domain/clock.ts';
import type { DatabaseCheck } from '../access/database.ts';
import { presentVersion, schemaState } from '../access/migrations.ts';
import { compareRows } from '../integrity/check-rows.ts';
import { asFaults } from '../integrity/schema-faults.ts';
import type { CheckedRows } from '../integrity/fault.ts';
import { BEGIN_READING, connect, CONNECT_TIMEOUT_MS, databaseClock, placeOfUrl, queriesOf } from './connection.ts';
import { readable } from './failures.ts';
import { versionOf } from './migrations.ts';
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
    if (found === null) return { place, exists: false, integrity: 'ok', mode: null, schema: null, clock };
    const { rows: installed } = await pool.query<{ clock: ClockSetting }>('SELECT clock FROM installation');
    return { place, exists: true, integrity: 'ok', mode: installed[0]?.clock.mode ?? null, schema: found, clock };
  } catch (error) {
    throw readable(error);
  } finally {
    await pool.end();
  }
}

/** Every row and the schema, in a transaction of the caller's. */
export async function checkConnection(client: pg.ClientBase): Promise<CheckedRows> {
  const { rows, faults } = await compareRows(queriesOf(client), new PostgresRowLog(client));
  return { rows, faults: [...faults, ...asFaults(await schemaFaultsOf(client))] };
}

/** All as at one instant. */
export async function checkAllRows(pool: pg.Pool): Promise<CheckedRows> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(BEGIN_READING);
    const checked = await checkConnection(client);
    await client.query('COMMIT');
    return checked;
  } catch (error) {
    broken = true;
    throw readable(error);
  } finally {
    client.release(broken);
  }
}
