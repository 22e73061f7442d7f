import pg from 'pg';
import type { CheckedRows, RowPlace } from '../integrity/fault.ts';
import { BROKEN, RowCheck, MacsUnderWay, type FoundRow, type MacKey, type StoredTotal } from '../integrity/row-macs.ts';
import type { RowMacs } from '../integrity/macs.ts';

// The key never goes to the server: triggers record what a transaction writes in a temporary table, which only sessions
// of this program have; at its end this program reads the notes and writes the macs.

const quoted = (name: string): string => pg.escapeIdentifier(name);
const text = (value: string): string => pg.escapeLiteral(value);

const OWN_TABLES = ['row_macs', 'mac_total'];
/** The session's notes: `before` and `after` are the row as text. */
const NOTES = 'pg_temp.rows_written';
/** Run at the beginning of a session's first transaction. */
export const MAKE_NOTES = `CREATE TEMP TABLE IF NOT EXISTS rows_written (table_name text NOT NULL, row_key text NOT NULL, before text, after text) ON COMMIT DELETE ROWS`;

interface Table {
  readonly name: string;
  readonly key: readonly { readonly name: string; readonly type: string }[];
}

async function tablesOf(on: pg.ClientBase): Promise<Table[]> {
  const { rows } = await on.query<Table>(
    `SELECT c.relname AS name, jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL)) ORDER BY k.place) AS key
     FROM pg_class c
     JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
     WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> ALL($1)
     GROUP BY c.relname ORDER BY c.relname`,
    [OWN_TABLES],
  );
  return rows;
}

/** The same text as SQLite's (db/sqlite/row-macs.ts), so that a row has the same name in a copy. */
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
  return `BEGIN
    IF TG_OP = 'INSERT' THEN ${note(is, 'NULL', 'NEW::text')};
    ELSIF TG_OP = 'DELETE' THEN ${note(was, 'OLD::text', 'NULL')};
    ELSIF ${was} = ${is} THEN ${note(is, 'OLD::text', 'NEW::text')};
    ELSE ${note(was, 'OLD::text', 'NULL')}; ${note(is, 'NULL', 'NEW::text')};
    END IF;
    RETURN NULL;
  END`;
}

async function installTriggers(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string; body: string; enabled: string }>(
    `SELECT c.relname AS name, p.prosrc AS body, t.tgenabled AS enabled FROM pg_trigger t
     JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
     WHERE t.tgname = 'kaibiao_mac' AND c.relnamespace = current_schema()::regnamespace`,
  );
  const made = new Map(rows.map((row) => [row.name, row]));
  for (const table of await tablesOf(client)) {
    const body = functionOf(table);
    const found = made.get(table.name);
    if (found?.body === body && found.enabled === 'O') continue;
    const name = quoted(`kaibiao_mac_${table.name}`);
    await client.query(
      `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS ${text(body)};
       DROP TRIGGER IF EXISTS kaibiao_mac ON ${quoted(table.name)};
       CREATE TRIGGER kaibiao_mac AFTER INSERT OR UPDATE OR DELETE ON ${quoted(table.name)} FOR EACH ROW EXECUTE FUNCTION ${name}()`,
    );
  }
}

/** Page by page. */
async function* pagesOf(client: pg.ClientBase, select: string): AsyncGenerator<FoundRow[]> {
  const fetch = `FETCH ${PAGE} FROM kaibiao_rows`;
  await client.query(`DECLARE kaibiao_rows NO SCROLL CURSOR FOR ${select}`);
  let { rows } = await client.query<FoundRow>(fetch);
  for (; rows.length > 0; { rows } = await client.query<FoundRow>(fetch)) {
    yield rows;
    if (rows.length < PAGE) break;
  }
  await client.query('CLOSE kaibiao_rows');
}

/** The rows of a table, each beside its MAC, and the MACs that have no row. */
function besideMacs(table: Table): string[] {
  const key = keyOf(table, 't');
  const [name, from] = [text(table.name), `${quoted(table.name)} t`];
  return [
    `SELECT ${name} AS "table", ${key} AS key, t::text AS content, s.mac AS mac FROM ${from} LEFT JOIN row_macs s ON s.table_name = ${name} AND s.row_key = ${key}`,
    `(SELECT ${name}, row_key, NULL, NULL FROM row_macs WHERE table_name = ${name} EXCEPT SELECT ${name}, ${key}, NULL, NULL FROM ${from})`,
  ];
}

const MAKE_TABLES = `CREATE TABLE IF NOT EXISTS row_macs (table_name text NOT NULL, row_key text NOT NULL, mac text NOT NULL, PRIMARY KEY (table_name, row_key));
  CREATE TABLE IF NOT EXISTS mac_total (id int PRIMARY KEY CHECK (id = 1), key_id text NOT NULL, salt text NOT NULL, version int NOT NULL, sum text NOT NULL)`;
