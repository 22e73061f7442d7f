import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from '@temporalio/worker';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { and, asc, eq, isNull } from 'drizzle-orm';
import { expect, inject } from 'vitest';

import { startCluster, type Cluster, type ClusterPart } from '../../cli/commands/cluster.ts';
import { firstSignIn, join as joinAs, type Answer, type Person } from '../../cli/demo/people.ts';
import { projectRoot, storageOf } from '../../cli/settings/folders.ts';
import { openInstallation } from '../../cli/settings/installation.ts';
import { keepUp } from '../../cli/servers/part.ts';
import { createDatabase } from '../../cli/servers/postgres-databases.ts';
import { startPostgres } from '../../cli/servers/postgres-server.ts';
import { freePort, isAlive } from '../../cli/servers/processes.ts';
import { startService, type Administrator, type ServicePart } from '../../cli/commands/serve.ts';
import { startDevServer, type DevServer } from '../../cli/servers/temporal-server.ts';
import { silentSinks } from '../../cli/worker/temporal-tracing.ts';
import { connectClient } from '../../cli/commands/worker.ts';
import { workflowBundle } from '../../cli/worker/workflow-bundle.ts';
import type { Database } from '../../db/access/database.ts';
import {
  audit,
  bids,
  grievances,
  lots,
  milestones,
  notices,
  openings,
  outbox,
  procurements,
  suspensions,
  unsealings,
} from '../../db/schema/sqlite.ts';
import { unsealingsOf } from '../../db/unsealings.ts';
import type { Verification } from '../../db/integrity/verify.ts';
import { civilAt, realAt, type ClockSetting } from '../../domain/clock.ts';
import { formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { due } from '../../domain/law/due.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { FINAL_LOT_STAGES, type LotStage, type ProcurementStage } from '../../domain/stages.ts';

import { readTemporalConfig } from '../../temporal.config.ts';
import type { Storage } from './database.ts';
import { eventually, PATIENCE_MS } from './eventually.ts';
import { grievanceSubject, lotSubject, openingSubject, procurementSubject } from '../../domain/subjects.ts';

export type Json = Record<string, unknown>;

/** Everybody whom a small tender needs; the purchaser runs it without an agency. */
export interface Persons {
  readonly administrator: Person;
  readonly supervisor: Person;
  readonly purchaser: Person;
  readonly suppliers: readonly [Person, Person, Person];
}

export interface TestService extends AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  /** Where its facts are, for what goes round the program: `rawDatabase`. */
  readonly storage: Storage;
  /** What every process of the installation is started with. */
  readonly env: NodeJS.ProcessEnv;
  readonly clock: ClockSetting;
  readonly persons: Persons;
  /** What the processes said of themselves, as an operator would read it. */
  readonly log: readonly string[];
  /** For looking only: whatever is done goes through the API. */
  readonly db: Database;
  /** Of an installation in a process of its own: its `serve`. */
  readonly serve: ServeProcess | null;
  /** Of an installation that is a cluster. */
  readonly cluster: Cluster | null;
  /** Where the installation finds Temporal. */
  readonly temporalAddress: string;
  /** Takes a server that somebody else runs (`temporal: 'elsewhere'`) away, until it is given back. */
  withoutTemporal<T>(during: () => Promise<T>): Promise<T>;
  pidOf(part: AnyPart): number | undefined;
  /** Waits until the part runs, kills it with SIGKILL, and returns when it is dead. */
  kill(part: AnyPart): Promise<void>;
  /** Waits until every part runs and the API says that it can work. */
  ready(): Promise<void>;
  stop(): Promise<void>;
  /** Starts again on the same data folder and the same ports. */
  start(): Promise<void>;
  /** The civil instant by the machine's clock (epoch ms). */
  now(): number;
  /** Waits for a civil instant (epoch ms). */
  until(civilMs: number): Promise<void>;
  /**
   * Sends a request as a program would that wants an answer: again, with the same key, while nobody answers or the
   * answer is that it should come back.
   */
  insist(person: Person, method: string, path: string, body?: unknown): Promise<Answer>;
  /** Takes a decision, and waits until it is carried out or refused. */
  decide(person: Person, path: string, body: unknown): Promise<Json>;
  /** Hands in a bid, and keeps its receipt for `check`. */
  bid(supplier: Person, procurementId: string, file: Uint8Array): Promise<Json>;
  /** Waits until a question about the database is answered with yes. */
  comes(what: string, asked: (db: Database) => Promise<boolean>): Promise<void>;
  /** Everything that must hold of what is stored and published, whatever has happened to the processes. */
  check(): Promise<void>;
}

