import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditAfter, listAudit, UNATTENDED } from '../../db/audit.ts';
import { submitBid } from '../../services/bids/submit.ts';
import { openDatabase } from '../../db/access/open.ts';
import { createOrganisation } from '../../services/organisations/create.ts';
import { tidyUp } from '../../db/files/housekeeping.ts';
import { uploadOf, type UploadRow } from '../../db/uploads.ts';
import { beginUpload } from '../../services/uploads/begin.ts';
import { refuseUpload } from '../../services/uploads/refuse.ts';
import { takeUpload } from '../../services/uploads/take.ts';
import { withdrawIdle } from '../../services/uploads/withdraw-idle.ts';
import { HOUR_MS, parseInstant } from '../../domain/civil-time.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { advance } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

const DEADLINE = parseInstant('2026-04-01T09:30:00+08:00');
const QUOTAS = { supplierBytes: 1e6, procurementBytes: 1e9, openUploads: 10, announcedBytes: 1e7 };
let db: TestDatabase;
let now: number;
let tender: string;
let suppliers: string[];

beforeEach(async () => {
  now = DEADLINE - 3_600_000;
  db = await temporaryDatabase({ machineClock: () => now });
  const names = ['采购人', '甲', '乙', '丙', '丁'];
  const ids = await db.transaction(async (tx) => {
    const made: string[] = [];
    for (const [n, name] of names.entries()) {
      made.push((await createOrganisation(tx, UNATTENDED, { name, creditCode: `9111000000000000${n}X` })).id);
    }
    return made;
  });
  const [purchaserId = '', ...rest] = ids;
  suppliers = rest;
  tender = await tenderAt(db, 'bidding', draftOf({ purchaserId }, { bidDeadline: DEADLINE }));
});
afterEach(() => db.close());

const placeOf = (supplierId: string) => ({ procurementId: tender, lotNo: 1, supplierId });
const begin = (supplierId: string, length = 100): Promise<UploadRow> =>
  db.transaction((tx) => beginUpload(tx, UNATTENDED, placeOf(supplierId), { length, sha256: null }, QUOTAS), {
    procurementId: tender,
  });
const bytesAt = (id: string): string => join(db.dataDir, 'uploads', id);

it('what is not whole at the deadline is withdrawn, with its article, and its bytes go after the opening (办法 27)', async () => {
  for (const supplierId of suppliers.slice(0, 3)) {
    await db.transaction((tx) =>
      submitBid(tx, UNATTENDED, { ...placeOf(supplierId), file: { sha256: 'a'.repeat(64), size: 1 } }),
    );
  }
  const late = suppliers[3] ?? '';
  const upload = await begin(late);
  await writeFile(bytesAt(upload.id), randomBytes(99));
  await tidyUp(db, Date.now());
  expect(existsSync(bytesAt(upload.id))).toBe(true);

  now = DEADLINE;
  await advance(db, tender);
  expect(await uploadOf(db.read, placeOf(late), upload.id)).toMatchObject({
    state: 'withdrawn',
    endedAt: DEADLINE,
    removedAt: null,
  });
  const told = await listAudit(db.read, { procurementId: tender, limit: 100 });
  expect(told.find(({ action }) => action === 'upload.withdraw')).toMatchObject({
    subject: `upload/${upload.id}`,
    confidential: true,
    detail: { rule: 'e-incomplete-upload', law: '20号令', article: '27' },
  });
  await tidyUp(db, Date.now());
  expect(existsSync(bytesAt(upload.id))).toBe(false);
  expect((await uploadOf(db.read, placeOf(late), upload.id)).removedAt).toBe(DEADLINE);
});

it('what was refused is swept up, what is under way is not', async () => {
  const [one = '', two = ''] = suppliers;
  const [refused, open] = [await begin(one), await begin(two)];
  for (const { id } of [refused, open]) await writeFile(bytesAt(id), randomBytes(10));
  await db.transaction((tx) => refuseUpload(tx, UNATTENDED, refused, 'hash-mismatch'));
  await tidyUp(db, Date.now());
  expect([existsSync(bytesAt(refused.id)), existsSync(bytesAt(open.id))]).toEqual([false, true]);
});

