import { and, desc, eq, lt, notInArray, sql } from 'drizzle-orm';
import type { Queries, Tx } from '../access/database.ts';
import { prepared } from '../access/statements.ts';
import { notFound } from '../procurements.ts';
import { mandates, procurements } from '../schema/sqlite.ts';

export type Mandate = typeof mandates.$inferSelect;
export type MandateSide = Mandate['offeredBy'];

/** The organisation of a mandate on one side. */
export const partyOf = ({ purchaserId, agencyId }: Pick<Mandate, 'purchaserId' | 'agencyId'>, side: MandateSide) =>
  side === 'purchaser' ? purchaserId : agencyId;

export async function insertMandate(tx: Tx, mandate: Mandate): Promise<void> {
  await tx.q.insert(mandates).values(mandate);
}

export async function changeMandate(
  tx: Tx,
  id: string,
  change: Partial<Pick<Mandate, 'acceptedAt' | 'endedAt' | 'endedBy' | 'endReasonZh'>>,
): Promise<void> {
  await tx.q.update(mandates).set(change).where(eq(mandates.id, id));
}

/** @throws DomainError `not-found` */
export async function mandateById(q: Queries, id: string): Promise<Mandate> {
  const [row] = await q.select().from(mandates).where(eq(mandates.id, id));
  if (!row) throw notFound('mandate', id);
  return row;
}

/** Those of one agency for one purchaser, of any state, newest first. */
export async function mandatesBetween(q: Queries, purchaserId: string, agencyId: string): Promise<Mandate[]> {
  return selectBetween(q).execute({ purchaserId, agencyId });
}

const selectBetween = prepared((q) =>
  q
    .select()
    .from(mandates)
    .where(
      and(eq(mandates.agencyId, sql.placeholder('agencyId')), eq(mandates.purchaserId, sql.placeholder('purchaserId'))),
    )
    .orderBy(desc(mandates.id))
    .prepare(),
);

/** Newest first. @param of whose; absent: everybody's */
export async function listMandates(
  q: Queries,
  { of, after, limit }: { of?: { id: string; side: MandateSide }; after?: string; limit: number },
): Promise<Mandate[]> {
  const own = of && (of.side === 'purchaser' ? mandates.purchaserId : mandates.agencyId);
  return q
    .select()
    .from(mandates)
    .where(and(own && of ? eq(own, of.id) : undefined, after ? lt(mandates.id, after) : undefined))
    .orderBy(desc(mandates.id))
    .limit(limit);
}

/** A procurement that an agency runs and that has not ended. */
export interface UnderWay {
  readonly id: string;
  readonly title: string;
  readonly stage: (typeof procurements.$inferSelect)['stage'];
  readonly projectCode: string | null;
}

/** What is launched and not ended of an agency for a purchaser, newest first. */
export async function underWayBetween(q: Queries, purchaserId: string, agencyId: string): Promise<UnderWay[]> {
  return q
    .select({
      id: procurements.id,
      title: procurements.title,
      stage: procurements.stage,
      projectCode: procurements.projectCode,
    })
    .from(procurements)
    .where(
      and(
        eq(procurements.purchaserId, purchaserId),
        eq(procurements.agencyId, agencyId),
        notInArray(procurements.stage, ['draft', 'concluded', 'terminated']),
      ),
    )
    .orderBy(desc(procurements.id));
}
