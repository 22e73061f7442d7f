import type { ClockSetting } from '../domain/clock.ts';
import type { Tx } from './access/database.ts';
import { installation } from './schema/sqlite.ts';

/** Sets the clock of the installation: transactions that begin after this one read it. */
export async function storeClock(tx: Tx, clock: ClockSetting): Promise<void> {
  await tx.q.update(installation).set({ clock });
}
