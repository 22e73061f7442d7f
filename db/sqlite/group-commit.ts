import { promisify } from 'node:util';
import type BetterSqlite3 from 'better-sqlite3';
import { civilAt, type ClockSetting } from '../../domain/clock.ts';
import { clockJumped, type ClockAlarm, type StoredPace } from '../../domain/clock-jump.ts';
import { addTo, nothingAdded, SentWrites } from '../access/added.ts';
import type { ClockGuard, Known } from '../access/clock-guard.ts';
import type { Subject, Tx } from '../access/database.ts';
import { clockAlarms, commits, type Commit } from '../access/seen.ts';
import type { Queries } from '../access/statements.ts';
import { appendToTrail } from '../audit.ts';
import { CALENDAR_IN_FORCE, type CalendarInForce } from '../calendar.ts';
import { entryOf, storeAlarm } from '../clock.ts';
import { appendEvents } from '../events.ts';
import { writeOutbox } from '../engine/outbox.ts';
import type { Acknowledgements } from '../integrity/acknowledged.ts';
import { refuseOtherSchema } from '../integrity/schema-faults.ts';
import { inTurn } from './connection.ts';
import { readable } from './failures.ts';
import type { SqliteRowLog } from './row-log.ts';
import { schemaFaultsOf } from './schema.ts';

const nextTurn = promisify(setImmediate);
/** So that one commit does not grow without bound while its first callers wait. */
const MOST_PER_COMMIT = 256;

interface Job {
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly inDoubt: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Began {
  readonly last_instant: number | null;
  readonly clock_alarm: string | null;
  readonly clock_pace: string | null;
  readonly schema_version: number;
}

export interface GroupCommitOptions {
  readonly file: string;
  readonly connection: BetterSqlite3.Database;
  readonly q: Queries;
  readonly rowLog: SqliteRowLog;
  readonly acknowledged: Acknowledgements;
  readonly calendar: CalendarInForce;
  /** The present setting, read on that connection. */
  readonly clock: () => ClockSetting;
  readonly machineClock: () => number;
  readonly guard: ClockGuard;
  readonly committees: Tx['committees'];
}

/** Commits work in groups, one after the other: a transaction holds the write lock of the whole file. */
export class GroupCommit {
  readonly #with: GroupCommitOptions;
  readonly #statements: ReturnType<typeof statementsOn>;
  readonly #queue: Job[] = [];
  #draining: Promise<void> | null = null;
  /** Of the schema that was compared last. */
  #schemaVersion: number | null = null;

  constructor(options: GroupCommitOptions) {
    this.#with = options;
    this.#statements = statementsOn(options.connection);
  }

