import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../../db/access/database.ts';
import { restAfter } from '../../domain/notifications/retries.ts';
import type { OutgoingChannel } from '../../engine/notifications/channel.ts';
import { keepDigestSchedule } from '../../engine/notifications/schedule.ts';
import { sendBatch } from '../../engine/notifications/send.ts';
import { readEvents } from '../../services/notifications/read-events.ts';
import { remind } from '../../services/notifications/remind.ts';
import { logFailure } from '../../api/http/request-log.ts';

export interface Notifying {
  readonly db: Database;
  readonly client: Client;
  readonly taskQueue: string;
  readonly channels: readonly OutgoingChannel[];
  /** Address under which people reach the site. */
  readonly publicUrl: string;
  /** Days before the last instant of a duty. */
  readonly reminderDays: readonly number[];
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** For what is being sent when the worker stops (ms); what is cut off another sends again, under the same id. */
  readonly graceMs?: number;
}

/** How often each is done (real ms). */
const EVENTS_MS = 1_000;
const REMIND_MS = 60_000;
const LEAST_REMIND_MS = 1_000;
const SEND_MS = 1_000;
const SCHEDULE_MS = 60_000;
const AFTER_FAILURE_MS = 10_000;
const GRACE_MS = 3_000;

/**
 * Notifies people, until it is stopped. Each part by itself: events, reminders, the schedule of the digest, and every
 * channel, so that none waits for another, and nothing of a tender waits for any.
 */
export async function notifyPeople(
  { db, client, taskQueue, channels, publicUrl, reminderDays, log, graceMs = GRACE_MS }: Notifying,
  stopping: AbortSignal,
): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (stopping.aborted) resolve();
    else stopping.addEventListener('abort', () => resolve(), { once: true });
  });
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping }).catch(() => undefined);
  /** @param once returns how long to wait before the next time (ms) */
  const again = async (otherwise: string, once: () => Promise<number>): Promise<void> => {
    while (!stopping.aborted) {
      let restMs = AFTER_FAILURE_MS;
      try {
        restMs = await once();
      } catch (error) {
        logFailure(log, error, otherwise);
      }
      await pause(restMs);
    }
  };

  const events = () =>
    again('events could not be read for notifications', async () => ((await readEvents(db)) > 0 ? 0 : EVENTS_MS));
  const reminders = () =>
    again('reminders could not be written', async () => {
      await remind(db, reminderDays);
      const { clock } = db;
      return clock.mode === 'real' ? REMIND_MS : Math.min(REMIND_MS, Math.max(LEAST_REMIND_MS, clock.msPerDay / 24));
    });
  const schedule = () =>
    again('the schedule of the digest could not be kept', async () => {
      await keepDigestSchedule({ client, taskQueue }, db.clock);
      return SCHEDULE_MS;
    });
  const sending = async (channel: OutgoingChannel): Promise<void> => {
    let timesDown = 0;
    const name = channel.channel;
    const loop = again(`messages could not be sent by ${name}`, async () => {
      const { sent, givenUp, down, more } = await sendBatch(db, channel, { publicUrl });
      // Neither who was written to, nor about what.
      if (sent > 0) log.info({ channel: name, sent }, 'messages sent');
      if (givenUp > 0) log.error({ channel: name, givenUp }, 'messages were given up');
      timesDown = down === null ? 0 : timesDown + 1;
      if (down !== null) log.warn({ channel: name, reason: down, timesDown }, 'a channel takes no messages');
      if (timesDown > 0) return restAfter(timesDown);
      return more ? 0 : SEND_MS;
    });
    await Promise.race([loop, stopped.then(() => sleep(graceMs, undefined, { ref: false }))]);
    channel.close();
  };
  await Promise.all([events(), reminders(), schedule(), ...channels.map(sending)]);
}
