import type BetterSqlite3 from 'better-sqlite3';
import type { CheckedRows, RowFault, RowPlace } from '../integrity/fault.ts';
import { BROKEN, RowCheck, MacsUnderWay, type FoundRow, type MacKey, type StoredTotal } from '../integrity/row-macs.ts';
import type { RowMacs } from '../integrity/macs.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const OWN_TABLES = ['row_macs', 'mac_total'];

/** Every table that holds rows of its own; tables of an index are checked against their source. */
const tablesOf = (connection: BetterSqlite3.Database): string[] =>
  connection
    .prepare<[], string>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all()
    .filter((name) => !OWN_TABLES.includes(name));

const columnsOf = (connection: BetterSqlite3.Database, table: string): Column[] =>
  connection.prepare<[string], Column>('SELECT name, type, pk FROM pragma_table_info(?)').all(table);

/** @param of `NEW`, `OLD`, or the table */
function keyOf(columns: readonly Column[], of: string): string {
  const parts = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  const [only] = parts;
  // SQLite has no SERIAL type, and leaves the key of the migration journal empty.
  if (!only || only.type.toUpperCase() === 'SERIAL') return `CAST(${of}.rowid AS TEXT)`;
  const value = ({ name }: Column) => `${of}.${quoted(name)}`;
  if (parts.length === 1) return `CAST(${value(only)} AS TEXT)`;
  return parts
    .map((part) =>
      part.type.toUpperCase() === 'TEXT' ? `replace(replace(${value(part)}, '%', '%25'), '/', '%2F')` : value(part),
    )
    .join(` || '/' || `);
}

/** Distinguishes every value from every other, and values of different types. */
function contentOf(columns: readonly Column[], of: string): string {
  const value = ({ name, type }: Column) =>
    /BLOB/i.test(type) ? `typeof(${of}.${quoted(name)}), hex(${of}.${quoted(name)})` : `${of}.${quoted(name)}`;
  return `json_array(${columns.map(value).join(', ')})`;
}

/** For reading rows that anybody may have written: bytes in a text column are not valid JSON. */
function readableContentOf(columns: readonly Column[], of: string): string {
  const odd = columns
    .filter(({ type }) => !/BLOB/i.test(type))
    .map(({ name }) => `typeof(${of}.${quoted(name)}) = 'blob'`);
  return odd.length === 0
    ? contentOf(columns, of)
    : `CASE WHEN ${odd.join(' OR ')} THEN 'blob' ELSE ${contentOf(columns, of)} END`;
}

/** The functions are part of this program: the triggers fail on a connection without them. */
function triggersOf(connection: BetterSqlite3.Database, table: string): [string, string][] {
  const columns = columnsOf(connection, table);
  const [newKey, oldKey] = [keyOf(columns, 'NEW'), keyOf(columns, 'OLD')];
  const [newContent, oldContent] = [contentOf(columns, 'NEW'), contentOf(columns, 'OLD')];
  const name = (event: string) => `kaibiao_mac_${table}_${event}`;
  const make = (event: string, body: string): [string, string] => [
    name(event),
    `CREATE TRIGGER ${quoted(name(event))} AFTER ${event.toUpperCase()} ON ${quoted(table)} BEGIN ${body}; END`,
  ];
  return [
    make(
      'insert',
      `INSERT INTO row_macs (table_name, row_key, mac) VALUES (${text(table)}, ${newKey}, kaibiao_mac(${text(table)}, ${newKey}, ${newContent})) ON CONFLICT DO UPDATE SET mac = '${BROKEN}'`,
    ),
    make(
      'update',
      `UPDATE row_macs SET row_key = ${newKey}, mac = kaibiao_mac_changed(${text(table)}, ${oldKey}, ${oldContent}, mac, ${newKey}, ${newContent}) WHERE table_name = ${text(table)} AND row_key = ${oldKey}`,
    ),
    make(
      'delete',
      `DELETE FROM row_macs WHERE table_name = ${text(table)} AND row_key = ${oldKey} AND kaibiao_mac_gone(${text(table)}, ${oldKey}, ${oldContent})`,
    ),
  ];
}

