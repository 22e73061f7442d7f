import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../cli/settings/folders.ts';
import { buildIsland, buildTool, ISLANDS } from '../../web/builds.mjs';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/** Packages whose manifest has no licence: it stands in their licence file, which was read. */
const READ_BY_HAND: Readonly<Record<string, string>> = {
  'combine-errors': 'MIT',
  'png-js': 'MIT',
  unionfs: 'Unlicense',
};

/** What may be shipped with a product under the Apache License 2.0. */
const FITTING = [
  ...[
    'MIT',
    'MIT-0',
    'ISC',
    'BSD-2-Clause',
    'BSD-3-Clause',
    '0BSD',
    // As htmx writes the one before.
    'BSD-0-Clause',
    'Apache-2.0',
    'Unlicense',
    'BlueOak-1.0.0',
    'WTFPL',
  ],
  // Fonts; data; files that stay under their own licence.
  ...['OFL-1.1', 'CC-BY-4.0', 'MPL-2.0'],
];

it('every package that is shipped has a licence that fits, and docs/licences.md lists it (npx vitest run -u)', async () => {
  const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const shipped = Object.entries(packages).flatMap(([path, { version = '', license, dev, devOptional }]) => {
    if (path === '' || dev || devOptional) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [{ name, version, licence: license ?? READ_BY_HAND[name] ?? 'none' }];
  });
  for (const { name, licence } of shipped) {
    // Of several to choose from, one is enough.
    const isFitting = licence
      .replace(/[()]/g, '')
      .split(' OR ')
      .some((each) => each.split(' AND ').every((part) => FITTING.includes(part)));
    expect(isFitting, `${name}: ${licence}`).toBe(true);
  }
  const lines = [...new Set(shipped.map(({ name, version, licence }) => `- ${name} ${version}: ${licence}`))].sort();
  await expect(
    `# Licences of the packages that are shipped\n\nMade by test/operations/licences.unit.test.ts from package-lock.json.\n\n${lines.join('\n')}\n`,
  ).toMatchFileSnapshot('../../docs/licences.md');
});

it('what is served as one file has the licences of the packages in it at its end', async () => {
  const files = await Promise.all([buildTool(), ...ISLANDS.map((name) => buildIsland(name))]);
  for (const bytes of files) {
    // Of our own code alone.
    if (!Buffer.from(bytes).includes('/*! Packages in this file')) continue;
    const [code = '', licences = ''] = Buffer.from(bytes)
      .toString()
      .split('/*! Packages in this file, and their licences\n');
    const named = [...licences.matchAll(/^(@?[a-z][\w./-]*) \d+\.\d+\.\d+/gm)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(licences.match(/copyright/gi)?.length ?? 0).toBeGreaterThanOrEqual(
      // Its licence (0BSD) names nobody, and wants no notice.
      named.filter((name) => name !== 'htmx.org').length,
    );
    expect([licences.split('*/').length, licences.endsWith('*/\n')]).toEqual([2, true]);
    expect(code).not.toMatch(/\/\*! /);
  }
});
