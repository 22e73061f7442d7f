import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IslandName } from './builds.mjs';

/** A file that people are given: a script of a page, or a program. */
export interface Built {
  readonly bytes: Uint8Array;
  /** SHA-256, in hex. */
  readonly sha256: string;
}

/** A file of `web/browser/` in one, only for what must be computed in the bidder's browser. */
export const island = (name: IslandName): (() => Promise<Built>) =>
  built(`islands/${name}.js`, async () => (await import('./builds.mjs')).buildIsland(name));

/** The program that seals bids and checks receipts, in one file. */
export const tool = built('kaibiao.mjs', async () => (await import('./builds.mjs')).buildTool());

/** Read on first request, and kept in memory. A test runs the sources, and builds it. */
function built(path: string, build: () => Promise<Uint8Array>): () => Promise<Built> {
  let made: Promise<Built> | null = null;
  const make = async (): Promise<Built> => {
    const bytes = typeof KAIBIAO_BUILT === 'string' ? await readFile(join(KAIBIAO_BUILT, path)) : await build();
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  };
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}
