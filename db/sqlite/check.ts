import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { ClockSetting } from '../../domain/clock.ts';
import type { DatabaseCheck, Storage } from '../access/database.ts';
import { openBlobs } from '../files/blobs.ts';
import type { OpenToVerify } from '../integrity/verify.ts';
import { presentVersion, schemaState } from '../access/migrations.ts';
import { notedUntilNow } from '../integrity/acknowledged.ts';
import { compareRows } from '../integrity/check-rows.ts';
import type { CheckedRows } from '../integrity/fault.ts';
import { asFaults } from '../integrity/schema-faults.ts';
import * as schema from '../schema/sqlite.ts';
import { BUSY_TIMEOUT_MS, connect, databaseFile } from './connection.ts';
import { versionOf } from './migrations.ts';
import { damageOf, damageOfSearch } from './damage.ts';
import { schemaFaultsOf } from './schema.ts';
import { SqliteRowLog } from './row-log.ts';

export async function checkSqlite(dataDir: string): Promise<DatabaseCheck> {
  const place = databaseFile(dataDir);
  const absent = {
    place,
    exists: false,
    integrity: 'ok',
    mode: null,
    schema: null,
    altered: [],
    clock: null,
    openToAll: false,
    roles: null,
  };
  if (!existsSync(place)) return absent;
  const connection = connect(place, { readonly: true });
  try {
    const integrity = String(connection.pragma('quick_check', { simple: true }));
    const schemaFound = schemaState(versionOf(connection), presentVersion('sqlite'));
    if (schemaFound === null) return { ...absent, exists: true, integrity };
    const clock = connection.prepare<[], string>('SELECT clock FROM installation').pluck().get();
    const mode = clock === undefined ? null : (JSON.parse(clock) as ClockSetting).mode;
    const altered = schemaFound === 'present' ? await schemaFaultsOf(connection) : [];
    return { ...absent, exists: true, integrity, mode, schema: schemaFound, altered };
  } finally {
    connection.close();
  }
}

/** Every row and the schema, in a transaction of the caller's. */
export async function checkConnection(connection: BetterSqlite3.Database): Promise<CheckedRows> {
  const { rows, faults } = await compareRows(drizzle(connection, { schema }), new SqliteRowLog(connection));
  const altered = asFaults(await schemaFaultsOf(connection));
  return { rows, faults: [...faults, ...altered, ...damageOf(connection), ...damageOfSearch(connection)] };
}

/** All as at one instant, on a connection of its own. */
export async function checkFile(file: string): Promise<CheckedRows> {
  const connection = connect(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    connection.exec('BEGIN');
    return await checkConnection(connection);
  } finally {
    connection.close();
  }
}

/**
 * Opens a file to read it, as at one instant; nothing can be written, and nothing is brought up to date.
 * @throws DomainError `database-busy`
 */
export function openToVerify({ dataDir }: Storage): OpenToVerify {
  const acknowledged = notedUntilNow(dataDir);
  const connection = connect(databaseFile(dataDir), { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  connection.exec('BEGIN');
  return {
    read: drizzle(connection, { schema }),
    blobs: openBlobs(join(dataDir, 'blobs'), 'as-they-are'),
    checkRows: () => checkConnection(connection),
    acknowledged,
    close: async () => void connection.close(),
  };
}
