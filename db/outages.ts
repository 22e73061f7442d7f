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

export async function insertOutage(tx: Tx, outage: Outage): Promise<void> {
  await tx.q.insert(outages).values(outage);
}

/**
 * Outages in an interval (civil epoch ms), both parts read as at one instant: one that ends just now is in one of the
 * two.
 */
export interface KnownOfOutages {
  /** Of the installation. */
  readonly clock: ClockSetting;
  /** When an API served last; null where none has yet. */
  readonly seenAt: number | null;
  /** Recorded outages that overlap the interval, oldest first. */
  readonly recorded: readonly Pick<Outage, 'from' | 'until'>[];
}

/** Undefined before the installation is created. */
export async function knownOfOutages(q: Queries, from: number, until: number): Promise<KnownOfOutages | undefined> {
  const rows = await q
    .select({ clock: installation.clock, seenAt: apiPresence.seenAt, outage: outages })
    .from(installation)
    .leftJoin(apiPresence, eq(apiPresence.id, 1))
    .leftJoin(outages, and(lt(outages.from, until), gt(outages.until, from)))
    .orderBy(asc(outages.from), asc(outages.id));
  const [row] = rows;
  if (!row) return undefined;
  const recorded = rows.flatMap(({ outage }) => (outage ? [{ from: outage.from, until: outage.until }] : []));
  return { clock: row.clock, seenAt: row.seenAt, recorded };
}

/** The procurements whose sealed bids are being opened. */
export async function openingsUnderWay(q: Queries): Promise<string[]> {
  const rows = await q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(eq(procurements.stage, 'opening'), isNotNull(procurements.sealing)));
  return rows.map(({ id }) => id);
}
