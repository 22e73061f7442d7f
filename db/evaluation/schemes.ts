import { and, asc, eq, notInArray } from 'drizzle-orm';
import type { Queries, Tx } from '../access/database.ts';
import { lotSchemes } from '../schema/sqlite.ts';
import type { TenderPlace } from '../tender/place.ts';

export type LotScheme = typeof lotSchemes.$inferSelect;

/** Every one that was stated for a tender, by lot and version. */
export const everySchemeOf = (q: Queries, procurementId: string): Promise<LotScheme[]> =>
  q
    .select()
    .from(lotSchemes)
    .where(eq(lotSchemes.procurementId, procurementId))
    .orderBy(asc(lotSchemes.lotNo), asc(lotSchemes.version))
    .execute();

/** Those that count: the last of each lot that has one. */
export async function schemesOf(q: Queries, procurementId: string): Promise<LotScheme[]> {
  const all = await everySchemeOf(q, procurementId);
  return all.filter(({ lotNo, version }) => !all.some((each) => each.lotNo === lotNo && each.version > version));
}

export const schemeOf = async (q: Queries, { procurementId, lotNo }: TenderPlace): Promise<LotScheme | undefined> =>
  (await schemesOf(q, procurementId)).find((each) => each.lotNo === lotNo);

export async function insertScheme(tx: Tx, row: LotScheme): Promise<void> {
  await tx.q.insert(lotSchemes).values(row);
}

/** Of a draft: what was stated of it is replaced, and nobody has seen it. */
export async function removeScheme(tx: Tx, { procurementId, lotNo }: TenderPlace): Promise<void> {
  await tx.q.delete(lotSchemes).where(and(eq(lotSchemes.procurementId, procurementId), eq(lotSchemes.lotNo, lotNo)));
}

/** Of a draft that has these lots only. */
export async function removeOtherSchemes(tx: Tx, procurementId: string, lotNos: readonly number[]): Promise<void> {
  await tx.q
    .delete(lotSchemes)
    .where(and(eq(lotSchemes.procurementId, procurementId), notInArray(lotSchemes.lotNo, [...lotNos])));
}
