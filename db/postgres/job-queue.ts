import { setTimeout as sleep } from 'node:timers/promises';
import type { Subject, Tx } from '../access/database.ts';

/** Concurrent transactions. */
const WRITERS = 4;
/** So that one commit does not hold its rows for long while its first callers wait. */
const MOST_PER_COMMIT = 64;
/**
 * How often, and at what interval, rows that another process holds are checked before a connection waits for one (ms).
 */
const CHECKS = 3;
const BETWEEN_CHECKS_MS = 20;
/** How often a job is retried that the database rolled back because of a conflict, or lost with its connection. */
const MOST_TRIES = 3;

export interface Job {
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly subject: Subject | null;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The procurements whose rows a job holds. */
export function procurementsOf({ subject }: Job): readonly string[] {
  if (subject === null || typeof subject === 'string') return [];
  return 'procurementId' in subject ? [subject.procurementId] : subject.procurementIds;
}

/** Jobs without a subject hold everything; they and the others do not share a commit. */
export const isAlone = ({ subject }: Pick<Job, 'subject'>): boolean => subject === null || isForDoubt({ subject });

/** Runs also while the clock is in doubt. */
export const isForDoubt = ({ subject }: Pick<Job, 'subject'>): boolean => subject === 'clock-in-doubt';

/**
 * Groups of jobs that share a procurement, directly or through others, in their order; those that hold none form one
 * group.
 */
export function linesOf(jobs: readonly Job[]): Job[][] {
  const lines: { ids: Set<string>; jobs: Set<Job> }[] = [];
  const without: Job[] = [];
  for (const job of jobs) {
    const ids = procurementsOf(job);
    if (ids.length === 0) {
      without.push(job);
      continue;
    }
    const joined = { ids: new Set(ids), jobs: new Set<Job>() };
    for (const line of lines.filter((each) => ids.some((id) => each.ids.has(id)))) {
      for (const id of line.ids) joined.ids.add(id);
      for (const each of line.jobs) joined.jobs.add(each);
      lines.splice(lines.indexOf(line), 1);
    }
    joined.jobs.add(job);
    lines.push(joined);
  }
  const ordered = lines.map((line) => jobs.filter((job) => line.jobs.has(job)));
  return without.length > 0 ? [...ordered, without] : ordered;
}

/** The jobs that a commit leaves unsettled. */
export interface Left {
  /** Another process holds their rows. */
  readonly busy: readonly Job[];
  /** Rolled back, but may succeed by themselves; with their error if not. */
  readonly undone: readonly { readonly job: Job; readonly error: unknown }[];
}

/** What work without a subject holds. */
const EVERYTHING = '*';

/** Assigns jobs to commits: in parallel, where they hold different procurements. Does not use the database. */
export class JobQueue {
  readonly #commit: (jobs: readonly Job[]) => Promise<Left>;
  readonly #waiting: Job[] = [];
  /** Each of these has its own commit. */
  readonly #retries: Job[][] = [];
  readonly #held = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #postponed = new Set<Promise<void>>();
  readonly #tries = new WeakMap<Job, number>();
  readonly #checks = new WeakMap<Job, number>();

  /** @param commit runs jobs in one transaction and settles them, except those that it returns; never throws */
  constructor(commit: (jobs: readonly Job[]) => Promise<Left>) {
    this.#commit = commit;
  }

  add(job: Job): void {
    this.#waiting.push(job);
    // Everything queued in this turn of the event loop (several sockets, several activities) joins the commit.
    setImmediate(() => this.#pump());
  }

  /** Resolves once all queued jobs are settled. */
  async drain(): Promise<void> {
    while (this.#waiting.length + this.#retries.length + this.#underWay.size + this.#postponed.size > 0) {
      this.#pump();
      await Promise.race([...this.#underWay, ...this.#postponed]);
    }
  }

  #pump(): void {
    while (this.#underWay.size < WRITERS) {
      const jobs = this.#next();
      if (jobs.length === 0) return;
      const holds = jobs.some(isAlone) ? [EVERYTHING] : jobs.flatMap(procurementsOf);
      for (const each of holds) this.#held.add(each);
      const run = this.#commit(jobs)
        .then(({ busy, undone }) => {
          if (busy.length > 0) this.#checkLater(busy);
          for (const { job, error } of undone) this.#again(job, error);
        })
        .finally(() => {
          for (const each of holds) this.#held.delete(each);
          this.#underWay.delete(run);
          this.#pump();
        });
      this.#underWay.add(run);
    }
  }

  /** Jobs at the head that need not wait for each other, nor for jobs that this process is running already. */
  #next(): Job[] {
    const retry = this.#retries.shift();
    if (retry) return retry;
    const [first] = this.#waiting;
    const alone = first !== undefined && isAlone(first);
    if (alone && this.#held.has(EVERYTHING)) return [];
    const taken: Job[] = [];
    for (let index = 0; index < this.#waiting.length && taken.length < MOST_PER_COMMIT;) {
      const job = this.#waiting[index] as Job;
      if (isAlone(job) !== alone) break;
      if (procurementsOf(job).some((id) => this.#held.has(id))) index += 1;
      else taken.push(...this.#waiting.splice(index, 1));
    }
    return taken;
  }

  /** So that few connections wait, and jobs whose rows will soon be free share a commit. */
  #checkLater(jobs: readonly Job[]): void {
    const patient: Job[] = [];
    const impatient: Job[] = [];
    for (const job of jobs) {
      const checks = (this.#checks.get(job) ?? 0) + 1;
      this.#checks.set(job, checks);
      (checks < CHECKS ? patient : impatient).push(job);
    }
    this.#retries.push(...linesOf(impatient));
    if (patient.length === 0) return;
    const later = sleep(BETWEEN_CHECKS_MS).then(() => {
      this.#postponed.delete(later);
      this.#waiting.unshift(...patient);
      this.#pump();
    });
    this.#postponed.add(later);
  }

  #again(job: Job, error: unknown): void {
    const tries = (this.#tries.get(job) ?? 0) + 1;
    this.#tries.set(job, tries);
    if (tries < MOST_TRIES) this.#retries.push([job]);
    else job.reject(error);
  }
}
