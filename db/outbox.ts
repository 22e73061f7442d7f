import { and, asc, eq, isNull, lte, sql } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import type { Database, Queries, Tx } from './access/database.ts';
import { outbox, type OutboxKind } from './schema/sqlite.ts';

export type OutboxMessage = typeof outbox.$inferSelect;

/** Puts a message to Temporal beside the change that causes it, so that neither is without the other. */
export async function enqueue(tx: Tx, kind: OutboxKind, subject: string): Promise<string> {
  const id = newId();
  await tx.q.insert(outbox).values({ id, kind, subject, createdAt: tx.now, notBefore: 0 });
  return id;
}

/** As `enqueue`, for what may be asked for more than once; null where it was asked for before. */
export async function enqueueOnce(tx: Tx, kind: OutboxKind, subject: string): Promise<string | null> {
  const rows = await tx.q
    .insert(outbox)
    .values({ id: newId(), kind, subject, createdAt: tx.now, notBefore: 0 })
    .onConflictDoNothing()
    .returning({ id: outbox.id });
  return rows[0]?.id ?? null;
}

/** Messages not delivered yet and due to be tried (`realNowMs`: the machine's clock, epoch ms), oldest first. */
export async function waitingMessages(q: Queries, realNowMs: number, limit: number): Promise<OutboxMessage[]> {
  return q
    .select()
    .from(outbox)
    .where(and(isNull(outbox.deliveredAt), lte(outbox.notBefore, realNowMs)))
    .orderBy(asc(outbox.id))
    .limit(limit);
}

export async function messageById(q: Queries, id: string): Promise<OutboxMessage | undefined> {
  const [row] = await q.select().from(outbox).where(eq(outbox.id, id));
  return row;
}

export async function markDelivered(db: Database, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.q.update(outbox).set({ deliveredAt: tx.now, lastError: null }).where(eq(outbox.id, id));
  }, 'single-rows');
}

/** Keeps a message that could not be delivered, to be tried again at `notBefore` (real epoch ms). */
export async function markFailed(db: Database, id: string, error: string, notBefore: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.q
      .update(outbox)
      .set({ attempts: sql`${outbox.attempts} + 1`, lastError: error.slice(0, 500), notBefore })
      .where(eq(outbox.id, id));
  }, 'single-rows');
}