/** `postgres` is that of a cluster, or the one under a service on PostgreSQL, which somebody else looks after. */
export type AnyPart = ServicePart | ClusterPart;

interface Installation {
  pidOf(part: AnyPart): number | undefined;
  stop(): Promise<void>;
}

interface TestServiceOptions {
  /** Real milliseconds that a civil day lasts. */
  readonly dayMs: number;
  /** The civil instant at which the drill begins. */
  readonly from: string;
  /** `process`: `kaibiao serve` in a process of its own, which can be killed. `cluster`: on PostgreSQL, two of each. */
  readonly as?: 'here' | 'process' | 'cluster';
  /** `elsewhere`: a server that `serve` does not look after. */
  readonly temporal?: 'own' | 'elsewhere';
  /** The project's own when not given; on `postgres` each installation has a server to itself, which may fall over. */
  readonly database?: 'sqlite' | 'postgres';
  /** An empty folder for that server. */
  readonly postgresDir?: string;
  /** Settings of the installation beyond those that keep it apart from others. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A whole installation in a folder of its own, in drill mode. */
export async function startTestService(options: TestServiceOptions): Promise<TestService> {
  const { dayMs, from, as = 'here', temporal = 'own', database = inject('dialect') } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'kaibiao-service-'));
  const temporalPort = await freePort();
  const temporalAddress = `127.0.0.1:${temporalPort}`;
  const postgres = database === 'postgres' && as !== 'cluster' ? await postgresOfItsOwn(options.postgresDir) : null;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...(temporal === 'elsewhere' ? { TEMPORAL_ADDRESS: temporalAddress } : {}),
    KAIBIAO_DATA_DIR: dataDir,
    KAIBIAO_HOST: '127.0.0.1',
    KAIBIAO_PORT: String(await freePort()),
    KAIBIAO_TEMPORAL_PORT: String(temporalPort),
    KAIBIAO_TEMPORAL_UI_PORT: String(await freePort()),
    KAIBIAO_POSTGRES_PORT: String(await freePort()),
    KAIBIAO_RATE_LIMIT: 'off',
    KAIBIAO_LOG_LEVEL: 'fatal',
    KAIBIAO_DRILL_DAY_MS: String(dayMs),
    KAIBIAO_DRILL_FROM: from,
    ...(postgres ? { DATABASE_URL: postgres.url } : {}),
    ...options.env,
  };
  const log: string[] = [];
  const administrators: Administrator[] = [];
  let serve: ServeProcess | null = null;
  let cluster: Cluster | null = null;
  const begin = async (): Promise<Installation> => {
    if (as === 'process') return (serve = await serveInProcess(env, log, (first) => administrators.push(first)));
    const told = {
      log: (line: string) => void log.push(line),
      onAdministrator: (first: Administrator) => void administrators.push(first),
    };
    if (as === 'cluster') {
      const { DATABASE_URL: _itsOwn, ...own } = env;
      cluster = await startCluster({ env: own, ...told });
      // Where its database is, is known only now.
      env.DATABASE_URL = cluster.env.DATABASE_URL;
      const made = cluster;
      return { pidOf: (part) => made.pidOf(part as ClusterPart), stop: () => made.stop() };
    }
    const made = await startService({ env, ...told });
    return { pidOf: (part) => made.pidOf(part as ServicePart), stop: () => made.stop() };
  };
  let elsewhere: DevServer | null = null;
  const giveTemporal = async () => {
    elsewhere = await startDevServer({ dataDir, port: temporalPort, log: () => undefined });
  };
  if (temporal === 'elsewhere') await giveTemporal();

  let service: Installation | null = await begin();
  const url = `http://127.0.0.1:${env.KAIBIAO_PORT}`;
  const db = await openInstallation(env);
  const [first] = administrators;
  if (!first) throw new Error('a new data folder wants a first administrator');
  const persons = await signUp(url, first);
  const receipts: Json[] = [];

  const pidOf = (part: AnyPart) => (part === 'postgres' && postgres ? postgres.pidOf() : service?.pidOf(part));
  const comes = (what: string, asked: (database: Database) => Promise<boolean>) => eventually(what, () => asked(db));
  const insist: TestService['insist'] = async (person, method, path, body) => {
    const key = randomUUID();
    let last: unknown;
    for (const began = performance.now(); performance.now() - began < PATIENCE_MS; await sleep(50)) {
      try {
        const answer = await person.send(method, path, body, key);
        if (answer.status !== 503 && answer.body.code !== 'request-in-progress') return answer;
        last = answer.body;
      } catch (error) {
        last = error;
      }
    }
    throw new Error(`${method} ${path} was never answered`, { cause: last });
  };

  const running = async (part: AnyPart): Promise<number> => {
    let pid: number | undefined;
    await eventually(`${part} runs`, async () => {
      pid = pidOf(part);
      return pid !== undefined && isAlive(pid);
    });
    return pid as number;
  };

  return {
    url,
    dataDir,
    storage: storageOf(env),
    env,
    clock: db.clock,
    persons,
    log,
    db,
    get serve() {
      return serve;
    },
    get cluster() {
      return cluster;
    },
    temporalAddress,
    withoutTemporal: async (during) => {
      await elsewhere?.stop();
      try {
        return await during();
      } finally {
        await giveTemporal();
      }
    },
    pidOf,
    kill: async (part) => {
      const pid = await running(part);
      process.kill(pid, 'SIGKILL');
      await eventually(`${part} is dead`, async () => !isAlive(pid));
    },
    ready: async () => {
      const parts: readonly AnyPart[] = cluster
        ? CLUSTER_PARTS
        : [
            ...(['worker', 'api'] as const),
            ...(temporal === 'own' ? ['temporal' as const] : []),
            ...(env.KAIBIAO_LOCAL_CUSTODIANS === 'off' ? [] : ['custodians' as const]),
          ];
      for (const part of parts) await running(part);
      await eventually('the service is ready', async () => (await fetch(`${url}/ready`)).ok);
    },
    stop: async () => {
      await service?.stop();
      service = null;
    },
    start: async () => {
      service = await begin();
    },
    now: () => civilAt(db.clock, Date.now()),
    until: async (civilMs) => {
      const wait = realAt(db.clock, civilMs) - Date.now();
      if (wait > 0) await sleep(wait);
    },
    insist,
    decide: async (person, path, body) => {
      const { status, body: decision } = await insist(person, 'POST', path, body);
      if (status !== 200) throw new Error(`${path} → ${status} ${JSON.stringify(decision)}`);
      return decision;
    },
    bid: async (supplier, procurementId, file) => {
      const { status, body } = await insist(supplier, 'POST', `/procurements/${procurementId}/lots/1/bids`, file);
      if (status !== 201) throw new Error(`a bid was refused: ${JSON.stringify(body)}`);
      receipts.push(body);
      return body;
    },
    comes,
    check: () => check(db, env, temporalAddress, receipts),
    async [Symbol.asyncDispose]() {
      await service?.stop();
      await elsewhere?.stop();
      await db.close();
      await postgres?.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A PostgreSQL with an empty database, started again whenever it falls over, as whoever runs it would. */
async function postgresOfItsOwn(given?: string) {
  const dir = given ?? (await mkdtemp(join(tmpdir(), 'kaibiao-service-postgres-')));
  // The server runs as a user of its own, who must be let through.
  await chmod(dir, 0o711);
  const server = await startPostgres({
    dir: join(dir, 'postgres'),
    // A process that dies loses nothing by this; a machine would.
    settings: { fsync: 'off' },
    onProgress: () => undefined,
  });
  const stopping = new AbortController();
  const stop = keepUp('PostgreSQL', server, stopping.signal, () => undefined);
  return {
    url: await createDatabase(server, 'kaibiao'),
    pidOf: () => server.pid,
    stop: async () => {
      stopping.abort();
      await stop();
      if (given === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

async function signUp(url: string, { username, password }: Administrator): Promise<Persons> {
  const administrator = await firstSignIn(url, '系统管理员', username, password);
  const member = async (name: string, role: Parameters<typeof joinAs>[3], account: string) =>
    (await joinAs(administrator, url, name, role, account)).person;
  const [supervisor, purchaser, ...suppliers] = await Promise.all([
    member('公共资源交易监督管理局', 'supervisor', 'supervisor'),
    member('工业园区管委会', 'purchaser', 'purchaser'),
    member('甲公司', 'supplier', 'supplier-1'),
    member('乙公司', 'supplier', 'supplier-2'),
    member('丙公司', 'supplier', 'supplier-3'),
  ]);
  return { administrator, supervisor, purchaser, suppliers };
}

/** `kaibiao serve` in a process of its own. */
export interface ServeProcess extends Installation {
  readonly pid: number;
  /** Everything that it printed on the standard output: the addresses, as JSON. */
  readonly addresses: Json;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Every process that it has started, directly or not, and that still lives. */
  descendants(): Promise<Listed[]>;
}

const CLUSTER_PARTS = ['postgres', 'temporal', 'custodians', 'worker-1', 'worker-2', 'api-1', 'api-2'] as const;

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

const PART_COMMANDS: Readonly<Record<ServicePart, RegExp>> = {
  worker: /kaibiao\.mjs worker$/,
  api: /kaibiao\.mjs api$/,
  temporal: /^\S*temporal\S* server start-dev/,
  custodians: /kaibiao\.mjs custodian( --as \w+)+$/,
};

async function serveInProcess(
  env: NodeJS.ProcessEnv,
  log: string[],
  onAdministrator: (administrator: Administrator) => void,
): Promise<ServeProcess> {
  const child = spawn(process.execPath, [join(projectRoot, 'cli/kaibiao.mjs'), 'serve', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  let username = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    username = / first administrator: (\S+)$/.exec(line)?.[1] ?? username;
    const password = / one-time password, shown this once: (\S+)$/.exec(line)?.[1];
    if (password !== undefined) onAdministrator({ username, password });
  });
  // The parts log to the same output, as they please; the addresses are the one line that is no part's.
  const said = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      if (line.startsWith('{"url":')) resolve(line);
    });
  });
  const first = await Promise.race([said, exited]);
  if (typeof first !== 'string') throw new Error(`serve ended at once:\n${log.join('\n')}`);
  const pid = child.pid as number;
  let family: readonly Listed[] = [];
  const look = async (): Promise<Listed[]> => {
    const every = await processes();
    // What a dead parent has left behind belongs to nobody in the list: it is remembered.
    const known = new Set([pid, ...family.map((each) => each.pid)]);
    for (let before = 0; before < known.size;) {
      before = known.size;
      for (const each of every) if (known.has(each.parent)) known.add(each.pid);
    }
    family = every.filter((each) => each.pid !== pid && known.has(each.pid));
    return [...family];
  };
  await look();
  return {
    pid,
    addresses: JSON.parse(first) as Json,
    exited,
    descendants: look,
    pidOf: (part) => family.find(({ command }) => PART_COMMANDS[part as ServicePart].test(command))?.pid,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function processes(): Promise<Listed[]> {
  const { stdout: list } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,args='], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return list.split('\n').flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || command === undefined || state?.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command, as somebody types it. */
export function kaibiao(args: readonly string[], env: NodeJS.ProcessEnv, timeoutMs = 60_000): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env, timeout: timeoutMs, killSignal: 'SIGKILL' as const, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [join(projectRoot, 'cli/kaibiao.mjs'), ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, signal: error?.signal ?? null, stdout, stderr });
    });
  });
}

