import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Storage } from '../../db/access/database.ts';
import { badSetting } from './failure.ts';

export const projectRoot = resolve(import.meta.dirname, '../..');

/** Folder of what this project downloads or builds for itself: it needs no backup. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const dir = env.KAIBIAO_CACHE_DIR ? resolve(env.KAIBIAO_CACHE_DIR) : join(projectRoot, '.cache');
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** Folder of everything that needs a backup: database, files, state of the embedded server. */
export function dataDir(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.KAIBIAO_DATA_DIR || join(projectRoot, 'data'));
}

/** Where the data is: the server of `DATABASE_URL`, else a file in the data folder; files always in the folder. */
export function storageOf(env: NodeJS.ProcessEnv = process.env): Storage {
  const url = env.DATABASE_URL?.trim();
  return { dataDir: dataDir(env), ...(url ? { url: postgresUrl(url) } : {}) };
}

/**
 * With the address of the role that owns the database (KAIBIAO_MIGRATION_URL), where that is another than the service's:
 * for commands that make or change its schema.
 */
export function withOwner(storage: Storage, given?: string, env: NodeJS.ProcessEnv = process.env): Storage {
  const url = given ?? (env.KAIBIAO_MIGRATION_URL?.trim() || undefined);
  if (url === undefined) return storage;
  const ownerUrl = postgresUrl(url, given === undefined ? 'KAIBIAO_MIGRATION_URL' : '--as-owner');
  if (storage.url !== undefined) return { ...storage, ownerUrl };
  throw badSetting(
    '属主的地址（KAIBIAO_MIGRATION_URL、--as-owner）须与服务的地址（DATABASE_URL）一起给出',
    'the address of the owner (KAIBIAO_MIGRATION_URL, --as-owner) goes with that of the service (DATABASE_URL)',
  );
}

/** Messages never repeat the value: it may contain a password. */
export function postgresUrl(text: string, setting = 'DATABASE_URL'): string {
  if (URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)) return text;
  throw setting === 'DATABASE_URL'
    ? badSetting(
        'DATABASE_URL 应为 postgres://用户:密码@主机:端口/数据库；不设则用数据目录中的 SQLite',
        'DATABASE_URL must be postgres://user:password@host:port/database; unset, SQLite in the data folder is used',
      )
    : setting.startsWith('--') && setting !== '--as-owner'
      ? badSetting(
          `${setting} 应为 sqlite:目录 或 postgres://用户:密码@主机:端口/数据库`,
          `${setting} must be sqlite:FOLDER or postgres://user:password@host:port/database`,
        )
      : badSetting(
          `${setting} 应为 postgres://用户:密码@主机:端口/数据库`,
          `${setting} must be postgres://user:password@host:port/database`,
        );
}
