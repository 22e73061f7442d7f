import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeBackup, restoreBackup } from '../../db/copies/backup.ts';
import { copyInstallation } from '../../db/copies/copy.ts';
import { changeStanding } from '../../services/organisations/change-standing.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { hashOf, UNATTENDED } from '../../db/audit.ts';
import { migrationsOf } from '../../db/access/migrations.ts';
import { migrateAsOwner, openDatabase } from '../../db/access/open.ts';
import { hashOfRow, isRecorded, RECORDED } from '../../db/integrity/recorded.ts';
import { digestOf, type RowChange } from '../../db/integrity/row-changes.ts';
import { audit } from '../../db/schema/sqlite.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import {
  dialect,
  rawDatabase,
  temporaryDatabase,
  temporaryStorage,
  type Raw,
  type TestDatabase,
} from '../setup/database.ts';
import { testSigner } from '../setup/signer.ts';
import { livedIn } from '../setup/tenders/lived-in.ts';
import { handClock } from '../setup/tenders/tender.ts';

vi.mock(import('../../db/access/migrations.ts'), async (load) =>
  (await import('../setup/servers/earlier-version.ts')).lastMigrationIs(load, ['outages', 'api_presence']),
);

let db: TestDatabase;
let raw: Raw;

beforeAll(async () => {
  const clock = handClock('2026-03-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  await livedIn(db, clock);
  raw = await rawDatabase(db.storage);
});
afterAll(async () => {
  await raw.close();
  await db.close();
});

const faults = async () => (await verifyInstallation(db)).faults;
const subjects = async () => (await db.checkRows()).faults.map(({ subject }) => subject);
const all = <T>(statement: string) => raw.all(statement) as Promise<T[]>;
const behind = (statement: string) => raw.behind(statement, 'other triggers too');

const sqlite = dialect === 'sqlite';
const JOURNAL = sqlite ? '__drizzle_migrations' : 'kaibiao_migrations';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly pk: boolean;
}

