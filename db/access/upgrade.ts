import type { MigrationMeta } from 'drizzle-orm/migrator';
import { appendToTrail, UNATTENDED } from '../audit.ts';
import { changesSince, compareRows } from '../integrity/check-rows.ts';
import type { RowLog } from '../integrity/row-log.ts';
import { installation } from '../schema/sqlite.ts';
import { migrationsOf, presentVersion, schemaState } from './migrations.ts';
import { indexTitles } from './search.ts';
import type { Queries } from './statements.ts';

/** A database on one connection, in a transaction of its caller's. */
export interface Upgradable {
  readonly dialect: 'sqlite' | 'postgres';
  readonly q: Queries;
  /** The last migration applied, if any. */
  version(): Promise<number | null>;
  /** Creates the table of applied migrations where it does not exist. */
  makeJournal(): Promise<void>;
  /** Applies a migration and records it. */
  migrate(migration: MigrationMeta): Promise<void>;
}

/** Faults that an audit entry names. */
const MOST_NAMED = 100;

export interface UpgradableWithRows extends Upgradable {
  readonly rowLog: RowLog;
  /** Keeps out every connection that is not excluded already. */
  holdAlone(): Promise<void>;
}

/** Applies the pending migrations. Returns whether there was one. */
export async function migrateAll(db: Upgradable): Promise<boolean> {
  await db.makeJournal();
  const done = await db.version();
  const left = migrationsOf(db.dialect).filter(({ folderMillis }) => done === null || folderMillis > done);
  for (const migration of left) await db.migrate(migration);
  if (left.length > 0) await indexTitles(db.q);
  return left.length > 0;
}

/**
 * Brings the schema up to date. What that makes of rows is named by an entry of the trail; a row that was unlike its
 * entry stays so.
 */
export async function bringUpToDate(db: UpgradableWithRows): Promise<void> {
  const { q, rowLog } = db;
  const state = schemaState(await db.version(), presentVersion(db.dialect));
  if (state !== 'earlier' && state !== null) return rowLog.watch();
  await db.holdAlone();
  const before = state === null ? null : await compareRows(q, rowLog);
  await rowLog.unwatch();
  await migrateAll(db);
  await rowLog.watch();
  await rowLog.take();
  const [installed] = await q.select({ at: installation.lastInstant }).from(installation);
  // A new installation has no earlier rows.
  if (before === null || !installed) return;
  const named = before.faults.slice(0, MOST_NAMED).map(({ subject }) => subject);
  const entry = {
    at: installed.at,
    actor: UNATTENDED,
    action: 'schema.migrate',
    procurementId: null,
    subject: 'installation',
    detail: { rows: before.rows, faults: before.faults.length, named },
    confidential: false,
    rows: null,
  };
  await appendToTrail(q, [entry], await changesSince(before, rowLog), installed.at);
}
