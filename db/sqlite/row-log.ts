import type BetterSqlite3 from 'better-sqlite3';
import type { RowPlace } from '../integrity/fault.ts';
import { hashOfRow, isRecorded, plainValue, RECORDED } from '../integrity/recorded.ts';
import { changesOf, type RowChange, type WrittenRow } from '../integrity/row-changes.ts';
import type { FoundRow, RowLog } from '../integrity/row-log.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** The recorded tables that are there: a database of an earlier version may lack some. */
const tablesOf = (connection: BetterSqlite3.Database): string[] =>
  connection
    .prepare<[], string>("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name")
    .pluck()
    .all()
    .filter((name) => RECORDED.includes(name));

const columnsOf = (connection: BetterSqlite3.Database, table: string): Column[] =>
  connection.prepare<[string], Column>('SELECT name, type, pk FROM pragma_table_info(?)').all(table);

/** @param of `NEW`, `OLD`, or the table */
function keyOf(columns: readonly Column[], of: string): string {
  const parts = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  const value = ({ name }: Column) => `${of}.${quoted(name)}`;
  const [only] = parts;
  if (only && parts.length === 1) return `CAST(${value(only)} AS TEXT)`;
  return parts
    .map((part) =>
      part.type.toUpperCase() === 'TEXT' ? `replace(replace(${value(part)}, '%', '%25'), '/', '%2F')` : value(part),
    )
    .join(` || '/' || `);
}

const contentOf = (columns: readonly Column[], of: string): string =>
  `json_array(${columns.map(({ name }) => `${of}.${quoted(name)}`).join(', ')})`;

/** For reading rows that anybody may have written: bytes are not valid JSON. */
function readableContentOf(columns: readonly Column[], of: string): string {
  const odd = columns.map(({ name }) => `typeof(${of}.${quoted(name)}) = 'blob'`);
  return `CASE WHEN ${odd.join(' OR ')} THEN '["bytes"]' ELSE ${contentOf(columns, of)} END`;
}

/** The function is part of this program: the triggers fail on a connection without it. */
function triggersOf(connection: BetterSqlite3.Database, table: string): [string, string][] {
  const columns = columnsOf(connection, table);
  const recorded = columns.filter(({ name }) => isRecorded(table, name));
  const [is, was] = [
    [keyOf(columns, 'NEW'), contentOf(columns, 'NEW')],
    [keyOf(columns, 'OLD'), contentOf(columns, 'OLD')],
  ];
  const none = ['NULL', 'NULL'];
  const make = (event: string, before: string[], after: string[]): [string, string] => {
    const name = `kaibiao_rows_${table}_${event}`;
    // Columns that are not recorded are written by themselves.
    const only = event === 'update' && recorded.length < columns.length;
    const of = only ? ` OF ${recorded.map((column) => quoted(column.name)).join(', ')}` : '';
    const values = [text(table), ...before, ...after].join(', ');
    return [
      name,
      `CREATE TRIGGER ${quoted(name)} AFTER ${event.toUpperCase()}${of} ON ${quoted(table)} BEGIN SELECT kaibiao_written(${values}); END`,
    ];
  };
  return [make('insert', none, is), make('update', was, is), make('delete', was, none)];
}

/** Of a writing connection: its transactions begin with `begin`. */
export class SqliteRowLog implements RowLog {
  readonly #connection: BetterSqlite3.Database;
  readonly #columns = new Map<string, readonly string[]>();
  #written: WrittenRow[] = [];

  constructor(connection: BetterSqlite3.Database) {
    this.#connection = connection;
    connection.function(
      'kaibiao_written',
      (table: string, was: string | null, before: string | null, is: string | null, after: string | null) => {
        if (was !== null && was !== is) this.#written.push({ table, key: was, before, after: null });
        if (is !== null) this.#written.push({ table, key: is, before: was === is ? before : null, after });
        return null;
      },
    );
  }

  begin(): void {
    this.#written = [];
  }

  /** To return to when a part of the transaction is rolled back. */
  get mark(): number {
    return this.#written.length;
  }

  backTo(mark: number): void {
    this.#written.length = mark;
  }

  takeNow(): RowChange[] {
    const written = this.#written;
    this.#written = [];
    return changesOf(written, (place, content) => this.#hashOf(place, content));
  }

  async take(): Promise<RowChange[]> {
    return this.takeNow();
  }

  async watch(): Promise<void> {
    this.#columns.clear();
    installTriggers(this.#connection);
  }

  async unwatch(): Promise<void> {
    removeTriggers(this.#connection);
  }

  async *rows(): AsyncGenerator<FoundRow> {
    this.#columns.clear();
    for (const table of tablesOf(this.#connection)) {
      const columns = columnsOf(this.#connection, table);
      const of = quoted(table);
      const rows = this.#connection.prepare<[], { key: string; content: string }>(
        `SELECT ${keyOf(columns, of)} AS key, ${readableContentOf(columns, of)} AS content FROM ${of}`,
      );
      for (const { key, content } of rows.iterate()) {
        yield { table, key, hash: this.#hashOf({ table, key }, content) };
      }
    }
  }

  #readColumns(): void {
    const read = this.#connection.prepare<[], [string, string]>(
      "SELECT t.name, c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c WHERE t.schema = 'main' ORDER BY t.name, c.cid",
    );
    for (const [table, column] of read.raw().all()) {
      this.#columns.set(table, [...(this.#columns.get(table) ?? []), column]);
    }
  }

  #hashOf(place: RowPlace, content: string): string {
    const { table } = place;
    if (this.#columns.size === 0) this.#readColumns();
    const names = this.#columns.get(table) ?? [];
    const values = JSON.parse(content) as unknown[];
    return hashOfRow(
      place,
      Object.fromEntries(names.map((name, index) => [name, plainValue(table, name, values[index] ?? null)])),
    );
  }
}

const TRIGGERS = "FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'kaibiao_rows_%'";

/** Creates the triggers where they are not as expected. */
function installTriggers(connection: BetterSqlite3.Database): void {
  const made = new Map(connection.prepare<[], [string, string]>(`SELECT name, sql ${TRIGGERS}`).raw().all());
  for (const table of tablesOf(connection)) {
    for (const [name, statement] of triggersOf(connection, table)) {
      if (made.get(name) === statement) continue;
      connection.exec(`DROP TRIGGER IF EXISTS ${quoted(name)}; ${statement}`);
    }
  }
}

/** For a change of the schema, and in a copy that nobody will write to. */
export function removeTriggers(connection: BetterSqlite3.Database): void {
  const names = connection.prepare<[], string>(`SELECT name ${TRIGGERS}`).pluck().all();
  for (const name of names) connection.exec(`DROP TRIGGER ${quoted(name)}`);
}