const HAS_MACS = `SELECT to_regclass('row_macs') IS NOT NULL AND to_regclass('mac_total') IS NOT NULL AS has`;
const TOTAL_NOW = 'SELECT key_id, salt, version, sum FROM mac_total';
const KEEP_TOTAL = `INSERT INTO mac_total (id, key_id, salt, version, sum) VALUES (1, $1, $2, $3, $4)
  ON CONFLICT (id) DO UPDATE SET key_id = excluded.key_id, salt = excluded.salt, version = excluded.version, sum = excluded.sum`;
const valuesOf = ({ key_id, salt, version, sum }: StoredTotal) => [key_id, salt, version, sum];

interface Note {
  readonly place: string;
  readonly table_name: string;
  readonly row_key: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly mac: string | null;
}

/**
 * What the transaction has written since a place in the notes, in its order, each with the present MAC of its row.
 * Each MAC is looked up by itself: a join would read all of them.
 */
export const NOTED = {
  name: 'rows written',
  text: `SELECT n.place, n.table_name, n.row_key, n.before, n.after,
    (SELECT s.mac FROM row_macs s WHERE s.table_name = n.table_name AND s.row_key = n.row_key) AS mac
    FROM (SELECT ctid AS place, * FROM ${NOTES} WHERE ctid > $1::tid) n ORDER BY n.place`,
};
/** The same, with the present total. */
const NOTED_WITH_TOTAL = {
  name: 'rows written, and the total',
  text: `SELECT t.key_id, t.salt, t.version, t.sum, n.* FROM (SELECT 1) one LEFT JOIN mac_total t ON true
    LEFT JOIN (${NOTED.text}) n ON true ORDER BY n.place`,
};
const PUT = {
  name: 'put MACs',
  text: `INSERT INTO row_macs (table_name, row_key, mac) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
    ON CONFLICT (table_name, row_key) DO UPDATE SET mac = excluded.mac`,
};
const REMOVE = {
  name: 'remove MACs',
  text: `DELETE FROM row_macs s USING unnest($1::text[], $2::text[]) AS gone(table_name, row_key)
    WHERE s.table_name = gone.table_name AND s.row_key = gone.row_key`,
};

const FIRST_PLACE = '(0,0)';
/** Rows of one statement. */
const PAGE = 1_000;

/** Sessions that have the table for notes. */
const noting = new WeakSet<pg.ClientBase>();

