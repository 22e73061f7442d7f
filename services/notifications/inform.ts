import type { Tx } from '../../db/access/database.ts';
import { insertEventNotifications, type NewEventNotification } from '../../db/notifications/inbox.ts';
import { queueLeaving } from '../../db/notifications/leaving.ts';

/** Something that people are notified of. */
export interface Informed extends Omit<NewEventNotification, 'accountId'> {
  readonly accountIds: readonly string[];
  /** Whether the bids of its procurement are opened. */
  readonly opened: boolean;
}

/** Puts each into the inboxes of its people, once, and queues what leaves the platform. */
export async function inform(tx: Tx, informed: readonly Informed[]): Promise<number> {
  const opened = new Map(informed.map((each) => [each.source, each.opened]));
  const rows = informed.flatMap(({ accountIds, opened: _, ...row }) =>
    accountIds.map((accountId) => ({ ...row, accountId })),
  );
  const added = await insertEventNotifications(tx, rows);
  await queueLeaving(
    tx,
    added.map(({ id, accountId, kind, source, procurementId, lotNo, detail }) => ({
      ...{ accountId, kind, procurementId, lotNo, detail },
      source: `notification/${id}`,
      opened: opened.get(source) ?? false,
    })),
  );
  return added.length;
}
