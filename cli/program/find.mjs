// Finds the program: built ahead (`npm run build`), or at the first use in a checkout.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasSources, inputsHash } from './inputs.mjs';
import { takeLock } from './lock.mjs';

export const root = resolve(import.meta.dirname, '../..');
const DAY_MS = 86_400_000;
/** Programs of this checkout that are kept however old: one of them may be running. */
const KEPT = 5;

/** @returns {Promise<string>} the folder of the program */
export async function findProgram(env = process.env) {
  const dist = join(root, 'dist');
  if (!hasSources(root)) return dist;
  const hash = inputsHash(root);
  if (hashOf(dist) === hash) return dist;
  const cache = resolve(env.KAIBIAO_CACHE_DIR || join(root, '.cache'));
  const prefix = `program-${createHash('sha256').update(root).digest('hex').slice(0, 8)}-`;
  const folder = join(cache, prefix + hash);
  if (existsSync(folder)) {
    touch(folder);
    return folder;
  }
  mkdirSync(cache, { recursive: true });
  const lock = join(cache, `${prefix}lock`);
  if (process.stderr.isTTY) process.stderr.write('首次使用，正在构建程序…… / first use: building the program…\n');
  while (!takeLock(lock)) await sleep(50);
  try {
    if (!existsSync(folder)) {
      build('program', folder);
      forgetOld(cache, prefix);
    }
  } finally {
    rmSync(lock, { force: true });
  }
  return folder;
}

/** In a process of its own, which takes what it needed with it. */
function build(what, place) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'build.mjs'), what, place], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`the program could not be built (${status}); see above`);
}

/** What a program built ahead was built from. */
function hashOf(folder) {
  try {
    return readFileSync(join(folder, 'inputs'), 'utf8').trim();
  } catch {
    return null;
  }
}

function touch(folder) {
  try {
    const now = new Date();
    if (now.getTime() - statSync(folder).mtimeMs > DAY_MS / 24) utimesSync(folder, now, now);
  } catch {
    // Another user's, or gone: it is only about how long it is kept.
  }
}

function forgetOld(cache, prefix) {
  const programs = readdirSync(cache)
    .filter((name) => name.startsWith(prefix) && !name.endsWith('lock'))
    .map((name) => ({ path: join(cache, name), usedMs: statSync(join(cache, name)).mtimeMs }))
    .sort((a, b) => b.usedMs - a.usedMs);
  for (const { path, usedMs } of programs.slice(KEPT))
    if (Date.now() - usedMs > DAY_MS) rmSync(path, { recursive: true, force: true });
}
