import type { Queries } from '../../db/access/database.ts';
import { lastSign, recordedOutages, storedClock } from '../../db/outages.ts';
import type { Interval } from '../../domain/openings/window.ts';
import { isOutage } from '../../domain/outages.ts';

/** The outages that reach into an interval (civil epoch ms), oldest first; the one that lasts at `now` has no end yet. */
export async function outagesWithin(q: Queries, from: number, until: number, now: number): Promise<Interval[]> {
  // First the sign, then what is on the record: an outage that ends meanwhile is in one of the two.
  const seenAt = await lastSign(q);
  const recorded = await recordedOutages(q, from, until);
  const clock = await storedClock(q);
  const lasts = clock !== undefined && seenAt !== null && seenAt < until && isOutage(clock, seenAt, now);
  return lasts ? [...recorded, { from: seenAt, until: null }] : recorded;
}
