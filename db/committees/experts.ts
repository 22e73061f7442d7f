import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { Expert } from '../../domain/experts/expert.ts';
import type { Queries, Tx } from '../access/database.ts';
import { pagesOf } from '../access/statements.ts';
import { notFound } from '../procurements.ts';
import { expertPools, experts, memberships, organisations } from '../schema/sqlite.ts';

export type ExpertPool = typeof expertPools.$inferSelect;
export type ExpertRow = typeof experts.$inferSelect;

export async function insertPool(tx: Tx, pool: ExpertPool): Promise<void> {
  await tx.q.insert(expertPools).values(pool);
}

export const listPools = (q: Queries): Promise<ExpertPool[]> =>
  q.select().from(expertPools).orderBy(asc(expertPools.id)).execute();

/** @throws DomainError `not-found` */
export async function poolById(q: Queries, id: string): Promise<ExpertPool> {
  const [row] = await q.select().from(expertPools).where(eq(expertPools.id, id));
  if (!row) throw notFound('expert-pool', id);
  return row;
}

/** Those who are in these pools, by pool and number. */
export const expertsOf = (q: Queries, poolIds: readonly string[]): Promise<ExpertRow[]> =>
  q
    .select()
    .from(experts)
    .where(and(inArray(experts.poolId, [...poolIds]), isNull(experts.removedAt)))
    .orderBy(asc(experts.poolId), asc(experts.number))
    .execute();

/** Everybody a pool ever had, by number. */
export const everExpertsOf = (q: Queries, poolId: string): Promise<ExpertRow[]> =>
  q.select().from(experts).where(eq(experts.poolId, poolId)).orderBy(asc(experts.number)).execute();

/** @throws DomainError `not-found` */
export async function expertById(q: Queries, id: string): Promise<ExpertRow> {
  const [row] = await q.select().from(experts).where(eq(experts.id, id));
  if (!row) throw notFound('expert', id);
  return row;
}

/** A person may be in several pools. */
export const expertsOfAccount = (q: Queries, accountId: string): Promise<ExpertRow[]> =>
  q
    .select()
    .from(experts)
    .where(and(eq(experts.accountId, accountId), isNull(experts.removedAt)))
    .orderBy(asc(experts.id))
    .execute();

export async function insertExperts(tx: Tx, rows: readonly ExpertRow[]): Promise<void> {
  for (const page of pagesOf(rows)) await tx.q.insert(experts).values(page);
}

export async function changeExpert(tx: Tx, id: string, change: Partial<ExpertRow>): Promise<void> {
  await tx.q.update(experts).set(change).where(eq(experts.id, id));
}

/** As the domain judges one. */
export const expertOf = (row: ExpertRow): Expert => ({
  ...row,
  employer: { name: row.employer, creditCode: row.employerCode },
});

/** 统一社会信用代码 of these organisations. */
export async function creditCodesOf(q: Queries, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await q
    .select({ code: organisations.creditCode })
    .from(organisations)
    .where(inArray(organisations.id, [...new Set(ids)]));
  return rows.map(({ code }) => code);
}

/** Of the organisations that supervise here. */
export async function authorityCodes(q: Queries): Promise<string[]> {
  const rows = await q
    .selectDistinct({ code: organisations.creditCode })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(inArray(memberships.role, ['supervisor', 'office']));
  return rows.map(({ code }) => code);
}
