import { fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { begin, startDrill } from '../cli/commands/demo.ts';
import { join as joinAs, type Answer, type Person } from '../cli/demo/people.ts';
import { bidFile, sealedBid } from '../cli/demo/sealing.ts';
import { createDatabase } from '../cli/servers/postgres-databases.ts';
import { DAY_MS, formatInstant, HOUR_MS } from '../domain/civil-time.ts';
import { civilAt, type ClockSetting } from '../domain/clock.ts';
import { candidateTold, PARTICULARS_TOLD } from '../test/setup/tenders/particulars.ts';
import { at } from '../test/setup/tenders/tender.ts';
import { byCallers, percentile, rounded } from './figures.ts';
import { machine, startOwnPostgres, temporaryFolder } from './installation.ts';

interface Options {
  readonly n: number;
  readonly dayMs: number;
  readonly database: 'sqlite' | 'postgres';
}

interface Site {
  readonly clock: ClockSetting;
  readonly purchaser: Person;
  readonly purchaserId: string;
  readonly suppliers: readonly Person[];
}

interface Played {
  readonly id: string;
  readonly path: string;
  readonly bidIds: readonly string[];
}

/** One act: the time until its answer, and until its effect can be read. */
interface Measured {
  readonly status: number;
  readonly answeredMs: number;
  readonly effectMs: number;
  readonly bareMs: number;
}

const DRILL_FROM = at('2026-03-23T09:00+08:00');
const PRICE_FEN = 90_000_000;
/** Real time reserved for each launch before the notice (ms). */
const LAUNCH_MS = 500;
const TIMEOUT_MS = 600_000;
/** A pause between two acts, so that none competes with the background work of the one before (ms). */
const REST_MS = 250;

/**
 * Awards and replies over HTTP, one after the other, on a whole installation with its own Temporal server, beside the
 * same request to a server that parses it, commits one row and answers.
 */
export async function run(options: Options, say: (line: string) => void): Promise<object> {
  const { n, dayMs, database } = options;
  const folder = temporaryFolder();
  const postgres = database === 'postgres' ? await startOwnPostgres(folder, say) : null;
  const url = postgres === null ? '' : await createDatabase(postgres, 'product');
  const bare = await startBare(folder, postgres === null ? '' : await createDatabase(postgres, 'bare'));
  const { service, env, administrator } = await startDrill({
    dataDir: join(folder, 'product'),
    from: DRILL_FROM,
    log: say,
    settings: { DATABASE_URL: url },
  });
  try {
    const member = (name: string, role: Parameters<typeof joinAs>[3], account: string) =>
      joinAs(administrator, service.url, name, role, account);
    const purchaser = await member('工业园区管委会', 'purchaser', 'purchaser');
    const suppliers: Person[] = [];
    for (const [index, name] of ['甲公司', '乙公司', '丙公司'].entries()) {
      suppliers.push((await member(name, 'supplier', `supplier-${index + 1}`)).person);
    }
    const clock = await begin(env, { civilStartMs: DRILL_FROM + DAY_MS, msPerDay: dayMs });
    const site: Site = { clock, purchaser: purchaser.person, purchaserId: purchaser.organisationId, suppliers };
    const noticeAt = civilAt(clock, Date.now() + n * LAUNCH_MS) + DAY_MS;
    const tenders = await times(n, () => launched(site, noticeAt));
    say(`${n} tenders are launched`);
    for (const { path } of tenders) await comesTo(site, path, ({ stage }) => stage === 'bidding');
    const bidding = await times(n, (index) => withBids(site, tenders[index] as Omit<Played, 'bidIds'>));
    say('all bids are in; waiting for the deadline');
    for (const { path } of bidding) await comesTo(site, path, lotAt('evaluation'));

    const objections: string[] = [];
    for (const tender of bidding) objections.push(await reportedAndObjected(site, tender));
    say('all reports are delivered, each with an objection');
    const replies: Measured[] = [];
    for (const grievanceId of objections) {
      replies.push(
        await measured(site, bare, {
          path: `/grievances/${grievanceId}/reply`,
          body: { outcome: 'rejected', replyZh: '经核查，业绩属实。' },
          effect: async () => (await site.purchaser.ask('GET', `/grievances/${grievanceId}`, 200)).state === 'replied',
        }),
      );
    }
    say('all are replied to; waiting for the publicity to end');
    for (const { path } of bidding) await comesTo(site, path, lotAt('award'));
    const awards: Measured[] = [];
    for (const { path, bidIds } of bidding) {
      awards.push(
        await measured(site, bare, {
          path: `${path}/lots/1/award`,
          body: { bidId: bidIds[0] },
          effect: async () => lotAt('contract')(await site.purchaser.ask('GET', path, 200)),
        }),
      );
    }
    return {
      bench: 'acts',
      machine: machine(),
      load: loadavg().map((each) => rounded(each, 1)),
      database,
      n,
      dayMs,
      award: figures(awards),
      reply: figures(replies),
      aim: 'p50 of both halved against the commit before issue 11',
    };
  } finally {
    await service.stop();
    await bare.stop();
    await postgres?.stop();
  }
}

function figures(all: readonly Measured[]): object {
  const of = (key: 'answeredMs' | 'effectMs' | 'bareMs') => {
    const values = all.map((each) => each[key]);
    return { p50Ms: rounded(percentile(values, 0.5), 1), p99Ms: rounded(percentile(values, 0.99), 1) };
  };
  const statuses: Record<string, number> = {};
  for (const { status } of all) statuses[status] = (statuses[status] ?? 0) + 1;
  const [answered, bare] = [of('answeredMs'), of('bareMs')];
  return {
    statuses,
    answered,
    effect: of('effectMs'),
    bare,
    ratioP50: rounded(answered.p50Ms / bare.p50Ms, 1),
    ratioP99: rounded(answered.p99Ms / bare.p99Ms, 1),
  };
}

async function measured(
  { purchaser }: Site,
  bare: Bare,
  act: { readonly path: string; readonly body: object; readonly effect: () => Promise<boolean> },
): Promise<Measured> {
  await sleep(REST_MS);
  const bareMs = await bare.post(act.body);
  const began = performance.now();
  const answer = await purchaser.send('POST', act.path, act.body);
  const answeredMs = performance.now() - began;
  if (answer.status !== 200) throw refused(act.path, answer);
  await until(act.effect, `${act.path} takes effect`, 5);
  return { status: answer.status, answeredMs, effectMs: performance.now() - began, bareMs };
}

const refused = (path: string, { status, body }: Answer): Error =>
  new Error(`${path} → ${status} ${JSON.stringify(body)}`);

async function launched({ purchaser, purchaserId }: Site, noticeAt: number): Promise<Omit<Played, 'bidIds'>> {
  const { id } = await purchaser.ask('POST', '/procurements', 201, {
    title: '中学教学楼工程',
    regime: 'tendering',
    kind: 'works',
    purchaserId,
    budgetFen: 100_000_000,
    contentZh: '详见招标文件。',
    particulars: PARTICULARS_TOLD,
    intentionAt: null,
    noticeAt: formatInstant(noticeAt),
    documentsFrom: formatInstant(noticeAt + HOUR_MS),
    documentsUntil: formatInstant(noticeAt + 12 * DAY_MS),
    bidDeadline: null,
    bidValidityDays: 90,
    lots: [{ no: 1, title: '一标段', budgetFen: 100_000_000 }],
  });
  const path = `/procurements/${String(id)}`;
  const documents = `${path}/documents?name=${encodeURIComponent('招标文件.txt')}`;
  await purchaser.ask('POST', documents, 201, Buffer.from('招标文件'));
  await purchaser.ask('POST', `${path}/launch`, 200);
  return { id: String(id), path };
}

async function withBids({ suppliers }: Site, tender: Omit<Played, 'bidIds'>): Promise<Played> {
  const bidIds: string[] = [];
  for (const [index, supplier] of suppliers.entries()) {
    const file = await sealedBid(supplier, await supplier.ask('GET', `${tender.path}/sealing`, 200), {
      lotNo: 1,
      figures: { priceFen: PRICE_FEN + index, periodDays: null, quality: null },
      file: bidFile(`supplier ${index}`),
    });
    const { bidId } = await supplier.ask('POST', `${tender.path}/lots/1/bids`, 201, file);
    bidIds.push(String(bidId));
  }
  return { ...tender, bidIds };
}

/** @returns the objection to the result, which suspends the publicity */
async function reportedAndObjected(site: Site, { path, bidIds }: Played): Promise<string> {
  const signed = `${path}/documents?kind=report&name=${encodeURIComponent('评标报告.txt')}`;
  const evaluationEndedAt = formatInstant(civilAt(site.clock, Date.now()));
  const { id: documentId } = await site.purchaser.ask('POST', signed, 201, Buffer.from('评标报告'));
  const report = {
    documentId,
    evaluationEndedAt,
    committee: [
      ...['甲', '乙', '丙', '丁'].map((name) => ({ name: `评标专家${name}`, kind: 'expert' })),
      { name: '招标人代表', kind: 'purchaser' },
    ],
    candidates: bidIds.map((bidId, index) => ({
      ...candidateTold(),
      bidId,
      rank: index + 1,
      priceFen: PRICE_FEN + index,
      score: 90 - index,
    })),
  };
  const answer = await site.purchaser.send('POST', `${path}/lots/1/report`, report);
  if (answer.status !== 200) throw refused(`${path}/lots/1/report`, answer);
  await comesTo(site, path, lotAt('publicity'));
  const { id } = await (site.suppliers[1] as Person).ask('POST', `${path}/grievances`, 201, {
    target: 'result',
    lotNo: 1,
    textZh: '对结果提出异议。',
  });
  return String(id);
}

type Tender = Record<string, unknown>;

const lotAt = (stage: string) => (tender: Tender) => (tender.lots as { stage: string }[])[0]?.stage === stage;

const comesTo = ({ purchaser }: Site, path: string, is: (tender: Tender) => boolean): Promise<void> =>
  until(async () => is(await purchaser.ask('GET', path, 200)), `${path} comes to its next stage`, 100);

async function until(holds: () => Promise<boolean>, what: string, everyMs: number): Promise<void> {
  for (const giveUpAt = performance.now() + TIMEOUT_MS; !(await holds()); await sleep(everyMs)) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain: ${what}`);
  }
}

/** Calls `one` n times, four at once. */
async function times<T>(n: number, one: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  await byCallers(n, 4, async (index) => {
    made[index] = await one(index);
  });
  return made;
}

interface Bare {
  /** Sends the body; returns the duration (ms). */
  post(body: object): Promise<number>;
  stop(): Promise<void>;
}

async function startBare(folder: string, url: string): Promise<Bare> {
  const child = fork(join(import.meta.dirname, 'bare-post.ts'), [], {
    env: { ...process.env, BARE_FOLDER: folder, BARE_URL: url },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve) => {
    child.on('message', (message: { port?: number }) => {
      if (message.port !== undefined) resolve(message.port);
    });
  });
  return {
    post: async (body) => {
      const began = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(await response.text());
      await response.text();
      return performance.now() - began;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
