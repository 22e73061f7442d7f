import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { clockCommand } from '../../cli/commands/clock.ts';
import { auditAfter } from '../../db/audit.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { refusalOf } from '../setup/tenders/tender.ts';

let db: TestDatabase;
beforeEach(async () => {
  db = await temporaryDatabase();
  vi.stubEnv('KAIBIAO_DATA_DIR', db.dataDir);
  vi.stubEnv('DATABASE_URL', db.storage.url ?? '');
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await db.close();
});

const accept = (atMs: number) =>
  clockCommand().parseAsync(['accept', '--at', formatInstant(atMs), '--reason', '虚拟机迁移'], { from: 'user' });

it('kaibiao clock accept ends the stop, on record, for who says what another clock shows', async () => {
  await db.doubtClock(300_000);
  expect((await refusalOf(accept(Date.now() - 300_000))).messageZh).toContain('校正时钟');
  expect((await refusalOf(db.transaction(async () => undefined))).code).toBe('clock-jumped');
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await accept(Date.now());
  expect(printed).toHaveBeenCalledWith(expect.stringContaining('intake goes on'));
  expect(await db.clockAlarm()).toBeNull();
  await db.transaction(async () => undefined);
  const act = (await auditAfter(db.read, 0, 100)).find(({ action }) => action === 'clock.accept');
  expect(act).toMatchObject({ actor: { role: 'operator' }, detail: { reason: '虚拟机迁移' } });
});
