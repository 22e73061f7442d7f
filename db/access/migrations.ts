import { join } from 'node:path';
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator';
import type { DatabaseCheck } from './database.ts';

/** The migrations in order; each is identified by its creation time (`folderMillis`). */
export const migrationsOf = (dialect: 'sqlite' | 'postgres'): MigrationMeta[] =>
  readMigrationFiles({ migrationsFolder: join(import.meta.dirname, '../migrations', dialect) });

/** Version of the newest migration. */
export const presentVersion = (dialect: 'sqlite' | 'postgres'): number =>
  migrationsOf(dialect).at(-1)?.folderMillis ?? 0;

/** @param version of the last migration applied, if any; `present`: of the newest */
export function schemaState(version: number | null, present: number): DatabaseCheck['schema'] {
  if (version === null) return null;
  return version === present ? 'present' : version > present ? 'later' : 'earlier';
}
