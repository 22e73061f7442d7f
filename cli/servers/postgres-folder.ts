import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CommandFailure } from '../settings/failure.ts';
import type { PostgresPrograms } from './postgres-programs.ts';

const run = promisify(execFile);
export const SUPERUSER = 'postgres';

/** The user that the server runs as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** PostgreSQL refuses to run as root: then it runs as the package's user, or as nobody. */
export function unprivileged(dir: string): Identity | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]): Identity => ({ name, uid: Number(uid), gid: Number(gid) }));
  // Existing data belongs to the user who wrote it.
  const owner = existsSync(join(dir, 'data')) ? statSync(join(dir, 'data')).uid : 0;
  const user =
    users.find(({ uid }) => owner !== 0 && uid === owner) ??
    users.find(({ name }) => name === 'postgres') ??
    users.find(({ name }) => name === 'nobody');
  if (user) return user;
  throw new CommandFailure('postgres-user', {
    zh: 'PostgreSQL 不能以 root 运行，本机又没有 postgres 或 nobody 用户。请新建 postgres 用户，或以普通用户运行本命令。',
    en: 'PostgreSQL does not run as root, and there is neither a user postgres nor nobody. Create a user postgres, or run this as an ordinary user.',
  });
}

/** Only its user may enter the folder; the folders above it must let that user through. */
export async function prepareFolder(dir: string, user: Identity | null): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  if (!user) return;
  chownSync(dir, user.uid, user.gid);
  try {
    // Not as its working folder, which is entered before the identity changes.
    await run('ls', [dir], { uid: user.uid, gid: user.gid, cwd: '/' });
  } catch (error) {
    throw new CommandFailure(
      'postgres-folder',
      {
        zh: `用户 ${user.name} 无法进入 ${dir}（PostgreSQL 不能以 root 运行）。请用 KAIBIAO_DATA_DIR 换一个目录（如 /var/lib/kaibiao），或对其上级目录执行 chmod o+x，或以普通用户运行。`,
        en: `The user ${user.name} cannot enter ${dir} (PostgreSQL does not run as root). Choose another folder with KAIBIAO_DATA_DIR, as /var/lib/kaibiao, or chmod o+x the folders above it, or run this as an ordinary user.`,
      },
      { cause: error },
    );
  }
}

/** Created under another name and then renamed, so that an interrupted result is never taken for data. */
export async function initialise(
  dir: string,
  programs: PostgresPrograms,
  user: Identity | null,
  lasting: boolean,
): Promise<void> {
  const making = join(dir, 'data.making');
  rmSync(making, { recursive: true, force: true });
  const passwordFile = join(dir, 'superuser-password');
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const args = [
    ...['--pgdata', making, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    // The same sort order and encoding on every machine; checksums to detect damaged pages.
    ...['--encoding', 'UTF8', '--locale', 'C', '--data-checksums', '--no-instructions'],
    ...(lasting ? [] : ['--no-sync']),
  ];
  try {
    await run(programs.initdb, args, { ...user, cwd: dir, env: postgresEnvironment() });
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw startFailure([stderr.trim() || message]);
  }
  renameSync(making, join(dir, 'data'));
}

/** The server must not get our settings, secrets above all. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TZ } = process.env;
  return { LANG: 'C.UTF-8', ...(PATH === undefined ? {} : { PATH }), ...(TZ === undefined ? {} : { TZ }) };
}

export function startFailure(lines: readonly string[]): CommandFailure {
  const output = lines.map((line) => `\n  ${line}`).join('');
  return new CommandFailure('postgres-start', {
    zh: `PostgreSQL 未能启动：${output}`,
    en: `PostgreSQL did not start:${output}`,
  });
}