const TOTAL_NOW = 'SELECT key_id, salt, version, sum FROM mac_total';
const KEEP_TOTAL =
  'INSERT INTO mac_total (id, key_id, salt, version, sum) VALUES (1, @key_id, @salt, @version, @sum) ON CONFLICT DO UPDATE SET key_id = excluded.key_id, salt = excluded.salt, version = excluded.version, sum = excluded.sum';

const hasTable = (connection: BetterSqlite3.Database, name: string): boolean =>
  connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined;

const totalOf = (connection: BetterSqlite3.Database): StoredTotal | null =>
  (hasTable(connection, 'row_macs') && hasTable(connection, 'mac_total')
    ? connection.prepare<[], StoredTotal>(TOTAL_NOW).get()
    : undefined) ?? null;

/** So that others get a turn while millions of rows are read. */
const ROWS_A_TURN = 1_000;

/** The state of the MACs of a writing connection: its transactions begin with `begin` and end with `settleNow`. */
export class SqliteMacs implements RowMacs {
  readonly #connection: BetterSqlite3.Database;
  #underWay: MacsUnderWay | null = null;
  #read: BetterSqlite3.Statement<[], StoredTotal> | undefined;
  #keep: BetterSqlite3.Statement<[StoredTotal]> | undefined;

  constructor(connection: BetterSqlite3.Database) {
    this.#connection = connection;
  }

  use(macKey: MacKey): void {
    const underWay = new MacsUnderWay(macKey);
    const connection = this.#connection;
    connection.function('kaibiao_mac', (table: string, key: string, content: string) =>
      underWay.written({ table, key }, content, null),
    );
    connection.function(
      'kaibiao_mac_changed',
      (table: string, was: string, before: string, mac: string, key: string, content: string) =>
        underWay.written({ table, key }, content, { content: before, mac, key: was }),
    );
    connection.function('kaibiao_mac_gone', (table: string, key: string, content: string) => {
      underWay.gone({ table, key }, content);
      return 1;
    });
    this.#underWay = underWay;
  }

