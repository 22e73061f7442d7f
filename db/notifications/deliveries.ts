import { and, asc, count, desc, eq, gte, inArray, lt, lte, min, or } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import type { Channel } from '../../domain/notifications/channels.ts';
import type { Queries, Tx } from '../access/database.ts';
import { pagesOf } from '../access/statements.ts';
import { accounts, deliveries, type DeliveryDetail } from '../schema/sqlite.ts';

export type Delivery = typeof deliveries.$inferSelect;
export type { DeliveryDetail };

export type QueuedDelivery = Pick<
  Delivery,
  'accountId' | 'channel' | 'kind' | 'source' | 'procurementId' | 'lotNo' | 'detail'
>;

/** Messages that are to leave the platform; one that is queued already is left as it is. */
export async function queueDeliveries(tx: Tx, rows: readonly QueuedDelivery[]): Promise<void> {
  for (const page of pagesOf(rows)) {
    await tx.q
      .insert(deliveries)
      .values(page.map((row) => ({ ...row, id: newId(), queuedAt: tx.now, state: 'waiting' as const, notBefore: 0 })))
      .onConflictDoNothing();
  }
}

/** How many were queued for each of these people on each channel since a civil instant (epoch ms). */
export async function queuedSince(
  q: Queries,
  accountIds: readonly string[],
  since: number,
): Promise<(accountId: string, channel: Channel) => number> {
  const rows =
    accountIds.length === 0
      ? []
      : await q
          .select({ accountId: deliveries.accountId, channel: deliveries.channel, n: count() })
          .from(deliveries)
          .where(and(inArray(deliveries.accountId, [...accountIds]), gte(deliveries.queuedAt, since)))
          .groupBy(deliveries.accountId, deliveries.channel);
  return (accountId, channel) => rows.find((row) => row.accountId === accountId && row.channel === channel)?.n ?? 0;
}

/**
 * Takes messages of a channel that are due, so that no other process takes them before `until` (real epoch ms): one that
 * dies meanwhile leaves them to be sent again, under the same id.
 */
export async function claimDeliveries(
  tx: Tx,
  channel: Channel,
  limit: number,
  { realNowMs, until }: { readonly realNowMs: number; readonly until: number },
): Promise<Delivery[]> {
  const due = await tx.q
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.channel, channel), eq(deliveries.state, 'waiting'), lte(deliveries.notBefore, realNowMs)))
    .orderBy(asc(deliveries.notBefore), asc(deliveries.id))
    .limit(limit);
  if (due.length === 0) return [];
  const asFound = due.map(({ id, notBefore }) => and(eq(deliveries.id, id), eq(deliveries.notBefore, notBefore)));
  return tx.q
    .update(deliveries)
    .set({ notBefore: until })
    .where(and(or(...asFound), eq(deliveries.state, 'waiting')))
    .returning();
}

/** Ends a message; what it carried is not kept. */
export async function settleDelivery(
  tx: Tx,
  { id, attempts }: Pick<Delivery, 'id' | 'attempts'>,
  state: 'sent' | 'given-up' | 'dropped',
  lastError: string | null,
  realNowMs: number,
): Promise<void> {
  await tx.q
    .update(deliveries)
    .set({ state, attempts, lastError, settledAt: realNowMs, detail: {} })
    .where(eq(deliveries.id, id));
}

/** Keeps a message to be tried again. */
export async function postponeDelivery(
  tx: Tx,
  { id, attempts }: Pick<Delivery, 'id' | 'attempts'>,
  lastError: string | null,
  notBefore: number,
): Promise<void> {
  await tx.q.update(deliveries).set({ attempts, lastError, notBefore }).where(eq(deliveries.id, id));
}

export async function forgetDeliveriesBefore(tx: Tx, realMs: number): Promise<void> {
  await tx.q.delete(deliveries).where(lt(deliveries.settledAt, realMs));
}

export interface ChannelState {
  readonly waiting: number;
  /** Civil epoch ms; null: none waits. */
  readonly oldestAt: number | null;
}

export async function waitingDeliveries(q: Queries): Promise<ReadonlyMap<Channel, ChannelState>> {
  const rows = await q
    .select({ channel: deliveries.channel, waiting: count(), oldestAt: min(deliveries.queuedAt) })
    .from(deliveries)
    .where(eq(deliveries.state, 'waiting'))
    .groupBy(deliveries.channel);
  return new Map(rows.map(({ channel, ...state }) => [channel, state]));
}

export async function givenUpDeliveries(q: Queries): Promise<ReadonlyMap<Channel, number>> {
  const rows = await q
    .select({ channel: deliveries.channel, n: count() })
    .from(deliveries)
    .where(eq(deliveries.state, 'given-up'))
    .groupBy(deliveries.channel);
  return new Map(rows.map(({ channel, n }) => [channel, n]));
}

export interface ListedDelivery extends Delivery {
  readonly username: string;
}

/** Of one state, newest first. */
export async function listDeliveries(
  q: Queries,
  { state, before, limit }: { readonly state: Delivery['state']; readonly before?: string; readonly limit: number },
): Promise<ListedDelivery[]> {
  const rows = await q
    .select({ delivery: deliveries, username: accounts.username })
    .from(deliveries)
    .innerJoin(accounts, eq(accounts.id, deliveries.accountId))
    .where(and(eq(deliveries.state, state), before === undefined ? undefined : lt(deliveries.id, before)))
    .orderBy(desc(deliveries.id))
    .limit(limit);
  return rows.map(({ delivery, username }) => ({ ...delivery, username }));
}
