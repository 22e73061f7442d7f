import { asc, eq, isNull } from 'drizzle-orm';
import { CUSTODIANS } from '../domain/bids/sealing.ts';
import type { Queries, Tx } from './access/database.ts';
import { custodianKeys } from './schema/sqlite.ts';

export type CustodianKey = typeof custodianKeys.$inferSelect;

/** At most one key per custodian, in the order of CUSTODIANS. */
export async function keysInForce(q: Queries): Promise<CustodianKey[]> {
  const rows = await q
    .select()
    .from(custodianKeys)
    .where(isNull(custodianKeys.retiredAt))
    .orderBy(asc(custodianKeys.registeredAt));
  return CUSTODIANS.flatMap((custodian) => rows.filter((row) => row.custodian === custodian).slice(-1));
}

export async function keyById(q: Queries, id: string): Promise<CustodianKey | undefined> {
  const [row] = await q.select().from(custodianKeys).where(eq(custodianKeys.id, id));
  return row;
}

export async function keyOfRecipient(q: Queries, recipient: string): Promise<CustodianKey | undefined> {
  const [row] = await q.select().from(custodianKeys).where(eq(custodianKeys.recipient, recipient));
  return row;
}

export async function insertKey(tx: Tx, key: CustodianKey): Promise<void> {
  await tx.q.insert(custodianKeys).values(key);
}

export async function retireKeyRow(tx: Tx, id: string): Promise<void> {
  await tx.q.update(custodianKeys).set({ retiredAt: tx.now }).where(eq(custodianKeys.id, id));
}