/** Several of these for one lot are lawful only where a ruling sent it back to its evaluation. */
const ONCE = ['tender', 'opening-record', 'lot-stopped', 'candidates', 'award', 'contract', 'termination'] as const;

/** The order in which the law lets things be done. */
const ORDER: readonly MilestoneKey[] = [
  'notice',
  'bid-deadline',
  'opening',
  'evaluation-report',
  'publicity-start',
  'publicity-end',
  'award',
  'award-notice',
  'contract',
  'contract-publication',
];

const LOT_STAGES_WITHIN: Readonly<Record<ProcurementStage, (stage: LotStage) => boolean>> = {
  draft: (stage) => stage === 'pending',
  launched: (stage) => stage === 'pending',
  bidding: (stage) => stage === 'pending',
  opening: (stage) => stage === 'opening' || stage === 'stopped',
  evaluation: (stage) => stage !== 'pending' && stage !== 'opening' && stage !== 'terminated',
  concluded: (stage) => FINAL_LOT_STAGES.includes(stage),
  terminated: (stage) => FINAL_LOT_STAGES.includes(stage),
};

async function check(
  db: Database,
  env: NodeJS.ProcessEnv,
  temporalAddress: string,
  receipts: readonly Json[],
): Promise<void> {
  const { read } = db;
  await eventually('the outbox is empty', async () => (await read.select().from(outbox)).length === 0);

  const { code, stdout } = await kaibiao(['verify', '--json'], env);
  expect((JSON.parse(stdout) as Verification).faults).toEqual([]);
  expect(code).toBe(0);

  const stored = await read.select().from(bids);
  for (const { bidId, sha256, size, receivedAt } of receipts) {
    const row = stored.find(({ id }) => id === bidId);
    expect(row).toMatchObject({ sha256, size, receivedAt: parseInstant(String(receivedAt)) });
    expect(await db.blobs.inspect(String(sha256))).toEqual({ sha256, size });
  }
  for (const { receivedAt, deadline } of stored) expect(receivedAt).toBeLessThan(deadline);

  for (const tender of await read.select().from(procurements)) {
    const every = await read.select().from(lots).where(eq(lots.procurementId, tender.id));
    for (const lot of every) {
      expect(
        LOT_STAGES_WITHIN[tender.stage](lot.stage),
        `lot ${lot.no} is at ${lot.stage} while its tender is at ${tender.stage}`,
      ).toBe(true);
    }
    await checkNotices(db, tender.id);
    await checkOpenings(db, tender.id, tender.bidDeadline);
    if (tender.sealing !== null && tender.openedAt !== null) await checkUnsealings(db, tender.id);
    for (const lot of every) await checkMilestones(db, tender.id, lot.no);
  }
  await checkHistories(db, env, temporalAddress);
}

