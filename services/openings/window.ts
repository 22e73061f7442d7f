import type { Queries } from '../../db/access/database.ts';
import { faultsOf, openingBeganAt } from '../../db/openings/openings.ts';
import { outagesWithin } from '../outages/within.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import { pausesOf } from '../../db/tender/timeline.ts';
import { bidderWindowEnd, type Interval } from '../../domain/openings/window.ts';

/** 解密时限: the last instant for bidders to release the shares that they kept. */
export interface BidderWindow {
  readonly from: number;
  /** Null while it is paused, or no API serves. */
  readonly until: number | null;
  /** The outage in which the window would have ended: bidders could not use its last minutes. */
  readonly hindrance: Interval | null;
}

/**
 * Null where bidders keep no shares, or bids are not closed yet.
 * @param now civil epoch ms
 */
export async function bidderWindowOf(q: Queries, tender: ProcurementRow, now: number): Promise<BidderWindow | null> {
  const minutes = tender.sealing?.bidderWindowMinutes ?? null;
  if (minutes === null) return null;
  const beganAt = await openingBeganAt(q, tender.id);
  if (beganAt === null) return null;
  const faults = await faultsOf(q, tender.id);
  const lostMinutes = faults.filter(({ bidId }) => bidId === null).map((fault) => fault.minutes);
  const interruptions: Interval[] = await pausesOf(q, tender.id);
  const ends = (): number | null => bidderWindowEnd({ beganAt, minutes, lostMinutes, pauses: interruptions });
  let hindrance: Interval | null = null;
  for (const outage of await outagesWithin(q, beganAt, now, now)) {
    const end = ends();
    const overEnd = end !== null && outage.from < end && (outage.until === null || outage.until >= end);
    if (overEnd) hindrance ??= outage;
    interruptions.push(outage);
  }
  return { from: beganAt, until: ends(), hindrance };
}