it('an upload that nobody continues is withdrawn: after an hour without a byte, after a day with some', async () => {
  const [one = '', two = '', three = '', four = ''] = suppliers;
  const [empty, begun, stale, lost] = [await begin(one), await begin(two), await begin(three), await begin(four)];
  const hoursAgo = (n: number) => (now - n * HOUR_MS) / 1000;
  for (const [{ id }, bytes, ago] of [
    [empty, 0, 2],
    [begun, 10, 2],
    [stale, 10, 25],
  ] as const) {
    await writeFile(bytesAt(id), randomBytes(bytes));
    await utimes(bytesAt(id), hoursAgo(ago), hoursAgo(ago));
  }
  expect(await withdrawIdle(db, now)).toBe(2);
  const states = [empty, begun, stale, lost].map(async ({ id, supplierId }) =>
    uploadOf(db.read, placeOf(supplierId), id),
  );
  expect((await Promise.all(states)).map(({ state }) => state)).toEqual(['withdrawn', 'open', 'withdrawn', 'open']);
  const trail = (await auditAfter(db.read, 0, 100)).filter(({ action }) => action === 'upload.withdraw');
  expect(trail.map(({ subject, detail, confidential }) => [subject, detail, confidential])).toEqual(
    [empty, stale].map(({ id }) => [`upload/${id}`, { lotNo: 1, reason: 'idle' }, true]),
  );
  // Without its bytes, as after a backup was restored, one waits as long from its beginning.
  expect(await withdrawIdle(db, now + 2 * HOUR_MS)).toBe(0);
  expect(await withdrawIdle(db, now + 25 * HOUR_MS)).toBe(2);
});

it('an upload ends once; only its supplier finds it', async () => {
  const [one = '', two = ''] = suppliers;
  const upload = await begin(one);
  await expect(uploadOf(db.read, placeOf(two), upload.id)).rejects.toMatchObject({ code: 'upload-unknown' });
  await expect(uploadOf(db.read, { ...placeOf(one), lotNo: 2 }, upload.id)).rejects.toMatchObject({
    code: 'upload-unknown',
  });
  const take = () =>
    db.transaction((tx) => takeUpload(tx, UNATTENDED, placeOf(one), upload.id, { sha256: 'b'.repeat(64), size: 100 }));
  const bid = await take();
  await expect(take()).rejects.toMatchObject({ code: 'upload-unknown' });
  await db.transaction((tx) => refuseUpload(tx, UNATTENDED, upload, 'bid-late'));
  expect(await uploadOf(db.read, placeOf(one), upload.id)).toMatchObject({ state: 'taken', bidId: bid.id });
  const entries = (await auditAfter(db.read, 0, 100)).filter(({ subject }) => subject === `upload/${upload.id}`);
  expect(entries.map((entry) => [entry.action, entry.confidential])).toEqual([
    ['upload.begin', true],
    ['upload.take', true],
  ]);
  expect((await listAudit(db.read, { procurementId: tender, limit: 100 })).map(({ action }) => action)).not.toContain(
    'upload.begin',
  );
});

it('an upload is one request’s at a time; its holder is asked to release it', async () => {
  // On PostgreSQL the second is another process, as far as the locks can tell.
  const other = db.storage.url === undefined ? db : await openDatabase({ ...db.storage, machineClock: () => now });
  try {
    const forever = new AbortController().signal;
    const order: string[] = [];
    const first = db.uploadLocks.newLock('one');
    const asked = new Promise<void>(
      (resolve) => void first.lock(forever, () => resolve()).then(() => order.push('first')),
    );
    await expect.poll(() => order).toEqual(['first']);
    const second = other.uploadLocks.newLock('one');
    const had = second.lock(forever, () => undefined).then(() => order.push('second'));
    const elsewhere = other.uploadLocks.newLock('two');
    await elsewhere.lock(forever, () => undefined);
    await elsewhere.unlock();
    await asked;
    order.push('asked to let go');
    await first.unlock();
    await had;
    expect(order).toEqual(['first', 'asked to let go', 'second']);
    await second.unlock();
    const third = db.uploadLocks.newLock('one');
    await third.lock(forever, () => undefined);
    await third.unlock();
  } finally {
    if (other !== db) await other.close();
  }
});