/** What Temporal answers of a workflow that it does not know (gRPC). */
const NOT_FOUND = 5;

/** A worker that has forgotten everything finds its way again: each history is replayed to the same commands. */
async function checkHistories(db: Database, env: NodeJS.ProcessEnv, address: string): Promise<void> {
  const { TEMPORAL_ADDRESS: _given, ...own } = env;
  const client = await connectClient(readTemporalConfig(own), address);
  try {
    const historyOf = (workflowId: string) => client.workflow.getHandle(workflowId).fetchHistory();
    for (const workflowId of await workflowsOf(db)) await replay(await historyOf(workflowId), workflowId);
    for (const { id } of await db.read.selectDistinct({ id: unsealings.procurementId }).from(unsealings)) {
      // One that had ended is not begun anew where Temporal has lost it.
      const history = await historyOf(openingSubject(id)).catch((error: unknown) => {
        if ((error as { code?: number }).code === NOT_FOUND) return null;
        throw error;
      });
      if (history) await replay(history, openingSubject(id));
    }
  } finally {
    await client.connection.close();
  }
}

/** The SDK shuts its runtime down after the last replay of a process: tests that run side by side take turns. */
let lastReplay: Promise<unknown> = Promise.resolve();

async function replay(history: History, workflowId: string): Promise<void> {
  const turn = lastReplay.then(async () =>
    Worker.runReplayHistory({ workflowBundle: await workflowBundle(), sinks: silentSinks }, history, workflowId),
  );
  lastReplay = turn.catch(() => undefined);
  await turn;
}

