import pg from 'pg';
import type { RowPlace } from '../integrity/fault.ts';
import { hashOfRow, isRecorded, RECORDED } from '../integrity/recorded.ts';
import { changesOf, type RowChange } from '../integrity/row-changes.ts';
import type { FoundRow, RowLog } from '../integrity/row-log.ts';
import { SCHEMA } from './connection.ts';

// Triggers note what a transaction writes in a temporary table, which only sessions of this program have; at its end
// this program reads the notes, and an entry of the trail names the rows.

const quoted = (name: string): string => pg.escapeIdentifier(name);
const text = (value: string): string => pg.escapeLiteral(value);

/** The session's notes: `before` and `after` are the row as JSON. */
const NOTES = 'pg_temp.rows_written';
/** Run at the beginning of a session's first transaction. */
export const MAKE_NOTES = `CREATE TEMP TABLE IF NOT EXISTS rows_written (table_name text NOT NULL, row_key text NOT NULL, before text, after text) ON COMMIT DELETE ROWS`;

interface Table {
  readonly name: string;
  readonly key: readonly { readonly name: string; readonly type: string }[];
  readonly columns: readonly string[];
}

/** The recorded tables that are there: a database of an earlier version may lack some. */
async function tablesOf(on: pg.ClientBase): Promise<Table[]> {
  const { rows } = await on.query<Table>(
    `SELECT c.relname AS name, jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL)) ORDER BY k.place) AS key,
       (SELECT jsonb_agg(o.attname ORDER BY o.attnum) FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attnum > 0 AND NOT o.attisdropped) AS columns
     FROM pg_class c
     JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
     WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace('${SCHEMA}') AND c.relname = ANY($1)
     GROUP BY c.oid, c.relname ORDER BY c.relname`,
    [RECORDED],
  );
  return rows;
}

/** The same text as SQLite's (db/sqlite/row-log.ts), so that a row has the same name in a copy. */
function keyOf({ key }: Table, of: string): string {
  const value = ({ name }: { name: string }) => `${of}.${quoted(name)}`;
  const [only] = key;
  if (only && key.length === 1) return `${value(only)}::text`;
  return key
    .map((part) =>
      part.type === 'text' ? `replace(replace(${value(part)}, '%', '%25'), '/', '%2F')` : `${value(part)}::text`,
    )
    .join(` || '/' || `);
}

function functionOf(table: Table): string {
  const note = (key: string, before: string, after: string) =>
    `INSERT INTO ${NOTES} VALUES (${text(table.name)}, ${key}, ${before}, ${after})`;
  const [was, is] = [keyOf(table, 'OLD'), keyOf(table, 'NEW')];
  const [before, after] = ['row_to_json(OLD)::text', 'row_to_json(NEW)::text'];
  return `BEGIN
    IF TG_OP = 'INSERT' THEN ${note(is, 'NULL', after)};
    ELSIF TG_OP = 'DELETE' THEN ${note(was, before, 'NULL')};
    ELSIF ${was} = ${is} THEN ${note(is, before, after)};
    ELSE ${note(was, before, 'NULL')}; ${note(is, 'NULL', after)};
    END IF;
    RETURN NULL;
  END`;
}

/** What the trigger of a table is for: columns that are not recorded are written by themselves. */
function eventsOf({ name, columns }: Table): string {
  const recorded = columns.filter((column) => isRecorded(name, column));
  const of = recorded.length < columns.length ? ` OF ${recorded.map(quoted).join(', ')}` : '';
  return `INSERT OR DELETE OR UPDATE${of}`;
}

