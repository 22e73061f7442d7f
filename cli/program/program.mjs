// The program: the TypeScript of the product and its packages in a few files that load quickly (docs/adr/0046).
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { buildIsland, buildTool, ISLANDS } from '../../web/builds.mjs';

const WORKFLOW_THREAD = '@temporalio/worker/lib/workflow/workflow-worker-thread.js';
/** Native: used where npm has put it. Loaded by their path: of SQLite only what is installed fits the machine. */
const INSTALLED = ['better-sqlite3'];
/** What a program does not run: of a builder, and what its package does without. */
const LEFT_OUT = ['esbuild', 'pg-native'];
/** A map that maps nothing: traces through a package show its place in the program. */
const NO_MAP = `\n//# sourceMappingURL=data:application/json;base64,${btoa('{"version":3,"sources":[""],"mappings":"A"}')}`;

/**
 * @param {string} root the folder of the project
 * @param {string} folder where to write
 * @param {{ stays: boolean }} options whether the project stays where it is; if not, the program lies in its folder `dist`
 */
export async function buildProgram(root, folder, { stays }) {
  await mkdir(join(folder, 'islands'), { recursive: true });
  const require = createRequire(join(root, 'package.json'));
  const program = build({
    absWorkingDir: root,
    entryPoints: {
      main: 'cli/main.ts',
      'unsealing-thread': 'services/openings/unsealing/thread.ts',
      'workflow-thread': require.resolve(WORKFLOW_THREAD),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'linked',
    sourcesContent: false,
    sourceRoot: '',
    legalComments: 'none',
    logLevel: 'error',
    external: LEFT_OUT,
    define: { KAIBIAO_BUILT: 'kaibiaoBuilt' },
    banner: { js: preamble(stays ? JSON.stringify(root) : "kaibiaoResolve(import.meta.dirname, '..')") },
    plugins: [installedPackages(), workerOfTemporal(), inPlace(root)],
  });
  const islands = ISLANDS.map(async (name) =>
    writeFile(join(folder, 'islands', `${name}.js`), await buildIsland(name)),
  );
  const tool = buildTool().then((bytes) => writeFile(join(folder, 'kaibiao.mjs'), bytes));
  await Promise.all([program, tool, ...islands]);
}

/** What every file of the program begins with; its names are no others'. */
const preamble = (root) =>
  [
    "import { createRequire as kaibiaoCreateRequire } from 'node:module';",
    "import { resolve as kaibiaoResolve } from 'node:path';",
    "import { pathToFileURL as kaibiaoUrlOf } from 'node:url';",
    `const kaibiaoRoot = ${root};`,
    'const kaibiaoBuilt = import.meta.dirname;',
    'const kaibiaoNamed = (loaded) => Object.keys(loaded).join() === "default" ? { ...loaded.default, ...loaded } : loaded;',
    "const kaibiaoRequire = kaibiaoCreateRequire(kaibiaoRoot + '/package.json');",
    'const require = kaibiaoRequire;',
  ].join(' ');

/** The program may lie far from node_modules. */
function installedPackages() {
  return {
    name: 'installed-packages',
    setup(building) {
      const filter = new RegExp(`^(?:${INSTALLED.join('|')})$`);
      building.onResolve({ filter }, ({ path }) => ({ path, namespace: 'installed' }));
      building.onLoad({ filter: /.*/, namespace: 'installed' }, ({ path }) => ({
        contents: `module.exports = kaibiaoRequire(${JSON.stringify(path)})`,
      }));
    },
  };
}

/** Code goes on seeing the folder it was written in, where its data lies. */
function inPlace(root) {
  const at = (path) => `(kaibiaoRoot + ${JSON.stringify(`/${relative(root, path).replaceAll('\\', '/')}`)})`;
  return {
    name: 'in-place',
    setup(building) {
      building.onLoad({ filter: /\.(?:[cm]?js|tsx?)$/ }, ({ path }) => {
        const contents = readFileSync(path, 'utf8')
          .replaceAll(/\bimport\.meta\.dirname\b/g, () => at(dirname(path)))
          .replaceAll(/\bimport\.meta\.url\b/g, () => `kaibiaoUrlOf${at(path)}.href`);
        if (/\.tsx?$/.test(path)) return { contents: withNames(contents), loader: path.endsWith('x') ? 'tsx' : 'ts' };
        const named = [...new Set(contents.match(/\b__(?:dir|file)name\b/g))];
        const places = named.map((name) => `var ${name} = ${at(name === '__dirname' ? dirname(path) : path)};`);
        return { contents: places.join(' ') + contents + NO_MAP, loader: 'js' };
      });
    },
  };
}

/** A package in CommonJS that is imported late has, in a bundle, only its default export. */
const withNames = (contents) => contents.replaceAll(/\bimport\('[^.'][^']*'\)/g, '$&.then(kaibiaoNamed)');

/** Its thread is a file of the program; its bundler (webpack, and much besides) is for what builds. */
function workerOfTemporal() {
  const file = (name) => ({
    filter: new RegExp(`@temporalio[\\\\/]worker[\\\\/]lib[\\\\/]workflow[\\\\/]${name}\\.js$`),
  });
  return {
    name: 'worker-of-temporal',
    setup(building) {
      building.onLoad(file('bundler'), () => ({
        contents: `exports.defaultWorkflowInterceptorModules = [];
exports.bundleWorkflowCode = () => { throw new Error('workflows are bundled by cli/program'); };
exports.WorkflowCodeBundler = exports.bundleWorkflowCode;`,
      }));
      building.onLoad(file('threaded-vm'), ({ path }) => {
        const said = "require.resolve('./workflow-worker-thread')";
        const contents = readFileSync(path, 'utf8');
        if (!contents.includes(said)) throw new Error(`${path} starts its thread in another way`);
        return { contents: contents.replace(said, "kaibiaoResolve(kaibiaoBuilt, 'workflow-thread.mjs')") + NO_MAP };
      });
    },
  };
}
