import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '../db/access/database.ts';
import { failWake, settleWakes, waitingWakes, wakesOf, type Wake } from '../db/engine/outbox.ts';
import { tenderTraits, type TenderTraits } from '../db/engine/running.ts';
import { isUnreachable, textOf } from './failures.ts';
import { wakeOrStart, type Engine } from './starting.ts';

export interface Outbox {
  /** Delivers wakes that a commit of this process has just written; returns at once and never throws. */
  readonly poke: (subjects: readonly string[]) => void;
  /** Delivers every wake that is due, and returns their number. */
  deliverWaiting(): Promise<number>;
  /** Begins no more deliveries, and waits for those in progress. */
  stop(): Promise<void>;
}

export interface OutboxOptions extends Engine {
  readonly db: Database;
  /** Called before deliveries, after an outage and at least once a second; while it fails nothing is delivered. */
  readonly ready?: () => Promise<void>;
  /** Timeout of one delivery to Temporal (ms). */
  readonly timeoutMs?: number;
  /** How long a fresh wake is left to the process that committed it before `deliverWaiting` takes it (ms). */
  readonly graceMs?: number;
  readonly onDelivered?: (subject: string) => void;
  /** `subject` null: it concerns all of them. */
  readonly onFailure?: (subject: string | null, error: unknown) => void;
}

/** Wakes that are read at once; those in progress at once; those that one statement settles. */
const PAGE = 500;
const AT_ONCE = 32;
const SETTLED_TOGETHER = 200;
/** A server cannot be replaced by another in so short a time (ms). */
const READY_FOR_MS = 1_000;
/** The delay before a refused wake is retried (ms): doubled each time, up to the longest. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** While Temporal is down nothing is tried for so long (ms): nothing is written either, since every wake stays due. */
const FIRST_AWAY_MS = 500;
const LONGEST_AWAY_MS = 5_000;

/** In the trace context of its cause. */
type Within = <T>(work: () => T) => T;
const anywhere: Within = (work) => work();

