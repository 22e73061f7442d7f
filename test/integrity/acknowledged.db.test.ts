import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Storage } from '../../db/access/database.ts';
import { acceptLoss, openDatabase, openToVerify } from '../../db/access/open.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { Acknowledgements } from '../../db/integrity/acknowledged.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { audit } from '../../db/schema/sqlite.ts';
import { databaseFile } from '../../db/sqlite/connection.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { dialect, temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { quickPlace } from '../setup/quick-place.ts';

let db: TestDatabase;
let copies: string;
beforeEach(async () => {
  db = await temporaryDatabase();
  copies = mkdtempSync(join(quickPlace(), 'kaibiao-damaged-'));
});
afterEach(async () => {
  await db.close();
  rmSync(copies, { recursive: true, force: true });
});

const create = (on: Pick<TestDatabase, 'transaction'>, n: number) =>
  on.transaction((tx) =>
    createOrganisation(tx, UNATTENDED, { name: `第${n}家`, creditCode: `9136000000000${String(n).padStart(4, '0')}X` }),
  );

const refusalOf = (storage: Storage) =>
  openDatabase(storage).then(
    async (opened) => {
      const entries = await opened.read.select({ seq: audit.seq }).from(audit);
      await opened.close();
      return entries.length;
    },
    (error: unknown) => error as { code: string; messageEn: string; details: { entries: string[] } },
  );

it.runIf(dialect === 'sqlite')(
  'damage at any of 50 places of the write-ahead log loses nothing silently',
  { timeout: 120_000 },
  async () => {
    for (let n = 1; n <= 40; n += 1) await create(db, n);
    const all = (await db.read.select({ subject: audit.subject }).from(audit)).map(({ subject }) => subject);
    const wal = `${databaseFile(db.dataDir)}-wal`;
    const { size } = statSync(wal);
    let lost = 0;
    for (let place = 0; place < 50; place += 1) {
      const dataDir = join(copies, String(place));
      // As a machine that loses its power leaves it: nothing was brought into the database file yet.
      cpSync(db.dataDir, dataDir, { recursive: true });
      const bytes = readFileSync(wal);
      bytes.fill(0xa5, Math.floor((size * place) / 50), Math.floor((size * place) / 50) + 64);
      writeFileSync(`${databaseFile(dataDir)}-wal`, bytes);
      rmSync(`${databaseFile(dataDir)}-shm`, { force: true });
      const answer = await refusalOf({ dataDir });
      if (answer === all.length) continue;
      lost += 1;
      expect(answer, String(place)).toMatchObject({ code: 'acknowledged-missing' });
      if (typeof answer === 'number') continue;
      // By name: exactly those that are not there any more.
      const open = await openToVerify({ dataDir });
      const left = await open.read.select({ subject: audit.subject }).from(audit);
      const { faults } = await verifyInstallation(open);
      await open.close();
      const gone = all.slice(left.length).map((subject) => `organisation.create ${subject}`);
      expect(answer.details.entries.sort()).toEqual(gone.sort());
      expect(faults.filter(({ en }) => en.includes('was committed'))).toHaveLength(gone.length);
    }
    expect(lost).toBeGreaterThan(40);
  },
);

it('a loss that is accepted is on record, and the installation goes on', async () => {
  await create(db, 1);
  const last = (await db.read.select().from(audit)).at(-1);
  if (!last) throw new Error('there is no entry');
  // As if one more had been committed, and lost.
  const noted = new Acknowledgements(db.dataDir);
  noted.note([{ ...last, seq: last.seq + 1, hash: 'f'.repeat(64), action: 'bid.submit', subject: 'bid/lost' }]);
  noted.close();
  expect(await refusalOf(db.storage)).toMatchObject({
    code: 'acknowledged-missing',
    messageEn: expect.stringContaining('bid.submit bid/lost') as string,
  });
  expect(await acceptLoss(db.storage)).toEqual(['bid.submit bid/lost']);
  expect(await acceptLoss(db.storage)).toEqual([]);
  expect(await refusalOf(db.storage)).toBe(2);
  const open = await openToVerify(db.storage);
  expect((await verifyInstallation(open)).faults).toEqual([]);
  expect((await open.read.select().from(audit)).at(-1)).toMatchObject({
    action: 'trail.accept-loss',
    detail: { lost: 1, named: ['bid.submit bid/lost'] },
  });
  await open.close();
});

it('what is committed while it is being verified is not taken for lost', async () => {
  await create(db, 1);
  const open = await openToVerify(db.storage);
  await open.read.select({ seq: audit.seq }).from(audit);
  await create(db, 2);
  expect((await verifyInstallation(open)).faults).toEqual([]);
  await open.close();
});

it('a line that was being written, and files of other days, are no obstacle; a week of them is kept', async () => {
  let day = '2026-03-01';
  const noted = new Acknowledgements(db.dataDir, () => day);
  await create(db, 1);
  const rows = await db.read.select().from(audit);
  for (let n = 1; n <= 20; n += 1) {
    day = `2026-03-${String(n).padStart(2, '0')}`;
    noted.note(rows);
  }
  noted.close();
  const folder = join(db.dataDir, 'acknowledged');
  const files = readdirSync(folder).sort();
  expect(files.filter((name) => name.startsWith('2026-03')).length).toBeLessThanOrEqual(8);
  appendFileSync(join(folder, files.at(-1) ?? ''), '{"seq":99,"ha');
  expect(await refusalOf(db.storage)).toBe(1);
});
