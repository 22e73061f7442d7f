import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Database } from '../../db/access/database.ts';
import { openToVerify } from '../../db/access/open.ts';
import { storageOf } from '../settings/folders.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import type { ClockSetting } from '../../domain/clock.ts';
import type { Role } from '../../domain/roles.ts';
import { DAY_MS, formatInstant, formatMinute, parseInstant } from '../../domain/civil-time.ts';
import { wordFor } from '../../domain/fields/field.ts';
import { depositFaults } from '../demo/deposits.ts';
import { playedExamples, readExample, type Example } from '../demo/example.ts';
import { differences, outcomeOf, tableOf, type Outcome } from '../demo/findings.ts';
import type { Panel } from '../demo/committee.ts';
import { firstSignIn, join as joinAs, joinOrganisation, type Joined, type Person } from '../demo/people.ts';
import { launch } from '../demo/launch.ts';
import { playGoods, playInvited, playWorks, type Cast } from '../demo/play.ts';
import { StoryClock } from '../demo/story-clock.ts';
import { openInstallation } from '../settings/installation.ts';
import { untilStopped } from '../servers/lifetime.ts';
import { writeDrillClock } from '../custodian/local.ts';
import { freePort } from '../servers/processes.ts';
import { startService, stopped, type Administrator, type Service } from './serve.ts';
import { startClock } from '../../services/drill/set-clock.ts';

/** Civil days from the start of the drill, when the tenders are launched, to the first notice. */
const LEAD_DAYS = 3;

/** Somebody of a drill. */
export interface DrillPerson {
  readonly role: Role;
  readonly name: string;
  readonly username: string;
  readonly password: string;
}

export interface DemoOptions {
  readonly dataDir: string;
  readonly log: (line: string) => void;

  /** Also plays the procedures that begin with invitations. */
  readonly all?: boolean;
}

export interface Played {
  /** Who plays, with what they sign in with. */
  readonly people: readonly DrillPerson[];
  readonly service: Service;
  readonly outcomes: readonly Outcome[];
  /** Differences between the outcome and the law; empty if there are none. */
  readonly faults: readonly string[];
  /** The environment of the installation, to open it again. */
  readonly env: NodeJS.ProcessEnv;
}

interface Drill {
  readonly service: Service;
  /** The environment of the installation, to open it again. */
  readonly env: NodeJS.ProcessEnv;
  readonly administrator: Person;
}

/**
 * A new installation in an empty folder, whose days are as long as real ones until its clock is started.
 * @param prepare changes its database before anything runs
 */
