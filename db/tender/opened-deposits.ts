import { and, desc, eq, exists, inArray, isNotNull, lt, not, or, sql, type SQL } from 'drizzle-orm';
import type { Queries } from '../access/database.ts';
import { isLeft, ofBidder } from '../deposits.ts';
import { bids, depositMovements, depositReferences, deposits, milestones, procurements } from '../schema/sqlite.ts';

export interface OpenedDepositQuery {
  /** Of these tenders, or with this number of the bank, or of who was given one of these references; absent: all. */
  readonly search?:
    | { readonly tenders: readonly string[]; readonly number: string; readonly references: readonly string[] }
    | undefined;
  /** `due`, `overdue`: those that may be so, as far as the database knows; how each is due, its rule says. */
  readonly state?: 'left' | 'due' | 'overdue' | 'settled' | undefined;
  /** Civil epoch ms. */
  readonly now: number;
  /** The id of the last deposit of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

const ONE = { one: sql`1` };

/** Deposits of tenders that were opened, the newest first. Who has paid is secret before the opening: of others nothing is found. */
export async function openedDeposits(
  q: Queries,
  { search, state, now, after, limit }: OpenedDepositQuery,
): Promise<{ readonly depositId: string; readonly title: string }[]> {
  return q
    .select({ depositId: deposits.id, title: procurements.title })
    .from(deposits)
    .innerJoin(procurements, eq(procurements.id, deposits.procurementId))
    .where(
      and(
        isNotNull(procurements.openedAt),
        search && found(q, search),
        state && inState(q, state, now),
        after === undefined ? undefined : lt(deposits.id, after),
      ),
    )
    .orderBy(desc(deposits.id))
    .limit(limit);
}

function found(
  q: Queries,
  { tenders, number, references }: NonNullable<OpenedDepositQuery['search']>,
): SQL | undefined {
  const referred = q
    .select(ONE)
    .from(depositReferences)
    .where(
      and(
        eq(depositReferences.procurementId, deposits.procurementId),
        eq(depositReferences.lotNo, deposits.lotNo),
        eq(depositReferences.supplierId, deposits.supplierId),
        inArray(depositReferences.reference, [...references]),
      ),
    );
  return or(
    tenders.length > 0 ? inArray(deposits.procurementId, [...tenders]) : undefined,
    eq(deposits.externalId, number),
    // Of a guarantee its issuer stands before the number.
    sql`${deposits.externalId} like ${`%#${number.replace(/[\\%_]/g, '\\$&')}`} escape '\\'`,
    references.length > 0 ? exists(referred) : undefined,
  );
}

function inState(q: Queries, state: NonNullable<OpenedDepositQuery['state']>, now: number): SQL | undefined {
  switch (state) {
    case 'left':
      return isLeft;
    case 'settled':
      return not(isLeft);
    case 'due':
      return and(isLeft, mayBeDue(q, null));
    case 'overdue':
      return and(isLeft, mayBeDue(q, now));
  }
}

/** By the timeline, by a withdrawal, or as it was recorded. @param before due before this instant */
function mayBeDue(q: Queries, before: number | null): SQL | undefined {
  const planned = q
    .select(ONE)
    .from(milestones)
    .where(
      and(
        eq(milestones.procurementId, deposits.procurementId),
        // Of a terminated tender they are owed as a whole.
        sql`${milestones.lotNo} in (0, ${deposits.lotNo})`,
        inArray(milestones.key, ['deposits-losers', 'deposits-winner']),
        before === null ? isNotNull(milestones.dueAt) : lt(milestones.dueAt, before),
      ),
    );
  const withdrawn = q
    .select(ONE)
    .from(bids)
    .where(and(ofBidder, sql`${bids.state} = 'withdrawn'`));
  const recorded = q
    .select(ONE)
    .from(depositMovements)
    .where(and(eq(depositMovements.depositId, deposits.id), sql`${depositMovements.kind} = 'overdue'`));
  return or(exists(planned), exists(withdrawn), exists(recorded));
}
