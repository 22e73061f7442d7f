import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { prune } from '../../cli/program/prune.mjs';
import { projectRoot } from '../../cli/settings/folders.ts';

interface Locked {
  readonly dev?: boolean;
}

it('no tool of developers and no client of another database is installed where the product runs', () => {
  const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const shipped = (name: string): boolean =>
    Object.entries(packages).some(([path, { dev }]) => path.endsWith(`node_modules/${name}`) && !dev);
  // npm installs what a package may use (optional peers) where the project has it for its developers. docs/adr/0046 says
  // which of them are struck from package-lock.json, if this fails after an upgrade.
  for (const name of [
    ...['vitest', 'vite', 'rolldown', 'drizzle-kit', 'tsx', 'typescript', 'playwright-core', 'eslint', 'prettier'],
    ...['@redis/client', 'ioredis', '@types/pg', '@types/better-sqlite3'],
  ])
    expect(shipped(name), name).toBe(false);
});

it('of binaries and fonts only those of this machine and those that are printed are kept', () => {
  const root = mkdtempSync(join(tmpdir(), 'kaibiao-prune-'));
  try {
    const core = join(root, 'node_modules/@temporalio/core-bridge');
    const font = join(root, 'node_modules/@expo-google-fonts/noto-sans-sc');
    writeFileSync(join(root, 'package.json'), '{}');
    for (const folder of ['releases/here', 'releases/elsewhere', 'lib'])
      mkdirSync(join(core, folder), { recursive: true });
    writeFileSync(join(core, 'package.json'), '{}');
    writeFileSync(
      join(core, 'common.js'),
      "exports.getPrebuiltPath = () => require('node:path').join(__dirname, 'releases/here/index.node');",
    );
    for (const weight of ['100Thin', '400Regular', '700Bold', '900Black'])
      mkdirSync(join(font, weight), { recursive: true });
    writeFileSync(join(font, 'package.json'), '{}');
    expect(prune(root)).toHaveLength(3);
    expect(readdirSync(join(core, 'releases'))).toEqual(['here']);
    expect(existsSync(join(core, 'lib'))).toBe(true);
    expect(readdirSync(font).sort()).toEqual(['400Regular', '700Bold', 'package.json']);
    expect(prune(root)).toEqual([]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

it('what is kept of the font is what is printed', () => {
  const printed = readFileSync(join(projectRoot, 'web/notices/pdf-text.ts'), 'utf8');
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect(Object.keys(dependencies)).not.toContain('tsx');
  for (const [, weight] of printed.matchAll(/file\('(\d+\w+)\//g))
    expect(readFileSync(join(projectRoot, 'cli/program/prune.mjs'), 'utf8')).toContain(`'${weight}'`);
});
