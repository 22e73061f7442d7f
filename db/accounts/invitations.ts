import { and, eq, isNull } from 'drizzle-orm';
import type { Queries, Tx } from '../access/database.ts';
import { invitations } from '../schema/sqlite.ts';

export type Invitation = typeof invitations.$inferSelect;

export async function insertInvitation(tx: Tx, invitation: Invitation): Promise<void> {
  await tx.q.insert(invitations).values(invitation);
}

export async function invitationByHash(q: Queries, tokenHash: string): Promise<Invitation | undefined> {
  const [row] = await q.select().from(invitations).where(eq(invitations.tokenHash, tokenHash));
  return row;
}

/** Uses it up; false where it was used, or replaced. */
export async function endInvitation(tx: Tx, id: string): Promise<boolean> {
  const ended = await tx.q
    .update(invitations)
    .set({ endedAt: tx.now })
    .where(and(eq(invitations.id, id), isNull(invitations.endedAt)))
    .returning({ id: invitations.id });
  return ended.length > 0;
}

/** Makes the links of an account void. */
export async function endInvitations(tx: Tx, { accountId }: { readonly accountId: string }): Promise<void> {
  await tx.q
    .update(invitations)
    .set({ endedAt: tx.now })
    .where(and(eq(invitations.accountId, accountId), isNull(invitations.endedAt)));
}