async function workflowsOf({ read }: Database): Promise<string[]> {
  const launched = (await read.select().from(procurements)).filter(({ launchedAt }) => launchedAt !== null);
  // A lot that was stopped at the opening, or terminated before it, never had a workflow.
  const never: readonly LotStage[] = ['pending', 'stopped', 'terminated'];
  const going = (await read.select().from(lots)).filter(({ stage }) => !never.includes(stage));
  const filed = await read.select().from(grievances);
  return [
    ...launched.map(({ id }) => procurementSubject(id)),
    ...going.map(({ procurementId, no }) => lotSubject(procurementId, no)),
    ...filed.map(({ id }) => grievanceSubject(id)),
  ];
}

async function checkNotices(db: Database, procurementId: string): Promise<void> {
  const published = await db.read.select().from(notices).where(eq(notices.procurementId, procurementId));
  const filed = await db.read.select().from(grievances).where(eq(grievances.procurementId, procurementId));
  const sentBack = filed.some(({ effect }) => effect === 're-evaluate');
  const count = (kind: string, lotNo: number) =>
    published.filter((notice) => notice.kind === kind && notice.lotNo === lotNo).length;
  for (const { kind, lotNo, legalAt, publishedAt } of published) {
    if (ONCE.some((once) => once === kind) && !sentBack) {
      expect(count(kind, lotNo), `${kind} notices of lot ${lotNo}`).toBe(1);
    }
    expect(publishedAt, `${kind} of lot ${lotNo} came out before its time`).toBeGreaterThanOrEqual(legalAt);
  }
  for (const { lotNo } of filed) {
    const replied = filed.filter((grievance) => grievance.lotNo === lotNo && grievance.state === 'replied').length;
    expect(count('grievance-reply', lotNo), `replies for lot ${lotNo}`).toBe(replied);
  }
}

