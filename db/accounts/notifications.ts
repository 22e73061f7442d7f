import { and, asc, count, desc, eq, isNull, lt, lte, max } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import type { NotificationKind } from '../../domain/accounts/notifications.ts';
import type { Queries, Tx } from '../access/database.ts';
import { queueLeaving } from '../notifications/leaving.ts';
import { notifications } from '../schema/sqlite.ts';

export type Notification = typeof notifications.$inferSelect;

/** Informs people, in the transaction of what they are informed of. */
export async function notify(
  tx: Tx,
  accountIds: readonly string[],
  kind: NotificationKind,
  detail: Record<string, unknown> = {},
): Promise<void> {
  if (accountIds.length === 0) return;
  const rows = [...new Set(accountIds)].map((accountId) => ({ id: newId(), accountId, kind, detail, at: tx.now }));
  await tx.q.insert(notifications).values(rows);
  const ofNoTender = { procurementId: null, lotNo: 0, detail: {}, opened: false };
  await queueLeaving(
    tx,
    rows.map(({ id, accountId }) => ({ accountId, kind, source: `notification/${id}`, ...ofNoTender })),
  );
}

/** A person's own, newest first. */
export async function notificationsOf(
  q: Queries,
  accountId: string,
  page: { before?: string; limit: number },
): Promise<Notification[]> {
  return q
    .select()
    .from(notifications)
    .where(and(eq(notifications.accountId, accountId), page.before ? lt(notifications.id, page.before) : undefined))
    .orderBy(desc(notifications.id))
    .limit(page.limit);
}

export async function unreadNotifications(q: Queries, accountId: string): Promise<number> {
  const [row] = await q
    .select({ n: count() })
    .from(notifications)
    .where(and(eq(notifications.accountId, accountId), isNull(notifications.readAt)));
  return row?.n ?? 0;
}

/** Unread ones of a person by their kind, newest kind last. */
export async function unreadKinds(q: Queries, accountId: string): Promise<{ kind: NotificationKind; count: number }[]> {
  return q
    .select({ kind: notifications.kind, count: count() })
    .from(notifications)
    .where(and(eq(notifications.accountId, accountId), isNull(notifications.readAt)))
    .groupBy(notifications.kind)
    .orderBy(asc(max(notifications.id)));
}

/** @param upTo an id: what came later was not seen yet */
export async function markNotificationsRead(tx: Tx, accountId: string, upTo?: string): Promise<void> {
  const unread = and(eq(notifications.accountId, accountId), isNull(notifications.readAt));
  await tx.q
    .update(notifications)
    .set({ readAt: tx.now })
    .where(and(unread, upTo === undefined ? undefined : lte(notifications.id, upTo)));
}
