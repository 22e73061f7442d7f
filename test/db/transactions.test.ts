import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, hashOf, UNATTENDED } from '../../db/audit.ts';
import { openDatabase, type Database } from '../../db/database.ts';
import { databaseFile } from '../../db/sqlite.ts';
import { createOrganisation, organisationById } from '../../db/organisations.ts';
import { createDraft, listProcurements, procurementById } from '../../db/procurements.ts';
import { draftOf, people, refusalOf, temporaryDatabase } from '../setup/tender.ts';

let db: Database & { dataDir: string };
const alsoOpen: Database[] = [];
beforeEach(async () => {
  db = await temporaryDatabase({ busyTimeoutMs: 50 });
});
afterEach(async () => {
  for (const other of alsoOpen.splice(0)) await other.close();
  await db.close();
});

const register = (on: Database, n: number) =>
  on.transaction((tx) =>
    createOrganisation(tx, UNATTENDED, { name: `单位${n}`, creditCode: `9136${String(n).padStart(14, '0')}` }),
  );

describe('transactions', () => {
  it('what waits at the same time is committed together, each with its own audit entry', async () => {
    const made = await Promise.all(Array.from({ length: 300 }, (_, n) => register(db, n)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(300);
    const trail = await auditAfter(db.read, 0, 1000);
    expect(trail.map(({ subject }) => subject)).toEqual(made.map(({ id }) => `organisation/${id}`));
    expect(trail.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  });

  it('work that throws is undone alone, its audit entry with it', async () => {
    const results = await Promise.allSettled([
      register(db, 1),
      db.transaction(async (tx) => {
        await createOrganisation(tx, UNATTENDED, { name: '不该存在', creditCode: '91360000000000009X' });
        throw new Error('thought better of it');
      }),
      register(db, 2),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const trail = await auditAfter(db.read, 0, 10);
    expect(trail).toHaveLength(2);
    const [second] = trail.slice(-1);
    expect(second?.previousHash).toBe(trail[0]?.hash);
  });

  it('an unlawful double is refused alone: the first of two with one credit code stands', async () => {
    const results = await Promise.allSettled([register(db, 7), register(db, 7), register(db, 8)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('work that awaits anything but the database is refused, and leaves nothing', async () => {
    const work = db.transaction(async (tx) => {
      const made = await createOrganisation(tx, UNATTENDED, { name: '慢', creditCode: '91360000000000008X' });
      await sleep(5);
      return made;
    });
    await expect(work).rejects.toThrow('awaited something other than the database');
    expect(await auditAfter(db.read, 0, 10)).toEqual([]);
    await register(db, 1);
  });

  it('what is queued when the database is closed is still committed, what comes later is refused', async () => {
    const queued = [1, 2, 3].map((n) => register(db, n));
    const reopened = db.close.bind(db);
    const { dataDir } = db;
    const folder = mkdtempSync(join(tmpdir(), 'kaibiao-test-'));
    const kept = await openDatabase({ dataDir: folder });
    const last = register(kept, 4);
    await kept.close();
    const { id } = await last;
    await expect(register(kept, 5)).rejects.toThrow('closed');
    const again = await openDatabase({ dataDir: folder });
    alsoOpen.push(again);
    expect((await organisationById(again.read, id)).name).toBe('单位4');
    await Promise.all(queued);
    await reopened();
    db = await temporaryDatabase();
    expect(dataDir).not.toBe(db.dataDir);
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('a disk that is full', () => {
  it('answers database-full, leaves nothing half-written, and works again when there is room', async () => {
    const who = await people(db);
    const long = { contentZh: '招标内容。'.repeat(20_000) };
    const pages = await db.transaction(async (tx) => {
      const { page_count: used } = tx.q.get<{ page_count: number }>(sql`PRAGMA page_count`);
      tx.q.run(sql.raw(`PRAGMA max_page_count = ${used + 4}`));
      return used;
    });
    const before = await auditAfter(db.read, 0, 100);
    const full = await refusalOf(
      db.transaction((tx) => createDraft(tx, who.asPurchaser, draftOf('tendering', who.purchaser.id, long))),
    );
    expect(full.code).toBe('database-full');
    expect(full.messageZh).toContain('未写入任何内容');
    expect(await listProcurements(db.read, { limit: 10 })).toEqual([]);
    expect(await auditAfter(db.read, 0, 100)).toEqual(before);
    await db.transaction(async (tx) => {
      tx.q.run(sql.raw(`PRAGMA max_page_count = ${pages + 100_000}`));
    });
    const { id } = await db.transaction((tx) =>
      createDraft(tx, who.asPurchaser, draftOf('tendering', who.purchaser.id, long)),
    );
    expect((await procurementById(db.read, id)).contentZh).toBe(long.contentZh);
  });

  it('hurts only those who need the room: small work of the same commit is done', async () => {
    const who = await people(db);
    await db.transaction(async (tx) => {
      const { page_count: used } = tx.q.get<{ page_count: number }>(sql`PRAGMA page_count`);
      tx.q.run(sql.raw(`PRAGMA max_page_count = ${used + 4}`));
    });
    const results = await Promise.allSettled([
      register(db, 901),
      db.transaction((tx) =>
        createDraft(tx, who.asPurchaser, draftOf('tendering', who.purchaser.id, { contentZh: '长。'.repeat(100_000) })),
      ),
      register(db, 902),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await auditAfter(db.read, 0, 100)).filter(({ action }) => action === 'procurement.draft')).toEqual([]);
  });
});

describe('a file that another process holds', () => {
  it('answers database-busy to everybody who waits, once, and works when it is let go', async () => {
    const other = new BetterSqlite3(databaseFile(db.dataDir));
    other.exec('BEGIN IMMEDIATE');
    const refused = await Promise.all(Array.from({ length: 20 }, (_, n) => refusalOf(register(db, n))));
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['database-busy']));
    expect(await auditAfter(db.read, 0, 10)).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    await register(db, 1);
    expect(await auditAfter(db.read, 0, 10)).toHaveLength(1);
  });

  it('readers see what is committed while it is held', async () => {
    const { id } = await register(db, 1);
    const other = new BetterSqlite3(databaseFile(db.dataDir));
    other.exec('BEGIN IMMEDIATE');
    expect((await organisationById(db.read, id)).id).toBe(id);
    other.exec('ROLLBACK');
    other.close();
  });
});

describe('two databases on one file', () => {
  it('in one process take turns and keep one chain', async () => {
    const second = await openDatabase({ dataDir: db.dataDir, busyTimeoutMs: 50 });
    alsoOpen.push(second);
    await Promise.all(Array.from({ length: 200 }, (_, n) => register(n % 2 === 0 ? db : second, n)));
    const trail = await auditAfter(second.read, 0, 1000);
    expect(trail.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    let previous = '0'.repeat(64);
    for (const { hash, ...entry } of trail) {
      expect(entry.previousHash).toBe(previous);
      expect(hash).toBe(hashOf(entry));
      previous = hash;
    }
  });

  it('several processes that start together on an empty folder make one installation', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kaibiao-test-'));
    const processes = [1, 2, 3].map((n) =>
      fork(join(import.meta.dirname, '../setup/fixtures/opens-database.ts'), [folder, String(n)], {
        execArgv: ['--import', 'tsx'],
      }),
    );
    await Promise.all(processes.map((child) => message(child)));
    const done = Promise.all(processes.map((child) => message(child)));
    const startAt = Date.now() + 100;
    for (const child of processes) child.send(startAt);
    expect(await done).toEqual(['opened', 'opened', 'opened']);
    const opened = await openDatabase({ dataDir: folder });
    alsoOpen.push(opened);
    expect(await auditAfter(opened.read, 0, 10)).toHaveLength(3);
    rmSync(folder, { recursive: true, force: true });
  });
});

const message = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