export async function startDrill(options: {
  readonly dataDir: string;
  /** The civil instant at which it starts (epoch ms). */
  readonly from: number;
  readonly log: (line: string) => void;
  readonly settings?: NodeJS.ProcessEnv;
  readonly prepare?: (db: Database) => Promise<void>;
}): Promise<Drill> {
  const { dataDir, from, log, settings, prepare } = options;
  const env = {
    ...process.env,
    ...settings,
    KAIBIAO_DATA_DIR: dataDir,
    KAIBIAO_PORT: String(await freePort()),
    KAIBIAO_HOST: '127.0.0.1',
    KAIBIAO_RATE_LIMIT: 'off',
    KAIBIAO_LOG_LEVEL: 'error',
    KAIBIAO_DRILL_DAY_MS: String(DAY_MS),
    KAIBIAO_DRILL_FROM: formatInstant(from),
  };
  if (prepare) {
    const db = await openInstallation(env);
    await prepare(db);
    await db.close();
  }
  let first: Administrator | undefined;
  const service = await startService({
    env,
    log,
    partsLogTo: 'stderr',
    onAdministrator: (administrator) => (first = administrator),
  });
  try {
    if (!first) throw new Error('the drill needs its own data folder');
    const administrator = await firstSignIn(service.url, '系统管理员', first.username, first.password);
    return { service, env, administrator };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

/** In the pool of the drill: one more than the seats and the first who may have to be replaced. */
const EXPERTS = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛'].map((name) => `评标专家${name}`);

/** Figures that a province sets, made up for the drill: without them no procedure but an open tender can be judged. */
const FIGURES = {
  kind: 'goods',
  level: null,
  openFen: 100_000_000,
  limitFen: 10_000_000,
  from: '2026-01-01',
  source: '演练虚构〔0000〕0号',
};

/**
 * Starts a drill and plays both examples through the public API: its clock stands still while people act, and is then
 * moved to what comes next, so that the outcome is the same on a slow machine. The caller stops the service.
 */
export async function playExamples({ dataDir, log, all = false }: DemoOptions): Promise<Played> {
  const { open, invited: named } = playedExamples(all);
  const examples = [
    ['goods', readExample(open[0])],
    ['works', readExample(open[1])],
  ] as const;
  const invited = named.map((name) => [name, readExample(name)] as const);
  const firstNotice = parseInstant(examples[0][1].draft.noticeAt);
  const bankSecret = randomBytes(24).toString('base64url');
  const { service, env, administrator } = await startDrill({
    dataDir,
    log,
    from: firstNotice - LEAD_DAYS * DAY_MS,
    settings: {
      KAIBIAO_BANK_SECRET: bankSecret,
      KAIBIAO_DEPOSIT_ACCOUNT: '公共资源交易中心|某银行某支行|6222000011112222',
    },
  });
  try {
    const people: DrillPerson[] = [personOf('administrator', administrator)];
    const member = async (...who: [name: string, role: Role, username: string]) => {
      const joined = await joinAs(administrator, service.url, ...who);
      people.push(personOf(who[1], joined.person));
      return joined;
    };
    const supervisor = await member('公共资源交易监督管理局', 'supervisor', 'supervisor');
    const centre = await member('公共资源交易中心', 'centre', 'centre');
    const office = await member('公共资源交易管理办公室', 'office', 'office');
    const clock = await StoryClock.of(office.person);
    const say = (line: string) => log(`${formatMinute(clock.now)}  ${line}`);
    const panelOf = async ({ organisationId, person }: Joined): Promise<Panel> => {
      const experts: Joined[] = [];
      for (const [index, each] of EXPERTS.entries()) experts.push(await member(each, 'expert', `expert-${index + 1}`));
      const of = {
        organisationId,
        name: '采购人代表',
        role: 'purchaser',
        username: 'representative',
        confirmedBy: person,
      } as const;
      const representative = await joinOrganisation(administrator, service.url, of);
      return { purchaser: person, centre: centre.person, supervisor: supervisor.person, experts, representative };
    };
    const cast = async (name: string, example: Example): Promise<Cast> => {
      const people = await Promise.all([
        member(example.purchaser, 'purchaser', `${name}-purchaser`),
        member(example.agency, 'agency', `${name}-agency`),
        ...example.suppliers.map((supplier, index) => member(supplier, 'supplier', `${name}-supplier-${index + 1}`)),
      ]);
      const [purchaser, agency, ...suppliers] = people;
      if (!purchaser || !agency) throw new Error('no person to run the tender');
      return {
        example,
        purchaser: purchaser.person,
        agency: agency.person,
        purchaserId: purchaser.organisationId,
        agencyId: agency.organisationId,
        supplierIds: suppliers.map(({ organisationId }) => organisationId),
        suppliers: suppliers.map(({ person }) => person),
        centre: centre.person,
        ...(example.judged ? { panel: await panelOf(purchaser) } : {}),
        bank: { url: service.url, secret: bankSecret },
        say,
      };
    };
    if (all) await office.person.ask('POST', '/catalogue', 200, { entries: [], thresholds: [FIGURES] });
    const casts: [string, Cast][] = [];
    for (const [name, example] of [...examples, ...invited]) casts.push([name, await cast(name, example)]);
    const ids: string[] = [];
    for (const [, each] of casts) ids.push(await launch(each));
    await clock.play(
      casts.map(([name, each], index) => (on) => {
        const play = name === 'goods' ? playGoods : name === 'works' ? playWorks : playInvited;
        return play(each, String(ids[index]), on);
      }),
    );
    const outcomes = await Promise.all(ids.map((id) => outcomeOf(supervisor.person, id)));
    const faults = await faultsOf(
      env,
      outcomes,
      casts.map(([, { example }]) => example),
      supervisor.person,
    );
    for (const id of ids) faults.push(...(await depositFaults(supervisor.person, id)));
    faults.push(...(await pagesMissing(service.url, outcomes)));
    return { service, outcomes, env, faults, people };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

const personOf = (role: Role, { name, credentials }: Person): DrillPerson => ({
  ...{ role, name },
  username: credentials?.username ?? '',
  password: credentials?.password ?? '',
});

/** Everybody can read every notice, as a page and as a PDF. */
async function pagesMissing(url: string, outcomes: readonly Outcome[]): Promise<string[]> {
  const found: string[] = [];
  for (const { id } of outcomes.flatMap(({ notices }) => notices)) {
    for (const [path, type] of [
      [`/notices/${id}`, 'text/html'],
      [`/notices/${id}.pdf`, 'application/pdf'],
    ] as const) {
      const response = await fetch(`${url}${path}`);
      await response.arrayBuffer();
      if (!response.headers.get('content-type')?.startsWith(type)) found.push(`${path}: ${response.status}`);
    }
  }
  return found;
}

/** Lets the drill's clock run from a civil instant on, at a speed. */
export async function begin(
  env: NodeJS.ProcessEnv,
  { civilStartMs, msPerDay }: { civilStartMs: number; msPerDay: number },
): Promise<ClockSetting> {
  const db = await openInstallation(env);
  try {
    await startClock(db, civilStartMs, msPerDay);
    writeDrillClock(env, db.clock);
    return db.clock;
  } finally {
    await db.close();
  }
}

async function faultsOf(
  env: NodeJS.ProcessEnv,
  outcomes: readonly Outcome[],
  examples: readonly Parameters<typeof differences>[0][],
  supervisor: Person,
): Promise<string[]> {
  const found = examples.flatMap((example, index) => differences(example, outcomes[index] as Outcome));
  // As at one instant: the parts go on.
  const stored = await openToVerify(storageOf(env));
  const { faults, audit } = await verifyInstallation(stored).finally(() => stored.close());
  found.push(...faults.map(({ subject, en }) => `${subject}: ${en}`));
  const { items } = (await supervisor.ask('GET', '/audit?limit=100', 200)) as { items: unknown[] };
  if (audit === 0 || items.length === 0) found.push('the audit trail is empty');
  return found;
}

export function demoCommand(): Command {
  return new Command('demo')
    .description('用两个真实公告演练全过程 / play two tenders made from real notices, from notice to contract')
    .option('--keep', '演练后保持运行 / keep it running afterwards')
    .option('--all', '也演练邀请招标和询价 / also play the invited tenders and the inquiry')
    .option('--json', '以 JSON 输出结果 / print the outcome as JSON')
    .action(async ({ keep, json, all }: { keep?: boolean; json?: boolean; all?: boolean }) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'kaibiao-demo-'));
      const log = (line: string) => void process.stderr.write(`${line}\n`);
      try {
        const { service, outcomes, faults, people } = await playExamples({ dataDir, log, all: all ?? false });
        print(service, outcomes, faults, json ?? false);
        if (keep) {
          log('保持运行，按 Ctrl-C 结束；时钟已暂停 / still running, its clock is paused; Ctrl-C ends it');
          log(`KAIBIAO_DATA_DIR=${dataDir} node cli/kaibiao.mjs clock show|run|jump`);
          log(`\n${placesOf(service.url, people)}`);
          await untilStopped();
        }
        await stopped(service, log);
        if (faults.length > 0) process.exitCode = 1;
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    });
}

/** What there is to look at, and who can sign in: accounts of a drill, which ends with it. */
function placesOf(url: string, people: readonly DrillPerson[]): string {
  const width = Math.max(...people.map(({ username }) => username.length));
  return [
    `公告栏 / board    ${url}/    ${url}/en`,
    `办事 / console    ${url}/console`,
    `核验 / verify     ${url}/verify`,
    '账号 / accounts（仅供演练 / of this drill only）:',
    ...people.map(
      ({ role, name, username, password }) =>
        `  ${username.padEnd(width)}  ${password}  ${wordFor('role', role)} ${name}`,
    ),
  ].join('\n');
}

function print(service: Service, outcomes: readonly Outcome[], faults: readonly string[], json: boolean): void {
  const addresses = { url: service.url, docs: `${service.url}/docs`, temporalUiUrl: service.temporalUiUrl };
  if (json) {
    console.log(JSON.stringify({ lawful: faults.length === 0, faults, ...addresses, outcomes }));
    return;
  }
  for (const outcome of outcomes) {
    console.log(`\n${outcome.title}\n${tableOf(outcome, 0)}`);
    for (const [no, stage] of Object.entries(outcome.lots)) {
      console.log(`\n  第 ${no} 标段 / lot ${no}: ${stage}\n${tableOf(outcome, Number(no))}`);
    }
  }
  const pages = outcomes.flatMap(({ notices }) => notices.slice(0, 1)).map(({ id }) => `${service.url}/notices/${id}`);
  console.log(`\n公告网页 / notices   ${pages.join('\n                    ')}`);
  console.log(`\n接口文档 / API docs  ${addresses.docs}\nTemporal            ${addresses.temporalUiUrl ?? '—'}`);
  for (const fault of faults) console.log(`✗ ${fault}`);
  if (faults.length === 0)
    console.log('✓ 存储与公布的内容与法定结果一致 / what is stored and published matches the law');
}