  run<T>(work: (tx: Tx) => Promise<T>, subject: Subject | null): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const inDoubt = subject === 'clock-in-doubt';
      this.#queue.push({ work, inDoubt, resolve: resolve as (value: unknown) => void, reject });
      // Everything queued in this turn of the event loop (several sockets, several activities) joins the commit.
      this.#draining ??= nextTurn().then(() => this.#drain());
    });
  }

  /** Resolves once all queued work is settled. */
  async drain(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  /** Ends in the same turn in which it finds the queue empty, so that no job is left behind. */
  async #drain(): Promise<void> {
    const { file } = this.#with;
    while (this.#queue.length > 0) {
      await inTurn(file, () => this.#commitTogether(this.#queue.splice(0, MOST_PER_COMMIT)));
    }
    this.#draining = null;
  }

  async #commitTogether(jobs: Job[]): Promise<void> {
    const { connection, q, rowLog, machineClock, guard } = this.#with;
    const { begin, commit, savepoint, release, began, keepInstant } = this.#statements;
    const settle: (() => void)[] = [];
    const all = nothingAdded();
    let current: Job | undefined;
    let begun = false;
    try {
      begin.run();
      begun = true;
      rowLog.begin();
      const steadyMs = guard.steady();
      const found = began.get();
      await this.#refuseOtherSchema(found?.schema_version ?? 0);
      let last = found?.last_instant ?? 0;
      const known: Known = {
        alarm: JSON.parse(found?.clock_alarm ?? 'null') as ClockAlarm | null,
        pace: () => JSON.parse(found?.clock_pace ?? 'null') as StoredPace | null,
        steadyMs,
      };
      let raised: ClockAlarm | null = null;
      let refused = 0;
      const clock = this.#with.clock();
      for (const job of jobs) {
        const reading = guard.read(machineClock);
        const machineNow = reading.clockMs;
        const { alarm, isNew } = guard.judge(known, reading, last);
        // Before any work: whoever accepts the clock may be the first to meet its jump.
        if (isNew && alarm && !raised) {
          raised = alarm;
          await storeAlarm(q, alarm);
          all.trail.push(entryOf(alarm));
        }
        if (alarm && !job.inDoubt) {
          settle.push(() => job.reject(clockJumped(alarm)));
          refused += 1;
          continue;
        }
        current = job;
        if (!alarm) last = Math.max(last, civilAt(clock, machineNow));
        const mayGoOn = jobs.length > 1 || raised !== null;
        if (mayGoOn) savepoint.run();
        const { mark } = rowLog;
        try {
          const added = nothingAdded();
          const value = await this.#runAlone(job, { now: last, clock, machineNow }, added);
          addTo(all, added);
          settle.push(() => job.resolve(value));
        } catch (error) {
          // A single job is rolled back with its transaction.
          if (!connection.inTransaction || !mayGoOn) throw error;
          connection.exec('ROLLBACK TO job');
          rowLog.backTo(mark);
          settle.push(() => job.reject(readable(error)));
        }
        if (mayGoOn) release.run();
        current = undefined;
      }
      if (refused > 0 && !raised && settle.length === refused) {
        connection.exec('ROLLBACK');
        for (const each of settle) each();
        return;
      }
      await Promise.all(writeOutbox(q, all, last));
      await Promise.all(appendEvents(q, all.events));
      const entries = await appendToTrail(q, all.trail, rowLog.takeNow(), last);
      keepInstant.run(last, guard.kept && JSON.stringify(guard.kept));
      commit.run();
      this.#with.acknowledged.note(entries);
      commits.publish({ transactions: settle.length } satisfies Commit);
      if (raised) clockAlarms.publish(raised);
      for (const each of settle) each();
    } catch (error) {
      if (connection.inTransaction) connection.exec('ROLLBACK');
      // The lock was not obtained: waiting for it once per job would block everybody.
      if (!begun || jobs.length === 1) {
        for (const job of jobs) job.reject(readable(error));
        return;
      }
      // The whole commit failed (disk full): each job is retried by itself, so that one does not fail the others.
      const undone = current;
      undone?.reject(readable(error));
      for (const job of jobs) if (job !== undone) await this.#commitTogether([job]);
    }
  }

  /** Nobody but a program of this kind, at its start, changes the schema. */
  async #refuseOtherSchema(version: number): Promise<void> {
    if (version === this.#schemaVersion) return;
    refuseOtherSchema(await schemaFaultsOf(this.#with.connection));
    this.#schemaVersion = version;
  }

  async #runAlone(
    job: Job,
    time: Pick<Tx, 'now' | 'clock' | 'machineNow'>,
    added: ReturnType<typeof nothingAdded>,
  ): Promise<unknown> {
    const { q, calendar, committees } = this.#with;
    const inForce = await calendar.on(q, this.#statements.hashInForce.get() ?? null);
    const { write, answers } = new SentWrites();
    return aloneWithDatabase(async () => {
      const value = await job.work({ q, ...time, calendar: inForce, committees, ...added, write });
      await Promise.all(answers);
      return value;
    });
  }
}

function statementsOn(connection: BetterSqlite3.Database) {
  return {
    begin: connection.prepare('BEGIN IMMEDIATE'),
    commit: connection.prepare('COMMIT'),
    savepoint: connection.prepare('SAVEPOINT job'),
    release: connection.prepare('RELEASE job'),
    began: connection.prepare<[], Began>(
      'SELECT last_instant, clock_alarm, clock_pace, schema_version FROM pragma_schema_version LEFT JOIN installation',
    ),
    keepInstant: connection.prepare<[number, string | null]>(
      'UPDATE installation SET last_instant = ?, clock_pace = coalesce(?, clock_pace)',
    ),
    hashInForce: connection.prepare<[], string>(CALENDAR_IN_FORCE).pluck(),
  };
}

/** Refuses work that awaited something other than the database while it held the write lock. */
async function aloneWithDatabase<T>(work: () => Promise<T>): Promise<T> {
  let waitedElsewhere = false;
  const probe = setImmediate(() => {
    waitedElsewhere = true;
  });
  try {
    const value = await work();
    if (waitedElsewhere) throw new Error('a transaction awaited something other than the database');
    return value;
  } finally {
    clearImmediate(probe);
  }
}
