import { commits, statements, type Statement } from '../../db/access/seen.ts';
import { withoutUs } from './dialects/without-us.ts';

/** What a piece of work took of the database, that of the storage itself included. */
export interface Counted<T> {
  readonly value: T;
  readonly commits: number;
  /** As they were sent: one that begins a transaction may hold several. */
  readonly statements: number;
  /** Flushes of statements that travel together; none on SQLite. */
  readonly roundTrips: number;
  /** In the order in which they were sent; never with values. */
  readonly texts: readonly string[];
}

/**
 * PostgreSQL's schema is compared once in ten seconds, whatever else is asked (db/postgres/group-commit.ts): on a slow
 * machine that falls into the work. One that comes sooner after another is counted.
 */
const COMPARISON = 'pg_catalog.pg_event_trigger';
const COMPARED_EVERY_MS = 9_000;

/** Counts what this process asks of its databases while `work` runs: nothing else is to run beside it. */
export async function counted<T>(work: () => Promise<T>): Promise<Counted<T>> {
  withoutUs.publish(undefined);
  const texts: string[] = [];
  let [made, roundTrips] = [0, 0];
  let comparedAt = -Infinity;
  const onCommit = (): void => void (made += 1);
  const onStatement = (message: unknown): void => {
    const { text, roundTrip } = message as Statement;
    if (text.includes(COMPARISON) && performance.now() - comparedAt > COMPARED_EVERY_MS) {
      comparedAt = performance.now();
      return;
    }
    texts.push(text);
    if (roundTrip) roundTrips += 1;
  };
  commits.subscribe(onCommit);
  statements.subscribe(onStatement);
  try {
    const value = await work();
    return { value, commits: made, statements: texts.length, roundTrips, texts };
  } finally {
    commits.unsubscribe(onCommit);
    statements.unsubscribe(onStatement);
  }
}
