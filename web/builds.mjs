// Plain JavaScript: used by what builds the program, before there is one (cli/program).
import { join } from 'node:path';
import { build } from 'esbuild';

const TOOL_BEGINS = `#!/usr/bin/env node
// 开标 Kaibiao (Apache-2.0): node kaibiao.mjs --help
import { createRequire as kaibiaoRequire } from 'node:module';
const require = kaibiaoRequire(import.meta.url);`;

/** Scripts of pages, in web/browser. */
export const ISLANDS = ['invitation', 'seal', 'seal-worker'];

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

/**
 * The program of bidders and citizens, in one file without packages. The same sources make the same bytes anywhere.
 * @returns {Promise<Uint8Array>}
 */
export async function buildTool() {
  const { outputFiles } = await build({
    absWorkingDir: join(import.meta.dirname, '..'),
    entryPoints: ['cli/tool/main.ts'],
    bundle: true,
    minify: true,
    keepNames: true,
    charset: 'utf8',
    format: 'esm',
    target: 'node20',
    platform: 'node',
    legalComments: 'none',
    logLevel: 'silent',
    banner: { js: TOOL_BEGINS },
    write: false,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error('the program came to nothing');
  return output.contents;
}
