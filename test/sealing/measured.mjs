// Loaded before a program to report at its end the peak of its memory.
import { readFileSync, writeSync } from 'node:fs';

/** Bytes at most so far, of this program alone: what the system says of a process has in it the one that started it (Linux). */
export function peak() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

process.once('exit', () => writeSync(2, `peak ${peak()}\n`));
