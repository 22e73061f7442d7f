import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { auditAfter, hashOf } from '../../db/audit.ts';
import { makeBackup, readBackup, restoreBackup, type About, type Manifest } from '../../db/copies/backup.ts';
import type { Database, Storage } from '../../db/access/database.ts';
import { CopyRefusal } from '../../db/copies/held.ts';
import { migrationsOf } from '../../db/access/migrations.ts';
import { openDatabase } from '../../db/access/open.ts';
import { databaseFile } from '../../db/sqlite/connection.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { sessions } from '../../db/schema/sqlite.ts';
import { dialect, temporaryStorage } from '../setup/database.ts';
import { everyRow, livedIn } from '../setup/tenders/lived-in.ts';
import { advance, bid, handClock, type People } from '../setup/tenders/tender.ts';

// The last version has brought the record of outages, which nothing in the story needs.
vi.mock(import('../../db/access/migrations.ts'), async (load) =>
  (await import('../setup/servers/earlier-version.ts')).lastMigrationIs(load, ['outages', 'api_presence']),
);

const ABOUT: About = {
  product: '1.2.3',
  temporalAddress: 'temporal.example:7233',
  payloadKeyIds: ['k2', 'k1'],
  realNowMs: Date.parse('2026-04-21T01:00:00Z'),
};
const clock = handClock('2026-03-01');
let removals: (() => unknown)[] = [];
let home: Storage;
let db: Database;
let who: People;
let suspended: string;

const open = (where: Storage): Promise<Database> => openDatabase({ ...where, machineClock: clock.read });

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'kaibiao-backup-'));
  removals.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function newStorage(): Promise<Storage> {
  const { storage, remove } = await temporaryStorage();
  removals.push(remove);
  return storage;
}

beforeEach(async () => {
  clock.set('2026-03-01');
  home = await newStorage();
  db = await open(home);
  ({ who, suspended } = await livedIn(db, clock));
});
afterEach(async () => {
  await db.close();
  for (const remove of removals.reverse()) await remove();
  removals = [];
});

const contentOf = async (where: Storage) => {
  const restored = await open(where);
  try {
    return { rows: await everyRow(restored.read), verified: await verifyInstallation(restored) };
  } finally {
    await restored.close();
  }
};

const refusalOf = async (work: Promise<unknown>): Promise<CopyRefusal> => {
  const error: unknown = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CopyRefusal);
  return error as CopyRefusal;
};

/** What signs people in stays where it is, and so does what is about to be sent to them. */
const withoutSessions = (rows: Record<string, unknown[]>) => ({
  ...{ ...rows, sessions: [], verifications: [], deliveries: [] },
});

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(dir, path)).isFile())
    .sort();
}

