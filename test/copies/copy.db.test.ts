import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { getTableName } from 'drizzle-orm';
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import { blobsOf, copyHeld, copyInstallation, tablesInOrder, withHeld } from '../../db/copies/copy.ts';
import type { Database, Queries, Storage } from '../../db/access/database.ts';
import { CopyRefusal } from '../../db/copies/held.ts';
import { openDatabase } from '../../db/access/open.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { idempotency, obtainers, questions } from '../../db/schema/sqlite.ts';
import { databaseFile } from '../../db/sqlite/connection.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { dialect, rawDatabase, temporaryStorage } from '../setup/database.ts';
import { everyRow, livedIn } from '../setup/tenders/lived-in.ts';
import { bid, draftOf, handClock, people, type People } from '../setup/tenders/tender.ts';

const clock = handClock('2026-03-01');
const onPostgres = dialect === 'postgres';
let removals: (() => unknown)[] = [];
beforeEach(() => {
  clock.set('2026-03-01');
});
afterEach(async () => {
  for (const remove of removals.reverse()) await remove();
  removals = [];
});

const open = (where: Storage): Promise<Database> => openDatabase({ ...where, machineClock: clock.read });

function sqliteStorage(): Storage {
  const dataDir = mkdtempSync(join(tmpdir(), 'kaibiao-copy-'));
  removals.push(() => rmSync(dataDir, { recursive: true, force: true }));
  return { dataDir };
}

/** Of the kind that the project is about: without rows, or without even a schema. */
async function newStorage(kind: 'empty' | 'bare' = 'empty'): Promise<Storage> {
  const { storage, remove } = await temporaryStorage();
  removals.push(remove);
  if (kind === 'bare' && onPostgres) await onRaw(storage, 'DROP SCHEMA kaibiao CASCADE');
  return storage;
}

async function onRaw(where: Storage, statement: string): Promise<unknown[]> {
  const raw = await rawDatabase(where);
  try {
    if (/^select/i.test(statement)) return await raw.all(statement);
    await raw.behind(statement);
    return [];
  } finally {
    await raw.close();
  }
}

const rowsOf = async (where: Storage) => {
  const db = await open(where);
  const rows = await everyRow(db.read);
  await db.close();
  return rows;
};

/** What lies in a SQLite file, type by type; JSON in one form, since PostgreSQL keeps no order of keys. */
async function storedIn(where: Storage, json: 'as-written' | 'canonical'): Promise<Record<string, string[]>> {
  const stored: Record<string, string[]> = {};
  for (const table of tablesInOrder()) {
    const name = getTableName(table);
    const { columns } = getTableConfig(table);
    const rows = (await onRaw(where, `SELECT * FROM ${name}`)) as Record<string, string | null>[];
    for (const { name: column, columnType } of columns) {
      if (json !== 'canonical' || columnType !== 'SQLiteTextJson') continue;
      for (const row of rows) row[column] = canonicalize(JSON.parse(row[column] ?? 'null')) ?? '';
    }
    stored[name] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return stored;
}

async function livedInStorage(where: Storage): Promise<{ who: People; suspended: string }> {
  const db = await open(where);
  try {
    return await livedIn(db, clock);
  } finally {
    await db.close();
  }
}

const refusalOf = async (copying: Promise<unknown>): Promise<CopyRefusal> => {
  const error: unknown = await copying.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CopyRefusal);
  const refusal = error as CopyRefusal;
  expect(refusal.messageZh).toMatch(/[一-龥]/);
  return refusal;
};

const isBare = async (where: Storage) =>
  where.url === undefined
    ? !existsSync(databaseFile(where.dataDir))
    : (await onRaw(where, "SELECT 1 FROM pg_namespace WHERE nspname = 'kaibiao'")).length === 0;

it('tables come after those that they refer to', () => {
  const names = tablesInOrder().map((table) => getTableName(table));
  expect(new Set(names).size).toBe(names.length);
  for (const table of tablesInOrder()) {
    for (const { reference } of getTableConfig(table).foreignKeys) {
      const to = getTableName(reference().foreignTable);
      expect(names.indexOf(to), `${getTableName(table)} → ${to}`).toBeLessThan(names.indexOf(getTableName(table)));
    }
  }
});

