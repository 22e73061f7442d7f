import type { Database } from '../../db/access/database.ts';
import { peopleIn } from '../../db/notifications/audience.ts';
import { claimDeliveries, postponeDelivery, settleDelivery, type Delivery } from '../../db/notifications/deliveries.ts';
import { civilDayOf, formatDay, MINUTE_MS } from '../../domain/civil-time.ts';
import type { Channel } from '../../domain/notifications/channels.ts';
import { pauseAfter, type Outcome } from '../../domain/notifications/retries.ts';
import { inform } from './inform.ts';

/** How long a message may be in one process (real ms): longer than a whole batch takes. */
const CLAIM_MS = 10 * MINUTE_MS;
/** Messages that are taken at once. */
const BATCH = 20;

/** Takes the next messages of a channel for this process. */
export function takeDeliveries(db: Database, channel: Channel, realNowMs: number): Promise<Delivery[]> {
  return db.transaction(
    (tx) => claimDeliveries(tx, channel, BATCH, { realNowMs, until: realNowMs + CLAIM_MS }),
    'single-rows',
  );
}

/** How an attempt has ended: as the channel says, or that there was nothing to send. */
export type Attempted = Outcome | { readonly outcome: 'dropped' } | { readonly outcome: 'untried' };

/** Notes how the attempts of a batch have ended, and tells the administrators once a day of what was given up. */
export async function noteAttempts(
  db: Database,
  channel: Channel,
  attempted: readonly { readonly delivery: Delivery; readonly result: Attempted }[],
  realNowMs: number,
): Promise<{ readonly givenUp: number }> {
  if (attempted.length === 0) return { givenUp: 0 };
  return db.transaction(async (tx) => {
    let givenUp = 0;
    for (const { delivery, result } of attempted) {
      const { id, attempts } = delivery;
      const tried = { id, attempts: attempts + 1 };
      if (result.outcome === 'untried') await postponeDelivery(tx, delivery, delivery.lastError, realNowMs);
      else if (result.outcome === 'dropped') await settleDelivery(tx, delivery, 'dropped', null, realNowMs);
      else if (result.outcome === 'sent') await settleDelivery(tx, tried, 'sent', null, realNowMs);
      else {
        const pauseMs =
          result.outcome === 'never' ? null : pauseAfter(tried.attempts, 'afterMs' in result ? result.afterMs : 0);
        if (pauseMs === null) {
          givenUp += 1;
          await settleDelivery(tx, tried, 'given-up', result.reason, realNowMs);
        } else await postponeDelivery(tx, tried, result.reason, realNowMs + pauseMs);
      }
    }
    if (givenUp > 0) {
      await inform(tx, [
        {
          ...{ kind: 'delivery.given-up', procurementId: null, lotNo: 0, detail: {}, opened: false },
          source: `given-up/${channel}/${formatDay(civilDayOf(tx.now))}`,
          accountIds: await peopleIn(tx.q, [{ role: 'administrator' }]),
        },
      ]);
    }
    return { givenUp };
  }, 'single-rows');
}
