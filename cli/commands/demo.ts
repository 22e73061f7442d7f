import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Database } from '../../db/access/database.ts';
import { setDrillClock } from '../../db/access/drill.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import { civilAt, type ClockSetting } from '../../domain/clock.ts';
import { DAY_MS, formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { depositFaults } from '../demo/deposits.ts';
import { INVITED, readExample } from '../demo/example.ts';
import { differences, outcomeOf, tableOf, type Outcome } from '../demo/findings.ts';
import { firstSignIn, join as joinAs, type Person } from '../demo/people.ts';
import { launch, playGoods, playInvited, playWorks, TooSlow, until, type Cast } from '../demo/play.ts';
import { CommandFailure } from '../settings/failure.ts';
import { openInstallation } from '../settings/installation.ts';
import { untilStopped } from '../servers/lifetime.ts';
import { writeDrillClock } from '../custodian/local.ts';
import { freePort } from '../servers/processes.ts';
import { startService, type Administrator, type Service } from './serve.ts';
import { findTemporal } from '../servers/temporal-server.ts';
import { workflowBundle } from '../worker/workflow-bundle.ts';

/** Civil days between the start of the drill and the first notice, in which the tenders are launched. */
const LEAD_DAYS = 3;

export interface DemoOptions {
  /** Real milliseconds that one civil day lasts. */
  readonly dayMs: number;
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Also plays the procedures that begin with invitations. */
  readonly all?: boolean;
}

/** If the machine does not keep up, plays once more from the start on a slower clock. */
export async function playPatiently(options: DemoOptions): Promise<Played> {
  try {
    return await playExamples({ ...options, dataDir: join(options.dataDir, '1') });
  } catch (error) {
    if (!(error instanceof TooSlow)) throw error;
    options.log(`本机较慢，改用更慢的演练时钟重来 / starting again on a slower clock: ${error.message}`);
    return playExamples({
      ...options,
      dataDir: join(options.dataDir, '2'),
      dayMs: options.dayMs * 2,
    });
  }
}

export interface Played {
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
  const service = await startService({ env, log, onAdministrator: (administrator) => (first = administrator) });
  try {
    if (!first) throw new Error('the drill needs its own data folder');
    const administrator = await firstSignIn(service.url, '系统管理员', first.username, first.password);
    return { service, env, administrator };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

/** Figures that a province sets, made up for the drill: without them no procedure but an open tender can be judged. */
const FIGURES = {
  kind: 'goods',
  level: null,
  openFen: 100_000_000,
  limitFen: 10_000_000,
  from: '2026-01-01',
  source: '演练虚构〔0000〕0号',
};

/** Starts a drill and plays both examples through the public API; the caller stops the service. */
export async function playExamples({ dayMs, dataDir, log, all = false }: DemoOptions): Promise<Played> {
  // What takes long is done before the drill's clock starts.
  await findTemporal(process.env, { log });
  await workflowBundle();
  const goods = readExample('goods-a003');
  const works = readExample('works-b005');
  const invited = (all ? INVITED : []).map((name) => [name, readExample(name)] as const);
  const firstNotice = parseInstant(goods.draft.noticeAt);
  const bankSecret = randomBytes(24).toString('base64url');
  const { service, env, administrator } = await startDrill({
    dataDir,
    log,
    from: firstNotice - 2 * LEAD_DAYS * DAY_MS,
    settings: {
      KAIBIAO_BANK_SECRET: bankSecret,
      KAIBIAO_DEPOSIT_ACCOUNT: '公共资源交易中心|某银行某支行|6222000011112222',
    },
  });
  try {
    const supervisor = await joinAs(administrator, service.url, '公共资源交易监督管理局', 'supervisor', 'supervisor');
    const centre = await joinAs(administrator, service.url, '公共资源交易中心', 'centre', 'centre');
    const cast = async (name: string, example: typeof works): Promise<Omit<Cast, 'clock' | 'say'>> => {
      const people = await Promise.all([
        joinAs(administrator, service.url, example.purchaser, 'purchaser', `${name}-purchaser`),
        joinAs(administrator, service.url, example.agency, 'agency', `${name}-agency`),
        ...example.suppliers.map((supplier, index) =>
          joinAs(administrator, service.url, supplier, 'supplier', `${name}-supplier-${index + 1}`),
        ),
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
        bank: { url: service.url, secret: bankSecret },
      };
    };
    if (all) {
      const office = await joinAs(administrator, service.url, '公共资源交易管理办公室', 'office', 'office');
      await office.person.ask('POST', '/catalogue', 200, { entries: [], thresholds: [FIGURES] });
    }
    const casts = [await cast('goods', goods), await cast('works', works)] as const;
    const more: Omit<Cast, 'clock' | 'say'>[] = [];
    for (const [name, example] of invited) more.push(await cast(name, example));
    const clock = await begin(env, { civilStartMs: firstNotice - LEAD_DAYS * DAY_MS, msPerDay: dayMs });
    const say = (line: string) =>
      log(`${formatInstant(civilAt(clock, Date.now())).slice(0, 16).replace('T', ' ')}  ${line}`);
    const [goodsCast, worksCast] = [
      { ...casts[0], clock, say },
      { ...casts[1], clock, say },
    ] as const;
    const invitedCasts = more.map((each) => ({ ...each, clock, say }));
    const ids = [await launch(goodsCast), await launch(worksCast)] as [string, string, ...string[]];
    for (const each of invitedCasts) ids.push(await launch(each));
    const on = (instant: string) => until({ clock }, instant, () => civilAt(clock, Date.now()));
    const stories = await Promise.allSettled([
      playGoods(goodsCast, ids[0], on),
      playWorks(worksCast, ids[1], on),
      ...invitedCasts.map((each, index) => playInvited(each, String(ids[index + 2]), on)),
    ]);
    for (const story of stories) if (story.status === 'rejected') throw story.reason;
    const outcomes = await Promise.all(ids.map((id) => outcomeOf(supervisor.person, id)));
    const faults = await faultsOf(
      env,
      outcomes,
      [goods, works, ...invited.map(([, example]) => example)],
      supervisor.person,
    );
    for (const id of ids) faults.push(...(await depositFaults(supervisor.person, id)));
    faults.push(...(await pagesMissing(service.url, outcomes)));
    return { service, outcomes, env, faults };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

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

/** Starts the drill's clock. */
export async function begin(
  env: NodeJS.ProcessEnv,
  drill: { civilStartMs: number; msPerDay: number },
): Promise<ClockSetting> {
  const db = await openInstallation(env);
  try {
    await setDrillClock(db, drill);
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
  const db = await openInstallation(env);
  const { faults, audit } = await verifyInstallation(db);
  await db.close();
  found.push(...faults.map(({ subject, en }) => `${subject}: ${en}`));
  const { items } = (await supervisor.ask('GET', '/audit?limit=100', 200)) as { items: unknown[] };
  if (audit === 0 || items.length === 0) found.push('the audit trail is empty');
  return found;
}

export function demoCommand(): Command {
  return new Command('demo')
    .description('用两个真实公告演练全过程 / play two tenders made from real notices, from notice to contract')
    .option('--keep', '演练后保持运行 / keep it running afterwards')
    .option('--day-ms <n>', '一个演练日的实际毫秒数 / real milliseconds of one civil day', '1500')
    .option('--all', '也演练邀请招标和询价 / also play the invited tenders and the inquiry')
    .option('--json', '以 JSON 输出结果 / print the outcome as JSON')
    .action(async ({ keep, dayMs, json, all }: { keep?: boolean; dayMs: string; json?: boolean; all?: boolean }) => {
      const speed = dayMsOf(dayMs);
      const dataDir = mkdtempSync(join(tmpdir(), 'kaibiao-demo-'));
      const log = (line: string) => void process.stderr.write(`${line}\n`);
      try {
        const { service, outcomes, faults } = await playPatiently({ dayMs: speed, dataDir, log, all: all ?? false });
        print(service, outcomes, faults, json ?? false);
        if (keep) {
          log('保持运行，按 Ctrl-C 结束 / still running; Ctrl-C ends it');
          await untilStopped();
        }
        await service.stop();
        if (faults.length > 0) process.exitCode = 1;
      } catch (error) {
        if (!(error instanceof TooSlow)) throw error;
        throw new CommandFailure('too-slow', {
          zh: `本机跟不上演练时钟：${error.message}。请用更慢的时钟重试，如 npm run demo -- --day-ms ${speed * 2}`,
          en: `This machine does not keep up with the drill's clock (${error.message}); try a slower one: npm run demo -- --day-ms ${speed * 2}`,
        });
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    });
}

/** Limits of `--day-ms`. */
export function dayMsOf(text: string): number {
  const dayMs = Number(text);
  if (Number.isInteger(dayMs) && dayMs >= 100) return dayMs;
  throw new CommandFailure(
    'usage',
    { zh: '--day-ms 应为不小于 100 的整数', en: '--day-ms must be a whole number of at least 100' },
    { exitCode: 2 },
  );
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
