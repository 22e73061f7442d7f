import type { Queries } from '../../db/access/database.ts';
import { outagesWithin } from '../outages/within.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import type { Interval } from '../../domain/openings/window.ts';

/** How long before the deadline an opening begins to list outages (ms). */
const BEFORE_DEADLINE_MS = 3_600_000;

/** The outages that may have affected bidders: in the last hour before the deadline, and until the opening was over. */
export async function outagesOf(q: Queries, tender: ProcurementRow, now: number): Promise<Interval[]> {
  if (tender.sealing === null || tender.bidDeadline === null || now < tender.bidDeadline) return [];
  return outagesWithin(q, tender.bidDeadline - BEFORE_DEADLINE_MS, tender.openedAt ?? now, now);
}
