import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { getTableName } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeBackup, restoreBackup } from '../../db/copies/backup.ts';
import { copyInstallation, tablesInOrder } from '../../db/copies/copy.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { migrationsOf } from '../../db/access/migrations.ts';
import { openDatabase } from '../../db/access/open.ts';
import { keyFile, macKeyOf } from '../../db/integrity/row-macs.ts';
import { PostgresMacs } from '../../db/postgres/row-macs.ts';
import { SqliteMacs } from '../../db/sqlite/row-macs.ts';
import { audit } from '../../db/schema/sqlite.ts';
import { databaseFile } from '../../db/sqlite/connection.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import {
  dialect,
  rawDatabase,
  temporaryDatabase,
  temporaryStorage,
  type Raw,
  type TestDatabase,
} from '../setup/database.ts';
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

const faults = async () => (await db.checkRows()).faults;
const subjects = async () => (await faults()).map(({ subject }) => subject);
/** But for the search's index, whose triggers are set aside with the others. */
const rowsNamed = async () => (await subjects()).filter((subject) => subject !== 'database/integrity');
const all = <T>(statement: string) => raw.all(statement) as Promise<T[]>;
const behind = (statement: string) => raw.behind(statement, 'other triggers too');

const sqlite = dialect === 'sqlite';
const JOURNAL = sqlite ? '__drizzle_migrations' : 'kaibiao_migrations';
/** All that the program keeps: the schema's tables, those of the search, and the journal of migrations. */
const TABLES = [...tablesInOrder().map(getTableName), 'procurement_titles', 'notice_titles', JOURNAL];

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
  if (type === 'boolean') return `NOT coalesce(${column}, false)`;
  if (type === 'jsonb') return `jsonb_build_array(${column})`;
  if (['bigint', 'integer', 'numeric'].includes(type)) {
    return `(SELECT coalesce(max(${column}), 0) + 1 FROM "${table}")`;
  }
  return `coalesce(${column}, '') || 'x'`;
}

/** Tables that have one row, and may have no other. */
const SINGLE = ['installation', 'api_presence'];

/** One row, always the same: the last by its key. Where a row lies on the disk depends on when the server cleans up. */
async function oneOf(table: string): Promise<string> {
  if (sqlite) return `rowid = (SELECT max(rowid) FROM "${table}")`;
  const columns = await columnsOf(table);
  const keys = columns.filter(({ pk }) => pk);
  const order = (keys.length > 0 ? keys : columns).map(({ name }) => `"${name}" DESC`).join(', ');
  return `ctid = (SELECT ctid FROM "${table}" ORDER BY ${order} LIMIT 1)`;
}

/** What a statement did is undone by putting the table back as it was, MACs and all. */
async function tampered(table: string, statement: string): Promise<string[]> {
  const keep = `CREATE TEMP TABLE kept AS SELECT ${sqlite ? 'rowid AS kept_rowid, ' : ''}* FROM "${table}"`;
  await behind(`${keep}; ${statement}`);
  try {
    return await rowsNamed();
  } finally {
    const names = (await columnsOf(table)).map(({ name }) => `"${name}"`).join(', ');
    const into = sqlite ? `rowid, ${names}` : names;
    const of = sqlite ? `kept_rowid, ${names}` : names;
    await behind(`DELETE FROM "${table}"; INSERT INTO "${table}" (${into}) SELECT ${of} FROM kept; DROP TABLE kept`);
    const index = table.replace('_titles', '_search');
    if (sqlite && index !== table) await raw.run(`INSERT INTO ${index} (${index}) VALUES ('rebuild')`);
  }
}

