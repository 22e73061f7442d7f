/** The projects that `npm test` runs side by side (test/run.ts); test/operations/house.unit.test.ts holds that each is in one. */
export const HALVES = {
  /** With servers and workers of their own. */
  servers: ['workflow', 'replay', 'e2e', 'faults', 'simulation'],
  /** Pure or in one process; also those on PostgreSQL, and those that replace modules. */
  quick: ['unit*', 'db*', 'api*', 'browser*'],
} as const;
