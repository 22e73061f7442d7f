import { join } from 'node:path';
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator';

/** What makes the schema, in its order; each is known by when it was drawn up (`folderMillis`). */
export const migrationsOf = (dialect: 'sqlite' | 'postgres'): MigrationMeta[] =>
  readMigrationFiles({ migrationsFolder: join(import.meta.dirname, '../migrations', dialect) });
