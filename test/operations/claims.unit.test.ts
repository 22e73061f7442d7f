import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../cli/settings/folders.ts';
import { readPage } from '../setup/documented.ts';

// docs/security.md lists, claim by claim, the tests that attack what README says about security.

const PAGES = [
  { readme: 'README.md', heading: '安全', page: 'docs/security.md', list: '每项声明由哪个测试检验', limit: '（局限）' },
  {
    readme: 'README.en.md',
    heading: 'Security',
    page: 'docs/security.en.md',
    list: 'Each claim and its tests',
    limit: '(limit) ',
  },
];

interface Claim {
  readonly text: string;
  readonly isLimit: boolean;
  readonly tests: { readonly file: string; readonly name: string }[];
}

const part = (page: string, heading: string): string => {
  const [, found] = new RegExp(`^## ${heading}(?: <a[^\n]*)?\n([^]*?)(?=^## )`, 'm').exec(readPage(page)) ?? [];
  if (found === undefined) throw new Error(`${page} has no part ${heading}`);
  return found;
};

/** What each point of README says, by its title; links as their words. */
const said = (readme: string, heading: string): Map<string, string> =>
  new Map(
    [...part(readme, heading).matchAll(/^- \*\*(.+?)[。.]\*\* *(.*)$/gm)].map(([, title = '', text = '']) => [
      title,
      text.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1'),
    ]),
  );

function listed(page: string, list: string, limit: string): Map<string, Claim[]> {
  const found = new Map<string, Claim[]>();
  let claims: Claim[] = [];
  for (const line of part(page, list).split('\n')) {
    const [, title] = /^### (.+?)(?: <a.*)?$/.exec(line) ?? [];
    const [, claim] = /^- (.+)$/.exec(line) ?? [];
    const [, file, name] = /^ {2}- \[(test\/[^\]]+)\]\(\.\.\/\1\)[：:] ?`(.+)`$/.exec(line) ?? [];
    if (title !== undefined) found.set(title, (claims = []));
    else if (claim !== undefined) {
      const isLimit = claim.startsWith(limit);
      claims.push({ text: isLimit ? claim.slice(limit.length) : claim, isLimit, tests: [] });
    } else if (file !== undefined && name !== undefined) claims.at(-1)?.tests.push({ file, name });
    else if (line.startsWith(' '))
      throw new Error(`${page}: a test is listed as "  - [test/…](../test/…): \`its name\`", not as ${line}`);
  }
  return found;
}

describe.each(PAGES)('$readme and $page', ({ readme, heading, page, list, limit }) => {
  const points = said(readme, heading);
  const claims = listed(page, list, limit);

  it('every point of README is listed, and nothing else', () => {
    expect([...claims.keys()]).toEqual([...points.keys()]);
  });

  it.each([...points])('every sentence of it is listed in the words of README: %s', (title, text) => {
    let rest = text;
    for (const claim of claims.get(title) ?? []) {
      expect(rest, `${page} lists what ${readme} does not say`).toContain(claim.text);
      rest = rest.replace(claim.text, '');
    }
    expect(rest.replace(/[\s，。；：、.,;:]/g, ''), `${page} does not list it, under ### ${title}`).toBe('');
  });

  it('every claim has a test, and every test that is named is there', () => {
    for (const { text, isLimit, tests } of [...claims.values()].flat()) {
      expect(isLimit || tests.length > 0, text).toBe(true);
      for (const { file, name } of tests) {
        const source = readFileSync(join(projectRoot, file), 'utf8');
        expect(
          ["'", '`', '"'].some((quote) => source.includes(`${quote}${name}${quote}`)),
          `${file} has no test “${name}”`,
        ).toBe(true);
      }
    }
  });
});

it('both languages name the same tests for the same claims', () => {
  const [zh, en] = PAGES.map(({ page, list, limit }) =>
    [...listed(page, list, limit).values()].flat().map(({ isLimit, tests }) => ({ isLimit, tests })),
  );
  expect(en).toEqual(zh);
});
