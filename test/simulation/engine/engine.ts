import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TenderActivities } from '../../../activities/index.ts';
import { failureWithoutValues } from '../../../activities/failures.ts';
import { createActivities } from '../../../activities/index.ts';
import type { Database } from '../../../db/access/database.ts';
import { wake } from '../../../db/engine/outbox.ts';
import { DAY_MS } from '../../../domain/civil-time.ts';
import { DomainError } from '../../../domain/errors.ts';
import { parseSubject } from '../../../domain/subjects.ts';
import { carriedSubjects } from '../../../engine/carried.ts';
import { createOutbox, type Outbox } from '../../../engine/outbox.ts';
import type { Signer } from '../../../proofs/signing.ts';
import { subjectsPassed } from '../../../services/tender/agenda.ts';
import { WORKFLOW_TYPES } from '../../../workflows/messages.ts';
import * as workflows from '../../../workflows/index.ts';
import { LONGEST_PAUSE_MS } from '../../../workflows/pace.ts';
import type { Carrying } from '../invariants/wakes.ts';
import type { Random } from '../chance/random.ts';
import { Run, settled, start, TASK_QUEUE, wrapped, type Called, type Timer } from './host.ts';

/** What goes wrong with the engine, in how many of a hundred cases. */
export interface Troubles {
  /** A commit's wake is not delivered by its own process, but by the next round. */
  readonly unsent: number;
  /** The worker dies after an activity has committed, and another does it again. */
  readonly twice: number;
  /** An activity is not begun: the worker or the database is away. */
  readonly failing: number;
  /** The server takes a signal, and its answer is lost. */
  readonly unanswered: number;
  /** A timer fires late. */
  readonly late: number;
}

export const NO_TROUBLES: Troubles = { unsent: 0, twice: 0, failing: 0, unanswered: 0, late: 0 };

export interface EngineOptions {
  readonly db: Database;
  readonly signer: Signer;
  readonly random: Random;
  readonly troubles: Troubles;
  /** Lets something happen after so long (ms). */
  readonly after: (ms: number, name: string, happen: () => Promise<void>) => void;
  readonly note: (what: string) => void;
  /**
   * A run begins, and hears of a signal, in its turn. On SQLite it does so at once, and a play repeats itself all the same; a
   * server answers several runs in any order.
   */
  readonly inTurn: boolean;
}

const UNAVAILABLE = 14;
const MINUTE = 60_000;
const REFUSED_AGAIN_MS = 30 * MINUTE;

/**
 * Temporal and its workers, in this process: the outbox, the workflows and their activities are the real ones, on a host
 * of our own (host.ts). It loses, repeats and delays as the seed says.
 */
