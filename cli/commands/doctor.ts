import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { msToTs } from '@temporalio/common/lib/time.js';
import { Command } from 'commander';
import { connectionOptions, readTemporalConfig, type TemporalConfig } from '../../temporal.config.ts';
import type { Recreated } from './rebuild.ts';
import type { DatabaseCheck } from '../../db/access/database.ts';
import type { separationOf } from '../../services/organisations/separation.ts';
import { checkCustodians, custodianFiles } from '../doctor/custodians.ts';
import { fail, ok, reasonOf, warn, type Finding, type Verdict } from '../doctor/findings.ts';
import { LEAST_BANK_SECRET } from '../settings/deposits.ts';
import { dataDir, storageOf, projectRoot } from '../settings/folders.ts';
import { isAlive, tryPort } from '../servers/processes.ts';
import { guessable } from '../settings/secrets.ts';

/** Does this version satisfy package.json's `engines`: a list of alternatives of the forms `^a.b.c` and `>=a.b.c`? */
export function isSupportedNode(version: string, range: string): boolean {
  const numbers = (text: string) =>
    text
      .replace(/^[^\d]*/, '')
      .split('.')
      .map(Number) as [number, number, number];
  const [major, minor, patch] = numbers(version);
  return range.split('||').some((alternative) => {
    const [wantMajor, wantMinor, wantPatch] = numbers(alternative.trim());
    const atLeast =
      major !== wantMajor ? major > wantMajor : minor !== wantMinor ? minor > wantMinor : patch >= wantPatch;
    return alternative.trim().startsWith('^') ? major === wantMajor && atLeast : atLeast;
  });
}

export function checkNode(version = process.versions.node): Verdict {
  const { engines } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  if (isSupportedNode(version, engines.node)) return ok(`Node.js ${version}`, `Node.js ${version}`);
  return fail(
    `Node.js ${version} 不在支持范围 ${engines.node}`,
    `Node.js ${version} is outside the supported ${engines.node}`,
    '安装 Node.js 当前的长期支持版',
    'install the current long-term support release of Node.js',
  );
}

async function checkSqlite(): Promise<Verdict> {
  try {
    await import('../../db/access/open.ts');
    const { version } = createRequire(import.meta.url)('better-sqlite3/package.json') as { version: string };
    return ok(`better-sqlite3 ${version} 可用`, `better-sqlite3 ${version} loads`);
  } catch (error) {
    return fail(
      `数据库驱动无法加载：${reasonOf(error)}`,
      `the database driver does not load: ${reasonOf(error)}`,
      '运行 npm ci；更换过 Node.js 版本时运行 npm rebuild better-sqlite3',
      'run npm ci, or npm rebuild better-sqlite3 after a change of Node.js version',
    );
  }
}

async function checkServer(config: TemporalConfig, env: NodeJS.ProcessEnv): Promise<Verdict> {
  if (config.address === undefined) {
    const { findInstalledTemporal, TEMPORAL_CLI_VERSION } = await import('../servers/temporal-server.ts');
    const found = await findInstalledTemporal(env);
    if (found?.kind === 'binary') return ok(`${found.path}（${found.version}）`, `${found.path} (${found.version})`);
    return warn(
      '本机尚无 Temporal 服务器',
      'there is no Temporal server on this machine yet',
      `首次启动时自动安装 ${TEMPORAL_CLI_VERSION}；离线环境请先安装 temporal 命令行工具`,
      `${TEMPORAL_CLI_VERSION} is installed at the first start; without a network, install the temporal command line tool first`,
    );
  }
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ ...connectionOptions(config), connectTimeout: 5_000 });
    try {
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      return ok(`${config.address}，版本 ${serverVersion}`, `${config.address}, version ${serverVersion}`);
    } finally {
      await connection.close();
    }
  } catch (error) {
    return fail(
      `无法连接 ${config.address}：${reasonOf(error)}`,
      `cannot connect to ${config.address}: ${reasonOf(error)}`,
      '检查 TEMPORAL_ADDRESS、防火墙与 TEMPORAL_TLS_* 设置；去掉 TEMPORAL_ADDRESS 则使用内嵌服务器',
      'check TEMPORAL_ADDRESS, the firewall and TEMPORAL_TLS_*; without TEMPORAL_ADDRESS the embedded server is used',
    );
  }
}

