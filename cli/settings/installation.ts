import type { Database, Storage } from '../../db/access/database.ts';
import { checkDatabase, openDatabase } from '../../db/access/open.ts';
import type { UploadBucket } from '../../db/files/upload-bytes.ts';
import { DRILL_ENDS, type ClockSetting } from '../../domain/clock.ts';
import { instantEn, instantZh, parseInstantOrDate } from '../../domain/civil-time.ts';
import { assertPortFree, type Listening } from '../servers/processes.ts';
import { badSetting, CommandFailure } from './failure.ts';
import { dataDir, storageOf } from './folders.ts';
import { committeeKey } from './secrets.ts';
import { clockJumpOf } from './time-sources.ts';

/**
 * Opens the installation of the environment, and upgrades its schema. Where there is none yet, it is made only once
 * every setting is known to be right, and the ports that it is to listen on are free.
 */
export async function openInstallation(
  env: NodeJS.ProcessEnv = process.env,
  listening: readonly Listening[] = [],
): Promise<Database> {
  const options = {
    ...storageOf(env),
    ...uploadBucketOf(env),
    committeeKey: committeeKey(env, dataDir(env)),
    clock: clockOf(env),
    clockJumpMs: clockJumpOf(env),
    roles: env.NODE_ENV === 'production' ? ('two' as const) : ('one' as const),
  };
  await assertFirstStart(env, storageOf(env), listening);
  // Only the user who runs this may read the stored files.
  process.umask(0o077);
  const db = await openDatabase(options);
  if (db.clock.mode === 'drill' && env.NODE_ENV === 'production') {
    throw new CommandFailure('drill-in-production', {
      zh: '该安装为演练（加速时钟）所建，NODE_ENV=production 下拒绝运行；请换用新的数据目录或数据库',
      en: 'This installation was made for a drill (accelerated clock) and is refused under NODE_ENV=production; use another data folder or database',
    });
  }
  return db;
}

/**
 * Before an installation is made.
 * @param listening ports that this process is about to listen on
 * @throws CommandFailure `bad-setting`, `drill-in-production`, `port-taken`
 */
export async function assertFirstStart(
  env: NodeJS.ProcessEnv = process.env,
  storage: Storage = storageOf(env),
  listening: readonly Listening[] = [],
): Promise<void> {
  // Until its owner has made it the service's role may not even look.
  const owned = storage.ownerUrl === undefined ? storage : { ...storage, url: storage.ownerUrl };
  if ((await checkDatabase(owned)).exists) return;
  clockOf(env);
  uploadBucketOf(env);
  clockJumpOf(env);
  // The settings of every part: a process that opens an installation needs few of them.
  await (await import('./first-start.ts')).refuseBadSettings(env);
  for (const each of listening) await assertPortFree(each);
}

/** @throws CommandFailure `no-installation` */
export async function refuseNoInstallation(
  what = { zh: '安装', en: 'the installation' },
  storage = storageOf(),
): Promise<void> {
  const { place, exists } = await checkDatabase(storage);
  if (exists) return;
  throw new CommandFailure('no-installation', {
    zh: `没有数据库：${place}；用 KAIBIAO_DATA_DIR 或 DATABASE_URL 指向${what.zh}`,
    en: `there is no database: ${place}; point KAIBIAO_DATA_DIR or DATABASE_URL at ${what.en}`,
  });
}

/**
 * What is only read is not upgraded first.
 * @throws CommandFailure `schema-version`
 */
export async function refuseOtherVersion(storage: Storage): Promise<void> {
  const { place, schema } = await checkDatabase(storage);
  if (schema === 'present') return;
  throw new CommandFailure('schema-version', {
    zh: `数据库的结构不是本版本的：${place}；先运行 kaibiao migrate，或改用建立它的版本`,
    en: `the schema of ${place} is not of this version: run kaibiao migrate first, or use the version that made it`,
  });
}

