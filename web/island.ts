import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IslandName } from './island-build.mjs';

/** A script of a page: only for what must be computed in the bidder's browser. */
export interface Island {
  readonly bytes: Uint8Array;
  /** The hash of its content, part of its address, so that it may be cached permanently. */
  readonly hash: string;
}

/** A file of `web/browser/` in one, read on first request and kept in memory. */
export function island(name: IslandName): () => Promise<Island> {
  let made: Promise<Island> | null = null;
  return () => {
    made ??= read(name).catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

async function read(name: IslandName): Promise<Island> {
  // A test runs the sources.
  const bytes =
    typeof KAIBIAO_BUILT === 'string'
      ? await readFile(join(KAIBIAO_BUILT, 'islands', `${name}.js`))
      : await (await import('./island-build.mjs')).buildIsland(name);
  return { bytes, hash: createHash('sha256').update(bytes).digest('hex').slice(0, 32) };
}
