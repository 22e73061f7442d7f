import type BetterSqlite3 from 'better-sqlite3';
import { getTableColumns, is, sql, type Placeholder, type SQL } from 'drizzle-orm';
import { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type {
  SQLiteColumn,
  SQLiteInsertBase,
  SQLiteInsertOnConflictDoUpdateConfig,
  SQLiteTable,
} from 'drizzle-orm/sqlite-core';
import type * as schema from '../schema/sqlite.ts';

/** A connection as the repositories see it. */
export type Queries = BetterSQLite3Database<typeof schema>;

/** Whether statements are sent to a server, so that one for many rows is better than many prepared ones. */
export const isRemote = (q: Queries): boolean => !is(q, BetterSQLite3Database);

/** Sends a statement immediately, not when it is awaited, so that statements issued in a row are sent together. */
export const sent = <T>(statement: PromiseLike<T>): Promise<T> =>
  new Promise((resolve, reject) => void statement.then(resolve, reject));

/** Rows of one statement: their values stay below the parameter limit of either database. */
const ROWS_A_STATEMENT = 1_000;

/** Parts of a list that each go into one statement. */
export function pagesOf<T>(rows: readonly T[]): T[][] {
  const pages: T[][] = [];
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT)
    pages.push(rows.slice(from, from + ROWS_A_STATEMENT));
  return pages;
}

// Building and compiling a statement costs several times what running it costs, and the write lock is held meanwhile.

/** A query built once per connection, for those that every bid and every closing runs. */
export function prepared<Q extends object>(drawUp: (q: Queries) => Q): (q: Queries) => Q {
  const drawn = new WeakMap<Queries, Q>();
  return (q) => {
    let query = drawn.get(q);
    if (!query) {
      query = drawUp(q);
      drawn.set(q, query);
    }
    return query;
  };
}

const drawnByName = new WeakMap<Queries, Map<string, object>>();

/** As `prepared`, for a query in several forms; the name contains all that the form depends on. */
export function preparedAs<Q extends object>(q: Queries, name: string, drawUp: () => Q): Q {
  const drawn = drawnByName.get(q) ?? new Map<string, object>();
  drawnByName.set(q, drawn);
  const query = drawn.get(name) ?? drawUp();
  drawn.set(name, query);
  return query as Q;
}

/** drizzle encodes the value of a placeholder even where it is null: as the text `null`, as false. */
function placeholderOf(column: SQLiteColumn, name: string): Placeholder | SQL {
  const placeholder = sql.placeholder(name);
  if (column.notNull) return placeholder;
  const mapToDriverValue = (value: unknown) => (value === null ? null : column.mapToDriverValue(value));
  return sql`${sql.param(placeholder, { mapToDriverValue })}`;
}

/** Places for the values of one row, each named by its column and the number of the row. */
function placeholdersOf(table: SQLiteTable, row: number): Record<string, Placeholder | SQL> {
  const columns = Object.entries<SQLiteColumn>(getTableColumns(table));
  return Object.fromEntries(columns.map(([name, column]) => [name, placeholderOf(column, `${name} ${row}`)]));
}

const valuesOf = (rows: readonly object[]): Record<string, unknown> =>
  Object.fromEntries(
    rows.flatMap((row, index) => Object.entries(row).map(([name, value]) => [`${name} ${index}`, value as unknown])),
  );

/** Rows that one prepared statement inserts at most. */
const MOST_PREPARED = 8;

interface Inserts {
  /** Rows of one statement at most. */
  readonly most?: number;
  /** What a statement calculates itself for its row of that number, from 0. */
  readonly calculated?: (row: number) => Readonly<Record<string, SQL>>;
  readonly onConflict?: SQLiteInsertOnConflictDoUpdateConfig<SQLiteInsertBase<SQLiteTable, 'sync', unknown>>;
}

/** Inserts whole rows in a few statements, each built once. */
export function preparedInserts<T extends SQLiteTable, Row extends object = T['$inferSelect']>(
  table: T,
  { most = MOST_PREPARED, calculated = () => ({}), onConflict }: Inserts = {},
): (q: Queries, rows: readonly Row[]) => Promise<unknown>[] {
  const inserts = Array.from({ length: most }, (_, index) =>
    prepared((q) => {
      const rows = Array.from({ length: index + 1 }, (__, row) => ({
        ...placeholdersOf(table, row),
        ...calculated(row),
      }));
      const insert = q.insert(table as SQLiteTable).values(rows);
      return (onConflict ? insert.onConflictDoUpdate(onConflict) : insert).prepare();
    }),
  );
  return (q, rows) => {
    const written: Promise<unknown>[] = [];
    for (let from = 0; from < rows.length; from += most) {
      const some = rows.slice(from, from + most);
      const insert = inserts[some.length - 1];
      if (insert) written.push(insert(q).execute(valuesOf(some)));
    }
    return written;
  };
}

/** So that an unlimited number of texts (lists of values) does not fill the memory. */
const MOST_REMEMBERED = 500;

/** Makes a connection compile each SQL text once. For a connection that only drizzle uses from here on. */
export function rememberStatements(connection: BetterSqlite3.Database): void {
  const compile = connection.prepare.bind(connection) as (text: string) => BetterSqlite3.Statement;
  const known = new Map<string, BetterSqlite3.Statement>();
  connection.prepare = ((text: string) => {
    const before = known.get(text);
    // A previous user may have set it to return rows as arrays.
    if (before) return before.reader ? before.raw(false) : before;
    const statement = compile(text);
    if (known.size < MOST_REMEMBERED) known.set(text, statement);
    return statement;
  }) as typeof connection.prepare;
}
