import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type Log } from './processes.ts';
import { withProgress } from './progress.ts';

const abandonedAfterMs = 30 * 60_000;

/**
 * Keeps two processes from doing the same expensive work at once. It is not needed for correctness, since results are
 * put in place by a rename: the rare race between two processes that clear an abandoned lock is harmless.
 */
export async function withInstallLock<T>(
  dir: string,
  waiting: { readonly title: string; readonly log: Log },
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dir, { recursive: true });
  const lock = join(dir, 'install.lock');
  if (!take(lock)) {
    await withProgress(waiting, waiting.log, async () => {
      while (!take(lock)) await sleep(500);
    });
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  try {
    const file = openSync(lock, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!isAbandoned(lock)) return false;
    rmSync(lock, { force: true });
    return take(lock);
  }
}

function isAbandoned(lock: string): boolean {
  try {
    const ageMs = Date.now() - statSync(lock).mtimeMs;
    const holder = Number(readFileSync(lock, 'utf8'));
    // Created but not yet written: its holder is between two system calls.
    if (holder === 0) return ageMs > 5_000;
    return !isAlive(holder) || ageMs > abandonedAfterMs;
  } catch {
    return false;
  }
}