async function installTriggers(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string; body: string; enabled: string }>(
    `SELECT c.relname AS name, p.prosrc AS body, t.tgenabled AS enabled FROM pg_trigger t
     JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
     WHERE t.tgname = 'kaibiao_rows' AND c.relnamespace = to_regnamespace('${SCHEMA}')`,
  );
  const made = new Map(rows.map((row) => [row.name, row]));
  for (const table of await tablesOf(client)) {
    const body = functionOf(table);
    const found = made.get(table.name);
    if (found?.body === body && found.enabled === 'O') continue;
    const name = quoted(`kaibiao_rows_${table.name}`);
    await client.query(
      `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS ${text(body)};
       DROP TRIGGER IF EXISTS kaibiao_rows ON ${quoted(table.name)};
       CREATE TRIGGER kaibiao_rows AFTER ${eventsOf(table)} ON ${quoted(table.name)} FOR EACH ROW EXECUTE FUNCTION ${name}()`,
    );
  }
}

interface Note {
  readonly place: string;
  readonly table: string;
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What the transaction has written since a place in the notes, in its order. */
const NOTED = {
  name: 'rows written',
  text: `SELECT ctid AS place, table_name AS "table", row_key AS key, before, after FROM ${NOTES} WHERE ctid > $1::tid ORDER BY ctid`,
};

const PUT = {
  name: 'put changes of rows',
  text: `INSERT INTO row_changes (seq, no, table_name, row_key, was, hash)
    SELECT $1::bigint, no, table_name, row_key, was, hash
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS each (table_name, row_key, was, hash, no)`,
};

const FIRST_PLACE = '(0,0)';
/** Rows of one statement. */
const PAGE = 1_000;

/** Sessions that have the table for notes. */
const noting = new WeakSet<pg.ClientBase>();

const hashOf = (place: RowPlace, content: string): string =>
  hashOfRow(place, JSON.parse(content) as Record<string, unknown>);

/** Of one transaction on a connection. */
export class PostgresRowLog implements RowLog {
  readonly #client: pg.ClientBase;
  /** The place up to which the notes are read. */
  #readTo = FIRST_PLACE;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  /** Prefix of the transaction's first statement. */
  get firstWords(): string {
    return noting.has(this.#client) ? '' : `${MAKE_NOTES}; `;
  }

  /** Only once the transaction is committed: a rollback removes the table for the notes. */
  committed(): void {
    noting.add(this.#client);
  }

  /** Sent with earlier statements, answered after them. */
  async take(): Promise<RowChange[]> {
    const { rows } = await this.#client.query<Note>({ ...NOTED, values: [this.#readTo] });
    this.#readTo = rows.at(-1)?.place ?? this.#readTo;
    return changesOf(rows, hashOf);
  }

  /** Writes what the entry at that place of the trail names: sent at once. */
  put(seq: number, changes: readonly RowChange[]): Promise<unknown>[] {
    if (changes.length === 0) return [];
    const values = [
      seq,
      changes.map(({ table }) => table),
      changes.map(({ key }) => key),
      changes.map(({ was }) => was),
      changes.map(({ hash }) => hash),
    ];
    return [this.#client.query({ ...PUT, values })];
  }

  async watch(): Promise<void> {
    await installTriggers(this.#client);
  }

  /** Rows written meanwhile are noted, and are taken with the rest. */
  async unwatch(): Promise<void> {}

  /** One statement for all tables: a few dozen would take longer than reading the rows of most installations. */
  async *rows(): AsyncGenerator<FoundRow> {
    const selects = (await tablesOf(this.#client)).map(
      (table) =>
        `SELECT ${text(table.name)} AS "table", ${keyOf(table, 't')} AS key, row_to_json(t)::text AS content FROM ${quoted(table.name)} t`,
    );
    if (selects.length === 0) return;
    const fetch = `FETCH ${PAGE} FROM kaibiao_rows`;
    await this.#client.query(`DECLARE kaibiao_rows NO SCROLL CURSOR FOR ${selects.join(' UNION ALL ')}`);
    let page: { table: string; key: string; content: string }[];
    do {
      ({ rows: page } = await this.#client.query<{ table: string; key: string; content: string }>(fetch));
      for (const { table, key, content } of page) yield { table, key, hash: hashOf({ table, key }, content) };
    } while (page.length === PAGE);
    await this.#client.query('CLOSE kaibiao_rows');
  }
}
