import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { ABOUT_POSTGRES, ABOUT_SQLITE, onBoth, testFiles } from './test/setup/dialects/lists.ts';
import { LongestFirst } from './test/setup/longest-first.ts';

/** Tests are grouped by noun with their kind in the name; those that need servers of their own are grouped by kind. */
const filesOf = (name: string): string[] =>
  ['browser', 'replay', 'e2e', 'faults', 'simulation', 'cluster'].includes(name)
    ? [`test/${name}/**/*.test.ts`]
    : [`test/**/*.${name}.test.ts`];

/** Tests that replace a module need modules of their own; the others of a process share theirs. */
const MOCKING = testFiles().filter((file) => readFileSync(file, 'utf8').includes('vi.mock('));

/** What is compiled also depends on this file, which Vitest does not look at. */
const COMPILED = join(
  import.meta.dirname,
  'node_modules/.vitest-compiled',
  createHash('sha256').update(readFileSync('tsconfig.json')).digest('hex').slice(0, 16),
);

/** Of each half (test/run.ts): a process more loads every module, and compiles what is called often, once more. */
const WORKERS = 2;

interface Quick {
  readonly kind: 'unit' | 'db' | 'api' | 'browser';
  readonly on?: 'sqlite' | 'postgres';
  readonly include?: readonly string[];
}

/** Pure or in one process: these run in parallel. Those that replace modules are a project of their own. */
function quick({ kind, on = 'sqlite', include = filesOf(kind) }: Quick) {
  const name = on === 'sqlite' ? kind : `${kind} on PostgreSQL`;
  const onBothKinds = kind === 'db' || kind === 'api';
  const test = {
    name,
    include: [...include],
    exclude: on === 'sqlite' ? ABOUT_POSTGRES : ABOUT_SQLITE,
    ...(on === 'sqlite'
      ? {
          globalSetup: ['test/setup/sqlite.ts', ...(onBothKinds ? ['test/setup/dialects/compare.ts'] : [])],
          setupFiles: onBothKinds ? ['test/setup/dialects/record.ts'] : [],
        }
      : {
          provide: { dialect: 'postgres' as const },
          globalSetup: ['test/setup/postgres.ts'],
          setupFiles: ['test/setup/needs-postgres.ts'],
        }),
    maxWorkers: WORKERS,
    // Only a hang takes this long: they have what those with servers leave them (test/run.ts).
    testTimeout: 300_000,
    hookTimeout: 300_000,
    sequence: { groupOrder: 1 },
  };
  const included = (file: string): boolean => include.some((pattern) => file.startsWith(pattern.split('**')[0] ?? ''));
  const mocking = MOCKING.filter((file) => file.endsWith(`.${kind}.test.ts`) && included(file));
  return [
    { extends: true as const, test: { ...test, isolate: false, exclude: [...test.exclude, ...MOCKING] } },
    ...(mocking.length > 0
      ? [{ extends: true as const, test: { ...test, name: `${name}, modules replaced`, include: mocking } }]
      : []),
  ];
}

/** Of those below, which also start a PostgreSQL. */
const ON_POSTGRES_TOO = ['faults', 'simulation'];

/** With servers and workers of their own, beside others: their clocks wait for them. */
const withServers = (name: string, testTimeout: number, { groupOrder = 0, maxWorkers = WORKERS } = {}) => ({
  extends: true as const,
  test: {
    name,
    include: filesOf(name),
    globalSetup: [
      'test/setup/global.ts',
      // In this process; others begin with an empty folder, as an installation does.
      ...(name === 'workflow' ? ['test/setup/sqlite.ts'] : []),
      ...(ON_POSTGRES_TOO.includes(name) ? ['test/setup/postgres.ts'] : []),
    ],
    setupFiles: ['test/setup/quiet.ts'],
    fileParallelism: maxWorkers > 1,
    maxWorkers,
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

const contract = () => ({
  extends: true as const,
  test: {
    name: 'contract',
    include: filesOf('contract'),
    globalSetup: ['test/setup/sqlite.ts'],
    testTimeout: 900_000,
    sequence: { groupOrder: 7 },
  },
});

/** The same faults on the other database, except in files that name theirs. */
const faultsOnPostgres = () => {
  const faults = withServers('faults', 600_000);
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

/** `--mode all`: every test of the repositories and the API on both databases. */
export default defineConfig(({ mode }) => ({
  test: {
    pool: 'forks',
    // A run has some fifteen projects, and each would compile the same modules by itself.
    experimental: { fsModuleCache: true, fsModuleCachePath: COMPILED },
    sequence: { sequencer: LongestFirst },
    exclude: [...configDefaults.exclude, '.cache/**'],
    // Variables of a developer's shell must not decide what a test sees.
    env: { TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '', KAIBIAO_PAYLOAD_KEYS: '', DATABASE_URL: '', TZ: 'UTC' },
    provide: { dialect: 'sqlite' },
    // A call to a time-skipping server that was given up, repeated once its connection is gone.
    onUnhandledError: ({ message }) => message !== 'Channel has been shut down',
    projects: [
      ...quick({ kind: 'unit' }),
      ...quick({ kind: 'db' }),
      ...quick({ kind: 'api' }),
      // In a real browser, where there is one.
      ...quick({ kind: 'browser' }),
      ...quick({ kind: 'db', on: 'postgres', ...(mode === 'all' ? {} : { include: onBoth('db') }) }),
      ...quick({ kind: 'api', on: 'postgres', ...(mode === 'all' ? {} : { include: onBoth('api') }) }),
      skipping(withServers('workflow', 60_000)),
      withServers('replay', 120_000),
      // Only a hang takes this long: expected waits end earlier with their own message (test/setup/eventually.ts).
      withServers('e2e', 600_000),
      withServers('faults', 600_000),
      // A third of a minute of it; for longer `npm run test:simulation`.
      withServers('simulation', 600_000),
      // A round takes minutes: `npm run test:faults`, which sets the seed.
      ...(process.env.KAIBIAO_FAULT_SEED ? [faultsOnPostgres()] : []),
      // Takes a program of another language: `npm run test:contract`, which finds it.
      ...(process.env.KAIBIAO_CONTRACT_PROGRAM ? [contract()] : []),
      // Builds a production server the first time: `npm run test:cluster`.
      withServers('cluster', 300_000, { groupOrder: 2, maxWorkers: 1 }),
    ],
  },
}));
