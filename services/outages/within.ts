import type { Queries } from '../../db/access/database.ts';
import { knownOfOutages } from '../../db/outages.ts';
import type { Interval } from '../../domain/openings/window.ts';
import { isOutage } from '../../domain/outages.ts';

/** The outages that overlap an interval (civil epoch ms), oldest first; one still going on at `now` has no end yet. */
export async function outagesWithin(q: Queries, from: number, until: number, now: number): Promise<Interval[]> {
  const known = await knownOfOutages(q, from, until);
  if (!known) return [];
  const { clock, seenAt, recorded } = known;
  const lasts = seenAt !== null && seenAt < until && isOutage(clock, seenAt, now);
  return lasts ? [...recorded, { from: seenAt, until: null }] : [...recorded];
}