/** Where bids are late by the second, a clock that is out by two is worth a warning and one out by thirty a stop. */
export function judgeOffset(offsetMs: number, uncertaintyMs: number): 'ok' | 'warn' | 'fail' {
  const certain = Math.abs(offsetMs) - uncertaintyMs;
  return certain > 30_000 ? 'fail' : certain > 2_000 ? 'warn' : 'ok';
}

/**
 * Asks what listens on a port whether it is well. The timer is one that keeps the process alive: a listener that hangs
 * up at once may leave `fetch` waiting with nothing else to wait for, and the process would end without a word.
 */
async function askHealth(port: number, withinMs: number): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), withinMs);
  try {
    return await fetch(`http://127.0.0.1:${port}/health`, { signal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Compares this clock with the API's, if it runs, by the Date header, which is truncated to a second. */
async function checkClock(port: number): Promise<Verdict> {
  const year = new Date().getUTCFullYear();
  const [wallBefore, steadyBefore] = [Date.now(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 200));
  const drift = Date.now() - wallBefore - (performance.now() - steadyBefore);
  const mendZh = '启用时间同步（如 chrony 或 systemd-timesyncd）并核对时区';
  const mendEn = 'turn on time synchronisation (chrony or systemd-timesyncd) and check the time zone';
  if (year < 2026 || Math.abs(drift) > 100) {
    return fail(
      year < 2026 ? `系统时钟显示 ${year} 年` : `系统时钟在 0.2 秒内跳变了 ${Math.round(drift)} 毫秒`,
      year < 2026 ? `the clock says it is ${year}` : `the clock jumped by ${Math.round(drift)} ms within 0.2 s`,
      mendZh,
      mendEn,
    );
  }
  try {
    const sentAt = Date.now();
    const response = await askHealth(port, 2_000);
    const receivedAt = Date.now();
    await response.body?.cancel();
    const answered = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(answered)) throw new Error('no Date header');
    const offset = answered + 500 - (sentAt + receivedAt) / 2;
    const verdict = judgeOffset(offset, 500 + (receivedAt - sentAt) / 2);
    const seconds = (offset / 1000).toFixed(1);
    if (verdict !== 'ok') {
      const make = verdict === 'warn' ? warn : fail;
      return make(`与接口服务相差 ${seconds} 秒`, `${seconds} s apart from the API's clock`, mendZh, mendEn);
    }
    return ok('走时均匀，与接口服务一致', "steady, and in step with the API's clock");
  } catch {
    return ok('走时均匀（接口未运行，未作比对）', 'steady (the API is not running, so it was compared with nothing)');
  }
}

/** Temporal writes its own instants into history; a server whose clock is out fires timers early or late. */
async function checkServerClock(config: TemporalConfig): Promise<Verdict | undefined> {
  if (config.address === undefined) return undefined;
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ ...connectionOptions(config), connectTimeout: 5_000 });
    try {
      // A workflow that nothing will ever take up, started to read when the server says it started.
      const workflowId = `doctor/${randomBytes(6).toString('hex')}`;
      const sentAt = Date.now();
      const { runId } = await connection.workflowService.startWorkflowExecution({
        namespace: config.namespace,
        workflowId,
        requestId: workflowId,
        workflowType: { name: 'doctor' },
        taskQueue: { name: `${config.taskQueues.main}-doctor` },
        workflowExecutionTimeout: msToTs(30_000),
      });
      const receivedAt = Date.now();
      const execution = { workflowId, runId };
      const described = await connection.workflowService.describeWorkflowExecution({
        namespace: config.namespace,
        execution,
      });
      await connection.workflowService.terminateWorkflowExecution({
        namespace: config.namespace,
        workflowExecution: execution,
        reason: 'kaibiao doctor',
      });
      const started = described.workflowExecutionInfo?.startTime;
      const startedMs = Number(started?.seconds ?? 0) * 1000 + Number(started?.nanos ?? 0) / 1e6;
      const offset = startedMs - (sentAt + receivedAt) / 2;
      const verdict = judgeOffset(offset, (receivedAt - sentAt) / 2);
      const apart = (offset / 1000).toFixed(2);
      if (verdict === 'ok') return ok(`与 Temporal 相差 ${apart} 秒`, `${apart} s apart from Temporal's clock`);
      return (verdict === 'warn' ? warn : fail)(
        `与 Temporal 服务器相差 ${apart} 秒`,
        `${apart} s apart from Temporal's clock`,
        '让本机与 Temporal 服务器使用同一时间源',
        'have this machine and the Temporal server follow the same time source',
      );
    } finally {
      await connection.close();
    }
  } catch (error) {
    return warn(
      `未能比对 Temporal 的时钟：${reasonOf(error)}`,
      `Temporal's clock was not compared: ${reasonOf(error)}`,
      '先启动一次 kaibiao，以建立命名空间',
      'start kaibiao once, which makes the namespace',
    );
  }
}

