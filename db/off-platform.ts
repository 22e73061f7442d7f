import { and, asc, desc, eq, gte, inArray, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import type { Regime } from '../domain/law/facts.ts';
import type { Queries, Tx } from './access/database.ts';
import { notFound } from './procurements.ts';
import { offPlatformTrades } from './schema/sqlite.ts';

/** A trade held elsewhere (场外交易), as known to the office. Money is fen, days are `YYYY-MM-DD`. */
export type OffPlatformTrade = typeof offPlatformTrades.$inferSelect;

export async function insertTrade(tx: Tx, trade: OffPlatformTrade): Promise<void> {
  await tx.q.insert(offPlatformTrades).values(trade);
}

/** @throws DomainError `not-found` */
export async function tradeById(q: Queries, id: string): Promise<OffPlatformTrade> {
  const [row] = await q.select().from(offPlatformTrades).where(eq(offPlatformTrades.id, id));
  if (!row) throw notFound('off-platform-trade', id);
  return row;
}

/** The record that corrects another; undefined where there is none. */
export async function correctionOf(q: Queries, id: string): Promise<OffPlatformTrade | undefined> {
  const [row] = await q.select().from(offPlatformTrades).where(eq(offPlatformTrades.corrects, id));
  return row;
}

const isLatest = sql`not exists (select 1 from ${offPlatformTrades} newer where newer.corrects = ${offPlatformTrades.id})`;
const stands = and(isLatest, eq(offPlatformTrades.withdrawn, false));

export interface TradeFilter {
  readonly from?: string;
  readonly until?: string;
  readonly regime?: Regime;
  readonly purchaser?: string;
  /** Also rows that were corrected or withdrawn. */
  readonly history: boolean;
  /** The last row of the previous page. */
  readonly after?: { readonly tradedOn: string; readonly id: string };
  readonly limit: number;
}

/** The latest trade first. */
export async function listTrades(q: Queries, filter: TradeFilter): Promise<OffPlatformTrade[]> {
  const { tradedOn, id } = offPlatformTrades;
  const { after } = filter;
  const conditions: (SQL | undefined)[] = [
    filter.history ? undefined : stands,
    filter.from ? gte(tradedOn, filter.from) : undefined,
    filter.until ? lte(tradedOn, filter.until) : undefined,
    filter.regime ? eq(offPlatformTrades.regime, filter.regime) : undefined,
    filter.purchaser ? eq(offPlatformTrades.purchaser, filter.purchaser) : undefined,
    // Redundant with the next condition, so that SQLite starts in the index at the page.
    after ? lte(tradedOn, after.tradedOn) : undefined,
    after ? or(lt(tradedOn, after.tradedOn), and(eq(tradedOn, after.tradedOn), lt(id, after.id))) : undefined,
  ];
  return q
    .select()
    .from(offPlatformTrades)
    .where(and(...conditions))
    .orderBy(desc(tradedOn), desc(id))
    .limit(filter.limit);
}

/** Records in force of one purchaser (by its credit code), item and calendar year. */
export async function tradesOfItem(
  q: Queries,
  purchaserCodes: readonly string[],
  catalogueCode: string,
  year: number,
): Promise<OffPlatformTrade[]> {
  return q
    .select()
    .from(offPlatformTrades)
    .where(
      and(
        inArray(offPlatformTrades.purchaserCode, [...purchaserCodes]),
        eq(offPlatformTrades.catalogueCode, catalogueCode),
        gte(offPlatformTrades.tradedOn, `${year}-01-01`),
        lte(offPlatformTrades.tradedOn, `${year}-12-31`),
        stands,
      ),
    )
    .orderBy(asc(offPlatformTrades.tradedOn), asc(offPlatformTrades.id));
}
