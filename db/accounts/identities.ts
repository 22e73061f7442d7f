import { and, asc, eq } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import type { Queries, Tx } from '../access/database.ts';
import { identities } from '../schema/sqlite.ts';

export type Identity = typeof identities.$inferSelect;
/** As its issuer names it. */
export type IdentityKey = Pick<Identity, 'kind' | 'issuer' | 'subject'>;

export async function identityBy(q: Queries, { kind, issuer, subject }: IdentityKey): Promise<Identity | undefined> {
  const [row] = await q
    .select()
    .from(identities)
    .where(and(eq(identities.kind, kind), eq(identities.issuer, issuer), eq(identities.subject, subject)));
  return row;
}

export async function identitiesOf(q: Queries, accountId: string): Promise<Identity[]> {
  return q.select().from(identities).where(eq(identities.accountId, accountId)).orderBy(asc(identities.id));
}

/** Undefined where it is linked already. */
export async function insertIdentity(
  tx: Tx,
  identity: Omit<Identity, 'id' | 'linkedAt'>,
): Promise<Identity | undefined> {
  const [row] = await tx.q
    .insert(identities)
    .values({ ...identity, id: newId(), linkedAt: tx.now })
    .onConflictDoNothing()
    .returning();
  return row;
}

/** Undefined where the person has no such one. */
export async function deleteIdentity(tx: Tx, accountId: string, id: string): Promise<Identity | undefined> {
  const [row] = await tx.q
    .delete(identities)
    .where(and(eq(identities.accountId, accountId), eq(identities.id, id)))
    .returning();
  return row;
}