export class Engine {
  readonly runs = new Map<string, Run>();
  readonly #options: EngineOptions;
  readonly #activities: TenderActivities;
  readonly #outbox: Outbox;
  /** No server answers until then. */
  down = false;
  /** Its store was lost, and nothing has been started again yet. */
  lost = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#activities = createActivities({ db: options.db, signer: options.signer });
    this.#outbox = createOutbox({ db: options.db, client: this.#client(), taskQueue: TASK_QUEUE });
  }

  /** Delivers what waits in the outbox; what each commit does, unless its process dies before. */
  async afterCommit(): Promise<void> {
    const { random, troubles } = this.#options;
    if (!random.percent(troubles.unsent)) await this.deliver();
    else this.#deliverLater();
  }

  #deliverLater(): void {
    const { random, after } = this.#options;
    after(
      random.weighed([
        [3, random.between(1, 5_000)],
        [1, random.between(1, 30 * MINUTE)],
      ]),
      'round',
      () => this.deliver(),
    );
  }

  async deliver(): Promise<void> {
    if (this.down) return;
    await this.#outbox.deliverWaiting();
    await this.#goOn();
  }

  /** A wake that nobody has asked for, as one that is delivered twice. */
  async wakeAny(): Promise<void> {
    const { random } = this.#options;
    if (this.down || this.runs.size === 0) return;
    await this.#signal(random.of([...this.runs.keys()]));
    await this.#goOn();
  }

  /** Everything that the server has stored is gone. */
  loseStore(): void {
    for (const run of this.runs.values()) run.lost = true;
    this.runs.clear();
    this.lost = true;
  }

  /** What must run and does not, or is late, is woken (engine/reconcile.ts does so by the same two questions). */
  async reconcile(): Promise<void> {
    if (this.down) return;
    const { db } = this.#options;
    const wanted = new Set<string>();
    for await (const page of carriedSubjects(db)) {
      for (const { subject } of page) if (!this.runs.has(subject)) wanted.add(subject);
    }
    for (const subject of await subjectsPassed(db, db.now() - MINUTE)) wanted.add(subject);
    if (wanted.size > 0 && !(await this.#wakeAll(wanted))) return;
    this.lost = false;
    await this.deliver();
  }

  /** False: the clock is in doubt, so that it is tried again later. */
  async #wakeAll(subjects: ReadonlySet<string>): Promise<boolean> {
    const { db, note } = this.#options;
    try {
      await db.transaction(async (tx) => {
        for (const subject of subjects) wake(tx, subject);
      }, 'single-rows');
      return true;
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'clock-jumped') throw error;
      note('not reconciled: the clock is in doubt');
      return false;
    }
  }

  /** What a workflow waits for; null where none runs. */
  carries(subject: string): Carrying['run'] {
    const run = this.runs.get(subject);
    if (!run) return null;
    const told = run.handlers.get('state')?.() as { readonly until: number | null } | null | undefined;
    return { until: told?.until ?? null, asksAgain: run.asksAgain };
  }

  stop(): Promise<void> {
    for (const run of this.runs.values()) run.lost = true;
    return this.#outbox.stop();
  }

  readonly #ready: Run[] = [];

  async #signal(workflowId: string): Promise<void> {
    const known = this.runs.get(workflowId);
    if (known) return this.#lets(known, () => known.signal('wake'));
    this.#start(workflowId, { subject: workflowId });
  }

  #start(workflowId: string, input: unknown): void {
    const type = WORKFLOW_TYPES[parseSubject(workflowId).kind] as keyof typeof workflows;
    const run = new Run(workflowId, {
      call: (of, called) => this.#call(of, called),
      onTimer: (of, timer) => this.#setTimer(of, timer),
    });
    this.runs.set(workflowId, run);
    this.#lets(run, () => start(run, workflows[type], input));
  }

  readonly #waiting = new Map<Run, (() => void)[]>();

  #lets(run: Run, go: () => void): void {
    if (this.#options.inTurn) this.#waiting.set(run, [...(this.#waiting.get(run) ?? []), go]);
    else go();
    if (!this.#ready.includes(run)) this.#ready.push(run);
  }

  /** One run after the other, in any order, until nothing can go on. */
  async #goOn(): Promise<void> {
    const { random } = this.#options;
    while (this.#ready.length > 0) {
      const [run] = this.#ready.splice(random.between(0, this.#ready.length - 1), 1) as [Run];
      const waiting = this.#waiting.get(run) ?? [];
      this.#waiting.delete(run);
      if (run.lost) continue;
      for (const go of waiting) go();
      await settled(run);
      this.#after(run);
    }
  }

  #after(run: Run): void {
    if (run.state === 'running' || run.lost) return;
    this.runs.delete(run.workflowId);
    if (run.state === 'failed') throw run.failure;
    if (run.state === 'continued') this.#start(run.workflowId, run.next);
  }

  #setTimer(run: Run, timer: Timer): void {
    const { random, troubles, after } = this.#options;
    const lateMs = random.percent(troubles.late)
      ? random.weighed([
          [5, random.between(1, 5_000)],
          [3, random.between(1, 10 * MINUTE)],
          [1, random.between(1, 36 * 60 * MINUTE)],
        ])
      : 0;
    const fire = async (): Promise<void> => {
      if (run.lost || run.state !== 'running') return;
      // Temporal fires what was due as soon as it is back.
      if (this.down) return after(random.between(1, 5 * MINUTE), run.workflowId, fire);
      timer.fire();
      run.evaluate();
      if (!this.#ready.includes(run)) this.#ready.push(run);
      await this.#goOn();
    };
    after(this.#restOf(run, timer.ms) + lateMs, run.workflowId, fire);
  }

  /**
   * Workflows ask again each day, in case a wake was lost, and every half minute while they are refused, which a clock in
   * doubt may do for days. Most of that is left out here, as by a server that is late: what is not woken waits all the
   * longer, and the simulation goes on faster.
   */
  #restOf(run: Run, ms: number): number {
    if (ms === LONGEST_PAUSE_MS) return REFUSED_AGAIN_MS;
    if (ms !== DAY_MS) return ms;
    const { until } = (run.handlers.get('state')?.() ?? { until: null }) as { readonly until: number | null };
    if (until === null) return 20 * DAY_MS;
    return Math.max(1, Math.floor((until - this.#options.db.now()) / DAY_MS)) * DAY_MS;
  }

  /** An activity at a worker; retried as its workflow's options say, and what fails for good as the workflow sees it. */
  async #call(run: Run, { name, input }: Called): Promise<unknown> {
    const { random, troubles, note } = this.#options;
    const activity = (this.#activities as unknown as Record<string, (given: unknown) => Promise<unknown>>)[name];
    if (!activity) throw new Error(`no worker has ${name}`);
    if (random.percent(troubles.failing)) {
      note(`${name} ${run.workflowId} not begun`);
      run.asksAgain = true;
      throw wrapped(name, ApplicationFailure.retryable('the worker was away', 'failed'));
    }
    try {
      run.asksAgain = false;
      const answer = await activity(input);
      if (!random.percent(troubles.twice)) return answer;
      note(`${name} ${run.workflowId} twice`);
      return await activity(input);
    } catch (error) {
      const failure = failureWithoutValues(error, 'simulation');
      // A defect is not hidden behind a retry.
      if (failure.type === 'failed') throw new Defect(error);
      if (failure.nonRetryable !== true) run.asksAgain = true;
      throw wrapped(name, failure);
    }
  }

  #client(): Client {
    const { random, troubles, note } = this.#options;
    const signalWithStart = async (_type: string, { workflowId }: { readonly workflowId: string }): Promise<void> => {
      await this.#signal(workflowId);
      if (!random.percent(troubles.unanswered)) return;
      note(`signal ${workflowId} unanswered`);
      this.#deliverLater();
      throw Object.assign(new Error('unavailable'), { code: UNAVAILABLE });
    };
    const client = { withDeadline: (_: number, work: () => Promise<unknown>) => work(), workflow: { signalWithStart } };
    return client as unknown as Client;
  }
}

/** An activity has failed in a way that none should. */
export class Defect extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), { cause });
  }
}
