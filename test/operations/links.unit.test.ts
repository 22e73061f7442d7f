import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../cli/settings/folders.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const read = (page: string): string => readFileSync(join(projectRoot, page), 'utf8');

/** Folders of the repository: a path that begins with another is an example, or a file of the reader's. */
const FOLDERS = readdirSync(projectRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
  .map(({ name }) => name);

it('every relative link of the documentation leads to a file', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(projectRoot, dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

it('every file and folder of the repository that the documentation names is there', () => {
  const start = `(?<![\\w./@-])(?:${FOLDERS.join('|')})/`;
  // With an extension anywhere; a folder, or a file without one, only where it is marked as code.
  const file = new RegExp(`${start}[\\w./-]*\\.(?:ts|mjs|cjs|md|json|yaml|yml|sh|mts|txt|py)(?![\\w])`, 'g');
  const folder = new RegExp(`^${start}[\\w./-]*$`);
  const missing = pages.flatMap((page) => {
    const text = read(page);
    const marked = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code).filter((code) => folder.test(code));
    return [...new Set([...(text.match(file) ?? []), ...marked])]
      .filter((found) => !/[A-Z]{4,}/.test(found) && !existsSync(join(projectRoot, found)))
      .map((found) => `${page}: ${found}`);
  });
  expect(missing).toEqual([]);
});
