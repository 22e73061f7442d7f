import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import '../provide.ts';
import { ABOUT_POSTGRES, ABOUT_SQLITE, isWholeOnBoth, LIST, ON_POSTGRES, STORIES, testFiles } from './lists.ts';

/** What a test has sent on SQLite; `name`: null for the hooks of its file. */
export interface Sent {
  readonly file: string;
  readonly name: string | null;
  readonly ms: number;
  /** One that was refused is here twice: as it was sent, and with the code of the refusal. */
  readonly statements: readonly string[];
  /** Whether it had the database in its hands without us. */
  readonly withoutUs: boolean;
}

/** What a test takes beside its own work (ms). */
const A_TEST_MS = 50;

interface Shared {
  readonly folder: string;
  users: number;
}

/** Each project loads this file again; what they share is on the process that runs them all. */
const store = globalThis as typeof globalThis & { kaibiaoSent?: Shared };

/**
 * Holds that every statement of a test of the repositories or the API is sent to PostgreSQL too, by a test that runs on
 * both (lists.ts). Where all of them ran; some of them, as `npm test -- test/bids` runs, say nothing about it.
 */
export default function setup(project: TestProject): () => void {
  const shared = (store.kaibiaoSent ??= { folder: mkdtempSync(join(tmpdir(), 'kaibiao-sent-')), users: 0 });
  shared.users += 1;
  project.provide('sentFolder', shared.folder);
  const { updateSnapshot } = project.vitest.config.snapshotOptions;
  return () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete store.kaibiaoSent;
    const sent = readdirSync(shared.folder)
      .flatMap((name) => readFileSync(join(shared.folder, name), 'utf8').split('\n').filter(Boolean))
      .map((line) => JSON.parse(line) as Sent)
      .filter(({ file }) => !ABOUT_SQLITE.includes(file));
    rmSync(shared.folder, { recursive: true, force: true });
    const ran = new Set(sent.map(({ file }) => file));
    if (!testsOfBoth().every((file) => ran.has(file))) return;
    if (updateSnapshot === 'all') writeFileSync(LIST, `${JSON.stringify(chosen(sent), null, 2)}\n`);
    else check(sent);
  };
}

const testsOfBoth = (): string[] =>
  testFiles().filter(
    (file) => /\.(?:db|api)\.test\.ts$/.test(file) && ![...ABOUT_SQLITE, ...ABOUT_POSTGRES].includes(file),
  );

type List = Readonly<Record<string, readonly string[]>>;

/** Hooks run for any test of their file. */
const isListed = ({ file, name }: Sent, list: List): boolean =>
  isWholeOnBoth(file) || (file in list && (name === null || (list[file]?.includes(name) ?? false)));

const sentBy = (tests: readonly Sent[]): Set<string> => new Set(tests.flatMap(({ statements }) => statements));

/** A line for each test that does what no test of the list does. */
export function missing(sent: readonly Sent[], list: List): string[] {
  const known = sentBy(sent.filter((each) => isListed(each, list)));
  return sent
    .filter((each) => !isListed(each, list))
    .flatMap(({ file, name, statements, withoutUs }) => {
      const test = `${file} > ${name ?? '(its hooks)'}`;
      const [first] = statements.filter((statement) => !known.has(statement));
      if (first !== undefined) return [`${test}: ${first.slice(0, 200)}`];
      return withoutUs ? [`${test}: asks the database without us`] : [];
    });
}

function check(sent: readonly Sent[]): void {
  const wrong = missing(sent, ON_POSTGRES);
  if (wrong.length === 0) return;
  // Vitest reports an error after the tests, and does not fail for it.
  process.exitCode = 1;
  console.error(
    [
      `!!! FAILED: ${wrong.length} tests do something that no test does on PostgreSQL; the first:`,
      ...wrong.slice(0, 10).map((line) => `  ${line}`),
      `To have them, or cheaper ones, run there too: npx vitest run -u --project 'db*' --project 'api*'`,
    ].join('\n'),
  );
}

/** What is taken together: a test, or the tests of a story; with the hooks of their file. */
interface Choice {
  readonly file: string;
  readonly names: string[];
  readonly ms: number;
  readonly statements: readonly string[];
  readonly withoutUs: boolean;
}

function choicesOf(sent: readonly Sent[]): Choice[] {
  const all = new Map<string, Choice>();
  const hooks = new Map<string, Pick<Choice, 'statements' | 'withoutUs'>>();
  for (const { file, name, statements, withoutUs } of sent) {
    const { statements: others = [], withoutUs: before = false } = hooks.get(file) ?? {};
    if (name === null) hooks.set(file, { statements: [...others, ...statements], withoutUs: before || withoutUs });
  }
  for (const { file, name, ms, statements, withoutUs } of sent) {
    if (isWholeOnBoth(file) || name === null) continue;
    const key = STORIES.includes(file) ? file : `${file} > ${name}`;
    const before = all.get(key) ?? { names: [], ms: 0, statements: [], withoutUs: false, ...hooks.get(file) };
    all.set(key, {
      file,
      names: [...before.names, name],
      ms: before.ms + ms,
      statements: [...before.statements, ...statements],
      withoutUs: before.withoutUs || withoutUs,
    });
  }
  return [...all.values()];
}

/** Those that ask without us; of the others first those that were chosen before, then the cheapest for what is missing. */
export function chosen(sent: readonly Sent[], listed: List = ON_POSTGRES): List {
  const choices = choicesOf(sent);
  const known = sentBy(sent.filter(({ file }) => isWholeOnBoth(file)));
  const taken = new Map<string, Set<string>>();
  const take = ({ file, names, statements }: Choice): void => {
    taken.set(file, new Set([...(taken.get(file) ?? []), ...names]));
    for (const statement of statements) known.add(statement);
  };
  const gain = ({ statements, ms }: Choice): number =>
    new Set(statements.filter((statement) => !known.has(statement))).size / (ms + A_TEST_MS);
  for (const choice of choices.filter(({ withoutUs }) => withoutUs)) take(choice);
  const before = choices.filter(({ file, names }) => names.every((name) => listed[file]?.includes(name)));
  for (const candidates of [before, choices]) {
    for (;;) {
      let [best, most]: [Choice | null, number] = [null, 0];
      for (const choice of candidates) {
        const gained = gain(choice);
        if (gained > most) [best, most] = [choice, gained];
      }
      if (best === null) break;
      take(best);
    }
  }
  return Object.fromEntries(
    [...taken].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([file, names]) => [file, [...names].toSorted()]),
  );
}
