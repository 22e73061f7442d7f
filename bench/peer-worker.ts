import { run } from 'graphile-worker';
import pg from 'pg';
import PgBoss from 'pg-boss';
import { untilStopped } from '../cli/servers/lifetime.ts';

/** A worker process of a job queue on PostgreSQL: `peer-worker.ts NAME URL`. */

export const PEERS = ['pg-boss', 'graphile-worker'] as const;
export type Peer = (typeof PEERS)[number];

export interface PeerJob {
  readonly tender: number;
}

/** The name of the jobs, and of their queue. */
export const QUEUE = 'close';
/** The shortest that pg-boss allows (ms); the default of both is 2 s. */
export const POLL_MS = 500;
/** Jobs that pg-boss fetches at once. */
export const BATCH = 50;
/** Connections for closing, as many as a process of the product has; more concurrent jobs would wait for one. */
export const CONNECTIONS = 12;

const START: Record<Peer, (url: string, close: (job: PeerJob) => Promise<void>) => Promise<() => Promise<void>>> = {
  'pg-boss': async (url, close) => {
    const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
    boss.on('error', (error) => process.stderr.write(`${String(error)}\n`));
    await boss.start();
    const options = { batchSize: BATCH, pollingIntervalSeconds: POLL_MS / 1_000 };
    const id: string = await boss.work<PeerJob>(QUEUE, options, async (jobs) => {
      await Promise.all(jobs.map(({ data }) => close(data)));
      // More may be waiting: fetch again without a sleep.
      if (jobs.length === BATCH) boss.notifyWorker(id);
    });
    return () => boss.stop({ graceful: true });
  },
  'graphile-worker': async (url, close) => {
    const runner = await run({
      connectionString: url,
      concurrency: CONNECTIONS,
      pollInterval: POLL_MS,
      maxPoolSize: CONNECTIONS,
      noHandleSignals: true,
      taskList: { [QUEUE]: (job) => close(job as PeerJob) },
    });
    return () => runner.stop();
  },
};

if (process.send) {
  const [peer, url = ''] = process.argv.slice(2);
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  const stop = await START[peer as Peer](url, (job) => close(pool, job));
  process.send('ready');
  await untilStopped();
  await stop();
  await pool.end();
}

/** The minimum of a closing: lock the row, compare the instant, write the record, change the stage. */
async function close(pool: pg.Pool, { tender }: PeerJob): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ due: boolean }>({
      name: 'hold',
      text: `SELECT stage = 'bidding' AND bid_deadline <= extract(epoch from clock_timestamp()) * 1000 AS due
        FROM procurements WHERE id = $1 FOR UPDATE`,
      values: [tender],
    });
    if (rows[0]?.due) {
      await client.query({
        name: 'open',
        text: `INSERT INTO openings (procurement_id, lot_no, legal_at, actual_at, entries, bidders, opened)
          SELECT id, 1, bid_deadline, extract(epoch from clock_timestamp()) * 1000, '[]', 3, true
          FROM procurements WHERE id = $1`,
        values: [tender],
      });
      await client.query({
        name: 'advance',
        text: `UPDATE procurements SET stage = 'evaluation' WHERE id = $1`,
        values: [tender],
      });
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
