import { createHash } from 'node:crypto';
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
import { documents } from '../../db/schema/sqlite.ts';
import { DomainError } from '../../domain/errors.ts';
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
  (
    await (
      await raw(storage)
    ).all("SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('kaibiao', 'public')")
  ).map((row) => (row as { name: string }).name);

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
      'CREATE SCHEMA kaibiao; CREATE TABLE accounts (id serial PRIMARY KEY, owner text); CREATE VIEW owners AS SELECT owner FROM accounts',
    );
    const refused = await refusalOf(openDatabase(storage));
    expect([refused.code, refused.message]).toEqual(['database-unfit', expect.stringContaining('accounts, owners')]);
    expect(await tablesOf(storage)).toEqual(['kaibiao.accounts']);
    expect(await other.all("SELECT tgname FROM pg_trigger WHERE tgrelid = 'accounts'::regclass")).toEqual([]);
    await other.run("INSERT INTO accounts (owner) VALUES ('甲')");
    await other.run(
      'DROP VIEW owners; DROP TABLE accounts; CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    );
    expect((await refusalOf(openDatabase(storage))).message).toContain('planted()');
    await other.run('DROP FUNCTION planted()');
    const db = await open(storage);
    expect(await listOrganisations(db.read, { limit: 1 })).toEqual([]);
  });

  it('may be shared: what others have in public, by the same names, is neither read nor touched', async () => {
    const storage = await bare();
    const other = await raw(storage);
    await other.run(`CREATE TABLE public.organisations (id text, credit_code text); INSERT INTO public.organisations VALUES ('theirs', 'x');
      CREATE TABLE public.kaibiao_migrations (created_at bigint); INSERT INTO public.kaibiao_migrations VALUES (1)`);
    const db = await open(storage);
    expect(await listOrganisations(db.read, { limit: 1 })).toEqual([]);
    const made = (await tablesOf(storage)).filter((name) => name.startsWith('public.'));
    expect(made.toSorted()).toEqual(['public.kaibiao_migrations', 'public.organisations']);
    expect(await other.all('SELECT id FROM public.organisations')).toEqual([{ id: 'theirs' }]);
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

  it('holds nothing that a transaction, an upload or a start waits for, whatever it finds in pg_locks', async () => {
    const db = await open(storage, { busyTimeoutMs: 1_000 });
    const other = await open(storage, { busyTimeoutMs: 1_000 });
    const uploadId = 'one';
    const seen = async (): Promise<unknown[]> =>
      (await stranger.query<object>("SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory'")).rows;
    for (const subject of [undefined, 'single-rows'] as const) {
      await db.transaction(async () => expect(await seen()).toEqual([]), subject);
    }
    const held = db.uploadLocks.newLock(uploadId);
    await held.lock(new AbortController().signal, () => undefined);
    expect(await seen()).toEqual([]);
    await held.unlock();
    // What the platform held before.
    const key = createHash('sha256').update(`upload ${uploadId}`).digest().readBigInt64BE().toString();
    for (const lock of ['1801544034, 1', '1801544034, 2', key])
      await stranger.query(`SELECT pg_advisory_lock(${lock})`);
    expect(await db.transaction(async () => 'alone')).toBe('alone');
    expect(await db.transaction(async () => 'shared', 'single-rows')).toBe('shared');
    const again = other.uploadLocks.newLock(uploadId);
    await again.lock(new AbortController().signal, () => undefined);
    await again.unlock();
    await open(storage, { busyTimeoutMs: 1_000 });
    for (const table of ['kaibiao_locks', 'leases', 'installation']) {
      await expect(stranger.query(`ROLLBACK; BEGIN; LOCK TABLE kaibiao.${table} IN ACCESS SHARE MODE`)).rejects.toThrow(
        /permission denied/,
      );
    }
  });

  it('asks no holder of an upload to let go, and is not told which upload is wanted', async () => {
    const [one, two] = [await open(storage), await open(storage)];
    let asked = 0;
    const held = one.uploadLocks.newLock('one');
    await held.lock(new AbortController().signal, () => void (asked += 1));
    const heard: (string | undefined)[] = [];
    stranger.on('notification', ({ payload }) => heard.push(payload));
    await stranger.query('LISTEN kaibiao_upload_wanted');
    await stranger.query("SELECT pg_notify('kaibiao_upload_wanted', 'one')");
    // Whatever the holder makes of that, it has made of it once it has given up the lock of another upload.
    const other = one.uploadLocks.newLock('another');
    await other.lock(new AbortController().signal, () => undefined);
    await other.unlock();
    expect(asked).toBe(0);
    const wanting = two.uploadLocks.newLock('one');
    const had = wanting.lock(new AbortController().signal, () => undefined);
    await expect.poll(() => asked).toBeGreaterThan(0);
    await held.unlock();
    await had;
    await wanting.unlock();
    expect(new Set(heard)).toEqual(new Set(['one', '']));
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
      return error instanceof DomainError ? error.code : ((error as Error).cause as DomainError | undefined)?.code;
    }
  };
  // Far more than there are connections: one after the other they would wait for a minute.
  const stuck = Array.from({ length: 800 }, () => codeOf(listOrganisations(db.read, { limit: 1 })));
  const others = Array.from({ length: 20 }, () => codeOf(db.read.select().from(documents)));
  const together = codeOf(db.readTogether((q) => q.select().from(documents)));
  expect(await db.transaction(async () => 'passes', 'single-rows')).toBe('passes');
  expect(new Set(await Promise.all([...others, together]))).toEqual(new Set(['read']));
  expect(new Set(await Promise.all(stuck))).toEqual(new Set(['database-busy']));
  expect(await codeOf(db.readTogether((q) => listOrganisations(q, { limit: 1 })))).toBe('database-busy');
  await other.letGo();
  await expect.poll(() => codeOf(listOrganisations(db.read, { limit: 1 }))).toBe('read');
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
