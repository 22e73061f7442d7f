import { asc, eq } from 'drizzle-orm';
import type { PublicJwk } from '../proofs/signing.ts';
import type { Queries, Tx } from './access/database.ts';
import { signingKeys } from './schema/sqlite.ts';

export async function isPublished(q: Queries, kid: string): Promise<boolean> {
  const found = await q.select({ kid: signingKeys.kid }).from(signingKeys).where(eq(signingKeys.kid, kid));
  return found.length > 0;
}

/** Returns whether it was new. */
export async function insertSigningKey(tx: Tx, key: typeof signingKeys.$inferSelect): Promise<boolean> {
  if (await isPublished(tx.q, key.kid)) return false;
  const added = await tx.q.insert(signingKeys).values(key).onConflictDoNothing().returning();
  return added.length > 0;
}

/** Every key that the platform has signed with, the oldest first. */
export async function signingKeysOf(q: Queries): Promise<PublicJwk[]> {
  const rows = await q.select().from(signingKeys).orderBy(asc(signingKeys.since), asc(signingKeys.kid));
  return rows.map(({ jwk }) => jwk as unknown as PublicJwk);
}
