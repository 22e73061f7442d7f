import type pg from 'pg';
import type { ClockSetting } from '../../domain/clock.ts';
import type { DatabaseCheck } from '../access/database.ts';
import { presentVersion, schemaState } from '../access/migrations.ts';
import type { CheckedRows } from '../integrity/fault.ts';
import type { MacKey } from '../integrity/row-macs.ts';
import { BEGIN_READING, connect, CONNECT_TIMEOUT_MS, databaseClock, placeOfUrl } from './connection.ts';
import { readable } from './failures.ts';
import { assertFit } from './fit.ts';
import { versionOf } from './migrations.ts';
import { PostgresMacs } from './row-macs.ts';

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
      "SELECT has_database_privilege('public', current_database(), 'CONNECT') AS open",
    );
    const openToAll = may[0]?.open ?? false;
    if (found === null) {
      await assertFit(pool);
      return { place, exists: false, integrity: 'ok', mode: null, schema: null, clock, openToAll };
    }
    const { rows: installed } = await pool.query<{ clock: ClockSetting }>('SELECT clock FROM installation');
    const mode = installed[0]?.clock.mode ?? null;
    return { place, exists: true, integrity: 'ok', mode, schema: found, clock, openToAll };
  } catch (error) {
    throw readable(error);
  } finally {
    await pool.end();
  }
}

/** Reads every row beside its MAC, all as at one instant. */
export async function checkAllRows(pool: pg.Pool, macKey: MacKey): Promise<CheckedRows> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(BEGIN_READING);
    const macs = new PostgresMacs(client);
    macs.use(macKey);
    const checked = await macs.check();
    await client.query('COMMIT');
    return checked;
  } catch (error) {
    broken = true;
    throw readable(error);
  } finally {
    client.release(broken);
  }
}
