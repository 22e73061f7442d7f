import { execFile } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CommandFailure } from '../settings/failure.ts';
import { onPath } from './processes.ts';

const run = promisify(execFile);

/** The oldest supported PostgreSQL. */
export const OLDEST_POSTGRES = 15;

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  readonly major: number;
}

async function majorOf(postgres: string): Promise<number | undefined> {
  try {
    const { stdout } = await run(postgres, ['--version'], { timeout: 20_000 });
    return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1] ?? Number.NaN) || undefined;
  } catch {
    return undefined;
  }
}

function children(dir: string): string[] {
  try {
    return readdirSync(dir).map((name) => join(dir, name));
  } catch {
    return [];
  }
}

/** The servers on this machine: the one on the PATH first, then the newest from packages. */
async function installedPostgres(env: NodeJS.ProcessEnv): Promise<PostgresPrograms[]> {
  // Debian family, Red Hat family, Homebrew.
  const packaged = [
    ...children('/usr/lib/postgresql'),
    ...children('/usr').filter((dir) => dir.startsWith('/usr/pgsql-')),
    ...children('/opt/homebrew/opt').filter((dir) => dir.includes('/postgresql@')),
  ].map((dir) => join(dir, 'bin/postgres'));
  const found = new Map<string, PostgresPrograms>();
  for (const path of [...onPath('postgres', env), ...packaged]) {
    if (!existsSync(path)) continue;
    const postgres = realpathSync(path);
    const initdb = join(dirname(postgres), 'initdb');
    const major = existsSync(initdb) ? await majorOf(postgres) : undefined;
    if (major !== undefined && major >= OLDEST_POSTGRES) found.set(postgres, { initdb, postgres, major });
  }
  const [first, ...others] = found.values();
  if (first === undefined) return [];
  const isOnPath = onPath('postgres', env).some((path) => realpathSync(path) === first.postgres);
  const byVersion = (list: PostgresPrograms[]) => list.sort((a, b) => b.major - a.major);
  return isOnPath ? [first, ...byVersion(others)] : byVersion([first, ...others]);
}

/**
 * The programs of a PostgreSQL to run: from the PATH or from packages. Nothing is installed, and the server that a
 * package starts by itself is never used.
 *
 * @throws CommandFailure `postgres-not-found`
 */
export async function findPostgres(env: NodeJS.ProcessEnv, wanted?: number): Promise<PostgresPrograms> {
  const installed = await installedPostgres(env);
  // Existing data can only be read by the major version that wrote it.
  const found = installed.find(({ major }) => wanted === undefined || major === wanted);
  if (found) return found;
  const there = installed.map(({ postgres, major }) => `\n  ${postgres} (${major})`).join('');
  const [zh, en] =
    wanted === undefined
      ? [`${OLDEST_POSTGRES} 或更高版本`, `${OLDEST_POSTGRES} or later`]
      : [`${wanted} 版，数据由它写成`, `${wanted}, which wrote the data`];
  throw new CommandFailure('postgres-not-found', {
    zh:
      `找不到可用的 PostgreSQL（需要 ${zh}）${there === '' ? '' : `；本机有：${there}`}\n` +
      `请任选其一：①安装：Debian、Ubuntu 以 root 运行 apt-get install postgresql；macOS 运行 brew install postgresql@17；` +
      `其他见 https://www.postgresql.org/download/；②已安装时，把其 bin 目录（内有 postgres 与 initdb）加入 PATH。`,
    en:
      `No PostgreSQL to run (${en}, is needed)${there === '' ? '' : `; this machine has:${there}`}\n` +
      `Do one of these: (1) install it: on Debian or Ubuntu as root, apt-get install postgresql; on macOS, brew install postgresql@17; ` +
      `others: https://www.postgresql.org/download/; (2) where it is installed, put its bin folder, which holds postgres and initdb, on the PATH.`,
  });
}
