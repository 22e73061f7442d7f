import { existsSync } from 'node:fs';
import type { ClockSetting } from '../../domain/clock.ts';
import type { DatabaseCheck } from '../access/database.ts';
import { presentVersion, schemaState } from '../access/migrations.ts';
import type { CheckedRows, RowFault } from '../integrity/fault.ts';
import type { MacKey } from '../integrity/row-macs.ts';
import { BUSY_TIMEOUT_MS, connect, databaseFile, inTurn } from './connection.ts';
import { readable } from './failures.ts';
import { versionOf } from './migrations.ts';
import { damageOf, damageOfSearch, SqliteMacs } from './row-macs.ts';

export function checkSqlite(dataDir: string): DatabaseCheck {
  const place = databaseFile(dataDir);
  const absent = { place, exists: false, integrity: 'ok', mode: null, schema: null, clock: null, openToAll: false };
  if (!existsSync(place)) return absent;
  const connection = connect(place, { readonly: true });
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

/** The file may be another installation's: null where its MACs are of another key. */
export async function checkFileOfKey(file: string, macKey: MacKey): Promise<CheckedRows | null> {
  const connection = connect(file, { readonly: true });
  try {
    if ((await new SqliteMacs(connection).keyId()) !== macKey.keyId) return null;
  } finally {
    connection.close();
  }
  return checkFile(file, macKey);
}

/** All as at one instant, on a connection of its own. */
export async function checkFile(file: string, macKey: MacKey): Promise<CheckedRows> {
  const connection = connect(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    connection.exec('BEGIN');
    const macs = new SqliteMacs(connection);
    macs.use(macKey);
    const { rows, faults } = await macs.check();
    return { rows, faults: [...faults, ...damageOf(connection), ...(await searchDamage(file))] };
  } finally {
    connection.close();
  }
}

/** FTS5 compares an index with its rows only on a writable connection. */
async function searchDamage(file: string): Promise<RowFault[]> {
  let found: RowFault[] = [];
  await inTurn(file, async () => {
    const connection = connect(file, { timeout: BUSY_TIMEOUT_MS });
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
