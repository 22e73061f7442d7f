// What a program is made of: a program that was made of anything else is never run.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = [
  ...[
    'activities',
    'api',
    'cli',
    'db',
    'domain',
    'engine',
    'imports',
    'proofs',
    'sealing',
    'services',
    'web',
    'workflows',
  ],
];
const FILES = ['package.json', 'temporal.config.ts', 'temporal.codec.ts', 'temporal.failures.cjs', 'tsconfig.json'];
/** What npm has put into node_modules: all packages with their hashes. */
const INSTALLED = ['node_modules/.package-lock.json', 'package-lock.json'];
const CODE = /\.(?:[cm]?[jt]sx?|json)$/;

/** Whether there are sources to build from; a package of the product has none. @param {string} root */
export const hasSources = (root) => existsSync(join(root, 'cli/main.ts'));

/**
 * Of the content of every file of the product and of the list of its packages: some 15 ms. Nobody is believed about times
 * of change, which a copy or another branch may set back.
 * @param {string} root
 */
export function inputsHash(root) {
  const hash = createHash('sha256').update(`${process.versions.node.split('.')[0]}\0`);
  const add = (path) => {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  };
  const walk = (folder) => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (path !== 'db/migrations') walk(path);
      } else if (CODE.test(entry.name)) add(path);
    }
  };
  for (const folder of FOLDERS) walk(folder);
  for (const file of FILES) add(file);
  const installed = INSTALLED.find((path) => existsSync(join(root, path)));
  if (installed !== undefined) add(installed);
  return hash.digest('hex').slice(0, 16);
}