describe('a backup', () => {
  it('taken in the middle of life, while the service runs, is restored to exactly that, into either database', async () => {
    const dir = join(folder(), 'new', 'backup');
    const then = withoutSessions(await everyRow(db.read));
    const { manifest } = await makeBackup(home, dir, ABOUT);

    clock.set('2026-04-22T09:00+08:00');
    await bid(db, who, 2, suspended);
    await advance(db, suspended);
    const now = await everyRow(db.read);
    expect(withoutSessions(now)).not.toEqual(then);

    for (const to of [{ dataDir: join(folder(), 'data') }, await newStorage()]) {
      const { manifest: read, ...restored } = await restoreBackup(dir, to);
      expect(read).toEqual(manifest);
      expect(restored).toMatchObject({ head: manifest.head, tables: manifest.tables, faults: [] });
      const { rows, verified } = await contentOf(to);
      expect(rows).toEqual(then);
      expect(verified).toMatchObject({ faults: [], head: manifest.head, bids: 4, documents: 4 });
      expect(readdirSync(to.dataDir).filter((name) => name.startsWith('restoring'))).toEqual([]);
    }
    expect(await everyRow(db.read)).toEqual(now);
  });

  it('signs nobody in: sessions are left out, to the last byte', async () => {
    const dir = folder();
    const token = 'f'.repeat(64);
    await db.transaction((tx) => tx.q.update(sessions).set({ token }));
    const { manifest } = await makeBackup(home, dir, ABOUT);
    expect(manifest.faults).toEqual([]);
    expect(manifest.tables.find(({ table }) => table === 'sessions')?.rows).toBe(0);
    expect(manifest.tables.find(({ table }) => table === 'verifications')?.rows).toBe(0);
    for (const path of filesIn(dir)) expect(readFileSync(join(dir, path)).includes(token), path).toBe(false);
    expect((await everyRow(db.read)).sessions).toHaveLength(1);
  });

  it('is of one instant although bids come in meanwhile', async () => {
    const dir = folder();
    const bids = (async () => {
      for (let n = 0; n < 30; n += 1) await bid(db, who, n % 3, suspended);
    })();
    const { manifest } = await makeBackup(home, dir, ABOUT);
    await bids;
    expect(manifest.faults).toEqual([]);
    const to = { dataDir: folder() };
    await restoreBackup(dir, to);
    const { verified } = await contentOf(to);
    expect(verified.faults).toEqual([]);
    expect((await auditAfter(db.read, verified.audit - 1, 1))[0]?.hash).toBe(verified.head);
  });

  it('says what it is, and holds no key', async () => {
    const dir = folder();
    const { manifest } = await makeBackup(home, dir, ABOUT);
    expect(manifest).toMatchObject({
      format: 1,
      product: '1.2.3',
      createdAt: '2026-04-21T01:00:00.000Z',
      source: dialect,
      drill: false,
      payloadKeyIds: ['k2', 'k1'],
      temporal: { namespace: 'kaibiao', namespaceId: 'a namespace of a test', address: 'temporal.example:7233' },
      bids: 4,
      documents: 4,
      faults: [],
    });
    expect(manifest.head).toBe((await verifyInstallation(db)).head);
    const listed = manifest.files.map(({ path }) => path);
    expect(filesIn(dir)).toEqual(['manifest.json', ...listed].sort());
    expect(listed).toHaveLength(7);
    for (const path of filesIn(dir)) expect(statSync(join(dir, path)).mode & 0o077, path).toBe(0);
    expect(await readBackup(dir)).toEqual(manifest);
  });

  it('of an installation that lacks a file says so, and is restored as it was', async () => {
    const dir = folder();
    // The file of one document alone.
    const documents = (await everyRow(db.read)).documents as { id: string; sha256: string }[];
    const lost = documents.find(({ sha256 }) => documents.filter((each) => each.sha256 === sha256).length === 1);
    if (!lost) throw new Error('every file is shared');
    rmSync(join(home.dataDir, 'blobs', lost.sha256.slice(0, 2), lost.sha256));
    const { manifest } = await makeBackup(home, dir, ABOUT);
    expect(manifest.faults).toMatchObject([{ subject: `document/${lost.id}`, en: 'the file is missing' }]);
    const to = { dataDir: folder() };
    expect((await restoreBackup(dir, to)).faults).toEqual(manifest.faults);
    expect((await contentOf(to)).rows).toEqual(withoutSessions(await everyRow(db.read)));
  });

  it('is not made into a folder that holds something, nor of nothing', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'letter.txt'), 'dear');
    expect((await refusalOf(makeBackup(home, dir, ABOUT))).code).toBe('target-not-empty');
    expect(filesIn(dir)).toEqual(['letter.txt']);
    const parent = folder();
    const nothing = makeBackup({ dataDir: folder() }, join(parent, 'backup'), ABOUT);
    expect((await refusalOf(nothing)).code).toBe('no-installation');
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe('a restore', () => {
  let dir: string;
  let manifest: Manifest;
  beforeEach(async () => {
    dir = folder();
    ({ manifest } = await makeBackup(home, dir, ABOUT));
  });

  const rewrite = (change: Partial<Record<keyof Manifest, unknown>>) => {
    const { hash: _, ...content } = { ...manifest, ...change };
    writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ ...content, hash: hashOf(content) }));
  };

  it('finds one byte that was changed, in any file, and puts nothing anywhere', async () => {
    const to = { dataDir: join(folder(), 'data') };
    for (const path of filesIn(dir)) {
      const whole = readFileSync(join(dir, path));
      // In the manifest a letter of a value: what is between the values says nothing.
      const at = path === 'manifest.json' ? whole.indexOf('1.2.3') : Math.floor(whole.length / 2);
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      writeFileSync(join(dir, path), changed);
      const refusal = await refusalOf(restoreBackup(dir, to));
      expect([refusal.code, refusal.messageEn]).toEqual(['backup-damaged', expect.stringContaining(path)]);
      writeFileSync(join(dir, path), whole);
    }
    expect(existsSync(to.dataDir)).toBe(false);
    expect((await restoreBackup(dir, to)).faults).toEqual([]);
  });

  it('finds a file that is gone or cut short, and a manifest that is none', async () => {
    const to = { dataDir: folder() };
    for (const path of manifest.files.map((each) => each.path)) {
      const whole = readFileSync(join(dir, path));
      rmSync(join(dir, path));
      expect((await refusalOf(restoreBackup(dir, to))).code, path).toBe('backup-damaged');
      writeFileSync(join(dir, path), whole.subarray(0, -1));
      expect((await refusalOf(restoreBackup(dir, to))).code, path).toBe('backup-damaged');
      writeFileSync(join(dir, path), whole);
    }
    for (const text of ['', '{', 'null', '[]', '{"hash":"x"}']) {
      writeFileSync(join(dir, 'manifest.json'), text);
      expect((await refusalOf(restoreBackup(dir, to))).code, text).toBe('backup-damaged');
    }
    rmSync(join(dir, 'manifest.json'));
    expect((await refusalOf(restoreBackup(dir, to))).code).toBe('backup-not-found');
    rewrite({ format: 2 });
    expect((await refusalOf(restoreBackup(dir, to))).code).toBe('backup-format');
    expect(readdirSync(to.dataDir)).toEqual([]);
  });

  it('goes into an empty place only, and not into one that is in use', async () => {
    expect((await refusalOf(restoreBackup(dir, home))).code).toBe('target-in-use');
    await db.close();
    expect((await refusalOf(restoreBackup(dir, home))).code).toBe('target-not-empty');
    expect(readdirSync(home.dataDir).filter((name) => name.startsWith('restoring'))).toEqual([]);
  });

  it('leaves the backup as it is, also where nothing may be written', async () => {
    const before = filesIn(dir).map((path) => [path, readFileSync(join(dir, path)).toString('base64')]);
    await restoreBackup(dir, { dataDir: folder() });
    expect(filesIn(dir).map((path) => [path, readFileSync(join(dir, path)).toString('base64')])).toEqual(before);
    expect(existsSync(join(dir, 'blobs', 'incoming'))).toBe(false);
  });

  it('brings what an earlier version wrote up to this one', async () => {
    const file = databaseFile(dir);
    const known = earlierVersionOf(file);
    const bytes = readFileSync(file);
    const entry = {
      path: 'kaibiao.sqlite',
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
    rewrite({ files: manifest.files.map((each) => (each.path === entry.path ? entry : each)) });
    const then = withoutSessions(await everyRow(db.read));
    const to = await newStorage();
    await restoreBackup(dir, to);
    const { rows, verified } = await contentOf(to);
    const asKept = Object.entries(then).map(([table, all]) => [table, known.includes(table) ? all : []]);
    const entries = rows.audit as { action: string }[];
    const added = entries.filter(({ action }) => action === 'schema.migrate');
    expect(added).toMatchObject([{ detail: { faults: 1 } }]);
    expect({ ...rows, audit: entries.filter((each) => !added.includes(each)) }).toEqual(Object.fromEntries(asKept));
    expect(
      Object.keys(then)
        .filter((table) => !known.includes(table))
        .sort(),
    ).toEqual(['api_presence', 'outages']);
    // An earlier version would have had no entry that names it.
    expect(verified.faults.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^outages\//)]);
  });
});

/** The same rows as the version before this one keeps them: all migrations but the last. The answer names its tables. */
function earlierVersionOf(file: string): string[] {
  const present = `${file}.present`;
  renameSync(file, present);
  const earlier = new BetterSqlite3(file);
  earlier.pragma('foreign_keys = OFF');
  earlier.exec('CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)');
  const note = earlier.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)');
  for (const { sql, hash, folderMillis } of migrationsOf('sqlite').slice(0, -1)) {
    for (const statement of sql) earlier.exec(statement);
    note.run(hash, folderMillis);
  }
  earlier.exec(`ATTACH '${present}' AS present`);
  const tables = earlier
    // Not those of an index for searching: triggers keep it.
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
    )
    .pluck()
    .all() as string[];
  for (const name of tables) {
    const columns = earlier.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(name) as string[];
    const list = columns.map((column) => `"${column}"`).join(', ');
    earlier.exec(`INSERT INTO main."${name}" (${list}) SELECT ${list} FROM present."${name}"`);
  }
  earlier.close();
  rmSync(present);
  return tables;
}
