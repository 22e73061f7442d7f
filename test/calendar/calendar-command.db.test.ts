import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { auditAfter } from '../../db/audit.ts';
import { waitingWakes } from '../../db/engine/outbox.ts';
import { command } from '../setup/command.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { EXAMPLE_2027, EXAMPLE_SOURCE } from '../setup/example-year.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import type { Json } from '../setup/servers/service.ts';
import { handClock, people, publishedTender } from '../setup/tenders/tender.ts';

const clock = handClock('2026-10-01');
let db: TestDatabase;
let folder: string;
let id: string;
beforeEach(async () => {
  clock.set('2026-10-01');
  folder = mkdtempSync(join(tmpdir(), 'kaibiao-calendar-'));
  writeFileSync(join(folder, 'year.txt'), EXAMPLE_2027);
  db = await temporaryDatabase({ machineClock: clock.read });
  const who = await people(db);
  ({ id } = await publishedTender(db, clock, who, 'government', {
    intentionAt: Date.parse('2026-11-20T00:00+08:00'),
    noticeAt: Date.parse('2026-12-29T09:00+08:00'),
    documentsFrom: Date.parse('2026-12-30T00:00+08:00'),
    documentsUntil: Date.parse('2027-01-08T17:00+08:00'),
    bidDeadline: Date.parse('2027-01-22T09:30+08:00'),
  }));
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

const env = () => ({ ...process.env, KAIBIAO_DATA_DIR: db.dataDir, DATABASE_URL: db.storage.url ?? '' });
const calendar = (...args: string[]) => command(['calendar', ...args], env());

it('calendar import lists what moves and writes nothing; with --confirm it is written, and tenders are recalculated', async () => {
  const file = join(folder, 'year.txt');
  const shown = await kaibiao(['calendar', 'import', file, '--source', EXAMPLE_SOURCE], env());
  expect(shown.code, shown.stderr).toBe(0);
  expect(shown.stdout).toContain(`教育智慧终端设备采购项目（${id}）`);
  expect(shown.stdout).toMatch(/暂定.* → 2027-01-06 24:00/);
  expect(shown.stdout).toContain('nothing was written');
  expect((await db.calendar()).horizon.to).toBe('2026-12-31');

  const done = await calendar('import', file, '--source', EXAMPLE_SOURCE, '--confirm', '--json');
  const told = JSON.parse(done.stdout) as Json;
  expect(told).toMatchObject({ year: 2027, outcome: 'new', written: true, tenders: 1 });
  expect((await db.calendar()).horizon.to).toBe('2027-12-31');
  const { hash } = await db.calendar();
  expect((await waitingWakes(db.read, Date.now(), 10)).map(({ subject }) => subject)).toContain(`calendar/1-${hash}`);
  const [entry] = (await auditAfter(db.read, 0, 100)).filter(({ action }) => action === 'calendar.import');
  expect(entry?.actor.role).toBe('operator');
  await createActivities({ db }).recalculateTender({ procurementId: id });

  const again = await calendar('import', file, '--source', EXAMPLE_SOURCE, '--confirm');
  expect([again.code, again.stdout.includes('the calendar is unchanged')]).toEqual([0, true]);
  const known = await calendar('show');
  expect(known.stdout).toContain(`2027  ${EXAMPLE_SOURCE}`);
});

it('calendar import reports every fault of a file and writes nothing', async () => {
  const file = join(folder, 'year.txt');
  writeFileSync(file, EXAMPLE_2027.replace('1月1日（周五）', '1月1日（周四）').replace('共7天', '共8天'));
  const refused = await calendar('import', file, '--source', EXAMPLE_SOURCE, '--confirm');
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('第 3 行 2027-01-01 写作周四，实为周五');
  expect(refused.stderr).toContain('line 9:');
  expect((await db.calendar()).horizon.to).toBe('2026-12-31');
});
