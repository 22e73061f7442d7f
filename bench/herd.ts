import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import BetterSqlite3 from 'better-sqlite3';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { connectClient, outboxFor } from '../cli/worker.ts';
import { startDevServer } from '../cli/temporal-server.ts';
import { submitBid } from '../db/bids.ts';
import type { Database } from '../db/database.ts';
import { openDatabase } from '../db/open.ts';
import { databaseFile } from '../db/sqlite.ts';
import { setDrillClock } from '../db/drill.ts';
import { realAt } from '../domain/clock.ts';
import { readTemporalConfig, type TemporalConfig } from '../temporal.config.ts';
import { actorOf, at, draftOf, launch, people } from '../test/setup/tender.ts';
import { lotWorkflowId, procurementWorkflowId } from '../workflows/messages.ts';
import { byCallers, inTurn, median, percentile, rounded } from './figures.ts';
import { machine, temporaryFolder } from './installation.ts';
import { startWorkerProcess } from './worker-process.ts';
import { playWholeTender } from './whole-tender.ts';

interface Options {
  readonly n: number;
  readonly callers: number;
  readonly rounds: number;
  readonly days: number;
  readonly dayMs: number;
  readonly bareActivity: 'task' | 'local';
}

/** One server and one kind of callers for both subjects. */
interface Field {
  readonly options: Options;
  readonly folder: string;
  readonly address: string;
  readonly config: TemporalConfig;
  readonly client: Client;
  readonly bareBundle: string;
  readonly say: (line: string) => void;
}

interface Herd {
  readonly startsPerSecond: number;
  /** Real milliseconds from the deadline, one a tender or workflow. */
  readonly lateness: readonly number[];
}

const DAY_MS = 86_400_000;
const NOTICE_AT = at('2026-03-27T09:00+08:00');
const BIDDERS = 3;
/** Real time for the starts, before the notice of a tender or the timer of a bare workflow (ms). */
const startingMs = (n: number) => 4_000 + n * 50;
/** Real time for the publishing of all, for their bids, and for a rest before the deadline (ms). */
const biddingMs = (n: number) => 15_000 + n * 50;
const CLOSED_WITHIN_MS = 180_000;

/** N tenders due at one instant, beside N bare workflows due at one instant, on the same server. */
export async function run(options: Options, say: (line: string) => void): Promise<object> {
  const folder = temporaryFolder();
  const { address: _elsewhere, ...config } = readTemporalConfig();
  const server = await startDevServer({ dataDir: folder, config, log: say });
  const client = await connectClient(config, server.address);
  try {
    const field = {
      options,
      folder,
      address: server.address,
      config,
      client,
      bareBundle: await bundleBare(folder),
      say,
    };
    const whole = await wholeTender(field);
    say(`a whole tender: ${whole.events} events, ${whole.bytes} bytes`);
    const herds = { tenders: [] as Herd[], bare: [] as Herd[] };
    let closed: History[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      for (const subject of inTurn(round, ['tenders', 'bare'] as const)) {
        if (subject === 'tenders') {
          const herd = await tenders(field, round);
          herds.tenders.push(herd);
          closed = herd.closed;
        } else {
          herds.bare.push(await bareWorkflows(field, round));
        }
        say(`round ${round + 1}/${options.rounds}, ${subject}: ${JSON.stringify(figures(herds[subject].slice(-1)))}`);
      }
    }
    const ratios = herds.tenders.map((herd, round) => last(herd) / last(herds.bare[round] as Herd));
    return {
      bench: 'herd',
      machine: machine(),
      n: options.n,
      callers: options.callers,
      bareActivity: options.bareActivity,
      tenders: figures(herds.tenders),
      bare: figures(herds.bare),
      ratio: rounded(median(ratios), 2),
      ratios: ratios.map((each) => rounded(each, 2)),
      startsRatio: rounded(
        median(herds.tenders.map((herd, round) => herd.startsPerSecond / (herds.bare[round]?.startsPerSecond ?? 0))),
        2,
      ),
      history: {
        closedTender: {
          events: median(closed.map(({ events }) => events)),
          bytes: median(closed.map(({ bytes }) => bytes)),
        },
        wholeTender: whole,
      },
      aim: 'ratio <= 1.0; a whole tender of one lot in <= 150 events and <= 100 KB of history',
    };
  } finally {
    await client.connection.close();
    await server.stop();
  }
}

