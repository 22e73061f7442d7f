import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { submitBid } from '../services/bids/submit.ts';
import type { Database } from '../db/access/database.ts';
import { realAt } from '../domain/clock.ts';
import { startClock } from '../services/drill/set-clock.ts';
import { lotSubject, procurementSubject } from '../domain/subjects.ts';
import { actorOf, at, draftOf, launch, people } from '../test/setup/tenders/tender.ts';
import { byCallers, inTurn, median, percentile, rounded } from './figures.ts';
import { startGround, startWorkers, type Ground, type GroundKind, type Site } from './ground.ts';
import { machine } from './installation.ts';
import { startWorkerProcess } from './worker-process.ts';
import { playWholeTender } from './whole-tender.ts';

export interface Options {
  readonly on: GroundKind;
  readonly workers: number;
  readonly n: readonly number[];
  readonly callers: number;
  readonly rounds: number;
  readonly days: number;
  readonly dayMs: number;
  readonly startMs: number;
  readonly bareActivity: 'task' | 'local';
}

/** The same server and the same kind of callers for both subjects. */
export interface Field {
  readonly options: Options;
  readonly ground: Ground;
  readonly bareBundle: string;
  readonly say: (line: string) => void;
}

export interface Herd {
  readonly startsPerSecond: number;
  /** Real milliseconds after the deadline, one per tender or workflow. */
  readonly lateness: readonly number[];
}

interface Herds {
  readonly tenders: readonly Herd[];
  readonly bare: readonly Herd[];
  /** Histories of some tenders of the last round, once closed. */
  readonly closed: readonly History[];
}

const DAY_MS = 86_400_000;
const NOTICE_AT = at('2026-03-27T09:00+08:00');
/** Before everything: the drill's clock shows this until it is set. */
export const LONG_AGO = NOTICE_AT - 365 * DAY_MS;
const BIDDERS = 3;
/** Real time for the starts, before the notice of a tender or the timer of a bare workflow (ms). */
const startingMs = (n: number, { startMs }: Options) => 4_000 + n * startMs;
/** Real time for publishing all, for their bids, and for a pause before the deadline (ms). */
const biddingMs = (n: number, { startMs }: Options) => 15_000 + n * startMs;
/** How long to wait for the last closing, and for what follows it (ms). */
const closedWithinMs = (n: number) => 120_000 + n * 120;

/** N tenders due at one instant, beside N bare workflows due at one instant, on the same server. */
export async function run(options: Options, say: (line: string) => void): Promise<object> {
  const ground = await startGround(options.on, LONG_AGO, say);
  try {
    const field = { options, ground, bareBundle: await bundleBare(ground.folder), say };
    const whole = await wholeTender(field);
    say(`a whole tender: ${whole.events} events, ${whole.bytes} bytes`);
    const sizes = [];
    for (const n of options.n) sizes.push({ n, herds: await herdsOf(field, n) });
    return {
      bench: 'herd',
      machine: machine(),
      on: options.on,
      workers: options.workers,
      callers: options.callers,
      bareActivity: options.bareActivity,
      sizes: sizes.map(({ n, herds }) => ({ n, ...compared(herds) })),
      ...(sizes.length > 1 ? { growth: growth(sizes) } : {}),
      wholeTender: whole,
      aim: 'ratio <= 0.5, growth linear; a whole tender of one lot in <= 150 events and <= 100 KB of history',
    };
  } finally {
    await ground.stop();
  }
}

async function herdsOf(field: Field, n: number): Promise<Herds> {
  const herds = { tenders: [] as Herd[], bare: [] as Herd[], closed: [] as History[] };
  const { rounds } = field.options;
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of inTurn(round, ['tenders', 'bare'] as const)) {
      const name = `${subject}-${n}-${round}`;
      if (subject === 'tenders') {
        const herd = await tenders(field, n, name);
        herds.tenders.push(herd);
        herds.closed = herd.closed;
      } else {
        herds.bare.push(await bareWorkflows(field, n, name));
      }
      field.say(`${n}, round ${round + 1}/${rounds}, ${subject}: ${JSON.stringify(figures(herds[subject].slice(-1)))}`);
    }
  }
  return herds;
}