/** Of one transaction on a connection. */
export class PostgresMacs implements RowMacs {
  readonly #client: pg.ClientBase;
  #underWay: MacsUnderWay | null = null;
  /** The place up to which the notes are read. */
  #readTo = FIRST_PLACE;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  use(macKey: MacKey): void {
    this.#underWay = new MacsUnderWay(macKey);
  }

  /** Prefix of the transaction's first statement. */
  get firstWords(): string {
    return noting.has(this.#client) ? '' : `${MAKE_NOTES}; `;
  }

  /** Only once the transaction is committed: a rollback removes the table for the notes. */
  committed(): void {
    noting.add(this.#client);
  }

  async keyId(): Promise<string | null> {
    return (await this.#total())?.key_id ?? null;
  }

  async #total(): Promise<StoredTotal | null> {
    const { rows: found } = await this.#client.query<{ has: boolean }>(HAS_MACS);
    if (!found[0]?.has) return null;
    return (await this.#client.query<StoredTotal>(TOTAL_NOW)).rows[0] ?? null;
  }

  /** Reads what was written since the last call: sent with earlier statements, answered after them. */
  async noted(): Promise<readonly Note[]> {
    const { rows } = await this.#client.query<Note>({ ...NOTED, values: [this.#readTo] });
    this.#readTo = rows.at(-1)?.place ?? this.#readTo;
    return rows;
  }

  /** The same, with the total; for the holder of the end of the trail, which keeps the total unchanged. */
  async rest(): Promise<{ readonly notes: readonly Note[]; readonly total: StoredTotal | null }> {
    const { rows } = await this.#client.query<Note & StoredTotal>({ ...NOTED_WITH_TOTAL, values: [this.#readTo] });
    // Without notes there is one row with the total alone, and without a total, none.
    const notes = rows.filter(({ place }) => (place as string | null) !== null);
    const [first] = rows;
    this.#readTo = notes.at(-1)?.place ?? this.#readTo;
    const total = first && (first.key_id as string | null) !== null ? first : null;
    return {
      notes,
      total: total && { key_id: total.key_id, salt: total.salt, version: total.version, sum: total.sum },
    };
  }

  /** Writes the MACs of the noted rows: its statements are sent at once, in their order. */
  put(notes: readonly Note[]): Promise<unknown>[] {
    const underWay = this.#current();
    const macs = new Map<string, { place: RowPlace; mac: string | null }>();
    for (const { table_name: table, row_key: key, before, after, mac: stored } of notes) {
      const name = `${table}\n${key}`;
      const place = { table, key };
      const earlier = macs.get(name);
      const mac = earlier ? earlier.mac : stored;
      if (after === null) {
        if (before !== null) underWay.gone(place, before);
        macs.set(name, { place, mac: null });
      } else {
        const now = underWay.written(place, after, before === null ? null : { content: before, mac });
        // The table has a MAC without its row: the row was deleted outside the program.
        macs.set(name, { place, mac: before === null && mac !== null ? BROKEN : now });
      }
    }
    const put = [...macs.values()].filter(({ mac }) => mac !== null);
    const gone = [...macs.values()].filter(({ mac }) => mac === null);
    const columns = (from: typeof put) => [from.map(({ place }) => place.table), from.map(({ place }) => place.key)];
    const sent: Promise<unknown>[] = [];
    if (gone.length > 0) sent.push(this.#client.query({ ...REMOVE, values: columns(gone) }));
    if (put.length > 0) {
      sent.push(this.#client.query({ ...PUT, values: [...columns(put), put.map(({ mac }) => mac)] }));
    }
    return sent;
  }

  /** Adds all changes of the written MACs to the total. Without a total there is nothing to add to. */
  keepTotal(total: StoredTotal | null): Promise<unknown>[] {
    const underWay = this.#current();
    const { delta, macKey } = underWay;
    underWay.delta = 0n;
    if (!total || delta === 0n) return [];
    const values = valuesOf(macKey.add(total, delta));
    return [this.#client.query({ name: 'keep total', text: KEEP_TOTAL, values })];
  }

  async settle(): Promise<void> {
    const { notes, total } = await this.rest();
    await Promise.all([...this.put(notes), ...this.keepTotal(total), this.#forget()]);
  }

  async #forget(): Promise<void> {
    this.#readTo = FIRST_PLACE;
    await this.#client.query(`TRUNCATE ${NOTES}`);
  }

  async watch(): Promise<void> {
    await this.#client.query(MAKE_TABLES);
    await installTriggers(this.#client);
  }

  /** Rows written meanwhile are noted, and get their MACs with the rest. */
  async unwatch(): Promise<void> {}

  async calculateAll(onTable?: (table: string, rows: number) => void): Promise<number> {
    const { macKey } = this.#current();
    await this.#client.query(`${MAKE_TABLES}; DELETE FROM row_macs; DELETE FROM mac_total`);
    const selects = (await tablesOf(this.#client)).map(
      (table) =>
        `SELECT ${text(table.name)} AS "table", ${keyOf(table, 't')} AS key, t::text AS content, NULL AS mac FROM ${quoted(table.name)} t`,
    );
    let sum = 0n;
    let rows = 0;
    let inTable = { name: '', rows: 0 };
    const tableDone = () => {
      if (inTable.rows > 0) onTable?.(inTable.name, inTable.rows);
    };
    // One statement for all tables, one after the other: a new installation has many, and hardly a row.
    for await (const page of pagesOf(this.#client, selects.join(' UNION ALL '))) {
      const macs = page.map((row) => macKey.macOf(row, String(row.content)));
      for (const { hidden } of macs) sum += hidden;
      const values = [page.map((row) => row.table), page.map(({ key }) => key), macs.map(({ mac }) => mac)];
      await this.#client.query({ ...PUT, values });
      rows += page.length;
      for (const { table } of page) {
        if (table !== inTable.name) {
          tableDone();
          inTable = { name: table, rows: 0 };
        }
        inTable.rows += 1;
      }
    }
    tableDone();
    await this.#client.query(KEEP_TOTAL, valuesOf(macKey.add(macKey.none(), sum)));
    await this.#forget();
    return rows;
  }

  async markBroken(places: readonly RowPlace[]): Promise<void> {
    const each = [...new Map(places.map((place) => [`${place.table}\n${place.key}`, place])).values()];
    const values = [each.map(({ table }) => table), each.map(({ key }) => key), each.map(() => BROKEN)];
    if (each.length > 0) await this.#client.query({ ...PUT, values });
  }

  async check(): Promise<CheckedRows> {
    const client = this.#client;
    const check = new RowCheck(this.#current().macKey);
    const total = await this.#total();
    const { rows: found } = await client.query<{ has: boolean }>(HAS_MACS);
    if (!found[0]?.has) {
      check.total(null);
      return check;
    }
    const tables = await tablesOf(client);
    // One statement for all tables: a few hundred would take longer than reading the rows of most installations.
    for await (const page of pagesOf(client, tables.flatMap(besideMacs).join(' UNION ALL '))) {
      for (const row of page) check.found(row);
    }
    const { rows: left } = await client.query<FoundRow>(
      `SELECT table_name AS "table", row_key AS key, NULL AS content, mac FROM row_macs WHERE table_name <> ALL($1)`,
      [tables.map(({ name }) => name)],
    );
    for (const row of left) check.found(row);
    check.total(total);
    return check;
  }

  #current(): MacsUnderWay {
    if (!this.#underWay) throw new Error('the key of the row MACs is not set');
    return this.#underWay;
  }
}
