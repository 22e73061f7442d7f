import { storedClock } from '../../db/clock.ts';
import type { Database } from '../../db/access/database.ts';
import type { ClockSetting } from '../../domain/clock.ts';

/** What the installation's clock shows (civil epoch ms); of a drill as committed: another process may have set it. */
export async function timeNow(db: Database): Promise<{ readonly clock: ClockSetting; readonly now: number }> {
  if (db.clock.mode === 'real') return { clock: db.clock, now: db.now() };
  const clock = await storedClock(db.read);
  return { clock, now: clock.mode === 'drill' && clock.paused ? clock.civilStartMs : db.now() };
}