describe('an installation that is moved', () => {
  it('from SQLite and back again has every row as it was, in every table, and every file', async () => {
    const [home, there, back] = [sqliteStorage(), await newStorage('bare'), sqliteStorage()];
    await livedInStorage(home);
    const before = await storedIn(home, 'canonical');
    for (const [table, rows] of Object.entries(before)) expect(rows.length, table).toBeGreaterThan(0);
    const told: string[] = [];
    const went = await copyInstallation(home, there, { onTable: (table, rows) => told.push(`${table} ${rows}`) });
    expect(Object.fromEntries(went.tables.map(({ table, rows }) => [table, rows]))).toEqual(
      Object.fromEntries(Object.entries(before).map(([table, rows]) => [table, rows.length])),
    );
    expect(told).toEqual(went.tables.map(({ table, rows }) => `${table} ${rows}`));
    const size = 'the tender documents'.length;
    expect(went).toMatchObject({
      faults: [],
      audit: before.audit?.length,
      bids: 4,
      documents: before.documents?.length,
    });
    // Three suppliers' bids, one of them twice the same; the documents of two tenders, and a report.
    expect(went.files.copied).toBe(6);
    expect(went.files.bytes).toBeGreaterThan(size);
    const came = await copyInstallation(there, back);
    expect(came).toMatchObject({ head: went.head, faults: [], files: went.files });
    expect(await storedIn(back, 'canonical')).toEqual(before);
    if (!onPostgres) expect(await storedIn(back, 'as-written')).toEqual(await storedIn(home, 'as-written'));
    expect(await storedIn(home, 'canonical')).toEqual(before);
  });

  it('from the database of this project is read there as here', async () => {
    const [home, there, on] = [await newStorage(), sqliteStorage(), await newStorage()];
    await livedInStorage(home);
    const before = await rowsOf(home);
    await copyInstallation(home, there);
    expect(await rowsOf(there)).toEqual(before);
    await copyInstallation(there, on);
    expect(await rowsOf(on)).toEqual(before);
  });

  it('has as many rows as it had, where they are more than are copied at once', async () => {
    const [home, there] = [await newStorage(), sqliteStorage()];
    const db = await open(home);
    const who = await people(db, 1);
    const { id: procurementId } = await db.transaction((tx) =>
      createDraft(tx, who.asPurchaser, draftOf('tendering', who.purchaser.id)),
    );
    // 400: two whole pages, and nothing after them; keys of one column and of two, some of them alike in the first.
    for (const rows of [400, 401]) {
      await db.transaction(async (tx) => {
        for (let n = 0; n < rows; n += 1) {
          const accountId = `${rows}-${n % 3}`;
          await tx.q
            .insert(idempotency)
            .values({ key: `k${n}`, accountId, fingerprint: '', status: 201, response: {}, createdAt: n });
          if (rows === 400) await tx.q.insert(obtainers).values({ procurementId, organisationId: `o${n}`, at: n });
        }
      });
    }
    const before = await everyRow(db.read);
    await db.close();
    const { tables } = await copyInstallation(home, there);
    expect(tables).toContainEqual({ table: 'obtainers', rows: 400 });
    expect(tables).toContainEqual({ table: 'idempotency', rows: 801 });
    expect(await rowsOf(there)).toEqual(before);
    const on = await newStorage();
    await copyInstallation(there, on);
    expect(await rowsOf(on)).toEqual(before);
  });

  it('continues: bids are accepted, the trail grows from its head, and records remain', async () => {
    const [home, there] = [sqliteStorage(), await newStorage()];
    const { who, suspended } = await livedInStorage(home);
    const { head, audit } = await copyInstallation(home, there);
    const db = await open(there);
    try {
      expect(db.clock).toEqual({ mode: 'real' });
      await bid(db, who, 2, suspended);
      const verified = await verifyInstallation(db);
      expect(verified.faults).toEqual([]);
      expect(verified.audit).toBeGreaterThan(audit);
      expect((await auditAfter(db.read, audit, 1))[0]?.previousHash).toBe(head);
    } finally {
      await db.close();
    }
    await expect(onRaw(there, "UPDATE audit SET action = 'x'")).rejects.toThrow('the audit trail is immutable');
    await expect(onRaw(there, 'DELETE FROM bids')).rejects.toThrow('bids are never deleted');
  });

  it('is locked meanwhile: nobody writes to the source, and a caller that tried is told to retry', async () => {
    const [home, there] = [await newStorage(), sqliteStorage()];
    await livedInStorage(home);
    const before = await rowsOf(home);
    const write = async () => {
      const db = await openDatabase({ ...home, busyTimeoutMs: 1 });
      try {
        await db.transaction((tx) =>
          createOrganisation(tx, UNATTENDED, { name: '乘虚而入', creditCode: '91360000000000777X' }),
        );
      } finally {
        await db.close();
      }
    };
    const blobs = blobsOf(there);
    await withHeld({ storage: home, blobs }, { storage: there, blobs }, async () => {
      await expect(write()).rejects.toMatchObject({ code: 'database-busy' });
    });
    expect(await isBare(there)).toBe(true);
    expect(await rowsOf(home)).toEqual(before);
    await write();
  });

  it('keeps what is wrong with it, and says so', async () => {
    const [home, there] = [await newStorage(), sqliteStorage()];
    await livedInStorage(home);
    const rows = (await onRaw(home, 'SELECT id, sha256 FROM documents ORDER BY id')) as {
      id: string;
      sha256: string;
    }[];
    const sha256 = String(rows[0]?.sha256);
    rmSync(join(home.dataDir, 'blobs', sha256.slice(0, 2), sha256));
    const { faults } = await copyInstallation(home, there);
    const missing = rows.filter((row) => row.sha256 === sha256);
    expect(faults).toMatchObject(missing.map(({ id }) => ({ subject: `document/${id}`, en: 'the file is missing' })));
  });
});

