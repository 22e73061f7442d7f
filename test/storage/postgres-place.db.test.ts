import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { keepToFolder } from '../../cli/settings/data-folder.ts';
import { createDatabase } from '../../cli/servers/postgres-databases.ts';
import { checkDatabase, openDatabase } from '../../db/access/open.ts';
import type { Database, Storage } from '../../db/access/database.ts';
import { copyInstallation } from '../../db/copies/copy.ts';
import { folderFile } from '../../db/files/folder.ts';
import { listOrganisations } from '../../db/organisations.ts';
import type { DomainError } from '../../domain/errors.ts';
import { quickPlace } from '../setup/quick-place.ts';
import { rawDatabase, type Raw } from '../setup/database.ts';
import { refusalOf } from '../setup/tenders/tender.ts';

let number = 0;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function folder(): string {
  const dir = mkdtempSync(join(quickPlace(), 'kaibiao-place-'));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function asAdministrator(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') ?? '' });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** A database that nobody has used yet. */
async function bare(how = "ENCODING 'UTF8' TEMPLATE template0"): Promise<Storage> {
  number += 1;
  const name = `place_${process.pid}_${number}`;
  await asAdministrator(`CREATE DATABASE ${name} ${how}`);
  ends.push(() => asAdministrator(`DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(inject('postgresUrl') ?? '');
  url.pathname = `/${name}`;
  return { dataDir: folder(), url: url.href };
}

async function open(storage: Storage, options: Partial<Parameters<typeof openDatabase>[0]> = {}): Promise<Database> {
  const db = await openDatabase({ ...storage, ...options });
  ends.push(() => db.close());
  return db;
}

async function raw(storage: Storage): Promise<Raw> {
  const made = await rawDatabase(storage);
  ends.push(() => made.close());
  return made;
}

const tablesOf = async (storage: Storage) =>
  (await (await raw(storage)).all('SELECT tablename FROM pg_tables WHERE schemaname = current_schema()')).map(
    (row) => (row as { tablename: string }).tablename,
  );

describe('the database that an installation begins in', () => {
  it.each(['EUC_CN', 'LATIN1', 'SQL_ASCII'])(
    'of the encoding %s it is refused by name, and nothing is written',
    async (encoding) => {
      const storage = await bare(`ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
      const refused = await refusalOf(openDatabase(storage));
      expect([refused.code, refused.message]).toEqual(['database-unfit', expect.stringContaining(encoding)]);
      expect((await refusalOf(checkDatabase(storage))).code).toBe('database-unfit');
      expect(await tablesOf(storage)).toEqual([]);
    },
  );

  it('with tables of another program it is refused, and these are named and left as they were', async () => {
    const storage = await bare();
    const other = await raw(storage);
    await other.run(
      'CREATE TABLE accounts (id serial PRIMARY KEY, owner text); CREATE VIEW owners AS SELECT owner FROM accounts',
    );
    const refused = await refusalOf(openDatabase(storage));
    expect([refused.code, refused.message]).toEqual(['database-unfit', expect.stringContaining('accounts, owners')]);
    expect(await tablesOf(storage)).toEqual(['accounts']);
    expect(await other.all("SELECT tgname FROM pg_trigger WHERE tgrelid = 'accounts'::regclass")).toEqual([]);
    await other.run("INSERT INTO accounts (owner) VALUES ('甲')");
    await other.run('DROP VIEW owners; DROP TABLE accounts');
    const db = await open(storage);
    expect(await listOrganisations(db.read, { limit: 1 })).toEqual([]);
  });

  it('of two processes that begin at once in an empty one each finds it complete', async () => {
    const storage = await bare();
    const both = await Promise.all([open(storage), open({ ...storage, dataDir: folder() })]);
    for (const db of both) expect(await listOrganisations(db.read, { limit: 1 })).toEqual([]);
  });
});

describe('a role that may only connect', () => {
  let storage: Storage;
  let stranger: pg.Client;
  beforeEach(async () => {
    storage = await bare();
    const role = `stranger_${process.pid}_${number}`;
    await asAdministrator(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
    ends.unshift(() => asAdministrator(`DROP ROLE ${role}`));
    const url = new URL(String(storage.url));
    [url.username, url.password] = [role, 'x'];
    stranger = new pg.Client({ connectionString: url.href });
    stranger.on('error', () => undefined);
    await stranger.connect();
    ends.push(() => stranger.end());
  });

  it('holds nothing that a transaction or a start waits for, whatever it finds in pg_locks', async () => {
    const db = await open(storage, { busyTimeoutMs: 1_000 });
    // What the platform held before, and everything that it holds during a transaction of each kind.
    const seen = new Set(['1801544034, 1', '1801544034, 2']);
    for (const subject of [undefined, 'single-rows'] as const) {
      await db.transaction(async () => {
        const { rows } = await stranger.query<{ classid: string; objid: string; objsubid: number }>(
          "SELECT classid, objid, objsubid FROM pg_locks WHERE locktype = 'advisory'",
        );
        for (const { classid, objid } of rows) seen.add(`${Number(classid) | 0}, ${Number(objid) | 0}`);
      }, subject);
    }
    for (const lock of seen) await stranger.query(`SELECT pg_advisory_lock(${lock})`);
    expect(await db.transaction(async () => 'alone')).toBe('alone');
    expect(await db.transaction(async () => 'shared', 'single-rows')).toBe('shared');
    await open(storage, { busyTimeoutMs: 1_000 });
    await expect(stranger.query('BEGIN; LOCK TABLE kaibiao_migrations IN ACCESS SHARE MODE')).rejects.toThrow(
      /permission denied/,
    );
  });

  it('is found by the doctor, and may no longer connect to a database that the platform creates', async () => {
    expect(await checkDatabase(storage)).toMatchObject({ openToAll: true });
    const name = `made_${process.pid}_${number}`;
    const url = await createDatabase({ url: inject('postgresUrl') ?? '' }, name);
    ends.push(() => asAdministrator(`DROP DATABASE ${name} WITH (FORCE)`));
    expect(await checkDatabase({ ...storage, url })).toMatchObject({ openToAll: false });
  });
});

it('a table that is locked holds up its own readers only: others read, and commits pass', async () => {
  const storage = await bare();
  const db = await open(storage);
  const other = await raw(storage);
  await other.run('BEGIN; LOCK TABLE organisations IN ACCESS EXCLUSIVE MODE');
  const codeOf = async (read: Promise<unknown>) => {
    try {
      await read;
      return 'read';
    } catch (error) {
      return ((error as Error).cause as DomainError | undefined)?.code;
    }
  };
  const stuck = Array.from({ length: 30 }, () => codeOf(listOrganisations(db.read, { limit: 1 })));
  expect(await db.transaction(async () => 'passes', 'single-rows')).toBe('passes');
  // More wait than there are connections: each is answered as something to be tried again.
  for (const code of await Promise.all(stuck)) expect(code).toBeOneOf(['database-busy', 'database-unreachable']);
  await other.letGo();
  expect(await listOrganisations(db.read, { limit: 1 })).toEqual([]);
});

describe('the data folder of a database', () => {
  it('is the first that serves it; another is refused, and may be told that it has the files', async () => {
    const storage = await bare();
    const db = await open(storage);
    const second = { ...storage, dataDir: folder() };
    const outcomes = await Promise.allSettled([keepToFolder(db, storage), keepToFolder(db, second)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [kept, lost] = outcomes[0]?.status === 'fulfilled' ? [storage, second] : [second, storage];
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'folder-elsewhere' },
    });
    await keepToFolder(db, kept);
    cpSync(folderFile(kept.dataDir), folderFile(lost.dataDir));
    await keepToFolder(db, lost);
  });

  it('is that of the copy after the installation was copied', async () => {
    const [from, to] = [await bare(), await bare()];
    const db = await open(from);
    await keepToFolder(db, from);
    await db.close();
    await copyInstallation(from, to);
    const copy = await open(to);
    await keepToFolder(copy, to);
    await expect(keepToFolder(copy, { ...to, dataDir: folder() })).rejects.toMatchObject({ code: 'folder-elsewhere' });
  });
});
