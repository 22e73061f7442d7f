import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the `temporal` binary, for `startDevServer({ executable })`. */
    temporalExecutable: string;
    /** Path for `createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })`. */
    timeSkippingExecutable: string;
    /** For `Worker.create({ workflowBundle: { codePath } })`. */
    workflowBundlePath: string;
    /** Which database `temporaryDatabase` makes. */
    dialect: 'sqlite' | 'postgres';
    /** A folder with an SQLite database of our schema and nothing in it, to be copied; undefined where there is none. */
    sqliteTemplate: string | undefined;
    /** Where tests on SQLite note what they send (dialects/compare.ts). */
    sentFolder: string;
    /** A database on that PostgreSQL with our schema and nothing in it, to be copied. */
    postgresTemplate: string;
    /** Of a PostgreSQL's database `postgres`, as its superuser; null where none can be had. See `createDatabase`. */
    postgresUrl: string | null;
  }
}
