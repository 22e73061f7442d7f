import { eq } from 'drizzle-orm';
import type { MigrationMeta } from 'drizzle-orm/migrator';
import { appendToTrail } from '../audit.ts';
import { entryOfRecalculation, type RecalculatedMacs } from '../integrity/recalculated-macs.ts';
import { macKeyOf, type RowsKey, type MacKey } from '../integrity/row-macs.ts';
import type { RowMacs } from '../integrity/macs.ts';
import { audit, installation } from '../schema/sqlite.ts';
import type { OpenOptions } from './database.ts';
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

export interface UpgradableWithMacs extends Upgradable {
  readonly macs: RowMacs;
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

export type MacOptions = RowsKey & Pick<OpenOptions, 'onMacs'>;

/**
 * Brings the schema up to date. Rows get MACs where they have none yet, and after a change of the schema.
 * @throws DomainError `rows-key` where their MACs are of another key
 */
export async function bringUpToDate(db: UpgradableWithMacs, options: MacOptions): Promise<MacKey> {
  const { q, macs } = db;
  const keyId = await macs.keyId();
  const macKey = macKeyOf(options, keyId);
  macs.use(macKey);
  const state = schemaState(await db.version(), presentVersion(db.dialect));
  if (keyId !== null && state !== 'earlier' && state !== null) {
    await macs.watch();
    return macKey;
  }
  await db.holdAlone();
  const found = keyId === null ? [] : (await macs.check()).faults;
  await macs.unwatch();
  await migrateAll(db);
  const rows = await macs.calculateAll(options.onMacs);
  await macs.markBroken(found.map(({ row }) => row));
  await macs.watch();
  const [installed] = await q.select({ at: installation.lastInstant }).from(installation);
  // A new installation has no earlier rows.
  if (installed) {
    const earlier = await q.select({ seq: audit.seq }).from(audit).where(eq(audit.action, 'rows.mac')).limit(1);
    const why: RecalculatedMacs['why'] = keyId !== null ? 'migrated' : earlier.length > 0 ? 'lost' : 'first';
    await appendToTrail(q, [entryOfRecalculation({ why, rows, faults: found }, installed.at)]);
  }
  await macs.settle();
  return macKey;
}
