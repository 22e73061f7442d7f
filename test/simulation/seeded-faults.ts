import { readFileSync } from 'node:fs';

/**
 * A fault that is put into the code, in a process of the simulation alone, to show that an invariant can fail: `file`
 * contains `is` once (chance/resolve.mjs).
 */
export interface SeededFault {
  readonly name: string;
  readonly file: string;
  readonly is: string;
  readonly becomes: string;
  /** The invariant that fails first. */
  readonly found: string;
  /** Where a test plays it: a seed with which it is found soon. */
  readonly seed?: number;
}

export const SEEDED_FAULTS = JSON.parse(
  readFileSync(new URL('seeded-faults.json', import.meta.url), 'utf8'),
) as readonly SeededFault[];