const columnsOf = (table: string): Promise<Column[]> =>
  all<Column>(
    sqlite
      ? `SELECT name, lower(type) AS type, pk > 0 AS pk FROM pragma_table_info('${table}')`
      : `SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type, coalesce(a.attnum = ANY(i.indkey), false) AS pk
         FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
         WHERE a.attrelid = '${table}'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
  );

/** The same value but for one byte, or a value where there was none; a number that no row has, so that keys stay unique. */
function otherThan(table: string, { name, type }: Column): string {
  const column = `"${name}"`;
  if (sqlite && name === 'confidential') return `1 - ${column}`;
  if (type === 'boolean') return `NOT coalesce(${column}, false)`;
  if (type === 'jsonb') return `jsonb_build_array(${column})`;
  if (['bigint', 'integer', 'numeric'].includes(type)) {
    return `(SELECT coalesce(max(${column}), 0) + 1 FROM "${table}")`;
  }
  return `coalesce(${column}, '') || 'x'`;
}

/** The table that has one row, and may have no other. */
const SINGLE = 'installation';

/** One row, always the same: the last by its key. Where a row lies on the disk depends on when the server cleans up. */
async function oneOf(table: string): Promise<string> {
  if (sqlite) return `rowid = (SELECT max(rowid) FROM "${table}")`;
  const columns = await columnsOf(table);
  const keys = columns.filter(({ pk }) => pk);
  const order = (keys.length > 0 ? keys : columns).map(({ name }) => `"${name}" DESC`).join(', ');
  return `ctid = (SELECT ctid FROM "${table}" ORDER BY ${order} LIMIT 1)`;
}

/** What statements did, one to a table, is undone by putting the tables back as they were. */
async function tampered<T>(statements: Readonly<Record<string, string>>, ask: () => Promise<T>): Promise<T> {
  const kept = (table: string) => `kept_${table}`;
  const change = Object.entries(statements).map(
    ([table, statement]) =>
      `CREATE TEMP TABLE ${kept(table)} AS SELECT ${sqlite ? 'rowid AS kept_rowid, ' : ''}* FROM "${table}"; ${statement}`,
  );
  await behind(change.join('; '));
  try {
    return await ask();
  } finally {
    for (const table of Object.keys(statements)) {
      const names = (await columnsOf(table)).map(({ name }) => `"${name}"`).join(', ');
      const into = sqlite ? `rowid, ${names}` : names;
      const of = sqlite ? `kept_rowid, ${names}` : names;
      await behind(
        `DELETE FROM "${table}"; INSERT INTO "${table}" (${into}) SELECT ${of} FROM ${kept(table)}; DROP TABLE ${kept(table)}`,
      );
      const index = table.replace('_titles', '_search');
      if (sqlite && index !== table) await raw.run(`INSERT INTO ${index} (${index}) VALUES ('rebuild')`);
    }
  }
}

/** A statement for each of the recorded tables that has one. */
async function ofTables(make: (table: string, one: string) => Promise<string | undefined>) {
  const made: Record<string, string> = {};
  for (const table of RECORDED) {
    const statement = await make(table, await oneOf(table));
    if (statement !== undefined) made[table] = statement;
  }
  return made;
}

const once = <T>(work: () => Promise<T>) => {
  let done: Promise<T> | undefined;
  return () => (done ??= work());
};

/** Of each table and column, what is named where one value is another; all first columns at once, then all second ones. */
const changed = once(async () => {
  expect(await subjects()).toEqual([]);
  const changeable = new Map<string, Column[]>();
  for (const table of RECORDED) {
    const columns = await columnsOf(table);
    // The one row has the one number that it may have.
    const may = ({ name }: Column) => !(table === SINGLE && name === 'id') && isRecorded(table, name);
    changeable.set(table, columns.filter(may));
  }
  const found: Record<string, Record<string, string[]>> = Object.fromEntries(RECORDED.map((table) => [table, {}]));
  for (let turn = 0; [...changeable.values()].some((columns) => turn < columns.length); turn += 1) {
    const columnOf = (table: string) => changeable.get(table)?.[turn];
    const statements = await ofTables(async (table, one) => {
      const column = columnOf(table);
      return column && `UPDATE "${table}" SET "${column.name}" = ${otherThan(table, column)} WHERE ${one}`;
    });
    const named = await tampered(statements, subjects);
    for (const table of Object.keys(statements)) {
      const column = columnOf(table);
      if (column && found[table]) found[table][column.name] = named.filter((each) => each.startsWith(`${table}/`));
    }
  }
  expect(await subjects()).toEqual([]);
  return found;
});

const deleted = once(async () =>
  tampered(await ofTables(async (table, one) => `DELETE FROM "${table}" WHERE ${one}`), subjects),
);

const inserted = once(async () => {
  const statements = await ofTables(async (table, one) => {
    if (table === SINGLE) return undefined;
    const columns = await columnsOf(table);
    const values = columns.map((column) => {
      if (!/^(bigint|integer|numeric)$/.test(column.type))
        return column.type === 'text' ? `coalesce("${column.name}", '') || 'y'` : `"${column.name}"`;
      return column.pk || column.name === 'version' ? `"${column.name}" + 1000000` : `"${column.name}"`;
    });
    const names = columns.map(({ name }) => `"${name}"`).join(', ');
    return `INSERT INTO "${table}" (${names}) SELECT ${values.join(', ')} FROM "${table}" WHERE ${one}`;
  });
  return tampered(statements, subjects);
});

it('nothing else is named than the row that is gone, or was put in, of each table', async () => {
  const tables = (named: readonly string[]) => named.map((subject) => subject.split('/')[0]).toSorted();
  expect(tables(await deleted())).toEqual(RECORDED.toSorted());
  expect(tables(await inserted())).toEqual(RECORDED.filter((table) => table !== SINGLE).toSorted());
});

describe.each([...RECORDED])('%s', (table) => {
  it('a change of any column is found, and the row is named', async () => {
    expect((await all(`SELECT 1 AS one FROM "${table}"`)).length, 'the test needs a row').toBeGreaterThan(0);
    const found = Object.entries((await changed())[table] ?? {});
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(([, named]) => named.length === 0)).toEqual([]);
  });

  it('a row that is gone is found, and so is one that was put in', async () => {
    const ofTable = (named: readonly string[]) => named.filter((subject) => subject.startsWith(`${table}/`));
    expect(ofTable(await deleted())).toHaveLength(1);
    expect(ofTable(await inserted())).toHaveLength(table === SINGLE ? 0 : 1);
  });

  it('another program is refused', async () => {
    const column = (await columnsOf(table)).find(({ name }) => isRecorded(table, name));
    const refusal = sqlite ? /no such function: kaibiao_/ : /rows_written/;
    // PostgreSQL lets the triggers of what is never changed speak first.
    const unchangeable = 'immutable|only grow|corrected by new ones|(?:is|are) kept|stays so';
    const other = await rawDatabase(db.storage);
    await expect(other.run(`UPDATE "${table}" SET "${column?.name}" = "${column?.name}"`)).rejects.toThrow(
      new RegExp(`${refusal.source}|${unchangeable}`),
    );
    if (!['notices', 'openings', 'bids'].includes(table)) {
      await expect(other.run(`DELETE FROM "${table}"`)).rejects.toThrow(
        new RegExp(`${refusal.source}|foreign key|${unchangeable}`, 'i'),
      );
    }
    await other.close();
    expect(await subjects()).toEqual([]);
  });
});

describe.each(['audit', 'row_changes', 'tree_heads', 'log_nodes', 'procurement_titles', 'notice_titles'])(
  '%s',
  (table) => {
    it('a change of any column is found, and a row that is gone', async () => {
      expect(await faults()).toEqual([]);
      const one = await oneOf(table);
      for (const column of await columnsOf(table)) {
        // The number of a title in the index.
        if (table.endsWith('_titles') && column.name === 'seq') continue;
        const change = `UPDATE "${table}" SET "${column.name}" = ${otherThan(table, column)} WHERE ${one}`;
        expect(await tampered({ [table]: change }, faults), column.name).not.toEqual([]);
      }
      // Whoever was shown the last head has it, and the last node is calculated again.
      const gone = await tampered({ [table]: `DELETE FROM "${table}" WHERE ${one}` }, faults);
      if (!['tree_heads', 'log_nodes'].includes(table)) expect(gone).not.toEqual([]);
      expect(await faults()).toEqual([]);
    });
  },
);

/** An installation with one organisation, and somebody who owns its database. */
async function oneOrganisation() {
  const own = await temporaryDatabase();
  const create = (name: string, creditCode: string) =>
    own.transaction((tx) => createOrganisation(tx, UNATTENDED, { name, creditCode }));
  const { id } = await create('甲', '91360000000000001X');
  const other = await rawDatabase(own.storage);
  return {
    own,
    id,
    create,
    other,
    found: async () => (await verifyInstallation(own)).faults,
    close: async () => {
      await other.close();
      await own.close();
    },
  };
}

it('a change is not made good by what the program writes over it', async () => {
  const { own, id, other, found, close } = await oneOrganisation();
  await other.behind("UPDATE organisations SET name = '乙'");
  await own.transaction((tx) =>
    changeStanding(tx, UNATTENDED, id, { identity: null, duties: ['purchaser'], reportsTo: null }),
  );
  expect(await found()).toMatchObject([
    { subject: `organisations/${id}`, en: expect.stringMatching(/by something else before entry 2/) as string },
  ]);
  await close();
});

it('a row and what its entry names are not changed together: the entry has their hash', async () => {
  const { id, other, found, close } = await oneOrganisation();
  await other.behind("UPDATE organisations SET name = '乙'", 'other triggers too');
  const [wrong] = await found();
  expect(wrong?.subject).toBe(`organisations/${id}`);
  await other.behind(
    `UPDATE row_changes SET hash = '${'x'.repeat(43)}' WHERE table_name = 'organisations'`,
    'other triggers too',
  );
  expect((await found()).map(({ subject }) => subject)).toEqual(['row_changes/1', `organisations/${id}`]);
  await close();
});

it('a trail that was written anew, with every hash in it, is not the one whose head was signed', async () => {
  const { own, id, other, found, close } = await oneOrganisation();
  await signHead(own, await testSigner());
  expect(await found()).toEqual([]);
  // All that needs no key: the row, the changes, the chain.
  await other.behind("UPDATE organisations SET name = '乙'", 'other triggers too');
  const { faults: wrong } = await own.checkRows();
  expect(wrong.map(({ subject }) => subject)).toEqual([`organisations/${id}`]);
  const rows = (await other.all('SELECT * FROM row_changes ORDER BY seq, no')) as Record<string, unknown>[];
  const [row] = (await other.all(`SELECT * FROM organisations WHERE id = '${id}'`)) as Record<string, unknown>[];
  const values = { ...row, created_at: Number(row?.created_at) };
  const forged = hashOfRow({ table: 'organisations', key: id }, values);
  const changes = rows
    .filter(({ seq }) => Number(seq) === 1)
    .map(({ table_name: table, row_key: key, was, hash }) => ({
      table,
      key,
      was,
      hash: key === id ? forged : hash,
    })) as RowChange[];
  const entries = await own.read.select().from(audit);
  let previousHash = '0'.repeat(64);
  const statements = [`UPDATE row_changes SET hash = '${forged}' WHERE row_key = '${id}'`];
  for (const { hash: _hash, ...entry } of entries) {
    const anew = { ...entry, previousHash, ...(entry.seq === 1 ? { rows: digestOf(changes) } : {}) };
    const hash = hashOf(anew);
    statements.push(
      `UPDATE audit SET rows = ${anew.rows === null ? 'NULL' : `'${anew.rows}'`}, previous_hash = '${previousHash}', hash = '${hash}' WHERE seq = ${entry.seq}`,
    );
    previousHash = hash;
  }
  await other.behind(statements.join('; '), 'other triggers too');
  expect((await own.checkRows()).faults).toEqual([]);
  expect((await found()).map(({ subject }) => subject)).toEqual(expect.arrayContaining([`head/${entries.length}`]));
  await close();
});

it.runIf(sqlite)('an index of the search that leaves a title out is found', async () => {
  const titles = 'FROM procurement_titles LIMIT 1';
  await raw.run(
    `INSERT INTO procurement_search (procurement_search, rowid, terms) SELECT 'delete', seq, terms ${titles}`,
  );
  expect(await subjects()).toEqual(['database/integrity']);
  await raw.run(`INSERT INTO procurement_search (rowid, terms) SELECT seq, terms ${titles}`);
  expect(await subjects()).toEqual([]);
});

it('a copy, and a backup put back, name what was changed in the source, and need no key', async () => {
  const own = await temporaryStorage();
  const made = await openDatabase(own.storage);
  const { id } = await made.transaction((tx) =>
    createOrganisation(tx, UNATTENDED, { name: '甲', creditCode: '91360000000000001X' }),
  );
  await made.close();
  const other = await rawDatabase(own.storage);
  await other.behind("UPDATE organisations SET name = '乙'");
  await other.close();
  const folder = mkdtempSync(join(tmpdir(), 'kaibiao-tampered-'));
  const expected = [`organisations/${id}`];
  const named = async (dataDir: string) => {
    const opened = await openDatabase({ dataDir });
    const { faults: found } = await verifyInstallation(opened);
    await opened.close();
    return found.map(({ subject }) => subject);
  };
  const about = { product: '0', temporalAddress: null, payloadKeyIds: [], realNowMs: 0 };
  const { manifest } = await makeBackup(own.storage, join(folder, 'backup'), about);
  expect(manifest.faults.map(({ subject }) => subject)).toEqual(expected);
  await restoreBackup(join(folder, 'backup'), { dataDir: join(folder, 'restored') });
  expect(await named(join(folder, 'restored'))).toEqual(expected);
  await copyInstallation(own.storage, { dataDir: join(folder, 'copied') });
  expect(await named(join(folder, 'copied'))).toEqual(expected);
  await rm(folder, { recursive: true });
  await own.remove();
});

it('a change of the schema is an entry, and rows that were unlike the trail before it stay so', async () => {
  const own = await temporaryStorage();
  const migrations = migrationsOf(dialect).slice(0, -1);
  const schema = [
    ...(sqlite
      ? []
      : ['DROP SCHEMA kaibiao CASCADE; SET ROLE kaibiao_owner; CREATE SCHEMA kaibiao; CREATE TABLE kaibiao_locks ()']),
    sqlite
      ? `CREATE TABLE ${JOURNAL} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`
      : `CREATE TABLE ${JOURNAL} (hash text NOT NULL, created_at bigint PRIMARY KEY)`,
    ...migrations.flatMap(({ sql, hash, folderMillis }) => [
      ...sql.map((statement) => statement.replaceAll('"public".', '')),
      `INSERT INTO ${JOURNAL} (hash, created_at) VALUES ('${hash}', ${folderMillis})`,
    ]),
    `INSERT INTO installation (id, clock, created_at, last_instant) VALUES (1, '{"mode":"real"}', 1, 1)`,
    "INSERT INTO organisations (id, name, credit_code, created_at) VALUES ('o', '某局', 'c', 0)",
  ];
  const other = await rawDatabase(own.storage);
  for (const statement of schema) await other.run(statement);
  await other.close();
  await migrateAsOwner(own.storage);
  const opened = await openDatabase(own.storage);
  const { faults: found } = await verifyInstallation(opened);
  expect(found.map(({ subject }) => subject)).toEqual(['organisations/o']);
  expect(await opened.read.select({ action: audit.action, detail: audit.detail }).from(audit)).toMatchObject([
    { action: 'schema.migrate', detail: { faults: 1, named: ['organisations/o'] } },
  ]);
  await opened.close();
  await own.remove();
});
