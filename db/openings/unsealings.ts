import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';
import type { Bid, StandingBid } from '../bids.ts';
import type { Queries, Tx } from '../access/database.ts';
import { prepared } from '../access/statements.ts';
import { codeAt } from '../parties/corrections.ts';
import { bidderShares, bidParts, bids, lots, organisations, unsealings } from '../schema/sqlite.ts';

export type Unsealing = typeof unsealings.$inferSelect;
export type BidPart = typeof bidParts.$inferSelect;

/** A standing bid of a lot that is being opened. */
export interface BidInOpening extends StandingBid {
  /** 统一社会信用代码 of its bidder, as it was when the bid was handed in. */
  readonly creditCode: string;
  /** Null as long as its outcome is not recorded. */
  readonly unsealing: Unsealing | null;
}

/** In the order of the lots, then of receipt. */
export async function bidsInOpening(q: Queries, procurementId: string): Promise<BidInOpening[]> {
  const rows = await selectInOpening(q).execute({ procurementId });
  return rows.map(({ bid, ...others }) => ({ ...bid, ...others }));
}

const selectInOpening = prepared((q) =>
  q
    .select({
      bid: bids,
      supplier: organisations.name,
      creditCode: codeAt(bids.supplierId, bids.receivedAt),
      unsealing: unsealings,
    })
    .from(bids)
    .innerJoin(organisations, eq(organisations.id, bids.supplierId))
    .innerJoin(lots, and(eq(lots.procurementId, bids.procurementId), eq(lots.no, bids.lotNo)))
    .leftJoin(unsealings, eq(unsealings.bidId, bids.id))
    .where(
      and(
        eq(bids.procurementId, sql.placeholder('procurementId')),
        eq(bids.state, 'standing'),
        eq(lots.stage, 'opening'),
      ),
    )
    .orderBy(asc(bids.lotNo), asc(bids.receivedAt), asc(bids.id))
    .prepare(),
);

/** Rows of one statement: their values stay below the parameter limit of either database. */
const ROWS = 1_000;

/** Writes the outcomes of bids, with the parts of those that were opened. */
export async function insertUnsealings(tx: Tx, rows: readonly Unsealing[]): Promise<void> {
  const parts = rows.flatMap(({ bidId, manifest }) =>
    (manifest?.parts ?? []).map(({ path, mediaType, size, sha256 }, no) => ({
      ...{ bidId, no, path, mediaType, size, sha256 },
    })),
  );
  for (let at = 0; at < rows.length; at += ROWS) await tx.q.insert(unsealings).values(rows.slice(at, at + ROWS));
  for (let at = 0; at < parts.length; at += ROWS) await tx.q.insert(bidParts).values(parts.slice(at, at + ROWS));
}

export async function unsealingsOf(q: Queries, procurementId: string): Promise<Unsealing[]> {
  return q.select().from(unsealings).where(eq(unsealings.procurementId, procurementId)).orderBy(asc(unsealings.bidId));
}

export async function unsealingOf(q: Queries, bidId: string): Promise<Unsealing | undefined> {
  const [row] = await q.select().from(unsealings).where(eq(unsealings.bidId, bidId));
  return row;
}

/** In the order of the manifest. */
export async function partsOf(q: Queries, bidId: string): Promise<BidPart[]> {
  return q.select().from(bidParts).where(eq(bidParts.bidId, bidId)).orderBy(asc(bidParts.no));
}

/**
 * The bids of a lot that a committee evaluates, in the order of receipt: those that stand and, where they were sealed
 * to custodians, were opened.
 */
export async function openedBids(q: Queries, procurementId: string, lotNo: number): Promise<StandingBid[]> {
  const rows = await selectOpened(q).execute({ procurementId, lotNo });
  return rows.map(({ bid, supplier }) => ({ ...bid, supplier }));
}

const selectOpened = prepared((q) =>
  q
    .select({ bid: bids, supplier: organisations.name })
    .from(bids)
    .innerJoin(organisations, eq(organisations.id, bids.supplierId))
    .leftJoin(unsealings, eq(unsealings.bidId, bids.id))
    .where(
      and(
        eq(bids.procurementId, sql.placeholder('procurementId')),
        eq(bids.lotNo, sql.placeholder('lotNo')),
        eq(bids.state, 'standing'),
        or(isNull(unsealings.bidId), eq(unsealings.state, 'opened')),
      ),
    )
    .orderBy(asc(bids.receivedAt), asc(bids.id))
    .prepare(),
);

/** When a bidder released its own share; undefined where it has not. */
export async function shareReleasedAt(q: Queries, bidId: string): Promise<number | undefined> {
  const [row] = await q
    .select({ releasedAt: bidderShares.releasedAt })
    .from(bidderShares)
    .where(eq(bidderShares.bidId, bidId));
  return row?.releasedAt;
}

/** @param share base64 */
export async function insertBidderShare(tx: Tx, bid: Pick<Bid, 'id'>, share: string): Promise<void> {
  await tx.q.insert(bidderShares).values({ bidId: bid.id, share, releasedAt: tx.now });
}

/** The shares that bidders of a procurement have released, by their bids. */
export async function bidderSharesOf(q: Queries, procurementId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await q
    .select({ bidId: bidderShares.bidId, share: bidderShares.share })
    .from(bidderShares)
    .innerJoin(bids, eq(bids.id, bidderShares.bidId))
    .where(eq(bids.procurementId, procurementId));
  return new Map(rows.map(({ bidId, share }) => [bidId, share]));
}
