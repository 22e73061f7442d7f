import { and, count, eq, gt } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import type { AddressedChannel } from '../../domain/notifications/channels.ts';
import type { Queries, Tx } from '../access/database.ts';
import { deliveries, verifications } from '../schema/sqlite.ts';

/** An address that its owner has yet to show to be theirs. */
export interface PendingAddress {
  readonly address: string;
  /** Of the code: what is stored confirms nothing. */
  readonly codeHash: string;
  readonly wrongCodes: number;
}

const nameOf = (accountId: string, channel: AddressedChannel): string => `contact/${accountId}/${channel}`;

/** Replaces an earlier one of the same channel. */
export async function setPendingAddress(
  tx: Tx,
  accountId: string,
  channel: AddressedChannel,
  pending: PendingAddress,
  validUntil: number,
): Promise<void> {
  await deletePendingAddress(tx, accountId, channel);
  const stamp = new Date(tx.machineNow);
  await tx.q.insert(verifications).values({
    ...{ id: newId(), identifier: nameOf(accountId, channel), value: JSON.stringify(pending) },
    ...{ expiresAt: new Date(validUntil), createdAt: stamp, updatedAt: stamp },
  });
}

/** @param realNowMs one that has expired is not found */
export async function pendingAddress(
  q: Queries,
  accountId: string,
  channel: AddressedChannel,
  realNowMs: number,
): Promise<PendingAddress | null> {
  const [row] = await q
    .select({ value: verifications.value })
    .from(verifications)
    .where(
      and(eq(verifications.identifier, nameOf(accountId, channel)), gt(verifications.expiresAt, new Date(realNowMs))),
    );
  return row ? (JSON.parse(row.value) as PendingAddress) : null;
}

export async function noteWrongCode(
  tx: Tx,
  accountId: string,
  channel: AddressedChannel,
  pending: PendingAddress,
): Promise<void> {
  await tx.q
    .update(verifications)
    .set({ value: JSON.stringify({ ...pending, wrongCodes: pending.wrongCodes + 1 }) })
    .where(eq(verifications.identifier, nameOf(accountId, channel)));
}

export async function deletePendingAddress(tx: Tx, accountId: string, channel: AddressedChannel): Promise<void> {
  await tx.q.delete(verifications).where(eq(verifications.identifier, nameOf(accountId, channel)));
}

/** Codes that were queued for a person since a civil instant (epoch ms). */
export async function codesSince(q: Queries, accountId: string, since: number): Promise<number> {
  const [row] = await q
    .select({ n: count() })
    .from(deliveries)
    .where(and(eq(deliveries.accountId, accountId), eq(deliveries.kind, 'code'), gt(deliveries.queuedAt, since)));
  return row?.n ?? 0;
}
