import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'kaibiao-layers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function plant(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** Each line is a file with one import of its own, and the rule that is to catch it; without a rule it is allowed. */
const imports: [from: string, to: string, rule?: string | undefined, typeOnly?: boolean][] = [
  ['domain/law/a.ts', 'domain/base.ts'],
  ['domain/b.ts', 'db/base.ts', 'domain-imports'],
  ['domain/c.ts', 'node:fs', 'domain-imports'],
  ['domain/d.ts', 'zod', 'domain-imports'],
  ['domain/e.ts', 'workflows/messages.ts', 'domain-imports', true],
  ['db/a.ts', 'domain/base.ts'],
  ['db/b.ts', 'drizzle-orm'],
  ['db/c.ts', 'workflows/messages.ts', 'db-imports'],
  ['db/d.ts', 'api/base.ts', 'db-imports'],
  ['activities/a.ts', 'db/base.ts'],
  ['activities/b.ts', 'drizzle-orm', 'sql-in-db-only'],
  ['activities/c.ts', 'workflows/base.ts', 'activities-imports'],
  ['workflows/a.ts', 'domain/base.ts'],
  ['workflows/b.ts', 'activities/base.ts', undefined, true],
  ['workflows/c.ts', 'activities/base.ts', 'workflows-take-types-only'],
  ['workflows/d.ts', 'db/base.ts', 'workflows-imports', true],
  ['workflows/e.ts', 'node:crypto', 'workflows-packages'],
  ['workflows/f.ts', 'zod', 'workflows-packages'],
  ['workflows/g.ts', '@temporalio/workflow'],
  ['api/a.ts', 'workflows/messages.ts'],
  ['api/b.ts', 'workflows/base.ts', 'api-imports'],
  ['api/c.ts', 'activities/base.ts', 'api-imports', true],
  ['api/d.ts', 'better-sqlite3', 'sql-in-db-only'],
  ['api/e.ts', 'temporal.config.ts', 'config-for-cli'],
  ['api/f.ts', 'cli/base.ts', 'cli-on-top'],
  ['api/g.ts', 'unlisted', 'listed-packages'],
  ['web/a.ts', 'api/base.ts', 'web-imports'],
  ['web/b.ts', 'db/base.ts'],
  ['web/c.ts', 'drizzle-orm', 'sql-in-db-only'],
  ['api/h.ts', 'web/base.ts', 'api-imports'],
  ['sealing/a.ts', 'domain/base.ts'],
  ['sealing/b.ts', 'zod'],
  ['sealing/c.ts', 'node:crypto', 'runs-in-a-browser'],
  ['sealing/d.ts', 'db/base.ts', 'sealing-imports'],
  ['web/browser/a.ts', 'sealing/base.ts'],
  ['web/browser/b.ts', 'web/base.ts', 'islands-import'],
  ['web/browser/c.ts', 'node:fs', 'runs-in-a-browser'],
  ['web/d.ts', 'web/browser/a.ts', 'islands-are-bundled'],
  ['cli/a.ts', 'api/base.ts'],
  ['cli/b.ts', 'workflows/base.ts'],
  ['cli/c.ts', 'temporal.config.ts'],
  ['cli/d.ts', 'test/base.ts', 'no-tests-in-the-product'],
  ['cli/e.ts', 'better-sqlite3', 'sql-in-db-only'],
  ['cli/f.ts', 'browser/base.ts', 'no-tests-in-the-product'],
  ['browser/a.ts', 'domain/base.ts'],
  ['browser/b.ts', 'db/base.ts', 'browser-imports'],
  ['temporal.config.ts', 'db/base.ts', 'config-imports'],
  ['db/round.ts', 'db/trip.ts', 'no-cycles'],
  ['db/f.ts', 'db/absent.ts', 'resolvable'],
];

it('the rules of the layers let through what is allowed and catch what is planted', async () => {
  const layers = ['domain', 'sealing', 'db', 'activities', 'workflows', 'api', 'web', 'cli', 'browser', 'test'];
  const packages = ['drizzle-orm', 'better-sqlite3', 'zod', '@temporalio/workflow'];
  for (const layer of layers) plant(`${layer}/base.ts`, 'export const base = 1;\n');
  plant('workflows/messages.ts', 'export const base = 1;\n');
  plant('db/trip.ts', "import * as base from './round.ts';\nexport const copy = base;\n");
  for (const name of [...packages, 'unlisted']) {
    plant(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    plant(`node_modules/${name}/index.js`, 'exports.base = 1;\n');
  }
  plant(
    'package.json',
    JSON.stringify({ type: 'module', dependencies: Object.fromEntries(packages.map((p) => [p, '1.0.0'])) }),
  );
  for (const file of ['tsconfig.json', '.dependency-cruiser.cjs']) copyFileSync(join(root, file), join(folder, file));
  for (const [from, to, , typeOnly] of imports) {
    const isFile = to.endsWith('.ts');
    const path = relative(dirname(from), to);
    const specifier = !isFile ? to : path.startsWith('.') ? path : `./${path}`;
    const use = typeOnly ? 'export type Base = typeof base' : 'export const copy = base';
    plant(from, `import ${typeOnly ? 'type ' : ''}* as base from '${specifier}';\n${use};\n`);
  }

  const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [depcruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...layers, 'temporal.config.ts'],
    { cwd: folder, maxBuffer: 32e6 },
  );
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  const caught = new Map<string, string[]>();
  for (const { from, rule } of summary.violations) caught.set(from, [...(caught.get(from) ?? []), rule.name]);
  for (const [from, to, rule] of imports) {
    if (rule === undefined) expect(caught.get(from) ?? [], `${from} → ${to}`).toEqual([]);
    else expect(caught.get(from) ?? [], `${from} → ${to}`).toContain(rule);
  }
});
