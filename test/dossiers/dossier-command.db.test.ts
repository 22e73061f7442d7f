import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../db/access/open.ts';
import { listAudit } from '../../db/audit.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { command } from '../setup/command.ts';
import { temporaryStorage, type Storage } from '../setup/database.ts';
import { testSigner } from '../setup/signer.ts';
import { played } from '../setup/tenders/played.ts';
import { draftOf as otherDraft, tenderAt } from '../setup/tenders/tenders.ts';
import { bid, draftOf, handClock, launch, people } from '../setup/tenders/tender.ts';

const folder = mkdtempSync(join(tmpdir(), 'kaibiao-dossier-command-'));
let storage: Storage;
let remove: () => Promise<void>;
let opened: string;
let sealed: string;
let launched: string;

beforeAll(async () => {
  ({ storage, remove } = await temporaryStorage('template'));
  const clock = handClock('2026-03-01');
  const db = await openDatabase({ ...storage, machineClock: clock.read });
  try {
    const who = await people(db, 3);
    ({
      procurement: { id: launched },
    } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id)));
    ({ id: opened } = await played(db, clock, who, 'government', 'contract'));
    const [noticeAt, bidDeadline] = [clock.read(), clock.read() + 30 * 86_400_000];
    sealed = await tenderAt(db, 'bidding', otherDraft({ purchaserId: who.purchaser.id }, { noticeAt, bidDeadline }));
    for (const index of who.suppliers.keys()) await bid(db, who, index, sealed);
    await signHead(db, await testSigner());
  } finally {
    await db.close();
  }
});
afterAll(async () => {
  await remove();
  rmSync(folder, { recursive: true, force: true });
});

const env = () => ({ ...process.env, KAIBIAO_DATA_DIR: storage.dataDir, DATABASE_URL: storage.url ?? '' });
const run = (...args: string[]) => command(args, env());
const at = (name: string): string => join(folder, name);

it('dossier writes one file that verify dossier accepts, for its owner alone, and the trail says that the machine asked', async () => {
  const made = await run('dossier', opened, '--out', at('opened.zip'));
  expect([made.code, made.stdout, made.stderr]).toEqual([0, `${at('opened.zip')}\n`, '']);
  expect(statSync(at('opened.zip')).mode & 0o777).toBe(0o600);
  const verified = await run('verify', 'dossier', at('opened.zip'), '--json');
  expect(verified.code).toBe(3);
  expect(JSON.parse(verified.stdout)).toMatchObject({
    ...{ verdict: 'unproven', pinned: false, faults: [], receipts: 3 },
    manifest: { tender: { id: opened }, complete: false, asked: { role: 'operator', person: null } },
  });
  const db = await openDatabase(storage);
  try {
    const [entry] = await listAudit(db.read, { action: 'dossier.make', order: 'newest', limit: 1 });
    expect(entry).toMatchObject({ procurementId: opened, actor: { role: 'operator' } });
  } finally {
    await db.close();
  }
});

it('of a tender that is not opened it has no bid, and of one that is not announced there is none', async () => {
  expect((await run('dossier', sealed, '--out', at('sealed.zip'))).code).toBe(0);
  const bytes = readFileSync(at('sealed.zip'));
  for (const name of ['投标人1', '投标人2', '投标人3']) expect(bytes.includes(name)).toBe(false);
  const { stdout } = await run('verify', 'dossier', at('sealed.zip'));
  expect(stdout).toContain('- 未包含开标（开启）情况和记录：');
  expect(stdout).toContain('开标（开启）后可得');
  const refused = await run('dossier', launched, '--out', at('launched.zip'));
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('项目尚未公告，没有档案')]);
  expect(existsSync(at('launched.zip'))).toBe(false);
});

it('never overwrites a file, and says what is wrong with a tender, a folder or a file', async () => {
  writeFileSync(at('there.zip'), 'something');
  const there = await run('dossier', opened, '--out', at('there.zip'));
  expect([there.code, there.stderr]).toEqual([2, expect.stringContaining('there.zip 已存在')]);
  expect(readFileSync(at('there.zip'), 'utf8')).toBe('something');
  const nowhere = await run('dossier', opened, '--out', at('absent/a.zip'));
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('ENOENT')]);
  expect((await run('dossier', '01a22601-0000-7000-8000-000000000001', '--out', at('a.zip'))).code).toBe(1);
  expect((await run('dossier', opened)).code).toBe(2);
  const none = await run('verify', 'dossier', at('there.zip'));
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('不是完整的 zip 文件')]);
  const asReceipt = await run('verify', at('opened.zip'));
  expect([asReceipt.code, asReceipt.stderr]).toEqual([2, expect.stringContaining('verify dossier')]);
});