const last = ({ lateness }: Herd): number => Math.max(...lateness);

function figures(herds: readonly Herd[]): object {
  const each = (of: (herd: Herd) => number, digits = 0) => rounded(median(herds.map(of)), digits);
  return {
    startsPerSecond: each(({ startsPerSecond }) => startsPerSecond),
    fromDeadlineMs: {
      p50: each(({ lateness }) => percentile(lateness, 0.5)),
      p99: each(({ lateness }) => percentile(lateness, 0.99)),
      last: each(last),
    },
    lastOfEachRoundMs: herds.map((herd) => rounded(last(herd))),
  };
}

async function bareWorkflows({ options, address, client, bareBundle }: Field, round: number): Promise<Herd> {
  const { n, callers, bareActivity } = options;
  const taskQueue = `bare-${round}`;
  const worker = await startWorkerProcess(join(import.meta.dirname, 'bare-worker.ts'), [bareBundle], {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_TASK_QUEUE: taskQueue,
  });
  const deadlineMs = Date.now() + startingMs(n);
  const { ms } = await byCallers(n, callers, async (index) => {
    await client.workflow.start('bare', {
      workflowId: `bare/${round}/${index}`,
      taskQueue,
      args: [{ deadlineMs, activity: bareActivity }],
    });
  });
  refuseLateStart(deadlineMs);
  const finished = await worker.ask<number[]>(n);
  await untilEach(n, async (index) => {
    const { status } = await client.workflow.getHandle(`bare/${round}/${index}`).describe();
    return status.name === 'COMPLETED';
  });
  await worker.stop();
  return { startsPerSecond: (n / ms) * 1_000, lateness: finished.map((instant) => instant - deadlineMs) };
}

async function tenders(field: Field, round: number): Promise<Herd & { closed: History[] }> {
  const { n, callers, days, dayMs } = field.options;
  const msPerDay = dayMs || Math.ceil(biddingMs(n) / days);
  const site = await openSite(field, `tenders-${round}`);
  const { db, dataDir, outbox } = site;
  const who = await people(db, BIDDERS);
  await noticeIn(db, startingMs(n), msPerDay);
  const draft = { ...draftOf('tendering', who.purchaser.id), bidDeadline: NOTICE_AT + days * DAY_MS };

  const ids: string[] = [];
  const { ms } = await byCallers(n, callers, async () => {
    const { procurement, messageId } = await launch(db, who.asPurchaser, draft);
    await outbox.deliver(messageId);
    ids.push(procurement.id);
  });
  refuseLateStart(realAt(db.clock, NOTICE_AT));
  const deadlineMs = realAt(db.clock, draft.bidDeadline);

  const eye = new BetterSqlite3(databaseFile(dataDir), { readonly: true });
  const bidding = eye.prepare(`SELECT count(*) FROM procurements WHERE stage = 'bidding'`).pluck();
  while (bidding.get() !== n) {
    if (Date.now() > deadlineMs)
      throw new Error('not all tenders were published before their deadline; give a larger --day-ms');
    await sleep(100);
  }
  const file = await db.blobs.store(sealed(), 1_000);
  await byCallers(n * BIDDERS, callers, async (index) => {
    const supplier = who.suppliers[index % BIDDERS];
    const procurementId = ids[Math.floor(index / BIDDERS)];
    if (!supplier || !procurementId) throw new Error('unreachable');
    await db.transaction((tx) =>
      submitBid(tx, actorOf(supplier, 'supplier'), { procurementId, lotNo: 1, supplierId: supplier.id, file }),
    );
  });
  if (Date.now() > deadlineMs - 1_000)
    throw new Error('the bids were not in before the deadline; give a larger --day-ms');
  field.say(`all published, all bids in, ${rounded((deadlineMs - Date.now()) / 1_000, 1)} s before the deadline`);

  const lateness = await lookUntilClosed(eye, n, deadlineMs);
  eye.close();
  // What the closing causes is done with when every lot has a workflow that waits.
  await untilEach(n, async (index) => {
    const lot = field.client.workflow.getHandle(lotWorkflowId(ids[index] ?? '', 1));
    return lot.describe().then(
      ({ historyLength }) => historyLength >= 4,
      () => false,
    );
  });
  const closed = await Promise.all(ids.slice(0, 20).map((id) => historyOf(field.client, id)));
  await site.close();
  return { startsPerSecond: (n / ms) * 1_000, lateness, closed };
}

