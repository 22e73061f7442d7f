import { and, desc, eq, inArray, ne, notExists, sql, type SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Queries, Tx } from '../access/database.ts';
import { organisationCorrections, organisations } from '../schema/sqlite.ts';

/** A name or a code that was put right, or is to be. */
export type Correction = typeof organisationCorrections.$inferSelect;

export async function insertCorrection(tx: Tx, correction: Correction): Promise<void> {
  await tx.q.insert(organisationCorrections).values(correction);
}

export async function decideCorrection(
  tx: Tx,
  id: string,
  decided: Pick<Correction, 'state' | 'decidedAt' | 'formerName' | 'formerCode'>,
): Promise<void> {
  const { state, decidedAt, formerName, formerCode } = decided;
  await tx.q
    .update(organisationCorrections)
    .set({ state, decidedAt, formerName, formerCode })
    .where(eq(organisationCorrections.id, id));
}

/** Newest first. */
export async function correctionsOf(q: Queries, organisationId: string): Promise<Correction[]> {
  return q
    .select()
    .from(organisationCorrections)
    .where(eq(organisationCorrections.organisationId, organisationId))
    .orderBy(desc(organisationCorrections.id));
}

export async function pendingCorrection(q: Queries, organisationId: string): Promise<Correction | undefined> {
  return (await correctionsOf(q, organisationId)).find(({ state }) => state === 'pending');
}

const done = eq(organisationCorrections.state, 'done');

/**
 * 统一社会信用代码 that the organisation of a row had at an instant of the row: a bid is sealed for that one, and its
 * receipt names it. For a statement with `organisations` in it.
 */
export const codeAt = (organisationId: SQLiteColumn, instant: SQLiteColumn): SQL<string> =>
  sql<string>`coalesce((select c.former_code from organisation_corrections c
    where c.organisation_id = ${organisationId} and c.state = 'done' and c.decided_at > ${instant}
    order by c.decided_at, c.id limit 1), ${organisations.creditCode})`;

/** Who has that code now, or else had it before it was corrected: the present code; null: nobody. */
export const presentCode = (code: SQLiteColumn): SQL<string | null> =>
  sql<string | null>`coalesce((select o.credit_code from organisations o where o.credit_code = ${code}),
    (select o.credit_code from organisation_corrections c join organisations o on o.id = c.organisation_id
      where c.former_code = ${code} and c.state = 'done' order by c.decided_at desc, c.id desc limit 1))`;

/** Every code that these organisations had before; also within a statement. */
export const formerCodesOf = (q: Queries, ids: readonly string[]) =>
  q
    .select({ formerCode: organisationCorrections.formerCode })
    .from(organisationCorrections)
    .where(and(inArray(organisationCorrections.organisationId, [...ids]), done));

/** The codes that each of these organisations had before. */
export async function formerCodesOfEach(q: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const codes = new Map<string, string[]>();
  if (ids.length === 0) return codes;
  const { organisationId, formerCode } = organisationCorrections;
  const rows = await q
    .select({ organisationId, formerCode })
    .from(organisationCorrections)
    .where(and(inArray(organisationId, [...new Set(ids)]), done));
  for (const { organisationId: of, formerCode: code } of rows) codes.set(of, [...(codes.get(of) ?? []), code]);
  return codes;
}

/** The names that each of these organisations had before, but for those that another has now. */
export async function formerNamesOf(q: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const names = new Map<string, string[]>();
  if (ids.length === 0) return names;
  const { organisationId, formerName } = organisationCorrections;
  const another = q
    .select({ id: organisations.id })
    .from(organisations)
    .where(and(eq(organisations.name, formerName), ne(organisations.id, organisationId)));
  const rows = await q
    .select({ organisationId, formerName })
    .from(organisationCorrections)
    .where(and(inArray(organisationId, [...new Set(ids)]), done, notExists(another)))
    .orderBy(organisationCorrections.id);
  for (const { organisationId: of, formerName: name } of rows) names.set(of, [...(names.get(of) ?? []), name]);
  return names;
}
