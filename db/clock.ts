import type { ClockSetting } from '../domain/clock.ts';
import type { ClockAlarm } from '../domain/clock-jump.ts';
import { UNATTENDED } from './audit.ts';
import type { Queries, Tx, UnchainedEntry } from './access/database.ts';
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

/** The last jump of the clock, accepted or not, and the last instant that was given (civil epoch ms). */
export async function lastAlarm(q: Queries): Promise<{ readonly alarm: ClockAlarm | null; readonly heldAt: number }> {
  const [row] = await q.select({ alarm: installation.clockAlarm, heldAt: installation.lastInstant }).from(installation);
  return row ?? { alarm: null, heldAt: 0 };
}

export async function storeAlarm(q: Queries, clockAlarm: ClockAlarm): Promise<void> {
  await q.update(installation).set({ clockAlarm });
}

/** What the trail has of a jump: at the last instant before it, which it must not move. */
export const entryOf = ({ no, heldAt, clockAt, aheadMs, against }: ClockAlarm): UnchainedEntry => ({
  at: heldAt,
  actor: UNATTENDED,
  action: 'clock.jump',
  procurementId: null,
  subject: `clock/${no}`,
  detail: { clockAt, aheadMs, against },
  confidential: false,
  rows: null,
});
