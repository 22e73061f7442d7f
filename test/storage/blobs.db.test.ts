import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { refusalOf } from '../setup/tenders/tender.ts';

let db: TestDatabase;
beforeEach(async () => {
  db = await temporaryDatabase();
});
afterEach(() => db.close());

const CHUNK = 65_536;
const incoming = () => readdirSync(join(db.dataDir, 'blobs', 'incoming'));
const placeOf = (sha256: string) => join(db.dataDir, 'blobs', sha256.slice(0, 2), sha256);

async function* chunks(count: number, afterwards?: () => void) {
  for (let n = 0; n < count; n += 1) yield Buffer.alloc(CHUNK, n % 251);
  afterwards?.();
}

it('a file is streamed to its place, addressed by the hash of its bytes, and read back the same', async () => {
  const stored = await db.blobs.store(chunks(200), 200 * CHUNK);
  const bytes = readFileSync(placeOf(stored.sha256));
  expect(stored).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), size: 200 * CHUNK });
  expect(await db.blobs.inspect(stored.sha256)).toEqual(stored);
  const read: Buffer[] = [];
  for await (const chunk of db.blobs.open(stored.sha256)) read.push(chunk as Buffer);
  expect(Buffer.concat(read).equals(bytes)).toBe(true);
  expect(incoming()).toEqual([]);
  expect(statSync(placeOf(stored.sha256)).mode & 0o077).toBe(0);
});

it('one byte more than allowed is refused before the rest is read, and leaves nothing', async () => {
  let readToTheEnd = false;
  const refused = await refusalOf(
    db.blobs.store(
      chunks(50, () => (readToTheEnd = true)),
      10 * CHUNK - 1,
    ),
  );
  expect(refused).toMatchObject({ code: 'file-too-large', details: { maxBytes: 10 * CHUNK - 1 } });
  expect(readToTheEnd).toBe(false);
  expect(incoming()).toEqual([]);
  await db.blobs.store(chunks(10), 10 * CHUNK);
});

it('an empty file is no bid', async () => {
  expect((await refusalOf(db.blobs.store(chunks(0), 10))).code).toBe('file-empty');
  expect(incoming()).toEqual([]);
});

it('an upload that breaks off leaves nothing behind', async () => {
  async function* broken() {
    yield* chunks(3);
    throw new Error('the line went dead');
  }
  await expect(db.blobs.store(broken(), 10 * CHUNK)).rejects.toThrow('the line went dead');
  expect(incoming()).toEqual([]);
  expect(readdirSync(join(db.dataDir, 'blobs'))).toEqual(['incoming']);
});

it('the same bytes twice, at the same time, are one file', async () => {
  const [one, two] = await Promise.all([db.blobs.store(chunks(5), 1e9), db.blobs.store(chunks(5), 1e9)]);
  expect(one).toEqual(two);
  expect(readdirSync(join(db.dataDir, 'blobs', one.sha256.slice(0, 2)))).toEqual([one.sha256]);
  expect(incoming()).toEqual([]);
});

it('a file that was altered on the disk is detected by its hash, a missing one by null', async () => {
  const { sha256 } = await db.blobs.store(chunks(1), CHUNK);
  writeFileSync(placeOf(sha256), 'tampered');
  const found = await db.blobs.inspect(sha256);
  expect(found?.sha256).not.toBe(sha256);
  expect(await db.blobs.inspect('0'.repeat(64))).toBeNull();
});
