import { and, asc, eq, gt, isNotNull, lt, sql } from 'drizzle-orm';
import type { ClockSetting } from '../domain/clock.ts';
import type { Queries, Tx } from './access/database.ts';
import { apiPresence, installation, outages, procurements } from './schema/sqlite.ts';

export type Outage = typeof outages.$inferSelect;

/** Records that an API serves now; returns when one served before, null where none has yet. */
export async function moveSign(tx: Tx): Promise<number | null> {
  const [moved] = await tx.q
    .update(apiPresence)
    .set({ previousAt: sql`${apiPresence.seenAt}`, seenAt: tx.now })
    .returning();
  if (moved) return moved.previousAt;
  await tx.q.insert(apiPresence).values({ id: 1, seenAt: tx.now, previousAt: tx.now });
  return null;
}

/** When an API served last; null where none has yet. */
export async function lastSign(q: Queries): Promise<number | null> {
  const [presence] = await q.select({ seenAt: apiPresence.seenAt }).from(apiPresence);
  return presence?.seenAt ?? null;
}

export async function insertOutage(tx: Tx, outage: Outage): Promise<void> {
  await tx.q.insert(outages).values(outage);
}

/** The outages on the record that reach into an interval (civil epoch ms), oldest first. */
export async function recordedOutages(
  q: Queries,
  from: number,
  until: number,
): Promise<Pick<Outage, 'from' | 'until'>[]> {
  return q
    .select({ from: outages.from, until: outages.until })
    .from(outages)
    .where(and(lt(outages.from, until), gt(outages.until, from)))
    .orderBy(asc(outages.from), asc(outages.id));
}

/** The procurements whose sealed bids are being opened. */
export async function openingsUnderWay(q: Queries): Promise<string[]> {
  const rows = await q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(eq(procurements.stage, 'opening'), isNotNull(procurements.sealing)));
  return rows.map(({ id }) => id);
}

/** The clock of the installation; undefined before it is made. */
export async function storedClock(q: Queries): Promise<ClockSetting | undefined> {
  const [row] = await q.select({ clock: installation.clock }).from(installation);
  return row?.clock;
}
