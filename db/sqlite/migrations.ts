import type BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { acceptLoss, bringUpToDate, mendSchema as mendDatabase, type UpgradableWithRows } from '../access/upgrade.ts';
import * as schema from '../schema/sqlite.ts';
import type { SchemaFault } from '../integrity/schema-faults.ts';
import { BUSY_TIMEOUT_MS, connect, databaseFile, MAKE_JOURNAL } from './connection.ts';
import { readable } from './failures.ts';
import { SqliteRowLog } from './row-log.ts';
import { mendSchema, schemaFaultsOf } from './schema.ts';

/**
 * Like drizzle's own `migrate`, but under the write lock, so that processes that start together run it once.
 * @returns what the connection writes from here on
 */
export async function bringSqliteUpToDate(connection: BetterSqlite3.Database): Promise<SqliteRowLog> {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const rowLog = new SqliteRowLog(connection);
    await bringUpToDate(upgradable(connection, rowLog));
    connection.exec('COMMIT');
    return rowLog;
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

/** In a transaction of the caller's, which holds the write lock. */
export function upgradable(connection: BetterSqlite3.Database, rowLog: SqliteRowLog): UpgradableWithRows {
  return {
    dialect: 'sqlite',
    q: drizzle(connection, { schema }),
    rowLog,
    version: async () => versionOf(connection),
    makeJournal: async () => {
      connection.exec(MAKE_JOURNAL);
    },
    migrate: async ({ sql, hash, folderMillis }) => {
      for (const statement of sql) connection.exec(statement);
      connection.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run(hash, folderMillis);
    },
    holdAlone: async () => undefined,
    schemaFaults: () => schemaFaultsOf(connection),
    mendSchema: (faults) => mendSchema(connection, faults),
    grant: async () => undefined,
  };
}

export const mendSqlite = (dataDir: string): Promise<readonly SchemaFault[]> => onFile(dataDir, mendDatabase);

async function onFile<T>(dataDir: string, work: (db: UpgradableWithRows) => Promise<T>): Promise<T> {
  const connection = connect(databaseFile(dataDir), { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    connection.exec('BEGIN IMMEDIATE');
    const value = await work(upgradable(connection, new SqliteRowLog(connection)));
    connection.exec('COMMIT');
    return value;
  } catch (error) {
    throw readable(error);
  } finally {
    connection.close();
  }
}

export const acceptLossOfSqlite = (dataDir: string): Promise<readonly string[]> =>
  onFile(dataDir, (db) => acceptLoss(db, dataDir));

/** Upgrades a copy for reading only: nobody writes to it from here on. */
export async function migrateSqlite(file: string): Promise<void> {
  const connection = connect(file, { fileMustExist: true });
  try {
    connection.exec('BEGIN IMMEDIATE');
    const rowLog = new SqliteRowLog(connection);
    await bringUpToDate(upgradable(connection, rowLog));
    await rowLog.unwatch();
    connection.exec('COMMIT');
  } catch (error) {
    throw readable(error);
  } finally {
    connection.close();
  }
}

/** The last migration applied, if any. */
export function versionOf(connection: BetterSqlite3.Database): number | null {
  const made = connection.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get();
  if (made === undefined) return null;
  return (
    connection.prepare<[], number | null>('SELECT max(created_at) FROM __drizzle_migrations').pluck().get() ?? null
  );
}