/** Delivers wakes from the database to Temporal, at least once and in any order: a wake has no content. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { db, timeoutMs = 10_000, graceMs = 0, onDelivered, onFailure } = options;
  const underWay = new Map<string, Promise<boolean>>();
  /** Written by commits of this process, and not read yet. */
  const fresh = new Map<string, Within>();
  let reading: Promise<void> | null = null;
  let stopped = false;
  /** Since when each waiting wake is known to wait (ms of a monotonic clock). */
  let seen = new Map<string, { readonly wanted: number; readonly since: number }>();
  const slots = new Slots(AT_ONCE);
  const away = new Away();
  const settle = inBatches<Wake>((wakes) => settleWakes(db, wakes), SETTLED_TOGETHER);
  let readied: { readonly at: number; readonly done: Promise<void> } | null = null;
  const ready = (): Promise<void> => {
    if (!options.ready) return Promise.resolve();
    const at = performance.now();
    if (readied && at - readied.at < READY_FOR_MS) return readied.done;
    const done = options.ready().catch((error: unknown) => {
      readied = null;
      if (isUnreachable(error)) away.begins();
      throw error;
    });
    readied = { at, done };
    return done;
  };

  const attempt = async (wake: Wake, traits: TenderTraits | undefined): Promise<boolean> => {
    if (stopped || away.is()) return false;
    const { subject } = wake;
    try {
      await options.client.withDeadline(Date.now() + timeoutMs, () => wakeOrStart(options, subject, traits));
      away.ends();
      await settle(wake);
      onDelivered?.(subject);
      return true;
    } catch (error) {
      onFailure?.(subject, error);
      if (isUnreachable(error)) {
        // The server that answers next may be another one.
        readied = null;
        away.begins();
      } else {
        const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(wake.attempts, 10));
        // Where even this cannot be written (disk full), the wake simply stays due.
        await failWake(db, wake, textOf(error), Date.now() + delay).catch((failure: unknown) =>
          onFailure?.(subject, failure),
        );
      }
      return false;
    }
  };

  const deliver = (wake: Wake, traits: TenderTraits | undefined, within: Within): Promise<boolean> => {
    const { subject } = wake;
    const running = slots
      .run(() => within(() => attempt(wake, traits)))
      .finally(() => {
        underWay.delete(subject);
        // There was another act meanwhile: the earlier delivery does not cover it.
        if (fresh.has(subject)) read();
      });
    underWay.set(subject, running);
    return running;
  };

  const read = (): void => {
    reading ??= readFresh()
      .catch((error: unknown) => onFailure?.(null, error))
      .finally(() => (reading = null));
  };
  const readFresh = async (): Promise<void> => {
    // Commits in the same turn are read together.
    await Promise.resolve();
    for (;;) {
      const batch = new Map([...fresh].filter(([subject]) => !underWay.has(subject)).slice(0, PAGE));
      if (batch.size === 0) return;
      for (const subject of batch.keys()) fresh.delete(subject);
      if (stopped || away.is()) continue;
      await ready();
      const [wakes, traits] = await Promise.all([
        wakesOf(db.read, [...batch.keys()]),
        tenderTraits(db.read, [...batch.keys()]),
      ]);
      for (const wake of wakes) {
        const { subject } = wake;
        if (!underWay.has(subject)) void deliver(wake, traits.get(subject), batch.get(subject) ?? anywhere);
      }
    }
  };

  return {
    poke: (subjects) => {
      if (stopped || subjects.length === 0) return;
      const within = AsyncLocalStorage.snapshot();
      for (const subject of subjects) fresh.set(subject, within);
      read();
    },
    async deliverWaiting() {
      if (stopped || away.is()) return 0;
      const now = performance.now();
      const waiting = await waitingWakes(db.read, Date.now(), PAGE);
      // Waiting time is measured by a monotonic clock; a wake that has failed before is taken regardless of its age.
      seen = new Map(
        waiting.map(({ subject, wanted }) => {
          const before = seen.get(subject);
          return [subject, before?.wanted === wanted ? before : { wanted, since: now }];
        }),
      );
      const due = waiting.filter(
        ({ subject, attempts }) =>
          !underWay.has(subject) && (attempts > 0 || now - (seen.get(subject)?.since ?? now) >= graceMs),
      );
      if (due.length === 0) return 0;
      // What is delivered could not be settled, and would be delivered again and again.
      if (await db.clockAlarm()) return 0;
      await ready();
      const traits = await tenderTraits(
        db.read,
        due.map(({ subject }) => subject),
      );
      const delivered = await Promise.all(
        due.map((wake) => underWay.get(wake.subject) ?? deliver(wake, traits.get(wake.subject), anywhere)),
      );
      return delivered.filter(Boolean).length;
    },
    async stop() {
      stopped = true;
      await reading;
      await Promise.all(underWay.values());
    },
  };
}

/** At most so many at once; the others wait in their order. */
class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private left: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.left > 0) this.left -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.left += 1;
    }
  }
}

/** Whether Temporal is known to be down: then it is tried at intervals, not once for each wake. */
class Away {
  private pauseMs = 0;
  private until = -Infinity;

  is(): boolean {
    return performance.now() < this.until;
  }

  begins(): void {
    if (this.is()) return;
    this.pauseMs = Math.min(LONGEST_AWAY_MS, Math.max(FIRST_AWAY_MS, this.pauseMs * 2));
    this.until = performance.now() + this.pauseMs;
  }

  ends(): void {
    this.pauseMs = 0;
    this.until = -Infinity;
  }
}

/** Items that arrive while a batch is written go into the next; each resolves when its own batch is written. */
function inBatches<T>(write: (batch: readonly T[]) => Promise<void>, most: number): (item: T) => Promise<void> {
  const waiting: { readonly item: T; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  let writing = false;
  const run = async (): Promise<void> => {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      await write(batch.map(({ item }) => item)).then(
        () => batch.forEach(({ resolve }) => resolve()),
        (error: unknown) => batch.forEach(({ reject }) => reject(error)),
      );
    }
    writing = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!writing) void run();
    });
}
