import { and, count, desc, eq, isNull, lt, lte } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import type { Queries, Tx } from '../access/database.ts';
import { pagesOf } from '../access/statements.ts';
import { eventNotifications, type EventDetail } from '../schema/sqlite.ts';

export type EventNotification = typeof eventNotifications.$inferSelect;
export type { EventDetail };
export type NewEventNotification = Omit<EventNotification, 'id' | 'at' | 'readAt'>;

/** Puts them into the inboxes; only those come back that were not there. */
export async function insertEventNotifications(
  tx: Tx,
  rows: readonly NewEventNotification[],
): Promise<EventNotification[]> {
  const added: EventNotification[] = [];
  for (const page of pagesOf(rows)) {
    const inserted = await tx.q
      .insert(eventNotifications)
      .values(page.map((row) => ({ ...row, id: newId(), at: tx.now })))
      .onConflictDoNothing()
      .returning();
    added.push(...inserted);
  }
  return added;
}

/** A person's own, newest first. */
export async function eventNotificationsOf(
  q: Queries,
  accountId: string,
  page: { before?: string; limit: number },
): Promise<EventNotification[]> {
  return q
    .select()
    .from(eventNotifications)
    .where(
      and(
        eq(eventNotifications.accountId, accountId),
        page.before ? lt(eventNotifications.id, page.before) : undefined,
      ),
    )
    .orderBy(desc(eventNotifications.id))
    .limit(page.limit);
}

const unreadOf = (accountId: string) =>
  and(eq(eventNotifications.accountId, accountId), isNull(eventNotifications.readAt));

export async function unreadEventNotifications(q: Queries, accountId: string): Promise<number> {
  const [row] = await q.select({ n: count() }).from(eventNotifications).where(unreadOf(accountId));
  return row?.n ?? 0;
}

/** Unread ones, newest first. */
export async function latestUnread(q: Queries, accountId: string, limit: number): Promise<EventNotification[]> {
  return q
    .select()
    .from(eventNotifications)
    .where(unreadOf(accountId))
    .orderBy(desc(eventNotifications.id))
    .limit(limit);
}

/** @param upTo an id: what came later was not seen yet */
export async function markEventNotificationsRead(tx: Tx, accountId: string, upTo?: string): Promise<void> {
  await tx.q
    .update(eventNotifications)
    .set({ readAt: tx.now })
    .where(and(unreadOf(accountId), upTo === undefined ? undefined : lte(eventNotifications.id, upTo)));
}
