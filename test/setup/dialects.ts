// Which tests of the repositories and of the API run on both databases in `npm test`; `npm run test:all` runs every one
// of them on both. test/operations/house.unit.test.ts holds these lists.

/** Commands that open an installation and call services which are tested on both. */
export const REPOSITORY_TESTS_ON_SQLITE_ONLY: readonly string[] = [
  'test/calendar/calendar-command.db.test.ts',
  'test/catalogue/catalogue-command.db.test.ts',
  'test/custodians/local-custodians.db.test.ts',
  'test/dossiers/dossier-command.db.test.ts',
  'test/drill/clock-command.db.test.ts',
];

/**
 * The API calls services, which are tested on both; here a database decides something itself: what waits for a lock, what
 * is unique, how a failure of the server reads, what is stored in parts.
 */
export const API_TESTS_ON_BOTH: readonly string[] = [
  'test/accounts/memberships.api.test.ts',
  'test/accounts/password-reset.api.test.ts',
  'test/accounts/sign-in.api.test.ts',
  'test/acts/decisions.api.test.ts',
  'test/http/idempotency.api.test.ts',
  'test/http/operations.api.test.ts',
  'test/http/problems.api.test.ts',
  'test/uploads/uploads.api.test.ts',
  'test/venues/bookings.api.test.ts',
];

/** About one database, by name. */
export const ABOUT_SQLITE = ['sqlite', 'blobs', 'schema'].map((file) => `test/storage/${file}.db.test.ts`);
export const ABOUT_POSTGRES = ['postgres', 'postgres-place', 'postgres-roles', 'group-commit'].map(
  (file) => `test/storage/${file}.db.test.ts`,
);
