import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { bidUnknown } from '../domain/bids/refusals.ts';
import type { ProcedureKey } from '../domain/procedures/index.ts';
import type { LotStage, ProcurementStage } from '../domain/stages.ts';
import type { Queries, Tx } from './access/database.ts';
import { prepared, preparedInserts } from './access/statements.ts';
import { conflictingControl, operates } from './parties/controls.ts';
import { mayTakePart } from './invitees.ts';
import { codeAt } from './parties/corrections.ts';
import { notFound } from './procurements.ts';
import { bids, lots, organisations, procurements, suspensions } from './schema/sqlite.ts';
import type { BidderPlace } from './tender/place.ts';
import { isSuspended } from './tender/suspensions.ts';

export type Bid = typeof bids.$inferSelect;

export interface Bidding extends ProcedureKey {
  readonly stage: ProcurementStage;
  readonly lotStage: LotStage;
  readonly bidDeadline: number | null;
  /** How many grievances suspend the clock. */
  readonly suspendedBy: number;
  /** Whether the supplier may take part: it is invited, or anybody may. */
  readonly admitted: boolean;
  readonly purchaserId: string;
  readonly agencyId: string | null;
  /** Whether people of the supplier operate the platform. */
  readonly operates: boolean;
  /** What the supplier itself declares about one of these: the id of the declaration. */
  readonly controlId: string | null;
  /** Every version that the supplier has submitted for the lot, oldest first. */
  readonly bids: readonly Bid[];
}

/**
 * What decides whether a supplier's bid is accepted, in one read: the procurement is held meanwhile, and on a database
 * server each read is a round trip.
 * @throws DomainError `not-found`
 */
export async function biddingFor(q: Queries, { procurementId, lotNo, supplierId }: BidderPlace): Promise<Bidding> {
  const rows = await selectBidding(q).execute({ procurementId, lotNo, supplierId });
  const [row] = rows;
  if (!row) throw notFound('procurement', procurementId);
  const { lotStage } = row;
  if (lotStage === null) throw notFound('lot', `${procurementId}/lot/${lotNo}`);
  const [admitted, operates] = [Boolean(row.admitted), Boolean(row.operates)];
  return { ...row, lotStage, admitted, operates, bids: rows.flatMap(({ bid }) => bid ?? []) };
}

const selectBidding = prepared((q) =>
  q
    .select({
      stage: procurements.stage,
      regime: procurements.regime,
      procedure: procurements.procedure,
      rulebookVersion: procurements.rulebookVersion,
      bidDeadline: procurements.bidDeadline,
      admitted: mayTakePart(sql.placeholder('supplierId')),
      purchaserId: procurements.purchaserId,
      agencyId: procurements.agencyId,
      operates: operates(sql.placeholder('supplierId')),
      controlId: conflictingControl(sql.placeholder('supplierId')),
      suspendedBy: sql<number>`${q.$count(suspensions, isSuspended('bid-deadline'))}`,
      lotStage: lots.stage,
      bid: bids,
    })
    .from(procurements)
    .leftJoin(lots, and(eq(lots.procurementId, procurements.id), eq(lots.no, sql.placeholder('lotNo'))))
    .leftJoin(
      bids,
      and(
        eq(bids.procurementId, procurements.id),
        eq(bids.lotNo, lots.no),
        eq(bids.supplierId, sql.placeholder('supplierId')),
      ),
    )
    .where(eq(procurements.id, sql.placeholder('procurementId')))
    .orderBy(asc(bids.version))
    .prepare(),
);

const insert = preparedInserts(bids, { most: 1 });
export function insertBid(tx: Tx, bid: Bid): void {
  for (const written of insert(tx.q, [bid])) tx.write(written);
}

export function endBid(tx: Tx, bidId: string, state: 'replaced' | 'withdrawn'): void {
  tx.write(tx.q.update(bids).set({ state, endedAt: tx.now }).where(eq(bids.id, bidId)));
}

/** A supplier's own bids, newest first. */
export async function receiptsOf(q: Queries, supplierId: string, procurementId?: string): Promise<Bid[]> {
  return q
    .select()
    .from(bids)
    .where(and(eq(bids.supplierId, supplierId), procurementId ? eq(bids.procurementId, procurementId) : undefined))
    .orderBy(desc(bids.id));
}

export type StandingBid = Bid & { readonly supplier: string };

/** The bids that stand for a lot, with their bidders, in the order of receipt. Not to be shown before the opening. */
export async function standingBids(q: Queries, procurementId: string, lotNo: number): Promise<StandingBid[]> {
  const rows = await selectStanding(q).execute({ procurementId, lotNo });
  return rows.map(({ bid, supplier }) => ({ ...bid, supplier }));
}

const selectStanding = prepared((q) =>
  q
    .select({ bid: bids, supplier: organisations.name })
    .from(bids)
    .innerJoin(organisations, eq(organisations.id, bids.supplierId))
    .where(
      and(
        eq(bids.procurementId, sql.placeholder('procurementId')),
        eq(bids.lotNo, sql.placeholder('lotNo')),
        eq(bids.state, 'standing'),
      ),
    )
    .orderBy(asc(bids.receivedAt), asc(bids.id))
    .prepare(),
);

/** @throws DomainError `bid-unknown` */
export async function bidById(q: Queries, id: string): Promise<Bid> {
  const [bid] = await q.select().from(bids).where(eq(bids.id, id));
  if (!bid) throw bidUnknown(id);
  return bid;
}

/** A bid with the credit code that its bidder had when it was handed in. @throws DomainError `bid-unknown` */
export async function bidWithBidder(q: Queries, id: string): Promise<{ bid: Bid; creditCode: string }> {
  const [row] = await q
    .select({ bid: bids, creditCode: codeAt(bids.supplierId, bids.receivedAt) })
    .from(bids)
    .innerJoin(organisations, eq(organisations.id, bids.supplierId))
    .where(eq(bids.id, id));
  if (!row) throw bidUnknown(id);
  return row;
}

/** 统一社会信用代码 of the bidders, as they were when the bids were handed in, by the ids of the bids. */
export async function bidderCodesOf(q: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await q
    .select({ id: bids.id, creditCode: codeAt(bids.supplierId, bids.receivedAt) })
    .from(bids)
    .innerJoin(organisations, eq(organisations.id, bids.supplierId))
    .where(inArray(bids.id, [...ids]));
  return new Map(rows.map(({ id, creditCode }) => [id, creditCode]));
}

/** Whether a supplier has a standing bid in a procurement (in a lot, or in any). */
export async function hasBid(q: Queries, procurementId: string, lotNo: number, supplierId: string): Promise<boolean> {
  const rows = await q
    .select({ id: bids.id })
    .from(bids)
    .where(
      and(
        eq(bids.procurementId, procurementId),
        eq(bids.supplierId, supplierId),
        inArray(bids.state, ['standing']),
        lotNo === 0 ? undefined : eq(bids.lotNo, lotNo),
      ),
    )
    .limit(1);
  return rows.length > 0;
}
