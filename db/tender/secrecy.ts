import { sql } from 'drizzle-orm';
import type { Queries } from '../access/database.ts';
import { installation } from '../schema/sqlite.ts';

/** Later than every instant. */
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * When the first of the tenders was announced whose bids are not opened yet (civil epoch ms). What anybody did before it
 * tells nothing about who bids now; what came later is secret until these are opened, terminated or failed.
 */
export const SECRET_SINCE = sql<number>`(select coalesce(min(p.notice_at), ${sql.raw(String(NEVER))}) from procurements p
  where p.stage in ('bidding', 'opening') and p.opened_at is null)`;

export async function secretSince(q: Queries): Promise<number> {
  const [row] = await q.select({ since: SECRET_SINCE.mapWith(Number) }).from(installation);
  return row?.since ?? NEVER;
}
