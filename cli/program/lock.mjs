// Keeps two processes from doing the same expensive work at once. Plain JavaScript, as all that runs before there is a
// program.
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';

const ABANDONED_AFTER_MS = 30 * 60_000;

/**
 * It is not needed for correctness, since results are put in place by a rename: the rare race between two processes that
 * clear an abandoned lock is harmless.
 * @param {string} lock
 */
export function takeLock(lock) {
  try {
    const file = openSync(lock, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAbandoned(lock)) return false;
    rmSync(lock, { force: true });
    return takeLock(lock);
  }
}

function isAbandoned(lock) {
  try {
    const ageMs = Date.now() - statSync(lock).mtimeMs;
    const holder = Number(readFileSync(lock, 'utf8'));
    // Created but not yet written: its holder is between two system calls.
    if (holder === 0) return ageMs > 5_000;
    return !isAlive(holder) || ageMs > ABANDONED_AFTER_MS;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