const last = ({ lateness }: Herd): number => Math.max(...lateness);

function compared({ tenders, bare, closed }: Herds): object {
  const ratios = (of: (herd: Herd) => number) => tenders.map((herd, round) => of(herd) / of(bare[round] as Herd));
  return {
    tenders: figures(tenders),
    bare: figures(bare),
    ratio: rounded(median(ratios(last)), 2),
    ratios: ratios(last).map((each) => rounded(each, 2)),
    startsRatio: rounded(median(ratios(({ startsPerSecond }) => startsPerSecond)), 2),
    closedTender: {
      events: median(closed.map(({ events }) => events)),
      bytes: median(closed.map(({ bytes }) => bytes)),
    },
  };
}

export function figures(herds: readonly Herd[]): object {
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

/** The time of the last closing per tender, relative to the first size: 1 is linear. */
function growth(sizes: readonly { readonly n: number; readonly herds: Herds }[]): object {
  const [least] = sizes;
  const perOne = (n: number, herds: readonly Herd[]) => median(herds.map(last)) / n;
  const grown = (of: 'tenders' | 'bare') =>
    sizes.map(({ n, herds }) => rounded(perOne(n, herds[of]) / perOne(least?.n ?? 0, least?.herds[of] ?? []), 2));
  return { n: sizes.map(({ n }) => n), tenders: grown('tenders'), bare: grown('bare') };
}

async function bareWorkflows({ options, ground, bareBundle }: Field, n: number, taskQueue: string): Promise<Herd> {
  const { callers, bareActivity } = options;
  const workers = await startWorkers(options.workers, () =>
    startWorkerProcess(join(import.meta.dirname, 'bare-worker.ts'), [bareBundle], {
      TEMPORAL_ADDRESS: ground.address,
      TEMPORAL_TASK_QUEUE: taskQueue,
    }),
  );
  const deadlineMs = Date.now() + startingMs(n, options);
  const { ms } = await byCallers(n, callers, async (index) => {
    await ground.client.workflow.start('bare', {
      workflowId: `${taskQueue}/${index}`,
      taskQueue,
      args: [{ deadlineMs, activity: bareActivity }],
    });
  });
  refuseLateStart(deadlineMs);
  const finished: number[] = [];
  while (finished.length < n) {
    if (Date.now() > deadlineMs + closedWithinMs(n)) throw new Error('the bare workflows do not come to an end');
    await sleep(20);
    for (const worker of workers) finished.push(...(await worker.ask<number[]>('finished')));
  }
  await untilEach(n, async (index) => {
    const { status } = await ground.client.workflow.getHandle(`${taskQueue}/${index}`).describe();
    return status.name === 'COMPLETED';
  });
  await Promise.all(workers.map((worker) => worker.stop()));
  return { startsPerSecond: (n / ms) * 1_000, lateness: finished.map((instant) => instant - deadlineMs) };
}

export async function tenders(field: Field, n: number, name: string): Promise<Herd & { closed: History[] }> {
  const { options, ground, say } = field;
  const { callers, days, dayMs } = options;
  const msPerDay = dayMs || Math.ceil(biddingMs(n, options) / days);
  const site = await ground.openSite(name, options.workers);
  const { db } = site;
  const who = await people(db, BIDDERS);
  await noticeIn(db, startingMs(n, options), msPerDay);
  const draft = { ...draftOf('tendering', who.purchaser.id), bidDeadline: NOTICE_AT + days * DAY_MS };

  const ids: string[] = [];
  const began = performance.now();
  await byCallers(n, callers, async () => {
    const { procurement } = await launch(db, who.asPurchaser, draft);
    ids.push(procurement.id);
  });
  // A tender counts as launched when its workflow has been started.
  while ((await site.count('SELECT count(*) FROM outbox')) > 0) await sleep(20);
  const ms = performance.now() - began;
  refuseLateStart(realAt(db.clock, NOTICE_AT) ?? 0);
  const deadlineMs = realAt(db.clock, draft.bidDeadline) ?? 0;

  while ((await site.count(`SELECT count(*) FROM procurements WHERE stage = 'bidding'`)) !== n) {
    if (Date.now() > deadlineMs) throw tooSoon('not all tenders were published before their deadline');
    await sleep(100);
  }
  // If a notice is published a civil day late, the law postpones its deadline: it is no longer part of this herd.
  if ((await site.count('SELECT count(DISTINCT bid_deadline) FROM procurements')) !== 1) {
    throw new Error('publishing took longer than the civil days to spare: not all have one deadline; give more --days');
  }
  const file = await db.blobs.store(sealed(), 1_000);
  await byCallers(n * BIDDERS, callers, async (index) => {
    const supplier = who.suppliers[index % BIDDERS];
    const procurementId = ids[Math.floor(index / BIDDERS)];
    if (!supplier || !procurementId) throw new Error('unreachable');
    await db.transaction(
      (tx) => submitBid(tx, actorOf(supplier, 'supplier'), { procurementId, lotNo: 1, supplierId: supplier.id, file }),
      { procurementId },
    );
  });
  if (Date.now() > deadlineMs - 1_000) throw tooSoon('the bids were not in before the deadline');
  say(`all published, all bids in, ${rounded((deadlineMs - Date.now()) / 1_000, 1)} s before the deadline`);

  const lateness = await pollUntilClosed(site, n, deadlineMs);
  // The consequences of a closing are complete when every lot has a workflow that waits.
  await untilEach(n, async (index) => {
    const lot = ground.client.workflow.getHandle(lotSubject(ids[index] ?? '', 1));
    return lot.describe().then(
      ({ historyLength }) => historyLength >= 4,
      () => false,
    );
  });
  const closed = await Promise.all(ids.slice(0, 20).map((id) => historyOf(ground.client, id)));
  await site.close();
  return { startsPerSecond: (n / ms) * 1_000, lateness, closed };
}

async function* sealed(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('sealed');
}

/**
 * Polls the database, from outside the worker, until every tender is closed: past the stage of bidding and with the
 * record of its opening stored. The instant at which this was visible counts.
 */
export async function pollUntilClosed(site: Pick<Site, 'count'>, n: number, deadlineMs: number): Promise<number[]> {
  const lateness: number[] = [];
  await sleep(Math.max(0, deadlineMs - Date.now() - 50));
  while (lateness.length < n) {
    const seen = await site.count(CLOSED);
    const late = Date.now() - deadlineMs;
    if (late < 0 && seen > 0) throw new Error('a tender was closed before its deadline');
    while (lateness.length < seen) lateness.push(late);
    if (late > closedWithinMs(n)) throw new Error(`${n - seen} tenders are not closed ${late} ms after their deadline`);
    await sleep(10);
  }
  return lateness;
}

const CLOSED = `SELECT count(*) FROM procurements p JOIN openings o ON o.procurement_id = p.id AND o.opened
  WHERE p.stage = 'evaluation'`;

/** So that no measurement leaves work for the next. */
async function untilEach(n: number, isDone: (index: number) => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + closedWithinMs(n);
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

/** Of the workflows of a tender with one lot, as counted by the server. */
async function historyOf(client: Client, procurementId: string): Promise<History> {
  const described = await Promise.all(
    [procurementSubject(procurementId), lotSubject(procurementId, 1)].map((id) =>
      client.workflow.getHandle(id).describe(),
    ),
  );
  return {
    events: described.reduce((sum, { historyLength }) => sum + historyLength, 0),
    bytes: described.reduce((sum, { historySize }) => sum + (historySize ?? 0), 0),
  };
}

async function wholeTender({ ground }: Field): Promise<History> {
  const site = await ground.openSite('whole', 1);
  try {
    await noticeIn(site.db, 2_000, 400);
    return await historyOf(ground.client, await playWholeTender(site.db, NOTICE_AT));
  } finally {
    await site.close();
  }
}

/** Sets the civil clock so that the notice is due after this many real milliseconds; days have the requested length. */
const noticeIn = (db: Database, ms: number, msPerDay: number): Promise<void> =>
  startClock(db, NOTICE_AT - Math.ceil((ms * DAY_MS) / msPerDay), msPerDay);

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
  if (Date.now() > deadlineMs - 500) throw tooSoon('the starts took longer than the time set aside for them');
}

const tooSoon = (what: string): Error => new Error(`${what}; give a larger --start-ms`);
