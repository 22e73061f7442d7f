import { eq } from 'drizzle-orm';
import type { MigrationMeta } from 'drizzle-orm/migrator';
import { appendToTrail } from '../audit.ts';
import { entryOfResealing, type Resealing } from '../integrity/resealing.ts';
import { sealerOf, type RowsKey, type RowSealer } from '../integrity/row-seals.ts';
import type { Seals } from '../integrity/seals.ts';
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

export interface SealedUpgradable extends Upgradable {
  readonly seals: Seals;
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

export type SealOptions = RowsKey & Pick<OpenOptions, 'onSealing'>;

/**
 * Brings the schema up to date. Rows are sealed where they are not yet, and after a change of the schema.
 * @throws DomainError `rows-key` where they are sealed with another key
 */
export async function bringUpToDate(db: SealedUpgradable, options: SealOptions): Promise<RowSealer> {
  const { q, seals } = db;
  const sealedWith = await seals.keyId();
  const sealer = sealerOf(options, sealedWith);
  seals.use(sealer);
  const state = schemaState(await db.version(), presentVersion(db.dialect));
  if (sealedWith !== null && state !== 'earlier' && state !== null) {
    await seals.watch();
    return sealer;
  }
  await db.holdAlone();
  const found = sealedWith === null ? [] : (await seals.check()).faults;
  await seals.unwatch();
  await migrateAll(db);
  const rows = await seals.sealAll(options.onSealing);
  await seals.breakSeals(found.map(({ row }) => row));
  await seals.watch();
  const [installed] = await q.select({ at: installation.lastInstant }).from(installation);
  // A new installation has no earlier rows.
  if (installed) {
    const sealings = await q.select({ seq: audit.seq }).from(audit).where(eq(audit.action, 'rows.seal')).limit(1);
    const why: Resealing['why'] = sealedWith !== null ? 'migrated' : sealings.length > 0 ? 'lost' : 'first';
    await appendToTrail(q, [entryOfResealing({ why, rows, faults: found }, installed.at)]);
  }
  await seals.settle();
  return sealer;
}
