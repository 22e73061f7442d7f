import { and, asc, eq, gt, isNotNull, lt, sql } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { realAt } from '../domain/clock.ts';
import type { Interval } from '../domain/openings/window.ts';
import { recordAudit, UNATTENDED } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { enqueue } from './outbox.ts';
import { apiPresence, installation, outages, procurements } from './schema/sqlite.ts';

// What the platform finds out by itself of the times in which nobody could reach it. Every API shows again and again that it
// serves; a gap between two such signs, of whatever API, is an outage. What it finds, and what it does not, is in ADR 0024.

/** How often an API shows that it serves (real ms). */
export const SIGN_EVERY_MS = 10_000;
/** Two signs further apart than this have an outage between them (real ms): two may be late or lost. */
export const OUTAGE_FROM_MS = 3 * SIGN_EVERY_MS;

/**
 * Puts on the record that an API serves, and what lay before where nobody did. Openings under way are told, since bidders get
 * back what they lost.
 */
export async function noteServing(tx: Tx): Promise<void> {
  const [before] = await tx.q
    .update(apiPresence)
    .set({ previousAt: sql`${apiPresence.seenAt}`, seenAt: tx.now })
    .returning();
  if (!before) {
    await tx.q.insert(apiPresence).values({ id: 1, seenAt: tx.now, previousAt: tx.now });
    return;
  }
  const outage = { id: newId(), from: before.previousAt, until: tx.now };
  if (!(await isOutage(tx.q, outage.from, outage.until))) return;
  await tx.q.insert(outages).values(outage);
  recordAudit(tx, UNATTENDED, {
    action: 'platform.outage',
    procurementId: null,
    subject: `outage/${outage.id}`,
    detail: { from: outage.from, until: outage.until },
  });
  const opening = await tx.q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(eq(procurements.stage, 'opening'), isNotNull(procurements.sealing)));
  for (const { id } of opening) await enqueue(tx, 'opening-changed', `${id}/${newId()}`);
}

async function isOutage(q: Queries, from: number, until: number): Promise<boolean> {
  const [row] = await q.select({ clock: installation.clock }).from(installation);
  return row !== undefined && realAt(row.clock, until) - realAt(row.clock, from) > OUTAGE_FROM_MS;
}

/** The outages that reach into an interval (civil epoch ms), oldest first; the one that lasts at `now` has no end yet. */
export async function outagesWithin(q: Queries, from: number, until: number, now: number): Promise<Interval[]> {
  // First the sign, then what is on the record: an outage that ends meanwhile is in one of the two.
  const [presence] = await q.select({ seenAt: apiPresence.seenAt }).from(apiPresence);
  const recorded = await q
    .select({ from: outages.from, until: outages.until })
    .from(outages)
    .where(and(lt(outages.from, until), gt(outages.until, from)))
    .orderBy(asc(outages.from), asc(outages.id));
  const lasts = presence !== undefined && presence.seenAt < until && (await isOutage(q, presence.seenAt, now));
  return lasts ? [...recorded, { from: presence.seenAt, until: null }] : recorded;
}