async function* sealed(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('sealed');
}

/**
 * Looks into the database, from outside the worker, until every tender is closed: past the stage of bidding and with the
 * record of its opening stored. What counts is the instant at which it could be seen.
 */
async function lookUntilClosed(eye: BetterSqlite3.Database, n: number, deadlineMs: number): Promise<number[]> {
  const closed = eye
    .prepare(
      `SELECT count(*) FROM procurements p JOIN openings o ON o.procurement_id = p.id AND o.opened
       WHERE p.stage = 'evaluation'`,
    )
    .pluck();
  const lateness: number[] = [];
  await sleep(Math.max(0, deadlineMs - Date.now() - 50));
  while (lateness.length < n) {
    const seen = Number(closed.get());
    const late = Date.now() - deadlineMs;
    if (late < 0 && seen > 0) throw new Error('a tender was closed before its deadline');
    while (lateness.length < seen) lateness.push(late);
    if (late > CLOSED_WITHIN_MS) throw new Error(`${n - seen} tenders are not closed ${late} ms after their deadline`);
    await sleep(10);
  }
  return lateness;
}

/** So that nothing of one measurement is left to be done in the next. */
async function untilEach(n: number, isDone: (index: number) => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + CLOSED_WITHIN_MS;
  for (let index = 0; index < n; index += 1) {
    while (!(await isDone(index))) {
      if (Date.now() > giveUpAt) throw new Error('what follows the deadline does not come to an end');
      await sleep(100);
    }
  }
}

interface History {
  readonly events: number;
  readonly bytes: number;
}

/** Of the workflows of a tender of one lot, as the server counts. */
async function historyOf(client: Client, procurementId: string): Promise<History> {
  const described = await Promise.all(
    [procurementWorkflowId(procurementId), lotWorkflowId(procurementId, 1)].map((id) =>
      client.workflow.getHandle(id).describe(),
    ),
  );
  return {
    events: described.reduce((sum, { historyLength }) => sum + historyLength, 0),
    bytes: described.reduce((sum, { historySize }) => sum + (historySize ?? 0), 0),
  };
}

async function wholeTender(field: Field): Promise<History> {
  const site = await openSite(field, 'whole');
  try {
    await noticeIn(site.db, 2_000, 400);
    return await historyOf(field.client, await playWholeTender(site.db, site.outbox, NOTICE_AT));
  } finally {
    await site.close();
  }
}

/** Sets the civil clock so that the notice is due after so many real milliseconds, and days last as long as asked. */
const noticeIn = (db: Database, ms: number, msPerDay: number): Promise<void> =>
  setDrillClock(db, { civilStartMs: NOTICE_AT - Math.ceil((ms * DAY_MS) / msPerDay), msPerDay });

/** An installation of its own for a drill, and its worker process. */
async function openSite(
  { folder, address, config, client, say }: Field,
  name: string,
): Promise<{ db: Database; dataDir: string; outbox: ReturnType<typeof outboxFor>; close(): Promise<void> }> {
  const dataDir = join(folder, name);
  const longAgo = NOTICE_AT - 365 * DAY_MS;
  const db = await openDatabase({
    dataDir,
    clock: { mode: 'drill', msPerDay: DAY_MS, realStartMs: Date.now(), civilStartMs: longAgo },
  });
  const worker = await startWorkerProcess(join(import.meta.dirname, '../cli/kaibiao.mjs'), ['worker'], {
    KAIBIAO_DATA_DIR: dataDir,
    KAIBIAO_LOG_LEVEL: 'error',
    TEMPORAL_ADDRESS: address,
    TEMPORAL_TASK_QUEUE: name,
  });
  const log = pino({ level: 'warn' }, { write: say });
  const outbox = outboxFor(db, client, { ...config, taskQueues: { ...config.taskQueues, main: name } }, log);
  return {
    db,
    dataDir,
    outbox,
    close: async () => {
      await worker.stop();
      await db.close();
    },
  };
}

async function bundleBare(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, 'bare-workflow.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const path = join(folder, 'bare-workflow.js');
  writeFileSync(path, code);
  return path;
}

function refuseLateStart(deadlineMs: number): void {
  if (Date.now() > deadlineMs - 500) throw new Error('the starts took longer than the time set aside for them');
}
