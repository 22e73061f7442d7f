// Plain JavaScript: used by what builds the program, before there is one (cli/program).
import { join } from 'node:path';
import { build } from 'esbuild';

/** Scripts of pages, in web/browser. */
export const ISLANDS = ['seal', 'seal-worker'];

/**
 * @param {string} name
 * @returns {Promise<Uint8Array>}
 */
export async function buildIsland(name) {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'browser', `${name}.ts`)],
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
  if (output === undefined) throw new Error(`${name} came to nothing`);
  return output.contents;
}
