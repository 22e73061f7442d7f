import { configDefaults, defineConfig } from 'vitest/config';

/** Tests are grouped by noun with their kind in the name; those that need servers of their own are grouped by kind. */
const filesOf = (name: string): string[] =>
  ['browser', 'replay', 'e2e', 'faults', 'cluster'].includes(name)
    ? [`test/${name}/**/*.test.ts`]
    : [`test/**/*.${name}.test.ts`];

/** Pure or in one process: these may run in parallel. */
const quick = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: {
    name,
    include: filesOf(name),
    exclude: ['postgres', 'group-commit'].map((file) => `test/storage/${file}.db.test.ts`),
    testTimeout,
    sequence: { groupOrder: 0 },
  },
});

/** The same tests on the other database, except those about SQLite's own file. */
const onPostgres = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: {
    name: `${name} on PostgreSQL`,
    include: filesOf(name),
    exclude: ['sqlite', 'blobs', 'schema'].map((file) => `test/storage/${file}.db.test.ts`),
    provide: { dialect: 'postgres' as const },
    globalSetup: ['test/setup/postgres.ts'],
    setupFiles: ['test/setup/needs-postgres.ts'],
    testTimeout,
    sequence: { groupOrder: 0 },
  },
});

/** With servers and workers of their own, whose timing others would disturb: one file after the other, kind by kind. */
const alone = (name: string, groupOrder: number, testTimeout: number) => ({
  extends: true as const,
  test: {
    name,
    include: filesOf(name),
    globalSetup: ['test/setup/global.ts', ...(name === 'faults' ? ['test/setup/postgres.ts'] : [])],
    setupFiles: ['test/setup/quiet.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout,
    hookTimeout: 120_000,
    sequence: { groupOrder },
  },
});

/**
 * The time-skipping server refuses a task in which a wake comes as a timer fires ("invalid history builder state"), and
 * then skips no more. A test that acts at such an instant is run again, on a server of its own.
 */
const skipping = <T extends { readonly test: object }>(project: T) => ({
  ...project,
  test: { ...project.test, retry: 2 },
});

/** The same faults on the other database, except in files that name theirs. */
const faultsOnPostgres = () => {
  const faults = alone('faults', 5, 600_000);
  return {
    ...faults,
    test: {
      ...faults.test,
      name: 'faults on PostgreSQL',
      exclude: ['postgres', 'postgres-restarted', 'two-installations'].map((file) => `test/faults/${file}.test.ts`),
      provide: { dialect: 'postgres' as const },
      setupFiles: [...faults.test.setupFiles, 'test/setup/needs-postgres.ts'],
    },
  };
};

export default defineConfig({
  test: {
    pool: 'forks',
    exclude: [...configDefaults.exclude, '.cache/**'],
    // Variables of a developer's shell must not decide what a test sees.
    env: { TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '', KAIBIAO_PAYLOAD_KEYS: '', DATABASE_URL: '', TZ: 'UTC' },
    provide: { dialect: 'sqlite' },
    // A call to a time-skipping server that was given up, repeated once its connection is gone.
    onUnhandledError: ({ message }) => message !== 'Channel has been shut down',
    projects: [
      quick('unit', 30_000),
      quick('db', 60_000),
      quick('api', 60_000),
      // In a real browser, where there is one.
      quick('browser', 120_000),
      onPostgres('db', 60_000),
      onPostgres('api', 60_000),
      skipping(alone('workflow', 1, 60_000)),
      alone('replay', 2, 120_000),
      // Only a hang takes this long: expected waits end earlier with their own message (test/setup/eventually.ts).
      alone('e2e', 3, 600_000),
      alone('faults', 4, 600_000),
      // A round takes minutes: `npm run test:faults`, which sets the seed.
      ...(process.env.KAIBIAO_FAULT_SEED ? [faultsOnPostgres()] : []),
      // Builds a production server the first time: `npm run test:cluster`.
      alone('cluster', 6, 300_000),
    ],
  },
});
