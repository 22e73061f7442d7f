import { getTableColumns, is, type SQL } from 'drizzle-orm';
import { getTableConfig as postgresConfig, PgDialect, PgTable, type PgColumn } from 'drizzle-orm/pg-core';
import {
  getTableConfig as sqliteConfig,
  SQLiteSyncDialect,
  SQLiteTable,
  type SQLiteColumn,
} from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import * as postgres from '../../db/schema/postgres.ts';
import * as sqlite from '../../db/schema/sqlite.ts';

const exported = (schema: object): [string, unknown][] => Object.entries(schema);
const sqliteTables = exported(sqlite).filter((entry): entry is [string, SQLiteTable] => is(entry[1], SQLiteTable));
const postgresTables = new Map(exported(postgres).filter((entry): entry is [string, PgTable] => is(entry[1], PgTable)));

/** What stands for what; a whole number may be kept in 32 bits where it only counts. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  SQLiteText: ['text'],
  SQLiteTextJson: ['jsonb'],
  SQLiteInteger: ['bigint', 'integer'],
  SQLiteBoolean: ['boolean'],
  SQLiteTimestamp: ['bigint'],
};

it('both databases have the same tables', () => {
  expect([...postgresTables.keys()].sort()).toEqual(sqliteTables.map(([name]) => name).sort());
});

it.each(sqliteTables)('%s has the same columns, keys and indexes on both', (name, ours) => {
  const theirs = postgresTables.get(name) as PgTable;
  const theirColumns: Record<string, PgColumn> = getTableColumns(theirs);
  expect(Object.keys(theirColumns)).toEqual(Object.keys(getTableColumns(ours)));
  for (const [key, column] of Object.entries<SQLiteColumn>(getTableColumns(ours))) {
    const twin = theirColumns[key];
    const shape = (of: SQLiteColumn | PgColumn | undefined) => [
      of?.name,
      of?.notNull,
      of?.default,
      of?.primary,
      of?.isUnique,
    ];
    expect(shape(twin), `${name}.${key}`).toEqual(shape(column));
    expect(TYPES[column.columnType], `${name}.${key}: ${column.columnType}`).toContain(twin?.getSQLType());
  }
  const [here, there] = [sqliteConfig(ours), postgresConfig(theirs)];
  expect(there.name).toBe(here.name);
  expect(there.primaryKeys.map(({ columns }) => columns.map((each) => each.name))).toEqual(
    here.primaryKeys.map(({ columns }) => columns.map((each) => each.name)),
  );
  const references = (
    keys: readonly { reference: () => { columns: { name: string }[]; foreignColumns: { name: string }[] } }[],
  ) =>
    keys.map(({ reference }) => {
      const { columns, foreignColumns } = reference();
      return [columns.map((each) => each.name), foreignColumns.map((each) => each.name)];
    });
  expect(references(there.foreignKeys)).toEqual(references(here.foreignKeys));
  const text = (part: SQL | undefined, dialect: PgDialect | SQLiteSyncDialect) => part && dialect.sqlToQuery(part).sql;
  expect(
    there.indexes.map(({ config }) => [
      config.name,
      config.unique,
      config.columns.map((each) => ('name' in each ? each.name : text(each as SQL, new PgDialect()))),
      text(config.where, new PgDialect()),
    ]),
  ).toEqual(
    here.indexes.map(({ config }) => [
      config.name,
      config.unique,
      config.columns.map((each) => ('name' in each ? each.name : text(each, new SQLiteSyncDialect()))),
      text(config.where, new SQLiteSyncDialect()),
    ]),
  );
  expect(there.checks.map((each) => each.name)).toEqual(here.checks.map((each) => each.name));
});
