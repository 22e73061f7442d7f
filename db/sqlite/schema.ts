import BetterSqlite3 from 'better-sqlite3';
import { migrationsOf } from '../access/migrations.ts';
import { compareSchema, type SchemaFault, type SchemaObjects } from '../integrity/schema-faults.ts';
import { MAKE_JOURNAL } from './connection.ts';
import { SqliteRowLog } from './row-log.ts';

/** But for the statistics of ANALYZE, which decide only how quickly a query is answered. */
const OBJECTS =
  "SELECT type || ' ' || name AS name, coalesce(sql, tbl_name) AS definition FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1";

const objectsOf = (connection: BetterSqlite3.Database): Map<string, string> =>
  new Map(connection.prepare<[], [string, string]>(OBJECTS).raw().all());

let expected: Promise<SchemaObjects> | undefined;

/** What this program makes of an empty file. */
async function expectedObjects(): Promise<SchemaObjects> {
  const connection = new BetterSqlite3(':memory:');
  try {
    connection.exec(`BEGIN; ${MAKE_JOURNAL}`);
    for (const { sql } of migrationsOf('sqlite')) for (const statement of sql) connection.exec(statement);
    await new SqliteRowLog(connection).watch();
    return objectsOf(connection);
  } finally {
    connection.close();
  }
}

export async function schemaFaultsOf(connection: BetterSqlite3.Database): Promise<SchemaFault[]> {
  expected ??= expectedObjects();
  return compareSchema(objectsOf(connection), await expected);
}

/** Puts back triggers and indexes that are missing or were changed; tables are data, and what is unknown is not ours. */
export async function mendSchema(connection: BetterSqlite3.Database, faults: readonly SchemaFault[]): Promise<void> {
  expected ??= expectedObjects();
  const objects = await expected;
  for (const { name, is } of faults) {
    const [, kind = '', of = ''] = /^(trigger|index) (.+)$/.exec(name) ?? [];
    if (kind === '' || is === 'unknown') continue;
    connection.exec(`DROP ${kind} IF EXISTS "${of.replaceAll('"', '""')}"`);
    connection.exec(objects.get(name) ?? '');
  }
}
