import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../program/lock.mjs';
import type { Log } from './processes.ts';
import { withProgress } from './progress.ts';

/** Keeps two processes from doing the same expensive work at once. */
export async function withInstallLock<T>(
  dir: string,
  waiting: { readonly title: string; readonly log: Log },
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dir, { recursive: true });
  const lock = join(dir, 'install.lock');
  if (!takeLock(lock)) {
    await withProgress(waiting, waiting.log, async () => {
      while (!takeLock(lock)) await sleep(500);
    });
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}
