import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { formatInstant } from '../domain/civil-time.ts';
import { DomainError } from '../domain/errors.ts';
import { citeEn, citeZh } from '../domain/law/rule.ts';
import { getRule } from '../domain/law/rulebook.ts';
import type { ProcurementStage } from '../domain/stages.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { StoredBlob } from './files/blobs.ts';
import { addPaddingEntries } from '../services/log/padding.ts';
import type { Queries, Tx } from './access/database.ts';
import { beginRefund } from '../services/deposits/begin-refund.ts';
import { prepared, preparedInsert } from './access/statements.ts';
import { notFound, stageConflict } from './procurements.ts';
import { standsStill } from './suspensions.ts';
import { bids, lots, organisations, procurements, suspensions } from './schema/sqlite.ts';

export type Bid = typeof bids.$inferSelect;

export interface BidSubmission {
  readonly procurementId: string;
  readonly lotNo: number;
  readonly supplierId: string;
  /** The sealed file, on the disk whole. */
  readonly file: StoredBlob;
}

const insertBid = preparedInsert(bids);

/**
 * Takes a bid (投标文件), replacing the supplier's earlier one. It is on time iff the instant of this transaction, which
 * holds the lock that the close takes too, is before the deadline.
 * @throws DomainError `bid-late`, `stage-conflict`, `not-found`
 */
export async function submitBid(tx: Tx, actor: Actor, submission: BidSubmission): Promise<Bid> {
  const bidding = await biddingFor(tx.q, submission);
  const deadline = openDeadline(tx, bidding);
  const standing = standingOf(bidding);
  if (standing) await end(tx, standing.id, 'replaced');
  const bid: Bid = {
    id: newId(),
    procurementId: submission.procurementId,
    lotNo: submission.lotNo,
    supplierId: submission.supplierId,
    version: bidding.bids.length + 1,
    sha256: submission.file.sha256,
    size: submission.file.size,
    receivedAt: tx.now,
    deadline,
    state: 'standing',
    endedAt: null,
  };
  await insertBid(tx.q, bid);
  addPaddingEntries(tx);
  recordAudit(tx, actor, {
    action: standing ? 'bid.replace' : 'bid.submit',
    procurementId: bid.procurementId,
    subject: `bid/${bid.id}`,
    detail: { lotNo: bid.lotNo, version: bid.version, sha256: bid.sha256, size: bid.size, receivedAt: bid.receivedAt },
    sealed: true,
  });
  return bid;
}

/**
 * Withdraws (撤回) the supplier's standing bid; lawful until the deadline only (招标投标法 29).
 * @throws DomainError `bid-late`, `bid-unknown`, `stage-conflict`
 */
export async function withdrawBid(tx: Tx, actor: Actor, at: BidPlace): Promise<Bid> {
  const bidding = await biddingFor(tx.q, at);
  openDeadline(tx, bidding);
  const standing = standingOf(bidding);
  if (!standing) throw bidUnknown(null);
  await end(tx, standing.id, 'withdrawn');
  addPaddingEntries(tx);
  recordAudit(tx, actor, {
    action: 'bid.withdraw',
    procurementId: at.procurementId,
    subject: `bid/${standing.id}`,
    detail: { lotNo: at.lotNo },
    sealed: true,
  });
  await beginRefund(tx, standing);
  return { ...standing, state: 'withdrawn', endedAt: tx.now };
}

interface Bidding {
  readonly stage: ProcurementStage;
  readonly bidDeadline: number | null;
  /** How many grievances stop the clock. */
  readonly stoppedBy: number;
  /** Every version that the supplier has handed in for the lot, oldest first. */
  readonly bids: readonly Bid[];
}

type BidPlace = Pick<BidSubmission, 'procurementId' | 'lotNo' | 'supplierId'>;

/**
 * What decides whether a supplier's bid is taken, read in one go: the procurement is held meanwhile, and where the
 * database is a server each reading is a way there and back.
 * @throws DomainError `not-found`
 */
export async function biddingFor(q: Queries, { procurementId, lotNo, supplierId }: BidPlace): Promise<Bidding> {
  const rows = await selectBidding(q).execute({ procurementId, lotNo, supplierId });
  const [row] = rows;
  if (!row) throw notFound('procurement', procurementId);
  if (row.lotNo === null) throw notFound('lot', `${procurementId}/lot/${lotNo}`);
  return { ...row, bids: rows.flatMap(({ bid }) => bid ?? []) };
}

const selectBidding = prepared((q) =>
  q
    .select({
      stage: procurements.stage,
      bidDeadline: procurements.bidDeadline,
      stoppedBy: sql<number>`${q.$count(suspensions, standsStill('bid-deadline'))}`,
      lotNo: lots.no,
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

/** The deadline, as long as bids are taken; while an objection stops the clock the deadline cannot pass. */
function openDeadline(tx: Tx, { stage, bidDeadline, stoppedBy }: Bidding): number {
  if (stage === 'draft' || stage === 'launched' || stage === 'terminated' || bidDeadline === null) {
    throw stageConflict('procurement', stage, ['bidding']);
  }
  if (stage !== 'bidding' || (stoppedBy === 0 && tx.now >= bidDeadline)) throw bidLate(bidDeadline, tx.now);
  return bidDeadline;
}

/** Late bids are refused (招标投标法实施条例 36). */
export function bidLate(deadline: number, now: number): DomainError {
  const rule = getRule('works-reject-late');
  return new DomainError('bid-late', {
    messageZh: `已过投标截止时间 ${formatInstant(deadline)}，服务器时间 ${formatInstant(now)}，依法拒收（${citeZh(rule)}）`,
    messageEn: `The bid deadline ${formatInstant(deadline)} has passed (it is ${formatInstant(now)}); late bids are refused (${citeEn(rule)})`,
    details: {
      rule: rule.id,
      law: rule.law,
      article: rule.article,
      deadline: formatInstant(deadline),
      receivedAt: formatInstant(now),
    },
  });
}

const standingOf = ({ bids }: Bidding): Bid | undefined => bids.find(({ state }) => state === 'standing');

async function end(tx: Tx, bidId: string, state: 'replaced' | 'withdrawn'): Promise<void> {
  await tx.q.update(bids).set({ state, endedAt: tx.now }).where(eq(bids.id, bidId));
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

export function bidUnknown(id: string | null): DomainError {
  return new DomainError('bid-unknown', {
    messageZh: id === null ? '没有有效的投标文件' : `本标段没有该投标：${id}`,
    messageEn: id === null ? 'There is no standing bid' : `No such bid stands for this lot: ${id}`,
    details: { field: 'bidId', given: id },
  });
}
