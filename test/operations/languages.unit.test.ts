import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/settings/folders.ts';
import { anchorsOf, blocksOf, readPage } from '../setup/documented.ts';

// Pages that are written in both languages: `page.md` in Chinese, `page.en.md` in English. A reader of either gets everything.

const pairs = ['.', 'docs'].flatMap((folder) =>
  readdirSync(join(projectRoot, folder))
    .filter((name) => name.endsWith('.en.md'))
    .map((name) => ({ zh: join(folder, name.replace('.en.md', '.md')), en: join(folder, name) })),
);

/** What a shell does with it: comments are in the language of the page. */
const withoutComments = (code: string): string =>
  code
    .split('\n')
    .map((line) => line.replace(/(^|\s)#\s.*$/, '').trimEnd())
    .filter((line) => line !== '')
    .join('\n');

/** The blocks that are the same in both languages: not diagrams, which have words. */
const codeOf = (page: string) =>
  blocksOf(page)
    .filter(({ opening }) => opening !== 'mermaid')
    .map(({ opening, code }) => ({ opening, code: opening.startsWith('sh') ? withoutComments(code) : code }));

const prose = (page: string): string => readPage(page).replace(/^ *```[^]*?^ *```$/gm, '');
/** Settings, routes, commands, files, metrics … */
const marked = (page: string): string[] =>
  [...new Set([...prose(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code))].sort();
const levels = (page: string): number[] => [...prose(page).matchAll(/^(#+) /gm)].map(([, marks = '']) => marks.length);
const rows = (page: string): number => prose(page).match(/^ *\|/gm)?.length ?? 0;
const items = (page: string): number => prose(page).match(/^ *(?:-|\d+\.) /gm)?.length ?? 0;

it('README and what a newcomer reads are in both languages', () => {
  expect(pairs.map(({ zh }) => zh)).toEqual(
    expect.arrayContaining(['README.md', 'docs/operations.md', 'docs/security.md', 'docs/timeline.md']),
  );
});

describe.each(pairs)('$zh and $en', ({ zh, en }) => {
  it('lead to each other in the first lines', () => {
    expect(readPage(zh).split('\n')[2]).toBe(`中文 | [English](${basename(en)})`);
    expect(readPage(en).split('\n')[2]).toBe(`[中文](${basename(zh)}) | English`);
  });

  it('print the same blocks of code', () => {
    expect(codeOf(en)).toEqual(codeOf(zh));
  });

  it('have the same sections, tables and lists, and mark the same names', () => {
    expect(levels(en)).toEqual(levels(zh));
    expect({ rows: rows(en), items: items(en) }).toEqual({ rows: rows(zh), items: items(zh) });
    expect(marked(en)).toEqual(marked(zh));
  });

  it.runIf(zh.startsWith('docs'))('have the same anchors: those of the English headings', () => {
    const missing = anchorsOf(en)
      .slice(1)
      .filter((anchor) => !anchorsOf(zh).includes(anchor));
    expect(missing).toEqual([]);
  });
});

it('a README has at most 200 lines', () => {
  for (const page of ['README.md', 'README.en.md']) expect(readPage(page).split('\n').length, page).toBeLessThan(202);
});
