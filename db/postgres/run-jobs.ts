import type pg from 'pg';
import { nothingAdded, SentWrites, type Added } from '../access/added.ts';
import type { Tx } from '../access/database.ts';
import { isConnectionLost, isGivenUp } from './failures.ts';
import { linesOf, type Job } from './job-queue.ts';

/** The transaction as a job sees it, without the job's own parts. */
export type Shared = Omit<Tx, keyof Added | 'write'>;
type Run = (job: Job) => Promise<Shared>;

export type Outcome =
  { readonly value: unknown; readonly added: Added; readonly writes: SentWrites } | { readonly error: unknown };

async function succeed(job: Job, run: Run): Promise<Extract<Outcome, { added: Added }>> {
  const added = nothingAdded();
  const writes = new SentWrites();
  return { value: await job.work({ ...(await run(job)), ...added, write: writes.write }), added, writes };
}

/**
 * Runs the jobs of one transaction. Those about different procurements run in parallel, so that their statements are
 * sent together; where one of them fails, all are rolled back and run one after the other, each rolled back alone. They
 * keep their rows and their instant meanwhile. The writes of a single job may still be in transit.
 * @throws what rolls the whole transaction back
 */
export async function runJobs(client: pg.ClientBase, jobs: readonly Job[], run: Run): Promise<Outcome[]> {
  const [only, ...others] = jobs;
  // A single job is rolled back with its transaction.
  if (only && others.length === 0) return [await succeed(only, run)];
  if (!only) return [];
  const outcomes = new Map<Job, Outcome>();
  const inTurn = async (line: readonly Job[]): Promise<void> => {
    const writes: Promise<unknown>[] = [];
    for (const job of line) {
      const outcome = await succeed(job, run);
      writes.push(...outcome.writes.answers);
      outcomes.set(job, outcome);
    }
    await Promise.all(writes);
  };
  const [begun, ...ended] = await Promise.allSettled([client.query('SAVEPOINT jobs'), ...linesOf(jobs).map(inTurn)]);
  if (begun.status === 'rejected') throw begun.reason;
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed) {
    if (isConnectionLost(failed.reason) || isGivenUp(failed.reason)) throw failed.reason;
    await client.query('ROLLBACK TO jobs');
    for (const job of jobs) outcomes.set(job, await undoneAlone(client, () => succeed(job, run)));
  }
  return jobs.map((job) => outcomes.get(job) as Outcome);
}

/** @throws what rolls the whole transaction back */
async function undoneAlone(client: pg.ClientBase, work: () => ReturnType<typeof succeed>): Promise<Outcome> {
  try {
    // Not released: the commit does that, and the next job's savepoint of this name hides it.
    const [, outcome] = await Promise.all([client.query('SAVEPOINT job'), work()]);
    await Promise.all(outcome.writes.answers);
    return outcome;
  } catch (error) {
    if (isConnectionLost(error) || isGivenUp(error)) throw error;
    await client.query('ROLLBACK TO job; RELEASE job');
    return { error };
  }
}