/**
 * Opens the installation of the environment for a command, and prints what it returns.
 * @throws CommandFailure `no-installation`: none is created
 */
export async function withInstallation(work: (db: Database) => Promise<string>): Promise<void> {
  await refuseNoInstallation();
  const db = await openInstallation();
  try {
    process.stdout.write(await work(db));
  } finally {
    await db.close();
  }
}

/**
 * The clock of a new installation: the machine's own, or a drill's (KAIBIAO_DRILL_DAY_MS real milliseconds a civil
 * day, from KAIBIAO_DRILL_FROM). An existing installation keeps the clock it was created with.
 */
function clockOf(env: NodeJS.ProcessEnv): ClockSetting {
  const { KAIBIAO_DRILL_DAY_MS: dayMs, KAIBIAO_DRILL_FROM: from } = env;
  if (!dayMs) {
    if (!from) return { mode: 'real' };
    throw badSetting(
      '设置了 KAIBIAO_DRILL_FROM 而没有 KAIBIAO_DRILL_DAY_MS：演练须两项都设，正式运行则两项都不设',
      'KAIBIAO_DRILL_FROM is set without KAIBIAO_DRILL_DAY_MS: a drill has both, a real installation neither',
    );
  }
  if (env.NODE_ENV === 'production') {
    throw new CommandFailure('drill-in-production', {
      zh: 'NODE_ENV=production 下不允许演练模式（KAIBIAO_DRILL_DAY_MS）',
      en: 'Drill mode (KAIBIAO_DRILL_DAY_MS) is refused under NODE_ENV=production',
    });
  }
  const msPerDay = Number(dayMs);
  if (!Number.isInteger(msPerDay) || msPerDay < 1) {
    throw badSetting(
      `KAIBIAO_DRILL_DAY_MS 应为正整数（毫秒）：${dayMs}`,
      `KAIBIAO_DRILL_DAY_MS must be a whole number of milliseconds: ${dayMs}`,
    );
  }
  const realStartMs = Date.now();
  const civilStartMs = from ? parseInstantOrDate(from) : realStartMs;
  if (civilStartMs >= DRILL_ENDS) {
    throw badSetting(
      `KAIBIAO_DRILL_FROM 应早于 ${instantZh(DRILL_ENDS)}`,
      `KAIBIAO_DRILL_FROM must be before ${instantEn(DRILL_ENDS)}`,
    );
  }
  return { mode: 'drill', realStartMs, msPerDay, civilStartMs };
}

/**
 * The bucket for bids during their upload (KAIBIAO_S3_BUCKET); without one, the data folder.
 * @throws CommandFailure `bad-setting`
 */
function uploadBucketOf(env: NodeJS.ProcessEnv): { uploadBucket?: UploadBucket } {
  const {
    KAIBIAO_S3_BUCKET: bucket,
    KAIBIAO_S3_ENDPOINT: endpoint,
    KAIBIAO_S3_ACCESS_KEY_ID: accessKeyId,
    KAIBIAO_S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = env;
  if (!bucket) return {};
  if (endpoint && !(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol))) {
    throw badSetting(
      'KAIBIAO_S3_ENDPOINT 应为以 http:// 或 https:// 开头的地址',
      'KAIBIAO_S3_ENDPOINT must be an address that begins with http:// or https://',
    );
  }
  if (!accessKeyId !== !secretAccessKey) {
    throw badSetting(
      'KAIBIAO_S3_ACCESS_KEY_ID 与 KAIBIAO_S3_SECRET_ACCESS_KEY 应同时设置',
      'set KAIBIAO_S3_ACCESS_KEY_ID and KAIBIAO_S3_SECRET_ACCESS_KEY together',
    );
  }
  return {
    uploadBucket: {
      bucket,
      region: env.KAIBIAO_S3_REGION || 'us-east-1',
      ...(endpoint ? { endpoint } : {}),
      ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    },
  };
}
