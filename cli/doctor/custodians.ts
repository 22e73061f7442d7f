import { join } from 'node:path';
import { CUSTODIANS, CUSTODIANS_NEEDED, type Custodian } from '../../domain/bids/sealing.ts';
import { connectionOptions, type TemporalConfig } from '../../temporal.config.ts';
import { custodianPollers } from '../custodian/pollers.ts';
import { custodianDir, isCustodian, readFacts } from '../custodian/folder.ts';
import { fail, ok, okay, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';
import { dataDir, storageOf } from '../settings/folders.ts';
import { oneOf } from '../settings/values.ts';

// Checks of the custodians: that their keys are in force, that they run, and where.

/** What is known of one custodian: from the database, from this machine's data folder, and from the server. */
export interface FoundCustodian {
  readonly custodian: Custodian;
  /** Whether it has a key in force. */
  readonly registered: boolean;
  /** Whether that key is in this data folder, beside the platform. */
  readonly here: boolean;
  /** Workers that poll its task queue; null where the server could not be asked. */
  readonly workers: number | null;
}

/** Two of the three can open everything: all of them on one machine protect only against the theft of one key file. */
export function judgeCustodians(
  found: readonly FoundCustodian[],
  {
    production,
    sealing,
    refused,
  }: {
    readonly production: boolean;
    readonly sealing: 'required' | 'optional';
    /** Ids of procurements whose deadline a custodian does not accept. */
    readonly refused: readonly string[];
  },
): Verdict {
  const named = (which: (each: FoundCustodian) => boolean) => found.filter(which).map(({ custodian }) => custodian);
  if (refused.length > 0) {
    const list = refused.join(', ');
    return fail(
      `有保管人拒绝相信投标截止时间：${list}`,
      `a custodian rejects the bid deadline of ${list}`,
      '理由见 GET /api/procurements/{id}/sealing（docs/operations.md「保管人」）',
      'GET /api/procurements/{id}/sealing shows the reason (docs/operations.en.md, “Custodians”)',
    );
  }
  const missing = named(({ registered }) => !registered);
  if (missing.length > 0) {
    const list = missing.join(', ');
    return (sealing === 'required' ? warn : okay)(
      `尚无有效公钥：${list}；投标文件无法密封${sealing === 'required' ? '，项目不能发起' : ''}`,
      `no key in force: ${list}; bids cannot be sealed${sealing === 'required' ? ', and nothing is launched' : ''}`,
      '由管理办公室登记（POST /api/custodians），或以 serve 启动默认的三个本机保管人',
      'the office registers them (POST /api/custodians); serve starts three on this machine by default',
    );
  }
  const away = named(({ workers }) => workers === 0);
  if (away.length > 0) {
    const list = away.join(', ');
    return (away.length > found.length - CUSTODIANS_NEEDED ? fail : warn)(
      `未在运行：${list}`,
      `not running: ${list}`,
      '请其启动 kaibiao custodian --as …；缺两方则到时无法开标',
      'have them start kaibiao custodian --as …; with two missing an opening waits',
    );
  }
  const here = named((each) => each.here);
  if (here.length >= CUSTODIANS_NEEDED) {
    return (production ? warn : okay)(
      `${here.join('、')} 的密钥都在本机：能登录本机者可提前开启全部投标文件`,
      `the keys of ${here.join(', ')} are all on this machine: anyone with access to it can open every bid early`,
      '把保管人移到各自的机器（docs/operations.md「保管人」）',
      'run each custodian on its own machine (docs/operations.en.md, “Custodians”)',
    );
  }
  return ok('三方保管人均有有效公钥', 'each custodian has a key in force');
}

export async function checkCustodians(config: TemporalConfig | undefined, env: NodeJS.ProcessEnv): Promise<Verdict> {
  const { openDatabase } = await import('../../db/access/open.ts');
  const { keysInForce } = await import('../../db/custodians.ts');
  const { refusedNotices } = await import('../../services/custodians/notices.ts');
  try {
    const db = await openDatabase(storageOf(env));
    try {
      const keys = await keysInForce(db.read);
      const workers = await workersOfCustodians(config, env);
      const found = CUSTODIANS.map((custodian): FoundCustodian => {
        const dir = custodianDir(custodian, env);
        const key = keys.find((each) => each.custodian === custodian);
        const here = key !== undefined && isCustodian(dir) && readFacts(dir).recipients.includes(key.recipient);
        return { custodian, registered: key !== undefined, here, workers: workers?.[custodian] ?? null };
      });
      return judgeCustodians(found, {
        production: env.NODE_ENV === 'production',
        sealing: oneOf(env, 'KAIBIAO_SEALING', ['required', 'optional']),
        refused: (await refusedNotices(db.read, db.now())).map(({ id }) => id),
      });
    } finally {
      await db.close();
    }
  } catch (error) {
    return warn(
      `未能查看保管人：${reasonZh(error)}`,
      `the custodians were not checked: ${reasonOf(error)}`,
      '排除上述其他问题后再试',
      'fix the other findings, and try again',
    );
  }
}

/** Pollers of each task queue; null where the server cannot be asked. */
async function workersOfCustodians(
  config: TemporalConfig | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Record<Custodian, number> | null> {
  if (config === undefined) return null;
  const { runningDevServer } = await import('../servers/temporal-server.ts');
  const address = config.address ?? (await runningDevServer(dataDir(env)));
  if (address === undefined) return null;
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ ...connectionOptions(config, address), connectTimeout: 5_000 });
    try {
      return await custodianPollers(connection, config);
    } finally {
      await connection.close();
    }
  } catch {
    return null;
  }
}

/** The secret files of the custodians whose keys are in this data folder, existing or not. */
export function custodianFiles(env: NodeJS.ProcessEnv): string[] {
  return CUSTODIANS.map((custodian) => custodianDir(custodian, env)).flatMap((dir) =>
    ['', 'identities.age', 'custodian.json', 'passphrase', 'memory.jsonl'].map((name) => join(dir, name)),
  );
}
