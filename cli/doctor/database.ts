import type { DatabaseCheck } from '../../db/access/database.ts';
import { storageOf } from '../settings/folders.ts';
import { judgeOffset } from './clock.ts';
import { fail, ok, reasonOf, warn, type Verdict } from './findings.ts';

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
      '查明何人改动；触发器、函数、索引由 kaibiao migrate --mend 恢复，多出的由数据库管理员删除，再运行 kaibiao verify',
      'find out who changed it; kaibiao migrate --mend puts back triggers, functions and indexes, the owner of the database drops what is unknown; then run kaibiao verify',
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

/** What a role may do that may only connect: fill the connections of the server, hold the locks of uploads. */
export function judgeAccess({ openToAll, place }: Pick<DatabaseCheck, 'openToAll' | 'place'>): Verdict | undefined {
  if (!openToAll) return undefined;
  return fail(
    `数据库服务器上的任何用户都可连接 ${place}`,
    `every role of the database server may connect to ${place}`,
    '由属主执行 REVOKE CONNECT, TEMPORARY ON DATABASE 数据库名 FROM PUBLIC',
    'as its owner: REVOKE CONNECT, TEMPORARY ON DATABASE name FROM PUBLIC',
  );
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
      `数据库无法打开：${reasonOf(error)}`,
      `the database does not open: ${reasonOf(error)}`,
      '运行 kaibiao migrate；仍不行则检查文件权限与磁盘，或 DATABASE_URL 与数据库服务器',
      'run kaibiao migrate; if that does not help, check permissions and the disk, or DATABASE_URL and its server',
    );
  }
}