async function checkOpenings(db: Database, procurementId: string, deadline: number | null): Promise<void> {
  const records = await db.read.select().from(openings).where(eq(openings.procurementId, procurementId));
  for (const { legalAt, actualAt, entries } of records) {
    expect(legalAt).toBe(deadline);
    expect(actualAt).toBeGreaterThanOrEqual(legalAt);
    for (const { receivedAt } of entries) expect(receivedAt).toBeLessThan(legalAt);
  }
}

/** Every bid whose lot was opened has one outcome, put on the record once, and it is the one that was read out. */
async function checkUnsealings(db: Database, procurementId: string): Promise<void> {
  const records = await db.read.select().from(openings).where(eq(openings.procurementId, procurementId));
  const stored = await unsealingsOf(db.read, procurementId);
  const readOut = records.flatMap(({ entries }) => entries).filter(({ unsealed }) => unsealed !== undefined);
  const outcome = (bidId: string, state: string, priceFen: number | null) => `${bidId} ${state} ${priceFen ?? ''}`;
  expect(
    readOut.map(({ bidId, unsealed }) => outcome(bidId, String(unsealed?.state), unsealed?.priceFen ?? null)).sort(),
  ).toEqual(stored.map(({ bidId, state, manifest }) => outcome(bidId, state, manifest?.priceFen ?? null)).sort());
  const entries = await db.read
    .select({ subject: audit.subject })
    .from(audit)
    .where(and(eq(audit.procurementId, procurementId), eq(audit.action, 'bid.unseal')));
  expect(entries.map(({ subject }) => subject).sort()).toEqual(stored.map(({ bidId }) => `bid/${bidId}`).sort());
}

async function checkMilestones(db: Database, procurementId: string, lotNo: number): Promise<void> {
  const rows = await db.read
    .select()
    .from(milestones)
    .where(eq(milestones.procurementId, procurementId))
    .orderBy(asc(milestones.dueAt));
  const stopped = await db.read.select().from(suspensions).where(eq(suspensions.procurementId, procurementId));
  const timeline = rows.filter((row) => row.lotNo === 0 || row.lotNo === lotNo);
  let last = { key: 'the beginning' as string, at: 0 };
  for (const key of ORDER) {
    const row = timeline.find((milestone) => milestone.key === key);
    if (!row || row.actualAt === null || row.state === 'cancelled') continue;
    expect(row.actualAt, `${key} before ${last.key}`).toBeGreaterThanOrEqual(last.at);
    last = { key, at: row.actualAt };
  }
  for (const { key, state, fromAt, dueAt, actualAt, rules, lotNo: ofLot } of timeline) {
    if (state === 'cancelled' || dueAt === null) continue;
    const [rule] = rules;
    const suspended = stopped.some((each) => each.milestone === key && each.lotNo === ofLot);
    // Every instant that was counted is what the rulebook counts, from the event that it names.
    if (fromAt !== null && rule && !suspended) expect(due(rule.id, fromAt, await db.calendar()).due, key).toBe(dueAt);
    if (actualAt === null) continue;
    const what = `${key}: ${formatInstant(actualAt)}`;
    if (key === 'notice' || key === 'bid-deadline' || key === 'opening') {
      expect(actualAt, what).toBeGreaterThanOrEqual(dueAt);
    }
    if (key === 'publicity-end') expect(actualAt, what).toBeGreaterThan(dueAt);
    if (state === 'deemed') expect(actualAt, what).toBe(dueAt);
  }
}
