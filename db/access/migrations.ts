import { join } from 'node:path';
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator';
import type { DatabaseCheck } from './database.ts';

/** What makes the schema, in its order; each is known by when it was drawn up (`folderMillis`). */
export const migrationsOf = (dialect: 'sqlite' | 'postgres'): MigrationMeta[] =>
  readMigrationFiles({ migrationsFolder: join(import.meta.dirname, '../migrations', dialect) });

/** Of the last migration that there is. */
export const presentVersion = (dialect: 'sqlite' | 'postgres'): number =>
  migrationsOf(dialect).at(-1)?.folderMillis ?? 0;

/** @param version of the last migration done, if any; `present`: of the last that there is */
export function schemaState(version: number | null, present: number): DatabaseCheck['schema'] {
  if (version === null) return null;
  return version === present ? 'present' : version > present ? 'later' : 'earlier';
}
