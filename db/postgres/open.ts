import type pg from 'pg';
import type { Database, OpenOptions, Subject, Tx } from '../access/database.ts';
import { CalendarInForce } from '../calendar.ts';
import { lastAlarm } from '../clock.ts';
import { openFiles } from '../files/open.ts';
import { Acknowledgements, refuseLoss } from '../integrity/acknowledged.ts';
import { checkAllRows } from './check.ts';
import { InstalledClock } from './clock.ts';
import {
  connect,
  connectToRead,
  LOCK_TIMEOUT_MS,
  onOneConnection,
  queriesOf,
  queriesOn,
  retriedOnce,
} from './connection.ts';
import { readable } from './failures.ts';
import { GroupCommit } from './group-commit.ts';
import { LockedTables } from './locked-tables.ts';
import { bringPostgresUpToDate } from './migrations.ts';
import { isSeparate } from './roles.ts';
import { PostgresUploadLocks } from './upload-locks.ts';

type Options = OpenOptions & { readonly url: string };

/** Many processes, one server. A transaction holds the rows of its procurements; one without a subject holds everything. */
export async function openPostgres(options: Options): Promise<Database> {
  const lockTimeoutMs = options.busyTimeoutMs ?? LOCK_TIMEOUT_MS;
  const pool = connect(options.url, lockTimeoutMs);
  const reading = connectToRead(options.url, lockTimeoutMs);
  try {
    const roles = await bringPostgresUpToDate(pool, options.roles);
    return await openMigrated({ pool, reading }, { ...options, separate: isSeparate(roles) });
  } catch (error) {
    await Promise.all([pool.end(), reading.end()]);
    throw readable(error);
  }
}

interface Pools {
  readonly pool: pg.Pool;
  readonly reading: pg.Pool;
}

async function openMigrated(
  { pool, reading }: Pools,
  options: Options & Pick<Database, 'separate'>,
): Promise<Database> {
  const clock = await InstalledClock.on(pool, options);
  const calendar = new CalendarInForce(options.calendar);
  const locked = new LockedTables((text) => pool.query(text));
  const guarded = (client: pg.PoolClient) => (query: pg.QueryArrayConfig) =>
    locked.guard(query.text, () => client.query(query));
  const read = queriesOn((query) => retriedOnce(() => onOneConnection(reading, (client) => guarded(client)(query))));
  await refuseLoss(read, options.dataDir);
  const acknowledged = new Acknowledgements(options.dataDir);
  const files = await openFiles(options, read);
  const commit = new GroupCommit({ pool, clock, calendar, acknowledged, committees: files.committees });
  const uploadLocks = new PostgresUploadLocks(options.url);
  const accepting = untilClosed({ commit, clock, uploadLocks, acknowledged, pool, reading });
  return {
    read,
    readTogether: (work) =>
      retriedOnce(() => onOneConnection(reading, (client) => work(queriesOf(client, () => guarded(client))))),
    ...files,
    uploadLocks,
    separate: options.separate,
    get clock() {
      return clock.setting;
    },
    calendar: () => calendar.on(read),
    now: () => clock.now(),
    clockAlarm: async () => {
      const { alarm, heldAt } = await lastAlarm(read);
      return clock.guard.standing(alarm, heldAt);
    },
    doubtClock: async (aheadMs) => {
      clock.guard.doubt((await lastAlarm(read)).alarm, clock.machineNow(), aheadMs);
      await accepting.transaction(async () => undefined, 'clock-in-doubt');
    },
    ...accepting,
    checkRows: () => checkAllRows(reading),
  };
}

/** Accepts work until it is closed; then releases everything, the connections last, which the work still needs. */
function untilClosed(
  open: Pools & {
    readonly commit: GroupCommit;
    readonly clock: InstalledClock;
    readonly uploadLocks: PostgresUploadLocks;
    readonly acknowledged: Acknowledgements;
  },
): Pick<Database, 'transaction' | 'close'> {
  let closed = false;
  return {
    transaction: async <T>(work: (tx: Tx) => Promise<T>, subject?: Subject) => {
      if (closed) throw new Error('the database is closed');
      return open.commit.run(work, subject ?? null);
    },
    close: async () => {
      if (closed) return;
      closed = true;
      open.clock.stop();
      await open.uploadLocks.close();
      await open.commit.drain();
      open.acknowledged.close();
      await Promise.all([open.pool.end(), open.reading.end()]);
    },
  };
}
