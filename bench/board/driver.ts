import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import pg from 'pg';
import { createDatabase } from '../../cli/servers/postgres-databases.ts';
import type { Storage } from '../../db/access/database.ts';
import { databaseFile } from '../../db/sqlite/connection.ts';
import { startOwnPostgres, temporaryFolder } from '../installation.ts';

export type Row = Record<string, unknown>;

/** The bare driver, on the same rows. */
export interface Bare {
  insert(table: SQLiteTable, rows: readonly Row[]): Promise<void>;
  /** The maintenance that a server does by itself some time after inserts. */
  settle(): Promise<void>;
  /** Prepares a statement once, with `?` for each value; returns all columns of the table as the product does. */
  statement(table: SQLiteTable, text: (columns: string) => string): (values: readonly unknown[]) => Promise<Row[]>;
  close(): Promise<void>;
}

export interface Field {
  readonly storage: Storage;
  bare(): Bare;
  close(): Promise<void>;
}

const columnsOf = (table: SQLiteTable): [string, SQLiteColumn][] =>
  Object.entries<SQLiteColumn>(getTableColumns(table));
/** What is left out is what the product would have written by default. */
const valueOf = (row: Row, key: string, column: SQLiteColumn): unknown =>
  row[key] === undefined && column.hasDefault ? column.default : row[key];

/** Columns under the product's names. */
const named = (table: SQLiteTable): string =>
  columnsOf(table)
    .map(([key, { name }]) => `t.${name} AS "${key}"`)
    .join(', ');
const unaliased = (table: SQLiteTable, text: (columns: string) => string): string =>
  text(named(table)).replace(new RegExp(`FROM ${getTableName(table)} (?!t)`), `FROM ${getTableName(table)} t `);

export async function onSqlite(): Promise<Field> {
  const storage = { dataDir: temporaryFolder() };
  return {
    storage,
    bare: () => {
      const connection = new BetterSqlite3(databaseFile(storage.dataDir));
      // Triggers of the product note each written row for the trail: these rows are nobody's acts.
      connection.function('kaibiao_written', { varargs: true }, () => null);
      return {
        insert: async (table, rows) => {
          const columns = columnsOf(table);
          const statement = connection.prepare(
            `INSERT INTO ${getTableName(table)} (${columns.map(([, { name }]) => name).join(', ')})
             VALUES (${columns.map(() => '?').join(', ')})`,
          );
          const stored = (value: unknown) =>
            typeof value === 'boolean'
              ? Number(value)
              : typeof value === 'object' && value
                ? JSON.stringify(value)
                : value;
          connection.transaction(() => {
            for (const row of rows) statement.run(columns.map(([key, column]) => stored(valueOf(row, key, column))));
          })();
        },
        settle: async () => void connection.pragma('wal_checkpoint(TRUNCATE)'),
        statement: (table, text) => {
          const statement = connection.prepare(unaliased(table, text));
          const json = columnsOf(table).filter(([, { columnType }]) => columnType === 'SQLiteTextJson');
          const flags = columnsOf(table).filter(([, { columnType }]) => columnType === 'SQLiteBoolean');
          return async (values) => {
            const rows = statement.all(...values) as Row[];
            for (const row of rows) {
              for (const [key] of json) if (row[key] !== null) row[key] = JSON.parse(row[key] as string);
              for (const [key] of flags) row[key] = row[key] === 1;
            }
            return rows;
          };
        },
        close: async () => void connection.close(),
      };
    },
    close: async () => undefined,
  };
}

export async function onPostgres(say: (line: string) => void): Promise<Field> {
  const folder = temporaryFolder();
  const server = await startOwnPostgres(folder, say);
  const url = await createDatabase(server, 'board');
  return {
    storage: { dataDir: join(folder, 'installation'), url },
    bare: () => {
      const BIGINT = 20;
      const pool = new pg.Pool({
        connectionString: url,
        max: 12,
        types: {
          getTypeParser: (oid: number, format) =>
            (oid === BIGINT ? Number : pg.types.getTypeParser(oid, format)) as never,
        },
      });
      pool.on('error', () => undefined);
      let drawn = 0;
      return {
        insert: async (table, rows) => {
          const columns = columnsOf(table);
          const stored = rows.map((row) =>
            Object.fromEntries(columns.map(([key, column]) => [column.name, valueOf(row, key, column)])),
          );
          await pool.query(
            `INSERT INTO ${getTableName(table)} SELECT * FROM jsonb_populate_recordset(NULL::${getTableName(table)}, $1)`,
            [JSON.stringify(stored)],
          );
        },
        settle: async () => void (await pool.query('VACUUM ANALYZE')),
        statement: (table, text) => {
          let count = 0;
          const name = `bare${drawn++}`;
          const numbered = unaliased(table, text).replaceAll('?', () => `$${++count}`);
          return async (values) => (await pool.query<Row>({ name, text: numbered, values: [...values] })).rows;
        },
        close: () => pool.end(),
      };
    },
    close: () => server.stop(),
  };
}
