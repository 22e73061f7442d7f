import { and, eq, inArray } from 'drizzle-orm';
import type { ResetOf } from '../../domain/accounts/sign-in.ts';
import type { Queries, Tx } from '../access/database.ts';
import { accountResets } from '../schema/sqlite.ts';

/** What one administrator has requested, and another completes after a delay. */
export type AccountReset = typeof accountResets.$inferSelect;
export type ResetKey = Pick<AccountReset, 'accountId' | 'what'>;

/** False where one is requested already. */
export async function insertReset(tx: Tx, reset: AccountReset): Promise<boolean> {
  const added = await tx.q
    .insert(accountResets)
    .values(reset)
    .onConflictDoNothing()
    .returning({ id: accountResets.accountId });
  return added.length > 0;
}

/** Resets of several people, by what is reset and then by account. */
export async function resetsOf(
  q: Queries,
  accountIds: readonly string[],
): Promise<Readonly<Record<ResetOf, ReadonlyMap<string, AccountReset>>>> {
  const rows =
    accountIds.length === 0
      ? []
      : await q
          .select()
          .from(accountResets)
          .where(inArray(accountResets.accountId, [...accountIds]));
  const of = (what: ResetOf) => new Map(rows.filter((row) => row.what === what).map((row) => [row.accountId, row]));
  return { password: of('password'), 'second-factor': of('second-factor') };
}

export async function resetOf(q: Queries, { accountId, what }: ResetKey): Promise<AccountReset | undefined> {
  return (await resetsOf(q, [accountId]))[what].get(accountId);
}

/** False where none was requested. */
export async function deleteReset(tx: Tx, { accountId, what }: ResetKey): Promise<boolean> {
  const deleted = await tx.q
    .delete(accountResets)
    .where(and(eq(accountResets.accountId, accountId), eq(accountResets.what, what)))
    .returning({ id: accountResets.accountId });
  return deleted.length > 0;
}
