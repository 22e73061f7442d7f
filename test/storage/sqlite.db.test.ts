import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditAfter, UNATTENDED } from '../../db/audit.ts';
import type { Database } from '../../db/access/database.ts';
import { organisationById } from '../../db/organisations.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { listProcurements, procurementById } from '../../db/procurements.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import { databaseFile } from '../../db/sqlite/connection.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { draftOf, people, refusalOf } from '../setup/tenders/tender.ts';

let db: TestDatabase;
beforeEach(async () => {
  db = await temporaryDatabase({ busyTimeoutMs: 50 });
});
afterEach(() => db.close());

const register = (on: Database, n: number) =>
  on.transaction((tx) =>
    createOrganisation(tx, UNATTENDED, { name: `单位${n}`, creditCode: `9136${String(n).padStart(14, '0')}` }),
  );

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
