import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { ABOUT_POSTGRES, ABOUT_SQLITE, isWholeOnBoth, ON_POSTGRES } from '../setup/dialects/lists.ts';
import { HALVES } from '../halves.ts';
import { LONGEST } from '../setup/longest.ts';
import { projectRoot } from '../../cli/settings/folders.ts';
import tests from '../../vitest.config.ts';

// The rules of the house that a linter does not know (CONTRIBUTING.md): how long a file is, how full a folder, how a noun is called.

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: projectRoot,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '');
const folders = [...new Set(tracked.map(dirname))];

const MOST_LINES = 400;
const MOST_FILES = 25;

/** Data and schema have one reason to change, however long they are; a test keeps its stories together. */
const MAY_BE_LONG = /^(?:(?:db\/schema|db\/migrations|domain\/law\/rules|test)\/|domain\/fields\/names\.ts$)/;

/** Folders that may be fuller, and why. */
const MAY_BE_FULL: Readonly<Record<string, string>> = {
  'db/migrations/postgres': 'one a migration',
  'db/migrations/postgres/meta': 'one a migration',
  'db/migrations/sqlite': 'one a migration',
  'db/migrations/sqlite/meta': 'one a migration',
  'docs/adr': 'one a decision',
  'domain/law': 'one question of the law a file',
  'test/vectors/kb-seal-1/sealed': 'test vectors',
};

/** One word a thing, in every layer. */
const NOUNS: readonly string[] = [
  'rechecks',
  'accounts',
  'awards',
  'bids',
  'board',
  'calendar',
  'catalogue',
  'clock',
  'clues',
  'committees',
  'contracts',
  'custodians',
  'decisions',
  'deposits',
  'documents',
  'dossiers',
  'draws',
  'evaluation',
  'experts',
  'grievances',
  'law',
  'log',
  'lots',
  'mandates',
  'notices',
  'notifications',
  'off-platform',
  'openings',
  'organisations',
  'outages',
  'prepared-acts',
  'procedures',
  'procurements',
  'questions',
  'registrations',
  'sessions',
  'signing-keys',
  'splitting',
  'uploads',
  'venues',
];

/** Folders that are mechanism, and no noun of procurement. */
const MECHANISM: Readonly<Record<string, readonly string[]>> = {
  domain: ['fields'],
  services: ['tender', 'drill'],
  api: ['http', 'drill'],
  web: [
    'browser',
    'http',
    'jsx',
    'parts',
    'acts',
    'console',
    'launch',
    'live',
    'dev',
    'about',
    'setup',
    'site',
    'oversight',
    'statistics',
    'verify',
  ],
};

it('no file of the product has more than 400 lines, but data and schema', () => {
  const long = tracked.filter((file) => file.endsWith('.ts') && !MAY_BE_LONG.test(file) && linesOf(file) > MOST_LINES);
  expect(long).toEqual([]);
});

it('no folder has more than 25 files without a reason', () => {
  const full = folders.filter((folder) => filesIn(folder) > MOST_FILES);
  expect(full.filter((folder) => !(folder in MAY_BE_FULL))).toEqual([]);
});

it('the same noun has the same name in every layer', () => {
  for (const [layer, mechanism] of Object.entries(MECHANISM)) {
    const named = new Set(folders.filter((folder) => dirname(folder) === layer).map((folder) => basename(folder)));
    const unknown = [...named].filter((name) => !NOUNS.includes(name) && !mechanism.includes(name));
    expect(unknown, `${layer}/: a noun under another name, or a new one`).toEqual([]);
  }
  // Of a noun in the plural nothing is kept in the singular.
  const singular = (noun: string): string => noun.replace(/s$/, '');
  const tables = tracked.filter((file) => dirname(file) === 'db').map((file) => basename(file, '.ts'));
  expect(tables.filter((table) => NOUNS.some((noun) => noun !== table && singular(noun) === table))).toEqual([]);
});

it('of the tests that may run on one database only, each is there, and none names a database', () => {
  const tests = tracked.filter((file) => /\.(api|db)\.test\.ts$/.test(file));
  const about = [...ABOUT_SQLITE, ...ABOUT_POSTGRES];
  expect([...about, ...Object.keys(ON_POSTGRES)].filter((file) => !tests.includes(file))).toEqual([]);
  expect(Object.keys(ON_POSTGRES).filter(isWholeOnBoth)).toEqual([]);
  // What a test asks of a database without us, and counts, is seen as it runs (test/setup/dialects/record.ts).
  const names = /\bdialect\b|db\/(postgres|sqlite)\//;
  const found = tests.filter((file) => names.test(readFileSync(join(projectRoot, file), 'utf8')));
  expect(found.filter((file) => !isWholeOnBoth(file))).toEqual([]);
});

it('what is begun first is there', () => {
  expect(Object.keys(LONGEST).filter((file) => !tracked.includes(file))).toEqual([]);
});

it('each kind of test is run by `npm test`, once; that of a cluster is asked for', () => {
  const { projects = [] } = tests({ mode: 'test', command: 'serve' }).test ?? {};
  const names = projects.map((project) => String((project as { test: { name: string } }).test.name));
  const runs = (name: string): number =>
    [...HALVES.servers, ...HALVES.quick].filter((each) =>
      each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : name === each,
    ).length;
  expect(names).toContain('unit');
  expect(names.filter((name) => runs(name) !== 1)).toEqual(['cluster']);
});

function linesOf(file: string): number {
  return readFileSync(join(projectRoot, file), 'utf8').split('\n').length - 1;
}

function filesIn(folder: string): number {
  return tracked.filter((file) => dirname(file) === folder).length;
}
