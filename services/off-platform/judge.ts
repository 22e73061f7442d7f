import type { Queries } from '../../db/access/database.ts';
import { listTrades, type OffPlatformTrade, type TradeFilter } from '../../db/off-platform.ts';
import type { CatalogueEntry } from '../../domain/law/catalogue.ts';
import { platformDuty, type PlatformDuty } from '../../domain/law/off-platform.ts';
import { entriesOn } from '../catalogue/in-force.ts';

/** A trade, with whether it had to be held on the platform. */
export interface JudgedTrade {
  readonly trade: OffPlatformTrade;
  readonly duty: PlatformDuty;
  /** Of the catalogue in force on the day of the trade. */
  readonly entry: CatalogueEntry | null;
}

/** Judges trades by the catalogue of their days. */
export async function judgeTrades(q: Queries, trades: readonly OffPlatformTrade[]): Promise<JudgedTrade[]> {
  const entries = await entriesOn(
    q,
    trades.map(({ regime, catalogueCode, tradedOn }) => ({ regime, code: catalogueCode, day: tradedOn })),
  );
  return trades.map((trade, index) => {
    const entry = entries[index] ?? null;
    return { trade, duty: platformDuty(trade, entry), entry };
  });
}

/** The duty is computed, not stored: so many rows are read at once to fill a filtered page. */
const JUDGED_AT_ONCE = 200;

/**
 * The latest trade first; `must` given: only those that had to be held on the platform, had not, or are undecided
 * (null).
 */
export async function listJudgedTrades(q: Queries, filter: TradeFilter, must?: boolean | null): Promise<JudgedTrade[]> {
  if (must === undefined) return judgeTrades(q, await listTrades(q, filter));
  const found: JudgedTrade[] = [];
  for (let { after } = filter; found.length < filter.limit;) {
    const page = { ...filter, limit: JUDGED_AT_ONCE, ...(after ? { after } : {}) };
    const rows = await listTrades(q, page);
    found.push(...(await judgeTrades(q, rows)).filter(({ duty }) => duty.mustTradeOnPlatform === must));
    const last = rows.at(-1);
    if (rows.length < JUDGED_AT_ONCE || last === undefined) break;
    after = { tradedOn: last.tradedOn, id: last.id };
  }
  return found.slice(0, filter.limit);
}
