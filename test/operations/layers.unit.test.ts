import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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
  ['domain/f.ts', 'services/base.ts', 'domain-imports', true],
  ['db/a.ts', 'domain/base.ts'],
  ['db/b.ts', 'drizzle-orm'],
  ['db/c.ts', 'workflows/messages.ts', 'db-imports'],
  ['db/d.ts', 'api/base.ts', 'db-imports'],
  ['db/e.ts', 'services/base.ts', 'db-imports', true],
  ['db/g.ts', 'proofs/base.ts'],
  ['db/h.ts', 'pg'],
  ['db/i.ts', '@temporalio/workflow', 'acts-without-transport'],
  ['services/bids/a.ts', 'db/base.ts'],
  ['services/bids/b.ts', 'domain/base.ts'],
  ['services/bids/c.ts', 'sealing/base.ts'],
  ['services/bids/d.ts', 'drizzle-orm', 'sql-in-db-only'],
  ['services/bids/e.ts', 'pg', 'connections-in-db-only'],
  ['services/bids/f.ts', 'api/base.ts', 'services-imports', true],
  ['services/bids/g.ts', 'activities/base.ts', 'services-imports', true],
  ['services/bids/h.ts', 'engine/base.ts', 'services-imports'],
  ['services/bids/i.ts', 'imports/base.ts', 'services-imports'],
  ['services/bids/j.ts', 'workflows/messages.ts', 'services-imports'],
  ['services/bids/k.ts', 'express', 'acts-without-transport'],
  ['services/bids/l.ts', '@temporalio/workflow', 'acts-without-transport', true],
  ['activities/a.ts', 'services/base.ts'],
  ['activities/b.ts', 'drizzle-orm', 'sql-in-db-only'],
  ['activities/c.ts', 'workflows/base.ts', 'activities-imports'],
  ['activities/d.ts', 'engine/base.ts', 'activities-imports'],
  ['workflows/a.ts', 'domain/base.ts'],
  ['workflows/b.ts', 'activities/base.ts', undefined, true],
  ['workflows/c.ts', 'activities/base.ts', 'workflows-take-types-only'],
  ['workflows/d.ts', 'db/base.ts', 'workflows-imports', true],
  ['workflows/e.ts', 'node:crypto', 'workflows-packages'],
  ['workflows/f.ts', 'zod', 'workflows-packages'],
  ['workflows/g.ts', '@temporalio/workflow'],
  ['workflows/h.ts', 'services/base.ts', 'workflows-imports', true],
  ['engine/a.ts', 'services/base.ts'],
  ['engine/b.ts', 'workflows/messages.ts'],
  ['engine/c.ts', 'workflows/base.ts', 'engine-imports'],
  ['engine/d.ts', 'activities/base.ts', 'engine-imports', true],
  ['engine/e.ts', 'api/base.ts', 'engine-imports', true],
  ['engine/f.ts', 'drizzle-orm', 'sql-in-db-only'],
  ['imports/bank/a.ts', 'domain/base.ts'],
  ['imports/bank/b.ts', 'zod'],
  ['imports/bank/c.ts', 'db/base.ts', 'imports-imports', true],
  ['imports/bank/d.ts', 'api/base.ts', 'imports-imports'],
  ['imports/bank/e.ts', 'cli/base.ts', 'imports-imports'],
  ['imports/bank/f.ts', 'services/base.ts', 'imports-imports', true],
  ['imports/bank/g.ts', 'express', 'acts-without-transport', true],
  ['api/a.ts', 'services/base.ts'],
  ['api/b.ts', 'workflows/messages.ts', 'api-imports'],
  ['api/c.ts', 'activities/base.ts', 'api-imports', true],
  ['api/d.ts', 'better-sqlite3', 'sql-in-db-only'],
  ['api/e.ts', 'temporal.config.ts', 'config-for-cli'],
  ['api/f.ts', 'cli/base.ts', 'cli-on-top'],
  ['api/g.ts', 'unlisted', 'listed-packages'],
  ['api/h.ts', 'web/base.ts', 'api-imports'],
  ['api/i.ts', 'imports/base.ts'],
  ['api/j.ts', 'engine/base.ts', 'api-imports'],
  ['api/k.ts', 'express'],
  ['web/a.ts', 'api/base.ts'],
  ['web/b.ts', 'db/base.ts'],
  ['web/c.ts', 'drizzle-orm', 'sql-in-db-only'],
  ['web/e.ts', 'services/base.ts'],
  ['web/f.ts', 'imports/base.ts', 'web-imports'],
  ['sealing/a.ts', 'domain/base.ts'],
  ['sealing/b.ts', 'zod'],
  ['sealing/c.ts', 'node:crypto', 'runs-in-a-browser'],
  ['sealing/d.ts', 'db/base.ts', 'sealing-imports'],
  ['proofs/a.ts', 'domain/base.ts'],
  ['proofs/b.ts', 'node:crypto', 'runs-in-a-browser'],
  ['proofs/c.ts', 'sealing/base.ts', 'proofs-imports'],
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
  ['cli/g.ts', 'pg', 'connections-in-db-only'],
  ['cli/h.ts', 'services/base.ts'],
  ['cli/i.ts', 'engine/base.ts'],
  ['cli/j.ts', 'imports/base.ts'],
  ['cli/servers/postgres-databases.ts', 'pg'],
  ['browser/a.ts', 'domain/base.ts'],
  ['browser/b.ts', 'db/base.ts', 'browser-imports'],
  ['temporal.config.ts', 'db/base.ts', 'config-imports'],
  ['db/round.ts', 'db/trip.ts', 'no-cycles'],
  ['db/f.ts', 'db/absent.ts', 'resolvable'],
];

/** The layers with a rule of their own, and what developers have. */
const LAYERS = [
  'domain',
  'sealing',
  'proofs',
  'db',
  'services',
  'imports',
  'engine',
  'workflows',
  'activities',
  'api',
  'web',
  'cli',
  'browser',
  'test',
];

it('the rules of the layers let through what is allowed and catch what is planted', async () => {
  const packages = ['drizzle-orm', 'better-sqlite3', 'pg', 'express', 'zod', '@temporalio/workflow'];
  for (const layer of LAYERS) plant(`${layer}/base.ts`, 'export const base = 1;\n');
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
    [depcruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...LAYERS, 'temporal.config.ts'],
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

it('every rule has a planted file that breaks it, and `npm run lint` looks at every layer', () => {
  const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
    forbidden: { name: string }[];
  };
  const planted = new Set(imports.map(([, , rule]) => rule));
  expect(forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { lint: string } };
  const looked = scripts.lint.split(' ');
  expect(LAYERS.filter((layer) => layer !== 'test' && !looked.includes(layer))).toEqual([]);
});

it('CONTRIBUTING.md has a line for each layer', () => {
  const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const told = [...page.matchAll(/^\| `([\w.]+)\/?` +\|/gm)].map(([, name]) => name);
  expect(LAYERS.filter((layer) => layer !== 'test' && !told.includes(layer))).toEqual([]);
});
