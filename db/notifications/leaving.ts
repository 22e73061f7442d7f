import { civilDayOf, startOfDay } from '../../domain/civil-time.ts';
import { MOST_A_DAY, openChannels } from '../../domain/notifications/channels.ts';
import { leavesAtOnce, type AnyKind } from '../../domain/notifications/kinds.ts';
import type { Tx } from '../access/database.ts';
import type { EventDetail } from '../schema/sqlite.ts';
import { discretionOf } from './audience.ts';
import { contactsOf } from './contacts.ts';
import { queueDeliveries, queuedSince } from './deliveries.ts';

/** A notification that a person's inbox has got. */
export interface Notified {
  readonly accountId: string;
  readonly kind: AnyKind;
  /** As `notification/0197…`. */
  readonly source: string;
  readonly procurementId: string | null;
  readonly lotNo: number;
  readonly detail: EventDetail;
  /** Whether the bids of its procurement are opened. */
  readonly opened: boolean;
}

/** Queues those that leave the platform by themselves, in the transaction that notifies. */
export async function queueLeaving(tx: Tx, notified: readonly Notified[]): Promise<void> {
  const contacts = await contactsOf(tx.q, [...new Set(notified.map(({ accountId }) => accountId))]);
  const reachable = [...contacts].filter(([, contact]) => openChannels(contact).length > 0).map(([id]) => id);
  if (reachable.length === 0) return;
  const discretion = await discretionOf(tx.q, reachable);
  const queued = await queuedSince(tx.q, reachable, startOfDay(civilDayOf(tx.now)));
  const added = new Map<string, number>();
  const rows = notified.flatMap(({ opened, ...row }) => {
    const { accountId, kind } = row;
    const contact = contacts.get(accountId);
    if (!contact || !leavesAtOnce(kind, discretion.get(accountId) ?? null, opened)) return [];
    return openChannels(contact).flatMap((channel) => {
      const key = `${accountId}/${channel}`;
      const count = (added.get(key) ?? queued(accountId, channel)) + 1;
      if (count > MOST_A_DAY[channel]) return [];
      added.set(key, count);
      return [{ ...row, channel }];
    });
  });
  await queueDeliveries(tx, rows);
}
