import { afterEach, beforeEach, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditAfter } from '../../db/audit.ts';
import { command } from '../setup/command.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';
import { advance, at, draftOf, launch, people, type People } from '../setup/tenders/tender.ts';
import { procurementById } from '../../db/procurements.ts';

let db: TestDatabase;
let who: People;
beforeEach(async () => {
  const civilStartMs = at('2026-03-10T09:00+08:00');
  db = await temporaryDatabase({
    clock: { mode: 'drill', civilStartMs, realStartMs: Date.now(), msPerDay: 86_400_000 },
  });
  who = await people(db);
});
afterEach(() => db.close());

const env = () => ({ ...process.env, KAIBIAO_DATA_DIR: db.dataDir, DATABASE_URL: db.storage.url ?? '' });
const clock = (...args: string[]) => command(['clock', ...args], env());

it('kaibiao clock shows, pauses, runs and jumps, which custodians beside the platform see too', async () => {
  const { procurement } = await launch(db, who.asPurchaser, draftOf('tendering', who.purchaser.id));
  const paused = await kaibiao(['clock', 'pause'], env());
  expect([paused.code, paused.stdout]).toEqual([0, expect.stringContaining('paused')]);
  expect(paused.stdout).toContain('due next: 2026-03-');

  // What is due is not done while no worker runs: it says so, and goes no farther.
  const jumped = await clock('jump', '--wait', '1', '--json');
  expect(JSON.parse(jumped.stdout)).toMatchObject({ paused: true, pending: [`procurement/${procurement.id}`] });
  const busy = await clock('jump', '--wait', '1');
  expect(busy.code).toBe(1);
  expect(busy.stderr).toContain('到期事项正在办理');
  await advance(db, procurement.id);

  const { bidDeadline } = await procurementById(db.read, procurement.id);
  const day = await clock('jump', '--to', '2026-03-29', '--json');
  expect(JSON.parse(day.stdout)).toMatchObject({ now: '2026-03-29T00:00:00+08:00', pending: [] });
  await eventually('the new setting is read', async () => db.now() === at('2026-03-29'));
  expect(JSON.parse(readFileSync(join(db.dataDir, 'custodians', 'drill-clock.json'), 'utf8'))).toEqual(db.clock);
  expect(bidDeadline).toBeGreaterThan(at('2026-03-29'));

  expect((await clock('run', '--day-ms', 'fast')).code).toBe(2);
  const ran = await clock('run', '--day-ms', '1000');
  expect(ran.stdout).toContain('runs, a day in 1 second');
  const roles = (await auditAfter(db.read, 0, 100)).filter(({ action }) => action === 'drill.set-clock');
  expect(roles.map(({ actor }) => actor.role)).toEqual(['operator', 'operator', 'operator', 'operator']);
});
