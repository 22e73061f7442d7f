import type pg from 'pg';
import {
  acceptLoss,
  bringUpToDate,
  mendSchema as mendDatabase,
  migrateAll,
  type UpgradableWithRows,
} from '../access/upgrade.ts';
import type { SchemaFault } from '../integrity/schema-faults.ts';
import { connect, JOURNAL, LOCK_ALONE, LOCK_SCHEMA, LOCK_TIMEOUT_MS, queriesOf } from './connection.ts';
import { readable } from './failures.ts';
import { makeFit } from './fit.ts';
import { PostgresRowLog } from './row-log.ts';
import { mendSchema, schemaFaultsOf } from './schema.ts';

/** Processes that start together bring the schema up to date once. */
const HOLD_SCHEMA = `BEGIN; ${LOCK_SCHEMA}`;

/** Brings the schema up to date without creating an installation. */
export async function migratePostgres(url: string): Promise<void> {
  const pool = connect(url, LOCK_TIMEOUT_MS);
  try {
    await inOneGo(pool, async (client) => {
      const db = upgradable(client);
      await migrateAll(db);
      await db.rowLog.watch();
    });
  } catch (error) {
    throw readable(error);
  } finally {
    await pool.end();
  }
}

export const bringPostgresUpToDate = (pool: pg.Pool): Promise<void> =>
  inOneGo(pool, (client) => bringUpToDate(upgradable(client)));

export const mendPostgres = (url: string): Promise<readonly SchemaFault[]> => onServer(url, mendDatabase);

export const acceptLossOfPostgres = (url: string, dataDir: string): Promise<readonly string[]> =>
  onServer(url, (db) => acceptLoss(db, dataDir));

async function onServer<T>(url: string, work: (db: UpgradableWithRows) => Promise<T>): Promise<T> {
  const pool = connect(url, LOCK_TIMEOUT_MS);
  try {
    return await inOneGo(pool, (client) => work(upgradable(client)));
  } catch (error) {
    throw readable(error);
  } finally {
    await pool.end();
  }
}

/** @param rowLog of the transaction that this is part of */
export function upgradable(client: pg.ClientBase, rowLog = new PostgresRowLog(client)): UpgradableWithRows {
  return {
    dialect: 'postgres',
    q: queriesOf(client),
    rowLog,
    version: () => versionOf(client),
    // Made before (fit.ts): the schema is locked by it.
    makeJournal: async () => undefined,
    migrate: async ({ sql, hash, folderMillis }) => {
      for (const statement of sql) await client.query(statement);
      await client.query(`INSERT INTO ${JOURNAL} (hash, created_at) VALUES ($1, $2)`, [hash, folderMillis]);
    },
    holdAlone: async () => {
      await client.query(`${rowLog.firstWords}${LOCK_ALONE}`);
    },
    schemaFaults: () => schemaFaultsOf(client),
    mendSchema: (faults) => mendSchema(client, faults),
  };
}

async function inOneGo<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    if ((await versionOf(client)) === null) await makeFit(client);
    await client.query(HOLD_SCHEMA);
    const value = await work(client);
    await client.query('COMMIT');
    client.release();
    return value;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** The last migration applied, if any. */
export async function versionOf(on: pg.ClientBase | pg.Pool): Promise<number | null> {
  const { rows: made } = await on.query<{ ours: boolean }>(`SELECT to_regclass('${JOURNAL}') IS NOT NULL AS ours`);
  if (!made[0]?.ours) return null;
  const { rows } = await on.query<{ done: string | null }>(`SELECT max(created_at) AS done FROM ${JOURNAL}`);
  return rows[0]?.done ? Number(rows[0].done) : null;
}
