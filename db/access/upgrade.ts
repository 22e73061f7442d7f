import type { MigrationMeta } from 'drizzle-orm/migrator';
import { appendToTrail, UNATTENDED } from '../audit.ts';
import { changesSince, compareRows } from '../integrity/check-rows.ts';
import { missingFrom, notedUntilNow } from '../integrity/acknowledged.ts';
import type { RowLog } from '../integrity/row-log.ts';
import { refuseOtherSchema, type SchemaFault } from '../integrity/schema-faults.ts';
import { installation } from '../schema/sqlite.ts';
import { migrationsOf, presentVersion, schemaState } from './migrations.ts';
import { indexTitles } from './search.ts';
import type { UnchainedEntry } from './database.ts';
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
  /** How the schema differs from the one that this program makes. */
  schemaFaults(): Promise<SchemaFault[]>;
  /** Puts back what of ours is missing or was changed, but for tables. */
  mendSchema(faults: readonly SchemaFault[]): Promise<void>;
  /** Gives the service what it needs where another role owns the database. */
  grant(): Promise<void>;
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
 * @throws DomainError `schema-altered` where it is not the one that this program makes
 */
export async function bringUpToDate(db: UpgradableWithRows): Promise<void> {
  const { q, rowLog } = db;
  const state = schemaState(await db.version(), presentVersion(db.dialect));
  // That of a later version is known to that one alone.
  if (state === 'later') return rowLog.watch();
  if (state === 'present') return refuseOtherSchema(await db.schemaFaults());
  await db.holdAlone();
  const before = state === null ? null : await compareRows(q, rowLog);
  await rowLog.unwatch();
  await migrateAll(db);
  await rowLog.watch();
  await db.grant();
  await rowLog.take();
  refuseOtherSchema(await db.schemaFaults());
  const [installed] = await q.select({ at: installation.lastInstant }).from(installation);
  // A new installation has no earlier rows.
  if (before === null || !installed) return;
  const named = before.faults.slice(0, MOST_NAMED).map(({ subject }) => subject);
  const detail = { rows: before.rows, faults: before.faults.length, named };
  const entry = entryOf('schema.migrate', detail, installed.at);
  await appendToTrail(q, [entry], await changesSince(before, rowLog), installed.at);
}

/** Puts back what of the schema is missing or was changed, and says so in the trail; what is unknown is refused. */
export async function mendSchema(db: UpgradableWithRows): Promise<readonly SchemaFault[]> {
  const faults = await db.schemaFaults();
  if (faults.length === 0) return faults;
  await db.holdAlone();
  await db.mendSchema(faults);
  refuseOtherSchema(await db.schemaFaults());
  const [installed] = await db.q.select({ at: installation.lastInstant }).from(installation);
  const named = faults.slice(0, MOST_NAMED).map(({ name, is }) => `${name} ${is}`);
  const entry = entryOf('schema.mend', { faults: faults.length, named }, installed?.at ?? 0);
  if (installed) await appendToTrail(db.q, [entry], [], installed.at);
  return faults;
}

/** Records in the trail that what was acknowledged is lost, so that the installation opens again. */
export async function acceptLoss(db: UpgradableWithRows, dataDir: string): Promise<readonly string[]> {
  const missing = await missingFrom(db.q, notedUntilNow(dataDir));
  const entries = missing.flatMap((each) => each.entries);
  const [installed] = await db.q.select({ at: installation.lastInstant }).from(installation);
  const [newest] = missing;
  if (!newest || !installed) return [];
  await db.holdAlone();
  const detail = { seq: newest.seq, hash: newest.hash, lost: entries.length, named: entries.slice(0, MOST_NAMED) };
  await appendToTrail(db.q, [entryOf('trail.accept-loss', detail, installed.at)], [], installed.at);
  return entries;
}

const entryOf = (action: string, detail: Record<string, unknown>, at: number): UnchainedEntry => ({
  at,
  actor: UNATTENDED,
  action,
  procurementId: null,
  subject: 'installation',
  detail,
  confidential: false,
  rows: null,
});
