import type { DatabaseCheck } from '../../db/access/database.ts';
import { storageOf } from '../settings/folders.ts';
import { judgeOffset } from './clock.ts';
import { fail, ok, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';

export function judgeStorage(found: DatabaseCheck, production: boolean): Verdict {
  const { place, exists, integrity, mode, schema, altered } = found;
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
  if (altered.length > 0) {
    const named = altered.map(({ name, is }) => `${name} (${is})`).join(', ');
    return fail(
      `数据库 ${place} 的结构被改动：${named}`,
      `the schema of ${place} was changed: ${named}`,
      '查明何人改动；触发器、函数、索引、授权由 kaibiao migrate --mend 恢复，多出的由数据库管理员删除，再运行 kaibiao verify',
      'find out who changed it; kaibiao migrate --mend puts back triggers, functions, indexes and grants, the owner of the database drops what is unknown; then run kaibiao verify',
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

/** What a role may do that may only connect: fill the connections of the server. */
export function judgeAccess({ openToAll, place }: Pick<DatabaseCheck, 'openToAll' | 'place'>): Verdict | undefined {
  if (!openToAll) return undefined;
  return fail(
    `数据库服务器上的任何用户都可连接 ${place}`,
    `every role of the database server may connect to ${place}`,
    '由属主执行 REVOKE CONNECT, TEMPORARY ON DATABASE 数据库名 FROM PUBLIC',
    'as its owner: REVOKE CONNECT, TEMPORARY ON DATABASE name FROM PUBLIC',
  );
}

/** Who steals the connection of a role that owns the tables can remove their triggers. */
export function judgeRoles(
  { roles, place }: Pick<DatabaseCheck, 'roles' | 'place'>,
  env: NodeJS.ProcessEnv,
): Verdict | undefined {
  if (roles === null) return undefined;
  if (roles === 'other') {
    return fail(
      `DATABASE_URL 的用户不是 ${place} 为服务所设的用户`,
      `DATABASE_URL connects to ${place} as another role than that of its service`,
      '改用服务的用户；属主的地址只放在 KAIBIAO_MIGRATION_URL，供 kaibiao migrate 使用',
      'name the role of the service; the address of the owner belongs in KAIBIAO_MIGRATION_URL, for kaibiao migrate alone',
    );
  }
  if (roles === 'one') {
    return (env.NODE_ENV === 'production' ? fail : warn)(
      `服务连接 ${place} 的用户同时是属主：窃得其连接的人可以改掉触发器`,
      `the service connects to ${place} as the role that owns it: who steals its connection can remove triggers`,
      '另建属主，以 KAIBIAO_MIGRATION_URL 运行 kaibiao migrate（docs/operations.md「PostgreSQL」）',
      'create an owner, and run kaibiao migrate with KAIBIAO_MIGRATION_URL (docs/operations.en.md, PostgreSQL)',
    );
  }
  if (env.KAIBIAO_MIGRATION_URL) {
    return warn(
      '属主的地址（KAIBIAO_MIGRATION_URL）也在这里的设置中',
      'the address of the owner (KAIBIAO_MIGRATION_URL) is among the settings here',
      '只在运行 kaibiao migrate 时给出，不要放进服务的 .env',
      'give it to kaibiao migrate only, and keep it out of the .env of the service',
    );
  }
  return ok('服务的数据库用户不是属主', 'the service connects as a role that owns nothing');
}

/** PostgreSQL decides by its own clock what is late. */
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

export async function checkStorage(env: NodeJS.ProcessEnv): Promise<DatabaseCheck | Verdict> {
  try {
    const { checkDatabase } = await import('../../db/access/open.ts');
    return await checkDatabase(storageOf(env));
  } catch (error) {
    return fail(
      `数据库无法打开：${reasonZh(error)}`,
      `the database does not open: ${reasonOf(error)}`,
      '运行 kaibiao migrate；仍不行则检查文件权限与磁盘，或 DATABASE_URL 与数据库服务器',
      'run kaibiao migrate; if that does not help, check permissions and the disk, or DATABASE_URL and its server',
    );
  }
}
