import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashPassword } from 'better-auth/crypto';
import { inject } from 'vitest';
import { startCluster, type Cluster, type ClusterPart } from '../../../cli/commands/cluster.ts';
import { startService, type Administrator, type ServicePart } from '../../../cli/commands/serve.ts';
import { firstSignIn, madeUpCreditCode, signIn, type Answer, type Person } from '../../../cli/demo/people.ts';
import { keepUp } from '../../../cli/servers/part.ts';
import { createDatabase } from '../../../cli/servers/postgres-databases.ts';
import { startPostgres } from '../../../cli/servers/postgres-server.ts';
import { freePort, isAlive } from '../../../cli/servers/processes.ts';
import { startDevServer, type DevServer } from '../../../cli/servers/temporal-server.ts';
import { storageOf } from '../../../cli/settings/folders.ts';
import { openInstallation } from '../../../cli/settings/installation.ts';
import type { Database } from '../../../db/access/database.ts';
import { UNATTENDED } from '../../../db/audit.ts';
import { DAY_MS, formatInstant } from '../../../domain/civil-time.ts';
import { realAt, type ClockSetting } from '../../../domain/clock.ts';
import type { Role } from '../../../domain/roles.ts';
import { createAccount } from '../../../services/accounts/create.ts';
import { createOrganisation } from '../../../services/organisations/create.ts';
import type { Storage } from '../database.ts';
import { eventually, PATIENCE_MS } from '../eventually.ts';
import { check } from '../invariants.ts';
import { jumpingClock } from './jumping-clock.ts';
import { serveInProcess, type Installation, type ServeProcess } from './serve-process.ts';

export type Json = Record<string, unknown>;

/** Everybody whom a small tender needs; the purchaser runs it without an agency. */
export interface Persons {
  readonly administrator: Person;
  /** 管理办公室, who sets the clock of the drill. */
  readonly office: Person;
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
  /**
   * Stops a part's process where it is, until disposed of; not in the middle of a transaction, with which it would keep a
   * database on SQLite locked for everybody.
   */
  freeze(part: AnyPart): Promise<Disposable>;
  /** Waits until every part runs and the API says that it can work. */
  ready(): Promise<void>;
  stop(): Promise<void>;
  /** Starts again on the same data folder and the same ports. */
  start(): Promise<void>;
  /** The civil instant (epoch ms). */
  now(): number;
  /**
   * Waits for a civil instant (epoch ms). A clock that jumps goes to each instant that is due before it, and on once that
   * is done.
   */
  until(civilMs: number): Promise<void>;
  /** Lets a clock that jumps run, until it is paused; a civil day lasts so long (real ms). */
  run(dayMs: number): Promise<void>;
  pause(): Promise<void>;
  /** Lets a clock that jumps run until an instant (civil epoch ms) has passed, whether what is due is done or not. */
  letPass(civilMs: number): Promise<void>;
  /**
   * Sends a request as a program would that wants an answer: again, with the same key, while nobody answers or the
   * answer is that it should come back.
   */
  insist(person: Person, method: string, path: string, body?: unknown): Promise<Answer>;
  /** Takes a decision, which must be accepted. */
  decide(person: Person, path: string, body: unknown): Promise<Json>;
  /** Hands in a bid, and keeps its receipt for `check`. */
  bid(supplier: Person, procurementId: string, file: Uint8Array): Promise<Json>;
  /** Waits until a question about the database is answered with yes; a clock that jumps goes from one due instant to the next. */
  comes(what: string, asked: (db: Database) => Promise<boolean>): Promise<void>;
  /** Plays stories side by side: a clock that jumps does so only while each of them waits. */
  sideBySide(stories: readonly (() => Promise<void>)[]): Promise<void>;
  /** Waits for another story, or what else does not depend on the clock. */
  whileWaiting<T>(other: Promise<T>): Promise<T>;
  /** Everything that must hold of what is stored and published, whatever has happened to the processes. */
  check(): Promise<void>;
}

/** `postgres` is that of a cluster, or the one under a service on PostgreSQL, which somebody else looks after. */
export type AnyPart = ServicePart | ClusterPart;