  async keyId(): Promise<string | null> {
    return totalOf(this.#connection)?.key_id ?? null;
  }

  begin(): void {
    this.#current().delta = 0n;
  }

  /** To return to when a part of the transaction is rolled back. */
  get mark(): bigint {
    return this.#current().delta;
  }

  backTo(mark: bigint): void {
    this.#current().delta = mark;
  }

  settleNow(): void {
    this.#read ??= this.#connection.prepare<[], StoredTotal>(TOTAL_NOW);
    this.#keep ??= this.#connection.prepare<[StoredTotal]>(KEEP_TOTAL);
    const underWay = this.#current();
    if (underWay.delta === 0n) return;
    const stored = this.#read.get();
    // Without a total there is nothing to add to: its removal is detected by that.
    if (stored) this.#keep.run(underWay.macKey.add(stored, underWay.delta));
    underWay.delta = 0n;
  }

  async settle(): Promise<void> {
    this.settleNow();
  }

  async watch(): Promise<void> {
    installTriggers(this.#connection);
  }

  async unwatch(): Promise<void> {
    removeTriggers(this.#connection);
  }

  async calculateAll(onTable?: (table: string, rows: number) => void): Promise<number> {
    const connection = this.#connection;
    connection.exec(
      `CREATE TABLE IF NOT EXISTS row_macs (table_name text NOT NULL, row_key text NOT NULL, mac text NOT NULL, PRIMARY KEY (table_name, row_key)) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS mac_total (id integer PRIMARY KEY CHECK (id = 1), key_id text NOT NULL, salt text NOT NULL, version integer NOT NULL, sum text NOT NULL);
       DELETE FROM row_macs; DELETE FROM mac_total`,
    );
    this.begin();
    let rows = 0;
    for (const table of tablesOf(connection)) {
      const columns = columnsOf(connection, table);
      const of = quoted(table);
      const { changes } = connection
        .prepare(
          `INSERT INTO row_macs SELECT ${text(table)}, ${keyOf(columns, of)}, kaibiao_mac(${text(table)}, ${keyOf(columns, of)}, ${readableContentOf(columns, of)}) FROM ${of}`,
        )
        .run();
      rows += changes;
      if (changes > 0) onTable?.(table, changes);
    }
    connection.prepare(KEEP_TOTAL).run(this.#current().macKey.none());
    this.settleNow();
    return rows;
  }

  async markBroken(places: readonly RowPlace[]): Promise<void> {
    const put = this.#connection.prepare(
      `INSERT INTO row_macs (table_name, row_key, mac) VALUES (?, ?, '${BROKEN}') ON CONFLICT DO UPDATE SET mac = '${BROKEN}'`,
    );
    for (const { table, key } of places) put.run(table, key);
  }

  async check(): Promise<CheckedRows> {
    const connection = this.#connection;
    const check = new RowCheck(this.#current().macKey);
    const total = totalOf(connection);
    if (!hasTable(connection, 'row_macs')) {
      check.total(null);
      return check;
    }
    const tables = tablesOf(connection);
    for (const table of tables) {
      const columns = columnsOf(connection, table);
      const of = quoted(table);
      const [key, content] = [keyOf(columns, of), readableContentOf(columns, of)];
      const rows = connection.prepare<[], FoundRow>(
        `SELECT ${text(table)} AS "table", ${key} AS key, ${content} AS content, s.mac AS mac FROM ${of} LEFT JOIN row_macs s ON s.table_name = ${text(table)} AND s.row_key = ${key}`,
      );
      let count = 0;
      for (const row of rows.iterate()) {
        check.found(row);
        count += 1;
        if (count % ROWS_A_TURN === 0) await new Promise(setImmediate);
      }
      const gone = connection.prepare<[], string>(
        `SELECT row_key FROM row_macs WHERE table_name = ${text(table)} EXCEPT SELECT ${key} FROM ${of}`,
      );
      for (const each of gone.pluck().iterate()) check.found({ table, key: each, content: null, mac: null });
    }
    const left = connection.prepare<[string], FoundRow>(
      `SELECT table_name AS "table", row_key AS key, NULL AS content, mac FROM row_macs WHERE table_name NOT IN (SELECT value FROM json_each(?))`,
    );
    for (const each of left.iterate(JSON.stringify(tables))) check.found(each);
    check.total(total);
    return check;
  }

  #current(): MacsUnderWay {
    if (!this.#underWay) throw new Error('the key of the row MACs is not set');
    return this.#underWay;
  }
}

/** Creates the triggers where they are not as expected. */
function installTriggers(connection: BetterSqlite3.Database): void {
  const made = new Map(
    connection
      .prepare<[], [string, string]>(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'kaibiao_mac_%'",
      )
      .raw()
      .all(),
  );
  for (const table of tablesOf(connection)) {
    for (const [name, statement] of triggersOf(connection, table)) {
      if (made.get(name) === statement) continue;
      connection.exec(`DROP TRIGGER IF EXISTS ${quoted(name)}; ${statement}`);
    }
  }
}

/** For a change of the schema, and in a copy that nobody will write to. */
export function removeTriggers(connection: BetterSqlite3.Database): void {
  const names = connection
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'kaibiao_mac_%'")
    .pluck()
    .all();
  for (const name of names) connection.exec(`DROP TRIGGER ${quoted(name)}`);
}

const damaged = (what: string): RowFault => ({
  subject: 'database/integrity',
  zh: `数据库文件损坏：${what}`,
  en: `the file is damaged: ${what}`,
  row: { table: 'row_macs', key: 'total' },
});

/** Where the file is inconsistent: pages, and indexes that differ from their rows. */
export const damageOf = (connection: BetterSqlite3.Database): RowFault[] =>
  (connection.pragma('integrity_check(20)') as { integrity_check: string }[])
    .map((each) => each.integrity_check)
    .filter((result) => result !== 'ok')
    .map(damaged);

/** Where a search index differs from the titles. Changes nothing, but runs as a write. */
export function damageOfSearch(connection: BetterSqlite3.Database): RowFault[] {
  const indexes = connection
    .prepare<[], string>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE % USING fts5%'",
    )
    .pluck()
    .all();
  return indexes.flatMap((name) => {
    try {
      connection.prepare(`INSERT INTO ${quoted(name)} (${quoted(name)}, rank) VALUES ('integrity-check', 1)`).run();
      return [];
    } catch (error) {
      return [damaged(`${name}: ${(error as Error).message}`)];
    }
  });
}