describe.each(TABLES)('%s', (table) => {
  it('a change of any column is found, and the row is named', async () => {
    expect(await faults()).toEqual([]);
    const columns = await columnsOf(table);
    expect((await all(`SELECT 1 AS one FROM "${table}"`)).length, 'the test needs a row').toBeGreaterThan(0);
    const one = await oneOf(table);
    for (const column of columns) {
      // The one row has the one number that it may have.
      if (SINGLE.includes(table) && column.name === 'id') continue;
      const found = await tampered(
        table,
        `UPDATE "${table}" SET "${column.name}" = ${otherThan(table, column)} WHERE ${one}`,
      );
      expect(
        found.filter((subject) => subject.startsWith(`${table}/`)),
        column.name,
      ).not.toEqual([]);
      expect(found, column.name).toContain('row_macs/total');
    }
    expect(await faults()).toEqual([]);
  });

  it('a row that is gone is found, with its MAC left and without', async () => {
    const one = await oneOf(table);
    const found = await tampered(table, `DELETE FROM "${table}" WHERE ${one}`);
    const named = found.filter((subject) => subject.startsWith(`${table}/`));
    expect(named).toHaveLength(1);
    expect(found).toContain('row_macs/total');
    const key = String(named[0]).slice(table.length + 1);
    const mac = `FROM row_macs WHERE table_name = '${table}' AND row_key = '${key.replaceAll("'", "''")}'`;
    await behind(`CREATE TEMP TABLE mac_kept AS SELECT * ${mac}`);
    expect(await tampered(table, `DELETE FROM "${table}" WHERE ${one}; DELETE ${mac}`)).toEqual(['row_macs/total']);
    await behind('INSERT INTO row_macs SELECT * FROM mac_kept; DROP TABLE mac_kept');
    expect(await faults()).toEqual([]);
  });

  it('a row that was put in is found', async () => {
    const columns = await columnsOf(table);
    const values = columns.map((column) => {
      if (column.name === 'id' && sqlite && table === JOURNAL) return 'NULL';
      if (SINGLE.includes(table) && column.name === 'id') return '2';
      return /^(bigint|integer|numeric)$/.test(column.type)
        ? column.pk || /^(version|created_at)$/.test(column.name)
          ? `"${column.name}" + 1000000`
          : `"${column.name}"`
        : column.type === 'text'
          ? `coalesce("${column.name}", '') || 'y'`
          : `"${column.name}"`;
    });
    const names = columns.map(({ name }) => `"${name}"`).join(', ');
    const insert = `INSERT INTO "${table}" (${names}) SELECT ${values.join(', ')} FROM "${table}" WHERE ${await oneOf(table)}`;
    if (SINGLE.includes(table)) {
      // Here the schema refuses a second.
      await expect(behind(insert)).rejects.toThrow(`${table}_single`);
      return;
    }
    const found = await tampered(table, insert);
    expect(found.filter((subject) => subject.startsWith(`${table}/`))).toHaveLength(1);
  });

  it('a connection without the key is refused', async () => {
    const [column] = await columnsOf(table);
    const refusal = sqlite ? /no such function: kaibiao_/ : /rows_written/;
    // PostgreSQL lets the triggers of what is never changed speak before those of the macs.
    const unchangeable = 'immutable|only grow|corrected by new ones|is kept';
    const other = await rawDatabase(db.storage);
    await expect(other.run(`UPDATE "${table}" SET "${column?.name}" = "${column?.name}"`)).rejects.toThrow(
      new RegExp(`${refusal.source}|${unchangeable}`),
    );
    if (!['notices', 'audit', 'openings', 'bids'].includes(table)) {
      await expect(other.run(`DELETE FROM "${table}"`)).rejects.toThrow(
        new RegExp(`${refusal.source}|foreign key|${unchangeable}`, 'i'),
      );
    }
    await other.close();
    expect(await faults()).toEqual([]);
  });
});

it('every MAC, and the total of them, is held to its row', async () => {
  await behind(
    "CREATE TEMP TABLE kept AS SELECT * FROM row_macs; UPDATE row_macs SET mac = mac || 'x' WHERE table_name = 'lots'",
  );
  expect((await subjects()).filter((subject) => subject.startsWith('lots/'))).not.toEqual([]);
  await behind("DELETE FROM row_macs WHERE table_name = 'lots'");
  expect((await faults()).find(({ subject }) => subject.startsWith('lots/'))?.en).toMatch(/no row MAC/);
  await behind('DELETE FROM row_macs; INSERT INTO row_macs SELECT * FROM kept; DROP TABLE kept');
  for (const column of ['key_id', 'salt', 'version', 'sum']) {
    const other = column === 'version' ? 'version + 1' : `'0' || substr(${column}, 2)`;
    await behind(`CREATE TEMP TABLE kept AS SELECT * FROM mac_total; UPDATE mac_total SET ${column} = ${other}`);
    const [before] = await all<Record<string, unknown>>('SELECT * FROM kept');
    const [after] = await all<Record<string, unknown>>('SELECT * FROM mac_total');
    // One in sixteen begins with 0.
    if (before?.[column] !== after?.[column]) expect(await subjects(), column).toContain('row_macs/total');
    await behind('DELETE FROM mac_total; INSERT INTO mac_total SELECT * FROM kept; DROP TABLE kept');
  }
  expect(await faults()).toEqual([]);
});

it('a row put back as it once was, with the MAC that it had then, is found', async () => {
  const insert = "INSERT INTO kept SELECT * FROM row_macs WHERE table_name = 'organisations'";
  await behind(`CREATE TEMP TABLE kept AS SELECT * FROM row_macs WHERE 1 = 0; ${insert}`);
  const { id } = await db.transaction((tx) =>
    createOrganisation(tx, UNATTENDED, { name: '后来者', creditCode: '91360000000000099X' }),
  );
  expect(await faults()).toEqual([]);
  await behind(`CREATE TEMP TABLE row_kept AS SELECT * FROM organisations WHERE id = '${id}'`);
  await behind(`CREATE TEMP TABLE mac_kept AS SELECT * FROM row_macs WHERE row_key = '${id}'`);
  await behind(`DELETE FROM organisations WHERE id = '${id}'; DELETE FROM row_macs WHERE row_key = '${id}'`);
  expect(await subjects()).toEqual(['row_macs/total']);
  await behind('INSERT INTO organisations SELECT * FROM row_kept; INSERT INTO row_macs SELECT * FROM mac_kept');
  await behind('DROP TABLE kept; DROP TABLE row_kept; DROP TABLE mac_kept');
  expect(await faults()).toEqual([]);
});