/** A folder that does not exist yet is judged by its nearest ancestor that does. */
function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

export function checkDataFolder(dir: string): Verdict {
  const existing = nearestExisting(dir);
  try {
    if (!statSync(existing).isDirectory()) throw new Error(`${existing} is not a folder`);
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch (error) {
    return fail(
      `数据目录 ${dir} 不可写：${reasonOf(error)}`,
      `the data folder ${dir} cannot be written: ${reasonOf(error)}`,
      `将 ${existing} 的属主改为运行本程序的用户，或用 KAIBIAO_DATA_DIR 另设`,
      `give ${existing} to the user who runs this program, or set another folder with KAIBIAO_DATA_DIR`,
    );
  }
  const { bavail, bsize } = statfsSync(existing);
  const gigabytes = (bavail * bsize) / 1e9;
  const shown = gigabytes.toFixed(1);
  if (gigabytes < 5) {
    return (gigabytes < 0.5 ? fail : warn)(
      `数据目录 ${dir} 可写，但只剩 ${shown} GB`,
      `the data folder ${dir} can be written, but has ${shown} GB left`,
      '清理磁盘，或用 KAIBIAO_DATA_DIR 改用较大的磁盘；一份投标文件可达 200 MB',
      'free some space, or move it with KAIBIAO_DATA_DIR; one bid may have 200 MB',
    );
  }
  return ok(`数据目录 ${dir} 可写，余 ${shown} GB`, `the data folder ${dir} can be written and has ${shown} GB left`);
}

export function judgeStorage(found: DatabaseCheck, production: boolean): Verdict {
  const { place, exists, integrity, mode, schema } = found;
  if (!exists) return ok('数据库将在首次启动时建立', 'the database is made at the first start');
  if (integrity !== 'ok') {
    return fail(
      `数据库 ${place} 已损坏：${integrity}`,
      `the database ${place} is damaged: ${integrity}`,
      '停止服务，从备份恢复；不要手工修改',
      'stop the service and restore a backup; do not edit it by hand',
    );
  }
  if (schema === 'later') {
    return fail(
      `数据库 ${place} 由更新的版本建立`,
      `the database ${place} was made by a later version of this program`,
      '改用该版本，或恢复升级前的备份',
      'use that version, or restore the backup made before the upgrade',
    );
  }
  if (mode === 'drill' && production) {
    return fail(
      `数据库 ${place} 是演练库，不得用于生产环境`,
      `the database ${place} belongs to a drill and is refused in production`,
      '用 KAIBIAO_DATA_DIR（或 DATABASE_URL）指向正式的安装',
      'point KAIBIAO_DATA_DIR (or DATABASE_URL) at the real installation',
    );
  }
  if (schema === 'earlier') {
    return warn(
      `数据库 ${place} 的结构早于本版本`,
      `the schema of ${place} is of an earlier version`,
      '先 kaibiao backup，再运行 kaibiao migrate；启动服务时也会自动升级',
      'run kaibiao backup and then kaibiao migrate; a start of the service upgrades it too',
    );
  }
  const modes = { real: ['正式', 'in real time'], drill: ['演练', 'a drill'] } as const;
  const [zh, en] = mode === null ? ['尚未初始化', 'not initialised yet'] : modes[mode];
  return ok(`${place}（${zh}）`, `${place} (${en})`);
}

/** PostgreSQL decides what is late by its own clock. */
export function judgeDatabaseClock(clock: DatabaseCheck['clock']): Verdict | undefined {
  if (clock === null) return undefined;
  const verdict = judgeOffset(clock.aheadMs, clock.withinMs);
  const apart = (clock.aheadMs / 1000).toFixed(2);
  if (verdict === 'ok') return ok(`与数据库相差 ${apart} 秒`, `${apart} s apart from the database's clock`);
  return (verdict === 'warn' ? warn : fail)(
    `与数据库服务器相差 ${apart} 秒，截止时间以数据库为准`,
    `${apart} s apart from the database's clock, which decides what is late`,
    '让本机与数据库服务器使用同一时间源',
    'have this machine and the database server follow the same time source',
  );
}

async function lookAtStorage(env: NodeJS.ProcessEnv): Promise<DatabaseCheck | Verdict> {
  try {
    const { checkDatabase } = await import('../../db/access/open.ts');
    return await checkDatabase(storageOf(env));
  } catch (error) {
    return fail(
      `数据库无法打开：${reasonOf(error)}`,
      `the database does not open: ${reasonOf(error)}`,
      '运行 kaibiao migrate；仍不行则检查文件权限与磁盘，或 DATABASE_URL 与数据库服务器',
      'run kaibiao migrate; if that does not help, check permissions and the disk, or DATABASE_URL and its server',
    );
  }
}

async function isOurs(port: number, dir: string): Promise<boolean> {
  try {
    const noted = JSON.parse(readFileSync(join(dir, 'temporal', 'server.json'), 'utf8')) as {
      pid: number;
      port: number;
    };
    if (noted.port === port && isAlive(noted.pid)) return true;
  } catch {
    // No embedded server has run here.
  }
  try {
    const response = await askHealth(port, 1_000);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

export async function checkPort(port: number, variable: string, dir: string): Promise<Verdict> {
  const tried = await tryPort(port);
  if ('port' in tried) return ok(`端口 ${port} 空闲`, `port ${port} is free`);
  if (tried.refused === 'EADDRINUSE' && (await isOurs(port, dir))) {
    return ok(`端口 ${port} 由正在运行的 kaibiao 使用`, `port ${port} is used by the kaibiao that is running`);
  }
  return fail(
    `端口 ${port} 不可用（${tried.refused}）`,
    `port ${port} cannot be had (${tried.refused})`,
    `停止占用它的程序，或用 ${variable} 另设端口`,
    `stop what uses it, or set another port with ${variable}`,
  );
}

/** Files that hold secrets, and whether others on this machine may read them. */
export function checkSecrets(files: readonly string[]): Verdict {
  if (process.platform === 'win32')
    return ok('此系统上不检查文件权限', 'file permissions are not checked on this system');
  const open = files.filter((file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0);
  if (open.length === 0) return ok('密钥文件仅本用户可读', 'files with secrets are for this user only');
  const list = open.join(' ');
  return warn(
    `其他用户可读：${list}`,
    `others can read: ${list}`,
    `chmod -R go-rwx ${list}`,
    `chmod -R go-rwx ${list}`,
  );
}

/** Keys and passwords that stand in examples, or that anybody would try first. */
export function checkKeys(env: NodeJS.ProcessEnv): Verdict {
  const found = guessable(env);
  if (found.length === 0)
    return ok('密钥与口令不是示例或易猜的值', 'no key or password is an example or easily guessed');
  const list = found.join(' ');
  return (env.NODE_ENV === 'production' ? fail : warn)(
    `密钥或口令是示例值或易猜：${list}`,
    `a key or password that is an example or easily guessed: ${list}`,
    '改为随机值：openssl rand -base64 32（数据库口令须先在数据库中修改）',
    'make it a random one: openssl rand -base64 32 (a password of the database is changed there first)',
  );
}

/** With which the bank signs that deposits came: its length is refused by the API too. */
export function checkBankSecret(env: NodeJS.ProcessEnv): Verdict {
  const { KAIBIAO_BANK_SECRET: secret, KAIBIAO_DEPOSIT_ACCOUNT: account } = env;
  const mend = [
    '以 openssl rand -base64 32 生成，另行交给银行，设为 KAIBIAO_BANK_SECRET（或 KAIBIAO_BANK_SECRET_FILE）',
    'make one (openssl rand -base64 32), give it to the bank, set KAIBIAO_BANK_SECRET (or KAIBIAO_BANK_SECRET_FILE)',
  ] as const;
  if (secret && secret.length < LEAST_BANK_SECRET) {
    return fail(
      `银行通知的密钥不足 ${LEAST_BANK_SECRET} 个字符`,
      `the bank's secret has fewer than ${LEAST_BANK_SECRET} characters`,
      ...mend,
    );
  }
  if (secret) return ok('银行到账通知须有签名', 'what the bank tells of deposits must be signed');
  if (!account) return ok('未设收款账户，不收银行通知', 'no account to pay to, and nothing is taken from a bank');
  return warn(
    '已设收款账户而未设银行通知密钥：到账只能由经办人导入对账单，经办人因此知道谁已汇款',
    'there is an account to pay to and no secret of its bank: payments come by a file only, whose reader learns who has paid',
    ...mend,
  );
}

export function checkPayloadKey(config: TemporalConfig): Verdict {
  const [current] = config.payloadKeys;
  if (current !== undefined) {
    return ok(`流程数据以密钥 ${current.id} 加密`, `what workflows carry is encrypted with key ${current.id}`);
  }
  if (config.address === undefined) {
    return ok(
      '未加密流程数据（内嵌服务器，数据不出本机）',
      'not encrypted: the embedded server keeps it on this machine',
    );
  }
  return warn(
    '流程数据未加密，Temporal 的管理者可见编号与时间',
    "not encrypted: Temporal's administrators can read ids and instants",
    '设置 KAIBIAO_PAYLOAD_KEYS（写法见 .env.example）',
    'set KAIBIAO_PAYLOAD_KEYS (.env.example shows how)',
  );
}

/** Whether every tender that runs by the database has a workflow that carries it on, and on the Temporal it belongs to. */
export function judgeWorkflows({ found, temporal }: Pick<Recreated, 'found' | 'temporal'>): Verdict {
  const missing = found.filter(({ did }) => did === 'would-start').length;
  if (temporal.before !== null && temporal.before !== temporal.namespaceId) {
    return fail(
      `数据库属于另一个 Temporal（命名空间编号 ${temporal.before}），${missing} 个流程不在现在的 Temporal 中`,
      `the database belongs to another Temporal (namespace id ${temporal.before}); ${missing} workflows are missing in this one`,
      '设置有误的，改正 TEMPORAL_ADDRESS；原 Temporal 已丢失的，运行 kaibiao rebuild --adopt',
      'correct TEMPORAL_ADDRESS if it is wrong; if the former Temporal is lost, run kaibiao rebuild --adopt',
    );
  }
  if (missing > 0) {
    return fail(
      `${missing} 个运行中的项目（异议）没有流程，法定期限无人执行`,
      `${missing} running tenders or grievances have no workflow: nothing acts on their deadlines`,
      '运行 kaibiao rebuild（先用 --dry-run 查看）',
      'run kaibiao rebuild (with --dry-run first, to look)',
    );
  }
  const toDecide = found.filter(({ did }) => did === 'left-to-a-person').length;
  if (toDecide > 0) {
    return warn(
      `${toDecide} 个流程需要人工决定`,
      `${toDecide} workflows need a person's decision`,
      '运行 kaibiao rebuild --dry-run 查看原因',
      'kaibiao rebuild --dry-run tells why',
    );
  }
  return ok(
    `${found.length} 个运行中的项目（异议）均有流程`,
    `all ${found.length} running tenders and grievances have one`,
  );
}

/** What identity, duty and reporting line say beside higher law; a person decides what to make of it. */
export function judgeSeparation({ bodies, collisions }: Awaited<ReturnType<typeof separationOf>>): Verdict {
  if (collisions.length === 0) {
    const recorded = bodies.filter(({ identity }) => identity !== null).length;
    return ok(
      `未发现身份、职责、隶属与上位法冲突（${bodies.length} 个机构，${recorded} 个已登记身份）`,
      `no collision of identity, duty and reporting line with higher law (${bodies.length} bodies, ${recorded} with an identity recorded)`,
    );
  }
  const listed = (told: (each: (typeof collisions)[number]) => string) => collisions.map(told).join('；');
  return warn(
    listed(({ messageZh, law, article }) => `${messageZh}（${law} ${article}）`),
    listed(({ messageEn, law, article }) => `${messageEn} (${law} ${article})`),
    '按所引条文调整机构设置或隶属；登记有误的，用 PUT /api/organisations/{id}/standing 更正',
    'change the set-up or the reporting line by the article named; what is recorded wrongly is corrected by PUT /api/organisations/{id}/standing',
  );
}

async function checkSeparation(env: NodeJS.ProcessEnv): Promise<Verdict> {
  const { openDatabase } = await import('../../db/access/open.ts');
  const { separationOf } = await import('../../services/organisations/separation.ts');
  try {
    const db = await openDatabase(storageOf(env));
    try {
      return judgeSeparation(await separationOf(db.read));
    } finally {
      await db.close();
    }
  } catch (error) {
    return warn(
      `未能查看机构设置：${reasonOf(error)}`,
      `the set-up of bodies was not looked at: ${reasonOf(error)}`,
      '稍后再试',
      'try again later',
    );
  }
}

async function checkWorkflows(config: TemporalConfig, env: NodeJS.ProcessEnv): Promise<Verdict | undefined> {
  const { runningDevServer } = await import('../servers/temporal-server.ts');
  if (config.address === undefined && (await runningDevServer(dataDir(env))) === undefined) return undefined;
  try {
    const { recreate } = await import('./rebuild.ts');
    return judgeWorkflows(await recreate({ dryRun: true }, { env, log: () => undefined }));
  } catch (error) {
    return warn(
      `未能核对运行中的流程：${reasonOf(error)}`,
      `running workflows were not looked at: ${reasonOf(error)}`,
      '排除上述其他问题后再试',
      'mend what else is told here, and try again',
    );
  }
}

const isThisMachine = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i.test(host);

/** What goes over a network in the clear can be read and changed on the way. */
export function checkTls(config: TemporalConfig): Verdict | undefined {
  if (config.address === undefined) return undefined;
  const host = config.address.replace(/:\d+$/, '');
  if (config.tls !== undefined) return ok('与 Temporal 的连接使用 TLS', 'Temporal is reached by TLS');
  if (isThisMachine(host)) {
    return ok('Temporal 在本机，不经网络', 'Temporal is on this machine: nothing goes over a network');
  }
  return warn(
    `与 ${config.address} 的连接未加密`,
    `the connection to ${config.address} is not encrypted`,
    '设置 TEMPORAL_TLS=true，必要时设置 TEMPORAL_TLS_CA、TEMPORAL_TLS_CERT、TEMPORAL_TLS_KEY',
    'set TEMPORAL_TLS=true, and TEMPORAL_TLS_CA, TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY where the server asks for them',
  );
}

export function checkDatabaseTls(env: NodeJS.ProcessEnv): Verdict | undefined {
  const text = env.DATABASE_URL ?? '';
  if (!/^postgres(ql)?:/.test(text) || !URL.canParse(text)) return undefined;
  const { hostname, searchParams } = new URL(text);
  const socket = hostname === '' || searchParams.get('host')?.startsWith('/');
  if (socket || isThisMachine(hostname)) {
    return ok('数据库在本机，不经网络', 'the database is on this machine: nothing goes over a network');
  }
  const mode = searchParams.get('sslmode') ?? 'disable';
  if (mode === 'verify-full') return ok('与数据库的连接使用 TLS', 'the database is reached by TLS');
  return warn(
    `与数据库 ${hostname} 的连接未加密，或不核对其证书（sslmode=${mode}）`,
    `the connection to the database at ${hostname} is not encrypted, or its certificate is not checked (sslmode=${mode})`,
    '在 DATABASE_URL 后加 ?sslmode=verify-full，必要时加 &sslrootcert=证书文件',
    'add ?sslmode=verify-full to DATABASE_URL, and &sslrootcert=FILE where its authority is your own',
  );
}

/** Passwords and bids come over this way. */
export function checkPublicTls(env: NodeJS.ProcessEnv): Verdict {
  const host = env.KAIBIAO_HOST || '127.0.0.1';
  const url = env.KAIBIAO_PUBLIC_URL ?? '';
  if (/^https:/i.test(url)) return ok(`对外地址 ${url} 使用 TLS`, `people reach it by TLS, at ${url}`);
  const named = URL.canParse(url) ? new URL(url).hostname : host;
  if (isThisMachine(host) && isThisMachine(named)) return ok('仅供本机访问', 'reached from this machine only');
  return warn(
    '接口可从网络访问，但对外地址不是 https',
    'the API can be reached over a network, and its public address is not https',
    '在前面放一个带证书的反向代理，并设置 KAIBIAO_PUBLIC_URL=https://…（见 docs/deploy.md）',
    'put a proxy with a certificate in front, and set KAIBIAO_PUBLIC_URL=https://… (docs/deploy.md)',
  );
}

/**
 * Nothing running is ever forgotten by its server, and a rebuild asks the database alone; what retention keeps are the
 * histories that an operator reads after a fault, and the ids that keep a late message from starting a second workflow.
 */
const LEAST_RETENTION_DAYS = 30;

export function checkRetention(days: number): Verdict {
  if (days >= LEAST_RETENTION_DAYS) return ok(`已结束流程保留 ${days} 天`, `ended workflows are kept for ${days} days`);
  return warn(
    `已结束流程只保留 ${days} 天，出错后难以查清经过`,
    `ended workflows are kept for ${days} days only, too few to find out what went wrong`,
    `设置 TEMPORAL_RETENTION_DAYS 为 ${LEAST_RETENTION_DAYS} 以上；外部 Temporal 用 temporal operator namespace update --retention`,
    `set TEMPORAL_RETENTION_DAYS to ${LEAST_RETENTION_DAYS} or more; elsewhere, temporal operator namespace update --retention`,
  );
}

/** As the server has it: a namespace that somebody else made keeps what it was made with. */
async function retentionOf(config: TemporalConfig): Promise<number> {
  if (config.address === undefined) return config.retentionDays;
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ ...connectionOptions(config), connectTimeout: 5_000 });
    try {
      const { namespace } = config;
      const described = await connection.workflowService.describeNamespace({ namespace });
      return Math.floor(Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400);
    } finally {
      await connection.close();
    }
  } catch {
    // There is no namespace yet: it is made with what the settings say.
    return config.retentionDays;
  }
}

function portSetting(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const port = Number(env[variable] || fallback);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : fallback;
}

export async function examine(env: NodeJS.ProcessEnv = process.env): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (name: string, verdict: Verdict | undefined) => {
    if (verdict !== undefined) findings.push({ name, ...verdict });
  };
  const dir = dataDir(env);
  const apiPort = portSetting(env, 'KAIBIAO_PORT', 8080);

  add('node', checkNode());
  add('sqlite', await checkSqlite());
  let config: TemporalConfig | undefined;
  try {
    config = readTemporalConfig(env);
    connectionOptions(config);
    add('settings', ok('环境变量无误', 'the settings in the environment are right'));
  } catch (error) {
    const { messageZh = reasonOf(error) } = error as { messageZh?: string };
    add('settings', fail(messageZh, reasonOf(error), '对照 .env.example 改正', 'correct them by .env.example'));
  }
  if (config !== undefined) add('temporal', await checkServer(config, env));
  add('clock', await checkClock(apiPort));
  const reachable = findings.some(({ name, ok }) => name === 'temporal' && ok === 'ok');
  if (config !== undefined && reachable) add('temporal-clock', await checkServerClock(config));
  if (config !== undefined) {
    add('temporal-tls', checkTls(config));
    add('retention', checkRetention(reachable ? await retentionOf(config) : config.retentionDays));
  }
  add('data', checkDataFolder(dir));
  const storage = await lookAtStorage(env);
  if ('ok' in storage) add('database', storage);
  else {
    const verdict = judgeStorage(storage, env.NODE_ENV === 'production');
    add('database', verdict);
    add('database-clock', judgeDatabaseClock(storage.clock));
    // What is not of this version yet is left as it is: nothing is compared, since that would upgrade it.
    const comparable = verdict.ok === 'ok' && storage.exists && storage.mode !== null;
    if (config !== undefined && comparable) add('workflows', await checkWorkflows(config, env));
    if (comparable) add('separation', await checkSeparation(env));
    if (comparable) add('custodians', await checkCustodians(config, env));
  }
  add('database-tls', checkDatabaseTls(env));
  add('port-api', await checkPort(apiPort, 'KAIBIAO_PORT', dir));
  if (config?.address === undefined) {
    const [temporal, ui] = ['KAIBIAO_TEMPORAL_PORT', 'KAIBIAO_TEMPORAL_UI_PORT'];
    add('port-temporal', await checkPort(portSetting(env, temporal, 7233), temporal, dir));
    add('port-temporal-ui', await checkPort(portSetting(env, ui, 8233), ui, dir));
  }
  const keyFile = config?.tls?.keyFile;
  const keyFiles = keyFile === undefined ? [] : [resolve(keyFile)];
  add(
    'secrets',
    checkSecrets([
      join(projectRoot, '.env'),
      dir,
      join(dir, 'session.key'),
      join(dir, 'signing.key'),
      join(dir, 'rows.key'),
      ...keyFiles,
      ...custodianFiles(env),
    ]),
  );
  add('keys', checkKeys(env));
  add('bank-secret', checkBankSecret(env));
  add('public-tls', checkPublicTls(env));
  if (config !== undefined) add('payload-key', checkPayloadKey(config));
  return findings;
}

const marks = { ok: '✓', warn: '!', fail: '✗' } as const;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('检查本机环境并给出改法 / check this machine and say how to mend it')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine();
      const failed = findings.filter(({ ok }) => ok === 'fail').length;
      if (json) process.stdout.write(`${JSON.stringify({ ok: failed === 0, findings }, null, 2)}\n`);
      else {
        for (const { name, ok: verdict, detailZh, detailEn, mend } of findings) {
          process.stdout.write(`${marks[verdict]} ${name.padEnd(17)}${detailZh} / ${detailEn}\n`);
          if (mend) process.stdout.write(`    → ${mend.zh}\n      ${mend.en}\n`);
        }
      }
      if (failed > 0) process.exitCode = 1;
    });
}
