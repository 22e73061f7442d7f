import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock, Locker, RequestRelease } from '@tus/server';
import pg from 'pg';
import { readable } from './failures.ts';
import { LocalUploadLocks, LOCK_TIMEOUT_MS, uploadBusy } from '../files/upload-locks.ts';

const RETRY_MS = 100;
const CHANNEL = 'kaibiao_upload_wanted';

interface Held {
  readonly client: pg.Client;
  readonly requestRelease: RequestRelease;
}

/**
 * Locks of uploads among all the processes on one server: advisory locks of one session a process, which end with it,
 * and a notification to the holder of a lock that another wants (a client that reconnects through another process,
 * before the first has noticed the broken connection).
 */
export class PostgresUploadLocks implements Locker {
  readonly #url: string;
  readonly #here = new LocalUploadLocks();
  readonly #held = new Map<string, Held>();
  #session: Promise<pg.Client> | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  newLock(id: string): Lock {
    const inner = this.#here.newLock(id);
    return {
      lock: async (signal, requestRelease) => {
        await inner.lock(signal, requestRelease);
        try {
          await this.#take(id, signal, requestRelease);
        } catch (error) {
          await inner.unlock();
          throw readable(error);
        }
      },
      unlock: async () => {
        const held = this.#held.get(id);
        this.#held.delete(id);
        // A session that has ended holds nothing.
        await held?.client.query('SELECT pg_advisory_unlock($1)', [keyOf(id)]).catch(() => undefined);
        await inner.unlock();
      },
    };
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    const client = await session?.catch(() => null);
    await client?.end();
  }

  async #take(id: string, signal: AbortSignal, requestRelease: RequestRelease): Promise<void> {
    for (const giveUpAt = performance.now() + LOCK_TIMEOUT_MS; ; await sleep(RETRY_MS)) {
      this.#session ??= this.#begin();
      const client = await this.#session;
      const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [keyOf(id)]);
      if (rows[0]?.taken) {
        this.#held.set(id, { client, requestRelease });
        return;
      }
      if (signal.aborted || performance.now() > giveUpAt) throw uploadBusy();
      await client.query('SELECT pg_notify($1, $2)', [CHANNEL, id]);
    }
  }

  async #begin(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.#url, application_name: 'kaibiao', keepAlive: true });
    let over = false;
    const lost = (): void => {
      if (over) return;
      over = true;
      // No new session begins before this one is known to be over.
      this.#session = null;
      for (const held of this.#held.values()) if (held.client === client) void held.requestRelease();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ payload }) => void this.#held.get(payload ?? '')?.requestRelease());
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      return client;
    } catch (error) {
      lost();
      throw error;
    }
  }
}

/** Of 64 bits: two uploads with one key would only wait for each other. */
function keyOf(id: string): string {
  return createHash('sha256').update(`upload ${id}`).digest().readBigInt64BE().toString();
}