describe('nothing is copied', () => {
  it('into a database that holds anything, which stays as it is', async () => {
    const [home, there] = [sqliteStorage(), await newStorage()];
    await livedInStorage(home);
    const db = await open(there);
    await db.transaction((tx) =>
      createOrganisation(tx, UNATTENDED, { name: '别人', creditCode: '91360000000000888X' }),
    );
    await db.close();
    const before = await rowsOf(there);
    expect((await refusalOf(copyInstallation(home, there))).code).toBe('target-not-empty');
    expect(await rowsOf(there)).toEqual(before);
  });

  it('into a database of something else', async () => {
    const [home, there] = [sqliteStorage(), await newStorage('bare')];
    await livedInStorage(home);
    await onRaw(
      there,
      onPostgres
        ? 'CREATE SCHEMA kaibiao; CREATE TABLE kaibiao.recipes (name text)'
        : 'CREATE TABLE recipes (name text)',
    );
    expect((await refusalOf(copyInstallation(home, there))).code).toBe('target-not-empty');
    await expect(onRaw(there, 'SELECT * FROM installation')).rejects.toThrow();
  });

  it('from a source, or into a target, that a process has open, although it is idle', async () => {
    const [home, there] = [await newStorage(), await newStorage()];
    await livedInStorage(home);
    const source = await open(home);
    expect((await refusalOf(copyInstallation(home, sqliteStorage()))).code).toBe('source-in-use');
    await source.close();
    const target = await open(there);
    expect((await refusalOf(copyInstallation(home, there))).code).toBe('target-in-use');
    await target.close();
    expect((await copyInstallation(home, there)).faults).toEqual([]);
  });

  it('from a place where nothing is, or onto itself', async () => {
    const [home, there] = [await newStorage('bare'), sqliteStorage()];
    expect((await refusalOf(copyInstallation(home, there))).code).toBe('no-installation');
    expect(await isBare(there)).toBe(true);
    expect(await isBare(home)).toBe(true);
    expect((await refusalOf(copyInstallation(there, there))).code).toBe('same-place');
  });

  it('from a drill into what was made real, or the other way', async () => {
    const [home, there] = [sqliteStorage(), await newStorage()];
    await livedInStorage(home);
    const drill = { mode: 'drill', realStartMs: 0, civilStartMs: 0, msPerDay: 1_000 } as const;
    await (await openDatabase({ ...there, clock: drill })).close();
    expect((await refusalOf(copyInstallation(home, there))).code).toBe('clock-differs');
    const [row] = (await onRaw(there, 'SELECT clock FROM installation')) as { clock: unknown }[];
    expect(JSON.stringify(row?.clock)).toContain('drill');
  });

  it('between databases of different versions', async () => {
    const [home, there] = [await newStorage(), sqliteStorage()];
    await livedInStorage(home);
    const migrations = onPostgres ? 'kaibiao_migrations' : '__drizzle_migrations';
    await onRaw(home, `UPDATE ${migrations} SET created_at = created_at + 1000000000000`);
    const later = await refusalOf(copyInstallation(home, there));
    expect([later.code, later.messageEn]).toEqual(['schema-version', expect.stringContaining('later version')]);
    await onRaw(home, `UPDATE ${migrations} SET created_at = created_at - 2000000000000`);
    const earlier = await refusalOf(copyInstallation(home, there));
    expect([earlier.code, earlier.messageEn]).toEqual(['schema-version', expect.stringContaining('kaibiao migrate')]);
    expect(await isBare(there)).toBe(true);
  });

  it('that does not arrive as it was: all of it is undone', async () => {
    const [home, there] = [await newStorage(), sqliteStorage()];
    await livedInStorage(home);
    await (await open(there)).close();
    const refusal = await refusalOf(
      withHeld({ storage: home, blobs: blobsOf(home) }, { storage: there, blobs: blobsOf(there) }, (source, target) =>
        copyHeld(source, { ...target, held: { ...target.held, q: spoiling(target.held.q) } }),
      ),
    );
    expect([refusal.code, refusal.messageEn]).toEqual(['copy-differs', expect.stringContaining('questions')]);
    expect(await onRaw(there, 'SELECT count(*) AS n FROM organisations')).toEqual([{ n: 0 }]);
  });

  it.runIf(onPostgres)('that PostgreSQL cannot keep, and nothing of the rest', async () => {
    const [home, there] = [sqliteStorage(), await newStorage('bare')];
    await livedInStorage(home);
    await onRaw(home, "UPDATE questions SET text_zh = 'a' || char(0) || 'b'");
    expect((await refusalOf(copyInstallation(home, there))).code).toBe('not-storable');
    expect(await isBare(there)).toBe(true);
  });

  it.runIf(onPostgres)('to an unreachable server, and no password is shown', async () => {
    const home = sqliteStorage();
    await livedInStorage(home);
    const url = 'postgres://someone:a-secret-word@127.0.0.1:1/nowhere';
    const error: unknown = await copyInstallation(home, { ...home, url }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'database-unreachable' });
    expect(JSON.stringify([error, String(error)])).not.toContain('a-secret-word');
  });
});

it('the files stay where they are when both places have the same folder', async () => {
  const home = sqliteStorage();
  await livedInStorage(home);
  const other = await newStorage();
  const there = onPostgres ? { ...other, dataDir: home.dataDir } : other;
  const { files } = await copyInstallation(home, there);
  expect(files.copied).toBe(onPostgres ? 0 : 6);
});

/** A database that stores another text of a question than it was given. */
function spoiling(q: Queries): Queries {
  return new Proxy(q, {
    get: (on, name) => {
      const value: unknown = Reflect.get(on, name, on);
      if (name !== 'insert') return typeof value === 'function' ? (value.bind(on) as unknown) : value;
      return (table: typeof questions) => ({
        values: (rows: (typeof questions.$inferInsert)[]) =>
          on.insert(table).values(table === questions ? rows.map((row) => ({ ...row, textZh: '改' })) : rows),
      });
    },
  });
}
