import type { Queries } from '../../db/access/database.ts';
import { outagesWithin } from '../outages/within.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import type { Interval } from '../../domain/openings/window.ts';

/** How long before the deadline an opening begins to list outages (ms). */
const BEFORE_DEADLINE_MS = 3_600_000;

type Closed = Pick<ProcurementRow, 'bidDeadline' | 'openedAt'>;

/** The outages that may have affected bidders: in the last hour before the deadline, and until the opening was over. */
export async function outagesOf(q: Queries, tender: Closed, now: number): Promise<Interval[]> {
  return (await outagesOfEach(q, [tender], now))(tender);
}

/** As `outagesOf`, for many tenders in one read. */
export async function outagesOfEach(
  q: Queries,
  tenders: readonly Closed[],
  now: number,
): Promise<(tender: Closed) => Interval[]> {
  const begins = tenders.flatMap((tender) => spanOf(tender, now)?.from ?? []);
  if (begins.length === 0) return () => [];
  const known = await outagesWithin(q, Math.min(...begins), now, now);
  return (tender) => {
    const span = spanOf(tender, now);
    return span ? known.filter(({ from, until }) => from < span.until && (until === null || until > span.from)) : [];
  };
}

/** Null before the deadline. */
function spanOf({ bidDeadline, openedAt }: Closed, now: number): { from: number; until: number } | null {
  if (bidDeadline === null || now < bidDeadline) return null;
  return { from: bidDeadline - BEFORE_DEADLINE_MS, until: openedAt ?? now };
}
