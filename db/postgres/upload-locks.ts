import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock, Locker, RequestRelease } from '@tus/server';
import pg from 'pg';
import { APPLICATION, SCHEMA } from './connection.ts';
import { readable } from './failures.ts';
import { LocalUploadLocks, LOCK_TIMEOUT_MS, uploadBusy } from '../files/upload-locks.ts';

const RETRY_MS = 100;
/** Says only that some lock is wanted: every role that may connect can listen to it, and send it. */
const CHANNEL = 'kaibiao_upload_wanted';

const LEASES = `${SCHEMA}.leases`;
/** A session, as no other has the name of it while it lives, nor later. */
const SESSION = "a.pid || ' since ' || extract(epoch FROM a.backend_start)";
const LIVES = `EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE ${SESSION} = l.holder)`;
const WHO = `SELECT ${SESSION} AS session FROM pg_catalog.pg_stat_activity a WHERE a.pid = pg_catalog.pg_backend_pid()`;
const TAKE = `INSERT INTO ${LEASES} AS l (name, holder, until) VALUES ($1, $2, 0)
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder WHERE l.holder = excluded.holder OR NOT ${LIVES}`;
const WANT = `INSERT INTO ${LEASES} (name, holder, until) VALUES ($1, $2, 0) ON CONFLICT (name) DO NOTHING`;
const WANTED = `SELECT name FROM ${LEASES} l WHERE name = ANY($1) AND ${LIVES}`;
const GIVE_UP = `DELETE FROM ${LEASES} WHERE name = $1 AND holder = $2`;
const GIVE_UP_OF_DEAD = `DELETE FROM ${LEASES} l WHERE name LIKE 'upload%/%' AND NOT ${LIVES}`;

const lockOf = (id: string) => `upload/${id}`;
const wantedOf = (id: string) => `upload wanted/${id}`;

interface Session {
  readonly client: pg.Client;
  readonly name: string;
}

interface Held {
  readonly session: Session;
  readonly requestRelease: RequestRelease;
}

/**
 * Locks of uploads among all the processes on one server: rows that name the session of their holder, one a process, and
 * are worth nothing once that has ended. A row that says that a lock is wanted asks its holder to let go (a client that
 * reconnects through another process, before the first has noticed the broken connection). No advisory locks: every role
 * that may connect sees which are held, and can hold them.
 */
export class PostgresUploadLocks implements Locker {
  readonly #url: string;
  readonly #here = new LocalUploadLocks();
  readonly #held = new Map<string, Held>();
  #session: Promise<Session> | null = null;
  #looking = false;

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
        if (held) await giveUp(held.session, lockOf(id)).catch(() => undefined);
        await inner.unlock();
      },
    };
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    const open = await session?.catch(() => null);
    await open?.client.end();
  }

  async #take(id: string, signal: AbortSignal, requestRelease: RequestRelease): Promise<void> {
    let wanted: Session | null = null;
    try {
      for (const giveUpAt = performance.now() + LOCK_TIMEOUT_MS; ; await sleep(RETRY_MS)) {
        this.#session ??= this.#begin();
        const session = await this.#session;
        const { rowCount } = await session.client.query(TAKE, [lockOf(id), session.name]);
        if (rowCount !== 0) {
          this.#held.set(id, { session, requestRelease });
          return;
        }
        if (signal.aborted || performance.now() > giveUpAt) throw uploadBusy();
        wanted = session;
        await session.client.query(WANT, [wantedOf(id), session.name]);
        await session.client.query(`NOTIFY ${CHANNEL}`);
      }
    } finally {
      if (wanted) await giveUp(wanted, wantedOf(id)).catch(() => undefined);
    }
  }

  async #begin(): Promise<Session> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: APPLICATION,
      keepAlive: true,
      pipeline: true,
    });
    let over = false;
    const lost = (): void => {
      if (over) return;
      over = true;
      // No new session begins before this one is known to be over.
      this.#session = null;
      for (const held of this.#held.values()) if (held.session.client === client) void held.requestRelease();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', () => void this.#letGo(client).catch(() => undefined));
    try {
      await client.connect();
      // What a crash of the server would lose ends with it anyway.
      await client.query('SET synchronous_commit = off');
      await client.query(`LISTEN ${CHANNEL}`);
      await client.query(GIVE_UP_OF_DEAD);
      const { rows } = await client.query<{ session: string }>(WHO);
      return { client, name: rows[0]?.session ?? '' };
    } catch (error) {
      lost();
      throw error;
    }
  }

  /** Asks the holders of what is wanted; whoever only sends notifications changes nothing. */
  async #letGo(client: pg.Client): Promise<void> {
    if (this.#looking || this.#held.size === 0) return;
    this.#looking = true;
    try {
      const names = [...this.#held.keys()].map(wantedOf);
      const { rows } = await client.query<{ name: string }>(WANTED, [names]);
      for (const { name } of rows) void this.#held.get(name.slice(wantedOf('').length))?.requestRelease();
    } finally {
      this.#looking = false;
    }
  }
}

async function giveUp({ client, name }: Session, lease: string): Promise<void> {
  await client.query(GIVE_UP, [lease, name]);
}