it('a change is not made good by what the program writes over it', async () => {
  const own = await temporaryDatabase();
  await own.transaction((tx) => createOrganisation(tx, UNATTENDED, { name: '甲', creditCode: '91360000000000001X' }));
  const other = await rawDatabase(own.storage);
  // Each transaction writes the installation's row.
  await other.behind('UPDATE installation SET created_at = created_at + 1');
  await own.transaction((tx) => createOrganisation(tx, UNATTENDED, { name: '乙', creditCode: '91360000000000002X' }));
  const { faults: found } = await verifyInstallation(own);
  expect(found.map(({ subject }) => subject)).toEqual(['installation/1', 'row_macs/total']);
  expect(found[0]?.en).toMatch(/before this program wrote it again/);
  await other.close();
  await own.close();
});

it('where the MACs were removed, the trail records that they were created again', async () => {
  const own = await temporaryDatabase();
  await own.transaction((tx) => createOrganisation(tx, UNATTENDED, { name: '甲', creditCode: '91360000000000001X' }));
  const other = await rawDatabase(own.storage);
  const again = async () => {
    await other.run('DROP TABLE row_macs; DROP TABLE mac_total');
    const reopened = await openDatabase(own.storage);
    const { faults: found } = await verifyInstallation(reopened);
    await reopened.close();
    return found.map(({ en }) => en);
  };
  // As an installation of before has none.
  expect(await again()).toEqual([]);
  expect(await again()).toEqual([expect.stringMatching(/were lost/)]);
  await other.close();
  await own.close();
});

it.runIf(sqlite)('an index of the search that leaves a title out is found', async () => {
  const titles = 'FROM procurement_titles LIMIT 1';
  await raw.run(
    `INSERT INTO procurement_search (procurement_search, rowid, terms) SELECT 'delete', seq, terms ${titles}`,
  );
  expect(await subjects()).toEqual(['database/integrity']);
  await raw.run(`INSERT INTO procurement_search (rowid, terms) SELECT seq, terms ${titles}`);
  expect(await faults()).toEqual([]);
});

it('a copy, and a backup put back without the key, name what was changed in the source', async () => {
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
  const expected = [`organisations/${id}`, 'row_macs/total'];
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
  await rm(keyFile(own.storage.dataDir));
  await expect(copyInstallation(own.storage, { dataDir: join(folder, 'again') })).rejects.toMatchObject({
    code: 'rows-key',
  });
  await rm(folder, { recursive: true });
  await own.remove();
});

it('a change of the schema calculates the MACs again, and reports what was wrong before it', async () => {
  const own = await temporaryStorage();
  const { dataDir, url } = own.storage;
  const migrations = migrationsOf(dialect).slice(0, -1);
  const schema = [
    ...(sqlite ? [] : ['DROP SCHEMA public CASCADE; CREATE SCHEMA public']),
    sqlite
      ? `CREATE TABLE ${JOURNAL} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`
      : `CREATE TABLE ${JOURNAL} (hash text NOT NULL, created_at bigint PRIMARY KEY)`,
    ...migrations.flatMap(({ sql, hash, folderMillis }) => [
      ...sql,
      `INSERT INTO ${JOURNAL} (hash, created_at) VALUES ('${hash}', ${folderMillis})`,
    ]),
    `INSERT INTO installation (id, clock, created_at, last_instant) VALUES (1, '{"mode":"real"}', 1, 1)`,
    "INSERT INTO organisations (id, name, credit_code, created_at) VALUES ('o', '某局', 'c', 0)",
  ];
  const other = await rawDatabase(own.storage);
  for (const statement of schema) await other.run(statement);
  const macKey = macKeyOf({ dataDir }, null);
  if (url === undefined) {
    const connection = new BetterSqlite3(databaseFile(dataDir));
    const macs = new SqliteMacs(connection);
    macs.use(macKey);
    await macs.calculateAll();
    connection.close();
  } else {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const macs = new PostgresMacs(client);
    macs.use(macKey);
    await client.query(`BEGIN; ${macs.firstWords}`);
    await macs.watch();
    await macs.calculateAll();
    await client.query('COMMIT');
    await client.end();
  }
  await other.behind("UPDATE organisations SET name = '别局'");
  await other.close();
  const opened = await openDatabase(own.storage);
  const { faults: found } = await verifyInstallation(opened);
  expect(found.map(({ subject }) => subject)).toEqual(['organisations/o', 'row_macs/total', 'audit/1']);
  expect(await opened.read.select({ action: audit.action, detail: audit.detail }).from(audit)).toMatchObject([
    { action: 'schema.migrate', detail: { why: 'migrated', faults: 2, named: ['organisations/o', 'row_macs/total'] } },
  ]);
  await opened.close();
  await own.remove();
});

it('another key, or none, opens nothing', async () => {
  const own = await temporaryDatabase();
  writeFileSync(join(own.dataDir, 'rows.key'), randomBytes(32).toString('base64url'));
  await expect(openDatabase(own.storage)).rejects.toMatchObject({ code: 'rows-key' });
  await own.close();
});
