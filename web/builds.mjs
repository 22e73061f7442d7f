// Plain JavaScript: used by what builds the program, before there is one (cli/program).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

const TOOL_BEGINS = `#!/usr/bin/env node
// 开标 Kaibiao (Apache-2.0): node kaibiao.mjs --help
import { createRequire as kaibiaoRequire } from 'node:module';
const require = kaibiaoRequire(import.meta.url);`;

/** Scripts of pages, in web/browser. */
export const ISLANDS = ['board', 'draw', 'invitation', 'page', 'seal', 'seal-worker', 'setup', 'sheet', 'verify'];

/**
 * What leaves in one file takes along the licences of the packages in it, as they ask.
 * @param {import('esbuild').BuildResult<{ metafile: true, write: false }>} built
 * @returns {Uint8Array}
 */
function withLicences({ outputFiles, metafile }) {
  const [output] = outputFiles;
  if (output === undefined) throw new Error('a file came to nothing');
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap(
      (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0].replace(/^[\w-]+:/, '') ?? [],
    ),
  );
  const texts = [...packages].sort().map((folder) => {
    const name = readdirSync(join(ROOT, folder)).find((each) => /^(?:licen[cs]e|copying)\b/i.test(each));
    const { version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const text = name === undefined ? `${license}\n` : readFileSync(join(ROOT, folder, name), 'utf8');
    return `${folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)} ${version}\n\n${text.trim()}\n`;
  });
  if (texts.length === 0) return output.contents;
  const comment = `/*! Packages in this file, and their licences\n\n${texts.join('\n').replaceAll('*/', '* /')}*/\n`;
  return Buffer.concat([output.contents, Buffer.from(comment)]);
}

/**
 * @param {string} name
 * @returns {Promise<Uint8Array>}
 */
export async function buildIsland(name) {
  const built = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(import.meta.dirname, 'browser', `${name}.ts`)],
    bundle: true,
    minify: true,
    charset: 'utf8',
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
    write: false,
  });
  return withLicences(built);
}

/**
 * The program of bidders and citizens, in one file without packages. The same sources make the same bytes anywhere.
 * @returns {Promise<Uint8Array>}
 */
export async function buildTool() {
  const built = await build({
    absWorkingDir: ROOT,
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
    metafile: true,
    write: false,
  });
  return withLicences(built);
}
