import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { unpackTar } from 'modern-tar/fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Storage } from '../../db/access/database.ts';
import { openDatabase } from '../../db/access/open.ts';
import { databaseFile } from '../../db/sqlite/connection.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { dialect, temporaryStorage } from '../setup/database.ts';
import { command } from '../setup/command.ts';
import { everyRow, livedIn } from '../setup/tenders/lived-in.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import type { Json } from '../setup/servers/service.ts';
import { handClock } from '../setup/tenders/tender.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-moving-'));
const removals: (() => Promise<void>)[] = [];
let home: Storage;
let rows: Record<string, unknown[]>;

const named = ({ dataDir, url }: Storage) => url ?? `sqlite:${dataDir}`;
/** Of a command that makes a database, which its owner does. */
const settings = ({ dataDir, url, ownerUrl }: Storage, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  KAIBIAO_DATA_DIR: dataDir,
  DATABASE_URL: url ?? '',
  KAIBIAO_MIGRATION_URL: ownerUrl ?? '',
  ...more,
});
const nowhere = () => settings({ dataDir: join(folder, 'nowhere') });
const problem = (stderr: string) => (JSON.parse(stderr) as { error: Json }).error;

async function newStorage(): Promise<Storage> {
  const { storage, remove } = await temporaryStorage();
  removals.push(remove);
  return storage;
}

async function rowsOf(where: Storage): Promise<Record<string, unknown[]>> {
  const db = await openDatabase(where);
  try {
    return await everyRow(db.read);
  } finally {
    await db.close();
  }
}

beforeAll(async () => {
  home = { dataDir: join(folder, 'home') };
  const clock = handClock('2026-03-01');
  const db = await openDatabase({ ...home, machineClock: clock.read });
  await livedIn(db, clock);
  rows = await everyRow(db.read);
  await db.close();
});
afterAll(async () => {
  for (const remove of removals) await remove();
  rmSync(folder, { recursive: true, force: true });
});

it('migrate --from --to moves an installation, names the next step, and shows no password', async () => {
  const to = await newStorage();
  const args = ['migrate', '--from', `sqlite:${home.dataDir}`, '--to', named(to)];
  if (to.url !== undefined) args.push('--to-data', to.dataDir, '--as-owner', String(to.ownerUrl));
  const first = await kaibiao(args, nowhere());
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toMatch(/✓ 与源一致 \/ the same as the source/);
  expect(first.stdout).toContain('kaibiao rebuild --adopt');
  expect(first.stdout).toMatch(/ {2}audit +\d+/);
  expect(first.stderr).toContain('  audit: ');
  for (const url of [to.url, to.ownerUrl]) {
    if (url !== undefined) expect(first.stdout + first.stderr).not.toContain(new URL(url).password);
  }
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);

  const again = await command([...args, '--json'], nowhere());
  expect(again.code).toBe(1);
  expect(problem(again.stderr)).toMatchObject({ code: 'target-not-empty' });

  const back = { dataDir: join(folder, 'back') };
  const from = ['migrate', '--from', named(to), '--to', `sqlite:${back.dataDir}`, '--json'];
  if (to.url !== undefined) from.push('--from-data', to.dataDir);
  const second = await command(from, nowhere());
  expect(second.code).toBe(0);
  const told = JSON.parse(second.stdout) as Json;
  expect(told).toMatchObject({ to: databaseFile(back.dataDir), folder: back.dataDir, faults: [], bids: 4 });
  expect(told.tables).toContainEqual({ table: 'audit', rows: rows.audit?.length });
  expect(await rowsOf(back)).toEqual(rows);
  expect(await rowsOf(to)).toEqual(rows);
});

it.each([
  [['--from', 'sqlite:somewhere'], 'usage'],
  [['--to', 'sqlite:somewhere'], 'usage'],
  [['--to-data', 'somewhere'], 'usage'],
  [['--from', 'sqlite:somewhere', '--to', 'mysql://a:a-secret-word@b/c'], 'bad-setting'],
  [['--from', 'a-secret-word', '--to', 'sqlite:somewhere'], 'bad-setting'],
  [['--from', 'sqlite:', '--to', 'sqlite:somewhere'], 'bad-setting'],
  [['--from', 'sqlite:a', '--to', 'sqlite:b', '--to-data', 'c'], 'usage'],
  [['--from', 'sqlite:a', '--from-data', 'c', '--to', 'sqlite:b'], 'usage'],
])('migrate %j is called wrongly, and makes nothing', async (args, code) => {
  const { code: ended, stderr, stdout } = await command(['migrate', ...args, '--json'], nowhere());
  expect(ended).toBe(2);
  expect(problem(stderr)).toMatchObject({ code, messageZh: expect.stringMatching(/[一-龥]/) as string });
  expect(stdout + stderr).not.toContain('a-secret-word');
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
});

