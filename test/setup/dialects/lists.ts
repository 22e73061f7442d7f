import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Which tests of the repositories and of the API run on both databases in `npm test`; `npm run test:all` runs every one of
// them on both.

/**
 * Here a database decides something itself (what waits for a lock, what is unique, how a failure reads, how rows are noted and
 * copied), or a test names one: test/operations/house.unit.test.ts holds that those that do are here.
 */
const WHOLE_ON_BOTH: readonly string[] = [
  'test/accounts/memberships.api.test.ts',
  'test/accounts/password-reset.api.test.ts',
  'test/accounts/sign-in.api.test.ts',
  'test/acts/decisions.api.test.ts',
  'test/bids/deadline.db.test.ts',
  'test/copies/',
  'test/deposits/deposits.db.test.ts',
  'test/http/idempotency.api.test.ts',
  'test/http/operations.api.test.ts',
  'test/http/problems.api.test.ts',
  'test/integrity/',
  'test/log/log.db.test.ts',
  'test/notices/search.db.test.ts',
  'test/openings/openings.db.test.ts',
  'test/outages/outages.db.test.ts',
  'test/prepared-acts/prepared-acts.db.test.ts',
  'test/procurements/procurements.db.test.ts',
  'test/storage/',
  'test/uploads/',
  'test/venues/bookings.api.test.ts',
  'test/witness/witness.db.test.ts',
];

/** Their tests go on from one another: all of one or none. */
export const STORIES: readonly string[] = [
  'test/evaluation/evaluation.api.test.ts',
  'test/evaluation/government.api.test.ts',
  'test/pages/check-in.api.test.ts',
  'test/pages/deposits.api.test.ts',
  'test/pages/draws.api.test.ts',
  'test/pages/evaluation-desk.api.test.ts',
  'test/pages/supplier.api.test.ts',
];

/**
 * Of the others, names of tests by file: those that ask a database without us, and so many that each statement of any
 * test is sent to PostgreSQL too. compare.ts holds the list, and writes it: `npx vitest run -u --project 'db*' --project 'api*'`.
 */
export const LIST = new URL('on-postgres.json', import.meta.url);
export const ON_POSTGRES = JSON.parse(readFileSync(LIST, 'utf8')) as Readonly<Record<string, readonly string[]>>;

export const isWholeOnBoth = (file: string): boolean => WHOLE_ON_BOTH.some((place) => file.startsWith(place));

/** Every test file, by its path in the project. */
export const testFiles = (): string[] =>
  readdirSync(join(import.meta.dirname, '../..'), { recursive: true, encoding: 'utf8' })
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts'));

/** Patterns of the files of a kind that PostgreSQL sees too. */
export const onBoth = (kind: 'db' | 'api'): string[] => {
  const suffix = `.${kind}.test.ts`;
  return [...WHOLE_ON_BOTH, ...Object.keys(ON_POSTGRES)].flatMap((place) =>
    place.endsWith('/') ? [`${place}**/*${suffix}`] : place.endsWith(suffix) ? [place] : [],
  );
};

/** Full names, as Vitest matches them, of what runs of a file; undefined: all. */
export function namesOnPostgres(file: string): RegExp | undefined {
  const names = isWholeOnBoth(file) ? undefined : ON_POSTGRES[file];
  const exactly = names?.map((name) => name.replaceAll(' > ', ' ').replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  return exactly && new RegExp(`^\\s*(?:${exactly.join('|')})$`);
}

/** About one database, by name. */
export const ABOUT_SQLITE = ['sqlite', 'blobs', 'schema'].map((file) => `test/storage/${file}.db.test.ts`);
export const ABOUT_POSTGRES = ['postgres', 'postgres-place', 'postgres-roles', 'group-commit'].map(
  (file) => `test/storage/${file}.db.test.ts`,
);
