import { asc, eq } from 'drizzle-orm';
import type { Queries, Tx } from './database.ts';
import { preparedInsert } from './statements.ts';
import { openings } from './schema/sqlite.ts';

export type Opening = typeof openings.$inferSelect;

const insertOpening = preparedInsert(openings);

/** The record of an opening (开标记录); it never changes. */
export async function recordOpening(tx: Tx, opening: Opening): Promise<void> {
  await insertOpening(tx.q, opening);
}

export async function openingsOf(q: Queries, procurementId: string): Promise<Opening[]> {
  return q.select().from(openings).where(eq(openings.procurementId, procurementId)).orderBy(asc(openings.lotNo));
}