it('a place with nothing is not moved, and a drill not under NODE_ENV=production', async () => {
  const to = join(folder, 'refused');
  const nothing = await command(
    ['migrate', '--from', `sqlite:${join(folder, 'absent')}`, '--to', `sqlite:${to}`, '--json'],
    nowhere(),
  );
  expect(nothing.code).toBe(1);
  expect(problem(nothing.stderr)).toMatchObject({ code: 'no-installation' });
  expect(existsSync(join(folder, 'absent'))).toBe(false);

  const drill = { dataDir: join(folder, 'drill') };
  const clock = { mode: 'drill', realStartMs: 0, civilStartMs: 0, msPerDay: 1_000 } as const;
  await (await openDatabase({ ...drill, clock })).close();
  const refused = await command(['migrate', '--from', `sqlite:${drill.dataDir}`, '--to', `sqlite:${to}`, '--json'], {
    ...nowhere(),
    NODE_ENV: 'production',
  });
  expect(refused.code).toBe(1);
  expect(problem(refused.stderr)).toMatchObject({ code: 'drill-in-production' });
  expect(existsSync(databaseFile(to))).toBe(false);
});

it('backup and restore by their commands; one changed byte is found', async () => {
  const dir = join(folder, 'backup');
  const key = Buffer.alloc(32, 7).toString('base64');
  const made = await kaibiao(['backup', dir], settings(home, { KAIBIAO_PAYLOAD_KEYS: `k1:${key}` }));
  expect(made).toMatchObject({ code: 0 });
  expect(made.stdout).toMatch(/✓ 全部一致/);
  expect(readFileSync(join(dir, 'manifest.json'), 'utf8')).not.toContain(key);
  // What it does not contain is listed, with what to do about it; its values are not shown.
  for (const named of ['custodian/centre', 'signing.key', 'session.key', 'KAIBIAO_PAYLOAD_KEYS']) {
    expect(made.stdout).toContain(named);
  }
  expect(made.stdout).not.toContain(key);
  const held = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  expect(held.filter((name) => /\.key$|custodian/.test(name))).toEqual([]);
  const twice = await command(['backup', dir, '--json'], settings(home));
  expect(problem(twice.stderr)).toMatchObject({ code: 'target-not-empty' });

  const to = await newStorage();
  const restored = await kaibiao(['restore', dir, '--json'], settings(to));
  expect(restored.code).toBe(0);
  expect(JSON.parse(restored.stdout)).toMatchObject({ backup: dir, payloadKeyIds: ['k1'], faults: [] });
  // What signs people in is in no backup.
  expect(await rowsOf(to)).toEqual({ ...rows, sessions: [], verifications: [], deliveries: [] });
  const db = await openDatabase(to);
  expect((await verifyInstallation(db)).faults).toEqual([]);
  await db.close();

  const other = join(folder, 'other');
  const words = await command(['restore', dir, '--to', `sqlite:${other}`], nowhere());
  expect(words).toMatchObject({ code: 0 });
  expect(words.stdout).toContain('kaibiao rebuild --adopt');
  expect(words.stdout).toContain('k1');

  const bytes = readFileSync(databaseFile(dir));
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(databaseFile(dir), bytes);
  const found = await command(['restore', dir, '--to', `sqlite:${join(folder, 'third')}`, '--json'], nowhere());
  expect(found.code).toBe(1);
  expect(problem(found.stderr)).toMatchObject({ code: 'backup-damaged' });
  expect(existsSync(join(folder, 'third'))).toBe(false);
});

it('an encrypted backup is opened by its recipient, and by nobody else', async () => {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const file = join(folder, 'backup.tar.age');
  const made = await command(['backup', file, '--to-recipient', recipient, '--json'], settings(home));
  expect(made).toMatchObject({ code: 0 });
  expect(readdirSync(home.dataDir).filter((name) => name.startsWith('backing-up'))).toEqual([]);
  const bytes = readFileSync(file);
  expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  expect(bytes.includes('SQLite format 3')).toBe(false);
  const again = await command(['backup', file, '--to-recipient', recipient, '--json'], settings(home));
  expect(problem(again.stderr)).toMatchObject({ code: 'target-not-empty' });
  const wrong = await command(['backup', join(folder, 'x'), '--to-recipient', 'age1wrong', '--json'], settings(home));
  expect([wrong.code, problem(wrong.stderr)]).toMatchObject([2, { code: 'usage' }]);

  const decrypter = new Decrypter();
  decrypter.addIdentity(await generateX25519Identity());
  await expect(decrypter.decrypt(bytes)).rejects.toThrow();
  decrypter.addIdentity(identity);
  const dir = join(folder, 'decrypted');
  await pipeline(Readable.from([Buffer.from(await decrypter.decrypt(bytes))]), unpackTar(dir));
  const to = { dataDir: join(folder, 'from-encrypted') };
  const restored = await command(['restore', dir, '--json'], settings(to));
  expect(JSON.parse(restored.stdout)).toMatchObject({ backup: dir, faults: [] });
  expect(await rowsOf(to)).toEqual({ ...rows, sessions: [], verifications: [], deliveries: [] });
});

it.runIf(dialect === 'sqlite')('restore is refused where it does not fit', async () => {
  const missing = await command(['restore', join(folder, 'no-backup'), '--json'], nowhere());
  expect(problem(missing.stderr)).toMatchObject({ code: 'backup-not-found' });
  const wrong = await command(['restore', join(folder, 'no-backup'), '--to-data', 'x', '--json'], nowhere());
  expect(wrong.code).toBe(2);
  expect(problem(wrong.stderr)).toMatchObject({ code: 'usage' });
  const none = await command(['backup', '--json'], nowhere());
  expect(none.code).toBe(2);
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
});