interface TestServiceOptions {
  /** Real milliseconds that a civil day lasts, of a clock that runs; without it the clock is paused, and jumps. */
  readonly dayMs?: number;
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
  const { dayMs = DAY_MS, from, as = 'here', temporal = 'own', database = inject('dialect') } = options;
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
  const persons = await signUp(url, db, first);
  const receipts: Json[] = [];

  const pidOf = (part: AnyPart) => (part === 'postgres' && postgres ? postgres.pidOf() : service?.pidOf(part));
  /** Requests of people that are not answered yet. */
  let acting = 0;
  const insist: TestService['insist'] = async (...asked) => {
    acting += 1;
    return untilAnswered(...asked).finally(() => (acting -= 1));
  };
  const untilAnswered: TestService['insist'] = async (person, method, path, body) => {
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

  const jumps = options.dayMs === undefined;
  const clock = jumpingClock({ db, env, office: persons.office, jumps, isActing: () => acting > 0 });
  if (jumps) await clock.pause();

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
    get clock() {
      return db.clock;
    },
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
    freeze: async (part) => {
      const pid = await running(part);
      // A transaction on SQLite excludes every other one.
      await db.transaction(async () => void process.kill(pid, 'SIGSTOP'));
      return { [Symbol.dispose]: () => void process.kill(pid, 'SIGCONT') };
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
      for (const each of cluster?.apiUrls ?? [url])
        await eventually('the service is ready', async () => (await fetch(`${each}/ready`)).ok);
    },
    stop: async () => {
      await service?.stop();
      service = null;
    },
    start: async () => {
      service = await begin();
    },
    now: () => db.now(),
    until: async (civilMs) => {
      if (!jumps) return sleep(Math.max(0, (realAt(db.clock, civilMs) ?? 0) - Date.now()));
      await clock.comes(`the clock shows ${formatInstant(civilMs)}`, async () => db.now() >= civilMs, civilMs);
    },
    run: clock.run,
    pause: clock.pause,
    letPass: clock.letPass,
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
    comes: (what, asked) => clock.comes(what, () => asked(db)),
    whileWaiting: clock.whileWaiting,
    sideBySide: clock.sideBySide,
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

/** A PostgreSQL with an empty database, restarted whenever it stops, as its operator would. */
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

/** Hashing takes its time by design: one password for everybody, hashed once a process. */
const PASSWORD = randomBytes(18).toString('base64url');
let passwordHash: Promise<string> | undefined;

/**
 * The administrator by the one-time password, as after every first start; the others have an account already, as the
 * administrator would open it, with a password of their own.
 */
async function signUp(url: string, db: Database, { username, password }: Administrator): Promise<Persons> {
  const administrator = await firstSignIn(url, '系统管理员', username, password);
  const hash = await (passwordHash ??= hashPassword(PASSWORD));
  const member = async (name: string, role: Role, account: string): Promise<Person> => {
    const creditCode = madeUpCreditCode();
    await db.transaction(async (tx) => {
      const { id } = await createOrganisation(tx, UNATTENDED, { name, creditCode });
      const memberships = [{ organisationId: id, role }];
      const names = { username: account, name: `${name}经办人` };
      await createAccount(tx, UNATTENDED, { ...names, memberships, passwordHash: hash, oneTimeUntil: null });
    });
    return (await signIn(url, name, account, PASSWORD)).of(creditCode);
  };
  const [office, supervisor, purchaser, ...suppliers] = await Promise.all([
    member('公共资源交易管理办公室', 'office', 'office'),
    member('公共资源交易监督管理局', 'supervisor', 'supervisor'),
    member('工业园区管委会', 'purchaser', 'purchaser'),
    member('甲公司', 'supplier', 'supplier-1'),
    member('乙公司', 'supplier', 'supplier-2'),
    member('丙公司', 'supplier', 'supplier-3'),
  ]);
  return { administrator, office, supervisor, purchaser, suppliers };
}

const CLUSTER_PARTS = ['postgres', 'temporal', 'custodians', 'worker-1', 'worker-2', 'api-1', 'api-2'] as const;
