import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './processes.ts';

const abandonedAfterMs = 30 * 60_000;

/**
 * Keeps two processes from doing the same costly thing at once. It saves work and is not needed for correctness, since
 * what is made is put in place by a rename: the rare race between two processes that clear an abandoned lock is harmless.
 */
export async function withInstallLock<T>(dir: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dir, { recursive: true });
  const lock = join(dir, 'install.lock');
  for (let waited = 0; ; waited += 1) {
    try {
      const file = openSync(lock, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    else {
      if (waited % 10 === 0) waiting();
      await sleep(500);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAbandoned(lock: string): boolean {
  try {
    const ageMs = Date.now() - statSync(lock).mtimeMs;
    const holder = Number(readFileSync(lock, 'utf8'));
    // Created but not yet written to: its holder is between two system calls.
    if (holder === 0) return ageMs > 5_000;
    return !isAlive(holder) || ageMs > abandonedAfterMs;
  } catch {
    return false;
  }
}
