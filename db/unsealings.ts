import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';
import type { BidManifest, Custodian, UnsealedState } from '../domain/bids/sealing.ts';
import { hashOf, recordAudit, UNATTENDED, type Actor } from './audit.ts';
import type { Bid, StandingBid } from './bids.ts';
import type { Queries, Tx } from './access/database.ts';
import { bidderShares, bidParts, bids, lots, organisations, unsealings } from './schema/sqlite.ts';
import { prepared } from './access/statements.ts';

export type Unsealing = typeof unsealings.$inferSelect;
export type BidPart = typeof bidParts.$inferSelect;

/** What became of a sealed bid at its opening. */
export type UnsealedBid = {
  readonly custodians: readonly Custodian[];
} & (
  | { readonly state: 'opened'; readonly manifest: BidManifest }
  | {
      readonly state: Exclude<UnsealedState, 'opened'>;
      readonly reason: { readonly zh: string; readonly en: string };
    }
);

/** A sealed bid whose opening is not decided yet. */
export interface BidToUnseal extends Bid {
  /** 统一社会信用代码 of its bidder. */
  readonly creditCode: string;
}

/** The standing bids of the lots that are being opened, without those whose outcome is known. */
export async function bidsToUnseal(q: Queries, procurementId: string): Promise<BidToUnseal[]> {
  const rows = await q
    .select({ bid: bids, creditCode: organisations.creditCode })
    .from(bids)
    .innerJoin(organisations, eq(organisations.id, bids.supplierId))
    .innerJoin(lots, and(eq(lots.procurementId, bids.procurementId), eq(lots.no, bids.lotNo)))
    .leftJoin(unsealings, eq(unsealings.bidId, bids.id))
    .where(
      and(
        eq(bids.procurementId, procurementId),
        eq(bids.state, 'standing'),
        eq(lots.stage, 'opening'),
        isNull(unsealings.bidId),
      ),
    )
    .orderBy(asc(bids.lotNo), asc(bids.id));
  return rows.map(({ bid, creditCode }) => ({ ...bid, creditCode }));
}

/** Puts on the record what became of a bid; the first word stands. */
export async function storeUnsealing(tx: Tx, bid: Bid, outcome: UnsealedBid): Promise<void> {
  if (await unsealingOf(tx.q, bid.id)) return;
  const manifest = outcome.state === 'opened' ? outcome.manifest : null;
  const reason = outcome.state === 'opened' ? null : outcome.reason;
  await tx.q.insert(unsealings).values({
    bidId: bid.id,
    procurementId: bid.procurementId,
    lotNo: bid.lotNo,
    state: outcome.state,
    manifest,
    reasonZh: reason?.zh ?? null,
    reasonEn: reason?.en ?? null,
    custodians: [...outcome.custodians],
    at: tx.now,
  });
  for (const [no, { path, mediaType, size, sha256 }] of (manifest?.parts ?? []).entries()) {
    await tx.q.insert(bidParts).values({ bidId: bid.id, no, path, mediaType, size, sha256 });
  }
  recordAudit(tx, UNATTENDED, {
    action: 'bid.unseal',
    procurementId: bid.procurementId,
    subject: `bid/${bid.id}`,
    detail: {
      lotNo: bid.lotNo,
      state: outcome.state,
      custodians: outcome.custodians,
      ...(manifest ? { hash: hashOf(manifest) } : {}),
      ...(reason ? { reasonZh: reason.zh, reasonEn: reason.en } : {}),
    },
    sealed: true,
  });
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
 * The bids of a lot that a committee evaluates, in the order of receipt: those that stand, and, where they came sealed to
 * custodians, were opened.
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

/** 双锁: takes the share that a bidder kept (base64), once; a second time changes nothing. */
export async function storeBidderShare(tx: Tx, actor: Actor, bid: Bid, share: string): Promise<number> {
  const [before] = await tx.q
    .select({ releasedAt: bidderShares.releasedAt })
    .from(bidderShares)
    .where(eq(bidderShares.bidId, bid.id));
  if (before) return before.releasedAt;
  await tx.q.insert(bidderShares).values({ bidId: bid.id, share, releasedAt: tx.now });
  recordAudit(tx, actor, {
    action: 'bid.release-share',
    procurementId: bid.procurementId,
    subject: `bid/${bid.id}`,
    detail: { lotNo: bid.lotNo },
    sealed: true,
  });
  return tx.now;
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
