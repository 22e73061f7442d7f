import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(import.meta.dirname, '..');

/** Where what this project fetches or builds for itself is kept: nothing in it is worth a backup. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const dir = env.KAIBIAO_CACHE_DIR ? resolve(env.KAIBIAO_CACHE_DIR) : join(projectRoot, '.cache');
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** Where the installation keeps everything that is worth a backup: database, files, state of the embedded server. */
export function dataDir(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.KAIBIAO_DATA_DIR || join(projectRoot, 'data'));
}
