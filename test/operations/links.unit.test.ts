import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../cli/settings/folders.ts';
import { anchorsOf, readPage } from '../setup/documented.ts';

const pages = [
  'README.md',
  'README.en.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Folders of the repository: a path that begins with another is an example, or a file of the reader's. */
const FOLDERS = readdirSync(projectRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
  .map(({ name }) => name);

/** The relative links of a page: the file each leads to, and what it names there. */
const linksOf = (page: string): { readonly link: string; readonly to: string; readonly anchor: string }[] =>
  [...readPage(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
    ([, target = '', anchor = '']) => ({
      link: `${page}: ${target}${anchor && `#${anchor}`}`,
      to: target === '' ? page : normalize(join(dirname(page), target)),
      anchor,
    }),
  );

it('every relative link of the documentation leads to a file', () => {
  const broken = pages.flatMap(linksOf).filter(({ to }) => !existsSync(join(projectRoot, to)));
  expect(broken.map(({ link }) => link)).toEqual([]);
});

it('and, where it names a section of a page, to that section', () => {
  const named = pages.flatMap(linksOf).filter(({ to, anchor }) => anchor !== '' && to.endsWith('.md'));
  const broken = named.filter(({ to, anchor }) => !anchorsOf(to).includes(anchor));
  expect(broken.map(({ link }) => link)).toEqual([]);
});

it('every file and folder of the repository that the documentation names is there', () => {
  const start = `(?<![\\w./@-])(?:${FOLDERS.join('|')})/`;
  // With an extension anywhere; a folder, or a file without one, only where it is marked as code.
  const file = new RegExp(`${start}[\\w./-]*\\.(?:ts|mjs|cjs|md|json|yaml|yml|sh|mts|txt|py)(?![\\w])`, 'g');
  const folder = new RegExp(`^${start}[\\w./-]*$`);
  const missing = pages.flatMap((page) => {
    const text = readPage(page);
    const marked = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code).filter((code) => folder.test(code));
    return [...new Set([...(text.match(file) ?? []), ...marked])]
      .filter((found) => !/[A-Z]{4,}/.test(found) && !existsSync(join(projectRoot, found)))
      .map((found) => `${page}: ${found}`);
  });
  expect(missing).toEqual([]);
});
