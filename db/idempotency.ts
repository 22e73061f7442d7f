import { and, eq, lt } from 'drizzle-orm';
import type { Queries, Tx } from './access/database.ts';
import { idempotency } from './schema/sqlite.ts';

/** A stored answer to a request with an Idempotency-Key. */
export type KeptAnswer = typeof idempotency.$inferSelect;

/** Stores an answer with the change itself; false where the key has one already. */
export async function keepAnswer(tx: Tx, answer: Omit<KeptAnswer, 'createdAt'>): Promise<boolean> {
  const kept = await tx.q
    .insert(idempotency)
    .values({ ...answer, createdAt: tx.now })
    .onConflictDoNothing()
    .returning({ key: idempotency.key });
  return kept.length > 0;
}

export async function keptAnswer(
  q: Queries,
  { accountId, key }: Pick<KeptAnswer, 'accountId' | 'key'>,
): Promise<KeptAnswer | undefined> {
  const [answer] = await q
    .select()
    .from(idempotency)
    .where(and(eq(idempotency.accountId, accountId), eq(idempotency.key, key)));
  return answer;
}

/** Removes answers given before `instant` (civil epoch ms). */
export async function forgetAnswersBefore(tx: Tx, instant: number): Promise<void> {
  await tx.q.delete(idempotency).where(lt(idempotency.createdAt, instant));
}
