import type pg from 'pg';
import {
  acceptLoss,
  bringUpToDate,
  mendSchema as mendDatabase,
  migrateAll,
  type UpgradableWithRows,
} from '../access/upgrade.ts';
import { presentVersion, schemaState } from '../access/migrations.ts';
import type { SchemaFault } from '../integrity/schema-faults.ts';
import { connect, JOURNAL, LOCK_ALONE, LOCK_SCHEMA, LOCK_TIMEOUT_MS, queriesOf, SCHEMA } from './connection.ts';
import { causeOf, readable } from './failures.ts';
import { assertFit, makeFit } from './fit.ts';
import { grantTo } from './grants.ts';
import { refuseOtherRole, refuseWithoutRights, rolesOf, serviceOf, type PostgresPlace, type Roles } from './roles.ts';
import { PostgresRowLog } from './row-log.ts';
import { mendSchema, schemaFaultsOf } from './schema.ts';

/** Processes that start together bring the schema up to date once. */
const HOLD_SCHEMA = `BEGIN; ${LOCK_SCHEMA}`;

/** Brings the schema up to date without creating an installation. */
export async function migratePostgres(place: PostgresPlace): Promise<void> {
  await asOwner(place, async (db) => {
    await migrateAll(db);
    await db.rowLog.watch();
    await db.grant();
  });
}

/** Brings the schema up to date as its owner, and gives the service's role what it needs. */
export async function bringPostgresUpToDateAsOwner(place: PostgresPlace): Promise<void> {
  await asOwner(place, async (db, roles) => {
    // The first time that there are two: what they were before is no grant that somebody changed.
    const present = (await db.version()) === presentVersion('postgres');
    if (present && roles.service === null) await db.grant();
    await bringUpToDate(db);
  });
}

export const mendPostgres = (place: PostgresPlace): Promise<readonly SchemaFault[]> => asOwner(place, mendDatabase);

/**
 * Brings the schema up to date as the role of the service.
 * @param roles whether that must be another than the owner
 * @returns the roles of the database
 */
export async function bringPostgresUpToDate(pool: pg.Pool, roles: 'one' | 'two' = 'one'): Promise<Roles> {
  refuseOtherRole(await rolesOf(pool), roles);
  await inOneGo(pool, async (client, state) => {
    const { mayChange } = await rolesOf(client);
    // That of a later version is left as it is.
    if (state !== 'later' || mayChange) await bringUpToDate(upgradable(client));
  });
  return rolesOf(pool);
}

export async function acceptLossOfPostgres(url: string, dataDir: string): Promise<readonly string[]> {
  const pool = connect(url, LOCK_TIMEOUT_MS);
  try {
    return await inOneGo(pool, (client) => acceptLoss(upgradable(client), dataDir));
  } catch (error) {
    throw readable(error);
  } finally {
    await pool.end();
  }
}

async function asOwner<T>(
  place: PostgresPlace,
  work: (db: UpgradableWithRows, roles: Roles) => Promise<T>,
): Promise<T> {
  const pool = connect(place.ownerUrl ?? place.url, LOCK_TIMEOUT_MS);
  try {
    const roles = await rolesOf(pool);
    const service = serviceOf(place, roles);
    return await inOneGo(pool, async (client) => {
      if (!roles.mayChange) refuseWithoutRights(roles);
      return work(upgradable(client, { service }), roles);
    });
  } catch (error) {
    throw readable(error);
  } finally {
    await pool.end();
  }
}

type SchemaState = ReturnType<typeof schemaState>;

interface Upgrading {
  /** Of the transaction that this is part of. */
  readonly rowLog?: PostgresRowLog;
  /** The role that is given what the service needs. */
  readonly service?: string | null;
}

export function upgradable(
  client: pg.ClientBase,
  { rowLog = new PostgresRowLog(client), service = null }: Upgrading = {},
): UpgradableWithRows {
  return {
    dialect: 'postgres',
    q: queriesOf(client),
    rowLog,
    version: () => versionOf(client),
    // Made before (fit.ts): the schema is locked by it.
    makeJournal: async () => undefined,
    migrate: async ({ sql, hash, folderMillis }) => {
      // drizzle-kit calls the schema of a table that is referred to by the name of PostgreSQL's own.
      for (const statement of sql) await client.query(statement.replaceAll('"public".', `"${SCHEMA}".`));
      await client.query(`INSERT INTO ${JOURNAL} (hash, created_at) VALUES ($1, $2)`, [hash, folderMillis]);
    },
    holdAlone: async () => {
      await client.query(`${rowLog.firstWords}${LOCK_ALONE}`);
    },
    schemaFaults: () => schemaFaultsOf(client),
    mendSchema: (faults) => mendSchema(client, faults, service),
    grant: () => grantTo(client, service),
  };
}

async function inOneGo<T>(pool: pg.Pool, work: (client: pg.PoolClient, state: SchemaState) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const state = schemaState(await versionOf(client), presentVersion('postgres'));
    if (state === null) await assertFit(client);
    if (state === null || state === 'earlier') {
      const roles = await rolesOf(client);
      if (!roles.mayChange) refuseWithoutRights(roles);
    }
    if (state === null) await makeFit(client);
    await client.query(HOLD_SCHEMA);
    const value = await work(client, state);
    await client.query('COMMIT');
    client.release();
    return value;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * The last migration applied, if any.
 * @throws DomainError `database-role` where the role of the connection may not read it
 */
export async function versionOf(on: pg.ClientBase | pg.Pool): Promise<number | null> {
  // The name is looked up in the catalogue: a role without a right would otherwise find nothing where there is something.
  const { rows: made } = await on.query<{ ours: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = '${SCHEMA}' AND c.relname = '${JOURNAL}') AS ours`,
  );
  if (!made[0]?.ours) return null;
  try {
    const { rows } = await on.query<{ done: string | null }>(
      `SELECT max(created_at) AS done FROM ${SCHEMA}.${JOURNAL}`,
    );
    return rows[0]?.done ? Number(rows[0].done) : null;
  } catch (error) {
    if (causeOf(error)?.code === '42501') refuseWithoutRights(await rolesOf(on));
    throw error;
  }
}
