import type { ClockSetting } from '../domain/clock.ts';
import type { Queries, Tx } from './access/database.ts';
import { installation } from './schema/sqlite.ts';

/** The setting of the installation. */
export async function storedClock(q: Queries): Promise<ClockSetting> {
  const [row] = await q.select({ clock: installation.clock }).from(installation);
  if (!row) throw new Error('the installation row is missing');
  return row.clock;
}

/** Sets the clock of the installation: transactions that begin after this one read it. */
export async function storeClock(tx: Tx, clock: ClockSetting): Promise<void> {
  await tx.q.update(installation).set({ clock });
}
