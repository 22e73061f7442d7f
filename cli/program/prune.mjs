// After `npm ci`: removes from two packages what this machine never loads, 200 MB. The SDK of Temporal comes with its core
// for five platforms in one package, and the font with nine weights of which two are printed. No choice of packages
// and no setting of npm does it (docs/adr/0046).
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the SDK's worker. */
const CORE = '@temporalio/core-bridge';
/** As web/notices/pdf-text.ts reads them. */
export const WEIGHTS = ['400Regular', '700Bold'];

/**
 * @param {string} root the folder of the project
 * @returns {string[]} what was removed
 */
export function prune(root) {
  const require = createRequire(join(root, 'package.json'));
  const removed = [];
  /** @param {string} folder @param {(name: string) => boolean} isUnused */
  const remove = (folder, isUnused) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory() || !isUnused(entry.name)) continue;
      rmSync(path, { recursive: true, force: true });
      removed.push(path);
    }
  };
  const core = dirname(require.resolve(`${CORE}/package.json`));
  const { getPrebuiltPath } = require(`${CORE}/common.js`);
  const used = getPrebuiltPath();
  const releases = join(core, 'releases');
  if (used.startsWith(releases + sep)) remove(releases, (name) => !used.startsWith(join(releases, name) + sep));
  const font = dirname(require.resolve('@expo-google-fonts/noto-sans-sc/package.json'));
  remove(font, (name) => /^\d/.test(name) && !WEIGHTS.includes(name));
  return removed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    // As a package of another project nothing there is ours to remove from.
    const root = resolve(import.meta.dirname, '../..');
    if (resolve(process.env.INIT_CWD ?? root) === root) prune(root);
  } catch (error) {
    // It is about space only.
    console.error(`not pruned: ${error instanceof Error ? error.message : String(error)}`);
  }
}
