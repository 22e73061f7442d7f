import { and, asc, eq, exists, inArray, isNotNull, isNull, ne, not, notExists, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { RefundFacts, RefundGroup } from '../domain/deposits/refund-duty.ts';
import { leftOf } from '../domain/deposits/standing.ts';
import type { Queries, Tx } from './access/database.ts';
import { notFound } from './procurements.ts';
import {
  bids,
  depositMovements,
  depositRates,
  depositReferences,
  deposits,
  lots,
  milestones,
  organisations,
  procurements,
  unmatchedPayments,
} from './schema/sqlite.ts';
import type { BidderPlace } from './tender/place.ts';

export type Deposit = typeof deposits.$inferSelect;
export type DepositMovement = typeof depositMovements.$inferSelect;
export type DepositReference = typeof depositReferences.$inferSelect;
export type DepositRate = typeof depositRates.$inferSelect;
export type UnmatchedPayment = typeof unmatchedPayments.$inferSelect;

/** A deposit with what became of it. */
export interface DepositAccount extends Deposit {
  readonly supplier: string;
  readonly movements: readonly DepositMovement[];
  /** Neither given back nor kept. */
  readonly leftFen: number;
}

/** Rows of one statement, below the parameter limit of either database. */
const WRITTEN = 500;
/** Values in one query. */
const IDS_PER_QUERY = 5_000;

/** The reference issued to a bidder for a lot; null before it requests one. */
export async function referenceOf(q: Queries, at: BidderPlace): Promise<string | null> {
  const [row] = await q
    .select({ reference: depositReferences.reference })
    .from(depositReferences)
    .where(
      and(
        eq(depositReferences.procurementId, at.procurementId),
        eq(depositReferences.lotNo, at.lotNo),
        eq(depositReferences.supplierId, at.supplierId),
      ),
    );
  return row?.reference ?? null;
}

export async function insertReference(tx: Tx, reference: DepositReference): Promise<void> {
  await tx.q.insert(depositReferences).values(reference);
}

/** The owners of those of these references that were issued. */
export async function biddersByReference(
  q: Queries,
  references: readonly string[],
): Promise<ReadonlyMap<string, BidderPlace>> {
  const bidders = new Map<string, BidderPlace>();
  for (const some of parts(references, IDS_PER_QUERY)) {
    const rows = await q.select().from(depositReferences).where(inArray(depositReferences.reference, some));
    for (const { reference, procurementId, lotNo, supplierId } of rows) {
      bidders.set(reference, { procurementId, lotNo, supplierId });
    }
  }
  return bidders;
}

/** What is recorded under these numbers of banks, claimed or not. */
export async function recordedPayments(
  q: Queries,
  externalIds: readonly string[],
): Promise<Map<string, Pick<Deposit, 'amountFen' | 'arrivedAt'>>> {
  const recorded = new Map<string, Pick<Deposit, 'amountFen' | 'arrivedAt'>>();
  for (const some of parts(externalIds, IDS_PER_QUERY)) {
    // A claimed payment is in both tables, with the same content.
    for (const table of [unmatchedPayments, deposits]) {
      const rows = await q
        .select({ externalId: table.externalId, amountFen: table.amountFen, arrivedAt: table.arrivedAt })
        .from(table)
        .where(and(inArray(table.externalId, some), table === deposits ? isTransfer : undefined));
      for (const { externalId, ...payment } of rows) recorded.set(externalId, payment);
    }
  }
  return recorded;
}

export async function insertDeposits(tx: Tx, rows: readonly Deposit[]): Promise<void> {
  for (const some of parts(rows, WRITTEN)) await tx.q.insert(deposits).values(some);
}

export async function insertUnmatchedPayments(tx: Tx, rows: readonly UnmatchedPayment[]): Promise<void> {
  for (const some of parts(rows, WRITTEN)) await tx.q.insert(unmatchedPayments).values(some);
}

/** Payments that nobody has claimed, oldest first. */
export async function unclaimedPayments(q: Queries): Promise<UnmatchedPayment[]> {
  return q.select().from(unmatchedPayments).where(isUnclaimed(q)).orderBy(asc(unmatchedPayments.id));
}

/** A payment that nobody has claimed, by the bank's number. */
export async function unclaimedPayment(q: Queries, externalId: string): Promise<UnmatchedPayment | undefined> {
  const [row] = await q
    .select()
    .from(unmatchedPayments)
    .where(and(eq(unmatchedPayments.externalId, externalId), isUnclaimed(q)));
  return row;
}

const isTransfer = eq(deposits.form, 'transfer');

const isUnclaimed = (q: Queries): SQL =>
  notExists(
    q
      .select({ id: deposits.id })
      .from(deposits)
      .where(and(eq(deposits.externalId, unmatchedPayments.externalId), isTransfer)),
  );

/** The deposits of a procurement, of a lot or of one bidder, with their movements, in the order of recording. */
export async function depositsOf(
  q: Queries,
  of: { readonly procurementId: string; readonly lotNo?: number; readonly supplierId?: string },
): Promise<DepositAccount[]> {
  return accountsWhere(
    q,
    and(
      eq(deposits.procurementId, of.procurementId),
      of.lotNo === undefined ? undefined : eq(deposits.lotNo, of.lotNo),
      of.supplierId === undefined ? undefined : eq(deposits.supplierId, of.supplierId),
    ),
  );
}

/** The entries of one guarantee by a bidder, for whatever lot. */
export async function guaranteesOf(q: Queries, supplierId: string, externalId: string): Promise<DepositAccount[]> {
  return accountsWhere(
    q,
    and(eq(deposits.supplierId, supplierId), eq(deposits.externalId, externalId), ne(deposits.form, 'transfer')),
  );
}

/** The guarantees under these numbers in tenders that were opened, whoever submitted them. */
export async function openedGuarantees(q: Queries, externalIds: readonly string[]): Promise<DepositAccount[]> {
  if (externalIds.length === 0) return [];
  const opened = q.select({ id: procurements.id }).from(procurements).where(isNotNull(procurements.openedAt));
  return accountsWhere(
    q,
    and(
      inArray(deposits.externalId, [...new Set(externalIds)]),
      ne(deposits.form, 'transfer'),
      inArray(deposits.procurementId, opened),
    ),
  );
}

/** @throws DomainError `not-found` */
export async function depositById(q: Queries, id: string): Promise<DepositAccount> {
  const [found] = await accountsWhere(q, eq(deposits.id, id));
  if (!found) throw notFound('deposit', id);
  return found;
}

export const depositsByIds = (q: Queries, ids: readonly string[]): Promise<DepositAccount[]> =>
  ids.length === 0 ? Promise.resolve([]) : accountsWhere(q, inArray(deposits.id, [...ids]));

/** Those of lots terminated before any bid was opened, which are neither given back nor kept. */
export async function depositsOfUnopenedTerminated(q: Queries): Promise<DepositAccount[]> {
  const terminated = q
    .select({ no: lots.no })
    .from(lots)
    .innerJoin(procurements, eq(procurements.id, lots.procurementId))
    .where(
      and(
        eq(lots.procurementId, deposits.procurementId),
        eq(lots.no, deposits.lotNo),
        eq(lots.stage, 'terminated'),
        isNull(procurements.openedAt),
      ),
    );
  return accountsWhere(q, and(exists(terminated), isLeft));
}

/** The lots of a procurement that were terminated by themselves: they owe their own deposits. */
export async function lotsOwingAlone(q: Queries, procurementId: string): Promise<ReadonlySet<number>> {
  const rows = await q
    .select({ lotNo: milestones.lotNo })
    .from(milestones)
    .innerJoin(lots, and(eq(lots.procurementId, milestones.procurementId), eq(lots.no, milestones.lotNo)))
    .where(and(eq(milestones.procurementId, procurementId), eq(lots.stage, 'terminated'), owesAlone));
  return new Set(rows.map(({ lotNo }) => lotNo));
}

const owesAlone = and(eq(milestones.key, 'deposits-losers'), ne(milestones.state, 'cancelled'));

/** Those of bidders that have withdrawn (one bid, or all), which are neither given back nor kept. */
export async function depositsOfWithdrawn(
  q: Queries,
  bidId?: string,
): Promise<{ readonly bidId: string; readonly account: DepositAccount }[]> {
  const rows = await q
    .select({ bidId: bids.id, depositId: deposits.id })
    .from(bids)
    .innerJoin(deposits, ofBidder)
    .where(
      and(
        eq(bids.state, 'withdrawn'),
        bidId === undefined ? undefined : eq(bids.id, bidId),
        isLeft,
        notExists(laterVersion(q)),
      ),
    );
  const bidOf = new Map(rows.map((row) => [row.depositId, row.bidId]));
  if (bidOf.size === 0) return [];
  const accounts = await accountsWhere(q, inArray(deposits.id, [...bidOf.keys()]));
  return accounts.map((account) => ({ bidId: bidOf.get(account.id) ?? '', account }));
}

/** Withdrawn bids whose deposits are not given back, and not recorded as overdue yet. */
export async function bidsAwaitingRefund(q: Queries): Promise<string[]> {
  const overdue = q
    .select({ id: depositMovements.id })
    .from(depositMovements)
    .where(and(eq(depositMovements.depositId, deposits.id), eq(depositMovements.kind, 'overdue')));
  const rows = await q
    .selectDistinct({ bidId: bids.id })
    .from(bids)
    .innerJoin(deposits, ofBidder)
    .where(and(eq(bids.state, 'withdrawn'), isLeft, notExists(laterVersion(q)), notExists(overdue)))
    .orderBy(asc(bids.id));
  return rows.map(({ bidId }) => bidId);
}

export const isLeft = sql`coalesce((select sum(${depositMovements.amountFen}) from ${depositMovements} where ${depositMovements.depositId} = ${deposits.id}), 0) < ${deposits.amountFen}`;

/** A bid is that of the deposit's bidder. */
export const ofBidder = and(
  eq(bids.procurementId, deposits.procurementId),
  eq(bids.lotNo, deposits.lotNo),
  eq(bids.supplierId, deposits.supplierId),
);

function laterVersion(q: Queries) {
  const later = alias(bids, 'later');
  return q
    .select({ id: later.id })
    .from(later)
    .where(
      and(
        eq(later.procurementId, bids.procurementId),
        eq(later.lotNo, bids.lotNo),
        eq(later.supplierId, bids.supplierId),
        sql`${later.version} > ${bids.version}`,
      ),
    );
}

async function accountsWhere(q: Queries, condition: SQL | undefined): Promise<DepositAccount[]> {
  const rows = await q
    .select({ deposit: deposits, supplier: organisations.name })
    .from(deposits)
    .innerJoin(organisations, eq(organisations.id, deposits.supplierId))
    .where(condition)
    .orderBy(asc(deposits.id));
  const movements = new Map<string, DepositMovement[]>(rows.map(({ deposit }) => [deposit.id, []]));
  for (const some of parts([...movements.keys()], IDS_PER_QUERY)) {
    const found = await q
      .select()
      .from(depositMovements)
      .where(inArray(depositMovements.depositId, some))
      .orderBy(asc(depositMovements.id));
    for (const movement of found) movements.get(movement.depositId)?.push(movement);
  }
  return rows.map(({ deposit, supplier }) => {
    const own = movements.get(deposit.id) ?? [];
    return { ...deposit, supplier, movements: own, leftFen: leftOf({ ...deposit, movements: own }) };
  });
}

export async function insertMovements(tx: Tx, rows: readonly DepositMovement[]): Promise<void> {
  for (const some of parts(rows, WRITTEN)) await tx.q.insert(depositMovements).values(some);
}

/** The refunds recorded under a bank's number (`plainNumber`), however it was written. */
export async function refundsWithReference(
  q: Queries,
  reference: string,
): Promise<(Pick<DepositMovement, 'depositId' | 'actor'> & { readonly procurementId: string })[]> {
  return q
    .select({
      depositId: depositMovements.depositId,
      actor: depositMovements.actor,
      procurementId: deposits.procurementId,
    })
    .from(depositMovements)
    .innerJoin(deposits, eq(deposits.id, depositMovements.depositId))
    .where(sql`upper(replace(replace(${depositMovements.bankReference}, ' ', ''), '-', '')) = ${reference}`);
}

/** What decides when each of these deposits must be given back, by their ids. */
export async function refundFactsOf(
  q: Queries,
  depositIds: readonly string[],
): Promise<ReadonlyMap<string, RefundFacts>> {
  const winner = q.select({ id: bids.id, supplierId: bids.supplierId }).from(bids).as('winner');
  const losers = milestonesNamed(q, 'deposits-losers').as('losers');
  const winners = milestonesNamed(q, 'deposits-winner').as('winners');
  // A terminated procurement owes its deposits as a whole, but those of lots that were terminated before it.
  const alone = q
    .select({ key: milestones.key })
    .from(milestones)
    .where(and(eq(milestones.procurementId, deposits.procurementId), eq(milestones.lotNo, deposits.lotNo), owesAlone));
  const ofWhole = and(
    eq(procurements.stage, 'terminated'),
    not(and(eq(lots.stage, 'terminated'), exists(alone)) as SQL),
  );
  const lotNo = sql`case when ${ofWhole} then 0 else ${deposits.lotNo} end`;
  const facts = new Map<string, RefundFacts>();
  for (const some of parts(depositIds, IDS_PER_QUERY)) {
    const rows = await q
      .select({
        id: deposits.id,
        supplierId: deposits.supplierId,
        regime: procurements.regime,
        procedure: procurements.procedure,
        rulebookVersion: procurements.rulebookVersion,
        noticeAt: procurements.noticeAt,
        stage: procurements.stage,
        lotStage: lots.stage,
        winner: winner.supplierId,
        bidState: bids.state,
        bidEndedAt: bids.endedAt,
        losers: { dueAt: losers.dueAt, rules: losers.rules },
        winners: { dueAt: winners.dueAt, rules: winners.rules },
      })
      .from(deposits)
      .innerJoin(procurements, eq(procurements.id, deposits.procurementId))
      .innerJoin(lots, and(eq(lots.procurementId, deposits.procurementId), eq(lots.no, deposits.lotNo)))
      .leftJoin(winner, eq(winner.id, lots.winnerBidId))
      .leftJoin(bids, and(ofBidder, notExists(laterVersion(q))))
      .leftJoin(losers, and(eq(losers.procurementId, deposits.procurementId), eq(losers.lotNo, lotNo)))
      .leftJoin(winners, and(eq(winners.procurementId, deposits.procurementId), eq(winners.lotNo, lotNo)))
      .where(inArray(deposits.id, some));
    for (const { id, supplierId, bidState, bidEndedAt, ...row } of rows) {
      facts.set(id, {
        regime: row.regime,
        procedure: row.procedure,
        rulebookVersion: row.rulebookVersion,
        noticeAt: row.noticeAt,
        stage: row.stage,
        lotStage: row.lotStage,
        withdrawnAt: bidState === 'withdrawn' ? bidEndedAt : null,
        winner: row.winner === null ? 'undecided' : row.winner === supplierId ? 'it' : 'another',
        planned: { 'deposits-losers': plannedOf(row.losers), 'deposits-winner': plannedOf(row.winners) },
      });
    }
  }
  return facts;
}

const milestonesNamed = (q: Queries, key: RefundGroup) =>
  q
    .select({
      procurementId: milestones.procurementId,
      lotNo: milestones.lotNo,
      dueAt: milestones.dueAt,
      rules: milestones.rules,
    })
    .from(milestones)
    .where(eq(milestones.key, key));

const plannedOf = (
  milestone: Pick<typeof milestones.$inferSelect, 'dueAt' | 'rules'> | null,
): RefundFacts['planned']['deposits-losers'] =>
  milestone && { rule: milestone.rules[0]?.id ?? null, dueAt: milestone.dueAt };

/** All rates of interest that were ever recorded, in the order in which they replace each other. */
export async function depositRateRows(q: Queries): Promise<DepositRate[]> {
  return q.select().from(depositRates).orderBy(asc(depositRates.kind), asc(depositRates.from), asc(depositRates.id));
}

export async function insertDepositRates(tx: Tx, rows: readonly DepositRate[]): Promise<void> {
  if (rows.length > 0) await tx.q.insert(depositRates).values([...rows]);
}

function* parts<T>(values: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < values.length; from += size) yield values.slice(from, from + size);
}
