import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A script of a page: only for what must be computed in the bidder's browser. */
export interface Island {
  readonly bytes: Uint8Array;
  /** The hash of its content, part of its address, so that it may be cached permanently. */
  readonly hash: string;
}

/** Bundles a file of `web/browser/` on first request, and caches it in memory. */
export function island(file: string): () => Promise<Island> {
  let made: Promise<Island> | null = null;
  return () => {
    made ??= bundle(file).catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

async function bundle(file: string): Promise<Island> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'browser', file)],
    bundle: true,
    minify: true,
    charset: 'utf8',
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    legalComments: 'none',
    logLevel: 'silent',
    write: false,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`${file} came to nothing`);
  return { bytes: output.contents, hash: createHash('sha256').update(output.contents).digest('hex').slice(0, 32) };
}
