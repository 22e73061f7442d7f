import type { Database } from '../../db/access/database.ts';
import type { Delivery } from '../../db/notifications/deliveries.ts';
import type { Channel } from '../../domain/notifications/channels.ts';
import type { Sender } from '../../domain/notifications/outgoing.ts';
import { composeDelivery } from '../../services/notifications/compose.ts';
import { noteAttempts, takeDeliveries, type Attempted } from '../../services/notifications/sending.ts';
import type { OutgoingChannel } from './channel.ts';

/** Messages under way at once on one channel. */
const AT_ONCE = 3;

export interface SentBatch {
  readonly sent: number;
  readonly failed: number;
  readonly givenUp: number;
  /** A reason, where the channel takes nothing now. */
  readonly down: string | null;
  /** Whether more may wait. */
  readonly more: boolean;
}

/**
 * Sends what is due on one channel. Once the channel is down the rest of the batch waits untried, so that hundreds of
 * messages cost one attempt. A message that was sent by a process which died before it could say so is sent again, under
 * the same id.
 */
export async function sendBatch(
  db: Database,
  channel: OutgoingChannel,
  sender: Sender,
  realNow: () => number = Date.now,
): Promise<SentBatch> {
  const deliveries = await takeDeliveries(db, channel.channel, realNow());
  const attempted: { delivery: Delivery; result: Attempted }[] = [];
  const drill = db.clock.mode === 'drill';
  let down: string | null = null;
  const rest = deliveries.values();
  const one = async (delivery: Delivery): Promise<Attempted> => {
    if (down !== null) return { outcome: 'untried' };
    const message = await composeDelivery(db.read, delivery, { sender, drill, now: db.now(), realNowMs: realNow() });
    if (message === null) return { outcome: 'dropped' };
    const result = await channel.send(message);
    if (result.outcome === 'channel-down') down ??= result.reason;
    return result;
  };
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const delivery of rest) attempted.push({ delivery, result: await one(delivery) });
    }),
  );
  const { givenUp } = await noteAttempts(db, channel.channel, attempted, realNow());
  const count = (...outcomes: Attempted['outcome'][]) =>
    attempted.filter(({ result }) => outcomes.includes(result.outcome)).length;
  return {
    sent: count('sent'),
    failed: count('again', 'never', 'channel-down'),
    givenUp,
    down,
    more: down === null && deliveries.length > 0,
  };
}

/** A channel that this installation does not have: what waits for it is given up, and not kept for ever. */
export const noChannel = (channel: Channel): OutgoingChannel => ({
  channel,
  send: async () => ({ outcome: 'never', reason: 'not-configured' }),
  close: () => undefined,
});
