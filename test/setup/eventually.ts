import { setTimeout as sleep } from 'node:timers/promises';

/** How long anything may take that must happen some time, on a machine that is busy (ms): so that a test does not hang. */
export const PATIENCE_MS = 240_000;

/** Waits, within bounds, for what must come; an error meanwhile (nobody answers) is no answer. */
export async function eventually(
  what: string,
  asked: () => Promise<boolean>,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  let last: unknown;
  for (const began = performance.now(); performance.now() - began < patienceMs; await sleep(25)) {
    try {
      if (await asked()) return;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`it never came to pass that ${what}`, { cause: last });
}
