import { and, count, eq, isNull, lt, or } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import type { Queries, Tx } from '../access/database.ts';
import { recoveryCodes, secondFactors } from '../schema/sqlite.ts';

export type SecondFactor = typeof secondFactors.$inferSelect;

export async function secondFactorOf(q: Queries, accountId: string): Promise<SecondFactor | undefined> {
  const [row] = await q.select().from(secondFactors).where(eq(secondFactors.accountId, accountId));
  return row;
}

/** Replaces one that was never confirmed. */
export async function startSecondFactor(tx: Tx, accountId: string, sealed: string): Promise<void> {
  await tx.q.delete(secondFactors).where(eq(secondFactors.accountId, accountId));
  await tx.q.insert(secondFactors).values({ accountId, sealed, createdAt: tx.now });
}

export async function updateSecondFactor(
  tx: Tx,
  accountId: string,
  change: Partial<Pick<SecondFactor, 'confirmedAt' | 'failures' | 'lockedUntil'>>,
): Promise<void> {
  await tx.q.update(secondFactors).set(change).where(eq(secondFactors.accountId, accountId));
}

/** Uses a step's code up; false where it, or a later one, was used before. */
export async function takeStep(tx: Tx, accountId: string, step: number): Promise<boolean> {
  const taken = await tx.q
    .update(secondFactors)
    .set({ lastStep: step })
    .where(
      and(eq(secondFactors.accountId, accountId), or(isNull(secondFactors.lastStep), lt(secondFactors.lastStep, step))),
    )
    .returning({ id: secondFactors.accountId });
  return taken.length > 0;
}

/** With its recovery codes; false where there was none. */
export async function deleteSecondFactor(tx: Tx, accountId: string): Promise<boolean> {
  await tx.q.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId));
  const deleted = await tx.q
    .delete(secondFactors)
    .where(eq(secondFactors.accountId, accountId))
    .returning({ id: secondFactors.accountId });
  return deleted.length > 0;
}

/** Earlier ones are void. */
export async function replaceRecoveryCodes(tx: Tx, accountId: string, hashes: readonly string[]): Promise<void> {
  await tx.q.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId));
  await tx.q.insert(recoveryCodes).values(hashes.map((hash) => ({ id: newId(), accountId, hash, createdAt: tx.now })));
}

/** Uses a recovery code up; false where there is none, or it was used before. */
export async function takeRecoveryCode(tx: Tx, accountId: string, hash: string): Promise<boolean> {
  const taken = await tx.q
    .update(recoveryCodes)
    .set({ usedAt: tx.now })
    .where(and(eq(recoveryCodes.accountId, accountId), eq(recoveryCodes.hash, hash), isNull(recoveryCodes.usedAt)))
    .returning({ id: recoveryCodes.id });
  return taken.length > 0;
}

export async function recoveryCodesLeft(q: Queries, accountId: string): Promise<number> {
  const [row] = await q
    .select({ n: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.accountId, accountId), isNull(recoveryCodes.usedAt)));
  return row?.n ?? 0;
}
