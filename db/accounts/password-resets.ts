import { eq, inArray } from 'drizzle-orm';
import type { Queries, Tx } from '../access/database.ts';
import { passwordResets } from '../schema/sqlite.ts';

export type PasswordReset = typeof passwordResets.$inferSelect;

/** False where one is requested already. */
export async function insertPasswordReset(tx: Tx, reset: PasswordReset): Promise<boolean> {
  const added = await tx.q
    .insert(passwordResets)
    .values(reset)
    .onConflictDoNothing()
    .returning({ id: passwordResets.accountId });
  return added.length > 0;
}

export async function passwordResetsOf(
  q: Queries,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, PasswordReset>> {
  if (accountIds.length === 0) return new Map();
  const rows = await q
    .select()
    .from(passwordResets)
    .where(inArray(passwordResets.accountId, [...accountIds]));
  return new Map(rows.map((row) => [row.accountId, row]));
}

export async function passwordResetOf(q: Queries, accountId: string): Promise<PasswordReset | undefined> {
  return (await passwordResetsOf(q, [accountId])).get(accountId);
}

/** False where none was requested. */
export async function deletePasswordReset(tx: Tx, accountId: string): Promise<boolean> {
  const deleted = await tx.q
    .delete(passwordResets)
    .where(eq(passwordResets.accountId, accountId))
    .returning({ id: passwordResets.accountId });
  return deleted.length > 0;
}
