import { asc } from 'drizzle-orm';
import type { Queries, Tx } from './access/database.ts';
import { depositRates } from './schema/sqlite.ts';

export type DepositRate = typeof depositRates.$inferSelect;

/** All that were ever recorded, in the order in which they replace each other. */
export async function depositRateRows(q: Queries): Promise<DepositRate[]> {
  return q.select().from(depositRates).orderBy(asc(depositRates.kind), asc(depositRates.from), asc(depositRates.id));
}

export async function insertDepositRates(tx: Tx, rows: readonly DepositRate[]): Promise<void> {
  if (rows.length > 0) await tx.q.insert(depositRates).values([...rows]);
}
