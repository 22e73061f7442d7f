import { join } from 'node:path';
import { makeWorkerUtils } from 'graphile-worker';
import pg from 'pg';
import PgBoss from 'pg-boss';
import { byCallers, rounded } from './figures.ts';
import { startGround } from './ground.ts';
import { figures, LONG_AGO, pollUntilClosed, tenders, type Field, type Herd, type Options } from './herd.ts';
import { machine } from './installation.ts';
import { BATCH, CONNECTIONS, PEERS, POLL_MS, QUEUE, type Peer, type PeerJob } from './peer-worker.ts';
import { startWorkerProcess } from './worker-process.ts';

const SUBJECTS = ['tenders', ...PEERS] as const;
type Subject = (typeof SUBJECTS)[number];

/** N closings due at one instant: of our tenders, and as jobs in two queues, on one PostgreSQL. */
export async function run(
  given: { n: number; callers: number; rounds: number; startMs: number },
  say: (line: string) => void,
): Promise<object> {
  const options: Options = {
    ...given,
    n: [given.n],
    on: 'cluster',
    workers: 1,
    days: 100,
    dayMs: 0,
    bareActivity: 'task',
  };
  const ground = await startGround(options.on, LONG_AGO, say);
  try {
    const field: Field = { options, ground, bareBundle: '', say };
    const herds: Record<Subject, Herd[]> = { tenders: [], 'pg-boss': [], 'graphile-worker': [] };
    for (let round = 0; round < given.rounds; round += 1) {
      // Each runs first in turn.
      for (const [place] of SUBJECTS.entries()) {
        const subject = SUBJECTS[(place + round) % SUBJECTS.length] as Subject;
        const name = `${subject}-${round}`;
        const herd = await (subject === 'tenders' ? tenders(field, given.n, name) : jobs(field, subject, name));
        herds[subject].push(herd);
        say(`round ${round + 1}/${given.rounds}, ${subject}: ${JSON.stringify(figures([herd]))}`);
      }
    }
    return {
      bench: 'peer',
      machine: machine(),
      n: given.n,
      callers: given.callers,
      peers: { pollMs: POLL_MS, batch: BATCH, connections: CONNECTIONS },
      ...Object.fromEntries(SUBJECTS.map((subject) => [subject, compared(herds[subject])])),
    };
  } finally {
    await ground.stop();
  }
}

function compared(herds: readonly Herd[]): object {
  const perSecond = ({ lateness }: Herd) => (lateness.length / Math.max(...lateness)) * 1_000;
  return { ...figures(herds), closedPerSecond: herds.map((herd) => rounded(perSecond(herd))) };
}

/** This many jobs due at one instant, in a database of their own, and a worker process for them. */
async function jobs({ options, ground }: Field, peer: Peer, name: string): Promise<Herd> {
  const [n = 0] = options.n;
  const { url = '' } = await ground.storage(name);
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  pool.on('error', () => undefined);
  const deadlineMs = Date.now() + 5_000 + n * options.startMs;
  await pool.query(`
    CREATE TABLE procurements (id integer PRIMARY KEY, stage text NOT NULL, bid_deadline bigint NOT NULL);
    CREATE TABLE openings (procurement_id integer, lot_no integer, legal_at bigint NOT NULL, actual_at bigint NOT NULL,
      entries jsonb NOT NULL, bidders integer NOT NULL, opened boolean NOT NULL, PRIMARY KEY (procurement_id, lot_no));
    INSERT INTO procurements SELECT id, 'bidding', ${deadlineMs} FROM generate_series(1, ${n}) id`);
  const queue = await QUEUES[peer](url);
  const worker = await startWorkerProcess(join(import.meta.dirname, 'peer-worker.ts'), [peer, url], {});
  const { ms } = await byCallers(n, options.callers, (index) => queue.add({ tender: index + 1 }, new Date(deadlineMs)));
  if (Date.now() > deadlineMs - 500)
    throw new Error('the jobs were not in before they were due; give a larger --start-ms');
  const count = async (query: string) =>
    Number((await pool.query<[string]>({ text: query, rowMode: 'array' })).rows[0]?.[0]);
  const lateness = await pollUntilClosed({ count }, n, deadlineMs);
  await worker.stop();
  await queue.close();
  await pool.end();
  return { startsPerSecond: (n / ms) * 1_000, lateness };
}

interface Queue {
  add(job: PeerJob, at: Date): Promise<void>;
  close(): Promise<void>;
}

const QUEUES: Record<Peer, (url: string) => Promise<Queue>> = {
  'pg-boss': async (url) => {
    const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
    boss.on('error', () => undefined);
    await boss.start();
    await boss.createQueue(QUEUE);
    return {
      add: async (job, at) => void (await boss.send(QUEUE, job, { startAfter: at })),
      close: () => boss.stop({ graceful: true }),
    };
  },
  'graphile-worker': async (url) => {
    const utils = await makeWorkerUtils({ connectionString: url, maxPoolSize: CONNECTIONS });
    await utils.migrate();
    return {
      add: async (job, at) => void (await utils.addJob(QUEUE, job, { runAt: at })),
      close: async () => utils.release(),
    };
  },
};
