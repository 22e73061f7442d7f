import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { formatInstant } from '../domain/civil-time.ts';
import { DomainError } from '../domain/errors.ts';
import { citeEn, citeZh } from '../domain/law/rule.ts';
import { getRule } from '../domain/law/rulebook.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { StoredBlob } from './blobs.ts';
import type { Queries, Tx } from './database.ts';
import { prepared, preparedInsert } from './statements.ts';
import { lotOf, procurementRow, stageConflict, type ProcurementRow } from './procurements.ts';
import { bids, organisations } from './schema/sqlite.ts';
import { openGrievances } from './suspensions.ts';

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
  const procurement = await procurementRow(tx.q, submission.procurementId);
  await lotOf(tx.q, submission.procurementId, submission.lotNo);
  const deadline = await openDeadline(tx, procurement);
  const earlier = await bidsOf(tx.q, submission);
  const standing = earlier.find((bid) => bid.state === 'standing');
  if (standing) await end(tx, standing.id, 'replaced');
  const bid: Bid = {
    id: newId(),
    procurementId: submission.procurementId,
    lotNo: submission.lotNo,
    supplierId: submission.supplierId,
    version: earlier.length + 1,
    sha256: submission.file.sha256,
    size: submission.file.size,
    receivedAt: tx.now,
    deadline,
    state: 'standing',
    endedAt: null,
  };
  await insertBid(tx.q, bid);
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
export async function withdrawBid(
  tx: Tx,
  actor: Actor,
  at: Pick<BidSubmission, 'procurementId' | 'lotNo' | 'supplierId'>,
): Promise<Bid> {
  const procurement = await procurementRow(tx.q, at.procurementId);
  await openDeadline(tx, procurement);
  const standing = (await bidsOf(tx.q, at)).find((bid) => bid.state === 'standing');
  if (!standing) throw bidUnknown(null);
  await end(tx, standing.id, 'withdrawn');
  recordAudit(tx, actor, {
    action: 'bid.withdraw',
    procurementId: at.procurementId,
    subject: `bid/${standing.id}`,
    detail: { lotNo: at.lotNo },
    sealed: true,
  });
  return { ...standing, state: 'withdrawn', endedAt: tx.now };
}

/** The deadline, as long as bids are taken; while an objection stops the clock the deadline cannot pass. */
async function openDeadline(tx: Tx, procurement: ProcurementRow): Promise<number> {
  if (procurement.stage === 'draft' || procurement.stage === 'launched' || procurement.bidDeadline === null) {
    throw stageConflict('procurement', procurement.stage, ['bidding']);
  }
  const place = { procurementId: procurement.id, lotNo: 0 };
  const stopped = (await openGrievances(tx.q, place, 'bid-deadline')).length > 0;
  const open = procurement.stage === 'bidding' && (stopped || tx.now < procurement.bidDeadline);
  if (procurement.stage === 'terminated') throw stageConflict('procurement', procurement.stage, ['bidding']);
  if (!open) throw bidLate(procurement.bidDeadline, tx.now);
  return procurement.bidDeadline;
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

async function end(tx: Tx, bidId: string, state: 'replaced' | 'withdrawn'): Promise<void> {
  await tx.q.update(bids).set({ state, endedAt: tx.now }).where(eq(bids.id, bidId));
}

/** Every version that one supplier handed in for one lot, oldest first. */
export async function bidsOf(
  q: Queries,
  at: Pick<BidSubmission, 'procurementId' | 'lotNo' | 'supplierId'>,
): Promise<Bid[]> {
  return selectBidsOf(q).execute({ procurementId: at.procurementId, lotNo: at.lotNo, supplierId: at.supplierId });
}

const selectBidsOf = prepared((q) =>
  q
    .select()
    .from(bids)
    .where(
      and(
        eq(bids.procurementId, sql.placeholder('procurementId')),
        eq(bids.lotNo, sql.placeholder('lotNo')),
        eq(bids.supplierId, sql.placeholder('supplierId')),
      ),
    )
    .orderBy(asc(bids.version))
    .prepare(),
);

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
