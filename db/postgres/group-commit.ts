import type pg from 'pg';
import { clockJumped, type ClockAlarm } from '../../domain/clock-jump.ts';
import { addTo, nothingAdded } from '../access/added.ts';
import type { Subject, Tx } from '../access/database.ts';
import { clockAlarms, commits, type Commit } from '../access/seen.ts';
import { chained, firstChanges, insertEntries, lastOfTrail, namingRows, type AuditRow } from '../audit.ts';
import { CALENDAR_IN_FORCE, type CalendarInForce } from '../calendar.ts';
import { entryOf, storeAlarm } from '../clock.ts';
import { appendEvents } from '../events.ts';
import type { Acknowledgements } from '../integrity/acknowledged.ts';
import { refuseOtherSchema } from '../integrity/schema-faults.ts';
import { writeOutbox } from '../engine/outbox.ts';
import type { InstalledClock, Start } from './clock.ts';
import { CLOCK, LOCK_ALONE, LOCK_SHARED, queriesOf } from './connection.ts';
import { isConnectionLost, isGivenUp, isTakenMeanwhile, OutcomeUnknown, readable } from './failures.ts';
import { isAlone, isForDoubt, JobQueue, linesOf, procurementsOf, type Job, type Left } from './job-queue.ts';
import { wasCommitted, type Traces } from './outcome.ts';
import { PostgresRowLog } from './row-log.ts';
import { runJobs } from './run-jobs.ts';
import { schemaFaultsOf } from './schema.ts';

/** Always in the same order, so that there is no deadlock. */
const HOLD = 'SELECT id FROM procurements WHERE id = ANY($1) ORDER BY id FOR UPDATE';
const HOLD_WHAT_IS_FREE = `${HOLD} SKIP LOCKED`;
/** Read once the rows are held: their previous holder has stored its instant. */
const START = `SELECT ${CLOCK} AS now_ms, last_instant, clock, clock_alarm, clock_pace, (${CALENDAR_IN_FORCE}) AS calendar_hash
  FROM installation`;
/**
 * Also holds the end of the trail, until the commit: every transaction that adds to it holds this row first.
 */
const KEEP_INSTANT = `UPDATE installation SET last_instant = greatest(last_instant, $1), clock_pace = coalesce($2, clock_pace)
  RETURNING pg_current_xact_id() AS xid`;

const LAST_ALARM = 'SELECT clock_alarm FROM installation FOR UPDATE';

/** How often a process compares the schema with the one that this program makes (ms). */
const COMPARE_SCHEMA_EVERY_MS = 10_000;

/** A transaction that has begun: its instant, and the jobs whose rows it holds. */
interface Begun {
  readonly jobs: readonly Job[];
  readonly busy: readonly Job[];
  readonly start: Start;
  /** Of the monotonic clock, before it began. */
  readonly beforeMs: number;
}

/** What a transaction did before its commit. */
interface Prepared {
  readonly traces: Traces;
  readonly entries: readonly AuditRow[];
  /** The entries of the trail, to be sent with the commit. */
  readonly putEntries: () => readonly Promise<unknown>[];
  readonly settle: readonly (() => void)[];
  readonly undone: Left['undone'];
  /** The alarm that it puts on record. */
  readonly raised: ClockAlarm | null;
}

export interface GroupCommitOptions {
  readonly pool: pg.Pool;
  readonly clock: InstalledClock;
  readonly calendar: CalendarInForce;
  readonly acknowledged: Acknowledgements;
  readonly committees: Tx['committees'];
}

/**
 * Commits work in groups. A transaction holds the rows of its procurements from its beginning; the end of the trail and
 * the guard of the clock only at its end, so that procurements block each other no longer than a commit takes.
 */
export class GroupCommit {
  readonly #pool: pg.Pool;
  readonly #clock: InstalledClock;
  readonly #calendar: CalendarInForce;
  readonly #acknowledged: Acknowledgements;
  readonly #committees: Tx['committees'];
  /** Opening it has compared it. */
  #schemaComparedAt = performance.now();
  readonly #queue = new JobQueue((jobs) => this.#commitTogether(jobs));

  constructor({ pool, clock, calendar, acknowledged, committees }: GroupCommitOptions) {
    this.#pool = pool;
    this.#clock = clock;
    this.#calendar = calendar;
    this.#acknowledged = acknowledged;
    this.#committees = committees;
  }

  run<T>(work: (tx: Tx) => Promise<T>, subject: Subject | null): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.add({ work, subject, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Resolves once all queued work is settled. */
  drain(): Promise<void> {
    return this.#queue.drain();
  }

  async #commitTogether(taken: readonly Job[]): Promise<Left> {
    let client: pg.PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      for (const job of taken) job.reject(readable(error));
      return { busy: [], undone: [] };
    }
    const rowLog = new PostgresRowLog(client);
    const alone = taken.some(isAlone);
    let [jobs, busy]: [readonly Job[], readonly Job[]] = [taken, []];
    let broken = false;
    let refuse = (): void => undefined;
    try {
      await this.#refuseOtherSchema(client);
      const begun = await begin(client, rowLog, taken, alone, this.#clock.guard.steady());
      ({ jobs, busy } = begun);
      if (jobs.length === 0) {
        await client.query('ROLLBACK');
        return { busy, undone: [] };
      }
      const time = this.#clock.timeOf(begun.start, begun.beforeMs);
      const { alarm } = time;
      if (alarm) {
        const refused = jobs.filter((job) => !isForDoubt(job));
        refuse = () => refused.forEach((job) => job.reject(clockJumped(alarm)));
        jobs = jobs.filter(isForDoubt);
        if (jobs.length === 0 && !time.isNew) {
          await client.query('ROLLBACK');
          return { busy, undone: [] };
        }
      }
      const { entries, putEntries, traces, settle, undone, raised } = await this.#prepare(client, rowLog, {
        jobs,
        start: begun.start,
        time,
      });
      await this.#commit(client, putEntries, traces);
      rowLog.committed();
      this.#acknowledged.note(entries);
      commits.publish({ transactions: settle.length + undone.length } satisfies Commit);
      if (raised) clockAlarms.publish(raised);
      // This transaction may have changed it.
      if (this.#clock.isDrill && alone) await this.#clock.readSetting().catch(() => undefined);
      for (const each of settle) each();
      return { busy, undone };
    } catch (error) {
      broken = isConnectionLost(error);
      if (!broken) await client.query('ROLLBACK').catch(() => (broken = true));
      return { busy, undone: lost(jobs, error) };
    } finally {
      client.release(broken);
      refuse();
    }
  }

  /** Nobody but a program of this kind, at its start, changes the schema. */
  async #refuseOtherSchema(client: pg.PoolClient): Promise<void> {
    const now = performance.now();
    if (now - this.#schemaComparedAt < COMPARE_SCHEMA_EVERY_MS) return;
    // Others need not wait for the same answer.
    this.#schemaComparedAt = now;
    const faults = await schemaFaultsOf(client);
    if (faults.length > 0) this.#schemaComparedAt = -Infinity;
    refuseOtherSchema(faults);
  }

  /** Runs the jobs, and all that precedes the commit; throws what rolls them back as a whole. */
  async #prepare(
    client: pg.PoolClient,
    rowLog: PostgresRowLog,
    { jobs, start, time }: Pick<Begun, 'jobs' | 'start'> & { readonly time: ReturnType<InstalledClock['timeOf']> },
  ): Promise<Prepared> {
    const q = queriesOf(client);
    const { clock } = start;
    const { now, machineNow } = time;
    const calendar = await this.#calendar.on(q, start.calendar_hash);
    // Before any work: whoever accepts the clock may be the first to meet its jump.
    const raised = time.isNew && time.alarm && (await raise(client, time.alarm)) ? time.alarm : null;
    const outcomes = await runJobs(client, jobs, async (job) => {
      // Jobs that hold everything may have imported a calendar in this very transaction.
      const current = isAlone(job) && jobs.length > 1 ? await this.#calendar.on(q) : calendar;
      return { q, now, clock, machineNow, calendar: current, committees: this.#committees };
    });
    const settle: (() => void)[] = [];
    const undone: { job: Job; error: unknown }[] = [];
    const all = nothingAdded();
    if (raised) all.trail.push(entryOf(raised));
    const writes: Promise<unknown>[] = [];
    for (const [index, job] of jobs.entries()) {
      const outcome = outcomes[index];
      if (!outcome) continue;
      if ('value' in outcome) {
        addTo(all, outcome.added);
        writes.push(...outcome.writes.answers);
        settle.push(() => job.resolve(outcome.value));
      } else if (isTakenMeanwhile(outcome.error)) undone.push({ job, error: readable(outcome.error) });
      else settle.push(() => job.reject(readable(outcome.error)));
    }
    // Before the instant is written: a holder of that row never waits for rows of the outbox.
    const outbox = writeOutbox(q, all, now);
    const keeping = client.query<{ xid: string }>(KEEP_INSTANT, [now, this.#clock.guard.kept]);
    const ending = lastOfTrail(q);
    const events = appendEvents(q, all.events);
    const noted = rowLog.take();
    const [kept, last, changes] = await Promise.all([keeping, ending, noted, ...outbox, ...writes, ...events]);
    const named =
      last === undefined && changes.length > 0 ? [...(await firstChanges(q, changes)), ...changes] : changes;
    const entries = chained(namingRows(all.trail, named, now), last);
    const lastEntry = entries.at(-1) ?? null;
    return {
      entries,
      traces: { xid: kept.rows[0]?.xid ?? '', lastEntry },
      putEntries: () => [...insertEntries(q, entries), ...rowLog.put(lastEntry?.seq ?? 0, named)],
      settle,
      undone,
      raised,
    };
  }

  /** @throws what rolled the transaction back; where the answer was lost, the server is queried for it */
  async #commit(client: pg.PoolClient, putEntries: Prepared['putEntries'], traces: Traces): Promise<void> {
    try {
      // Sent together: where an entry is refused, the commit rolls back.
      const answers = [...putEntries(), client.query('COMMIT')];
      const failed = (await Promise.allSettled(answers)).find((each) => each.status === 'rejected');
      if (failed) throw failed.reason;
    } catch (error) {
      if (!isConnectionLost(error) || !(await wasCommitted(this.#pool, traces))) throw error;
    }
  }
}

/** In one round trip; holds the procurements of those jobs that another process does not hold. */
async function begin(
  client: pg.PoolClient,
  rowLog: PostgresRowLog,
  taken: readonly Job[],
  alone: boolean,
  beforeMs: number,
): Promise<Begun> {
  const ids = [...new Set(taken.flatMap(procurementsOf))];
  const lines = linesOf(taken);
  // Where no other job is held up, they may wait for their rows.
  const mayWait = ids.length === 0 || (lines.length === 1 && taken.every((job) => procurementsOf(job).length > 0));
  const began = client.query(`BEGIN; ${rowLog.firstWords}${alone ? LOCK_ALONE : LOCK_SHARED}`);
  const holding = ids.length > 0 ? client.query<{ id: string }>(mayWait ? HOLD : HOLD_WHAT_IS_FREE, [ids]) : null;
  const starting = client.query<Start>(START);
  const [, held, started] = await Promise.all([began, holding, starting]);
  const start = started.rows[0];
  if (!start) throw new Error('the installation row is missing');
  if (mayWait) return { jobs: taken, busy: [], start, beforeMs };
  const free = new Set(held?.rows.map(({ id }) => id));
  const isFree = (job: Job): boolean => procurementsOf(job).every((id) => free.has(id));
  return { jobs: taken.filter(isFree), busy: taken.filter((job) => !isFree(job)), start, beforeMs };
}

/** Puts an alarm on record, unless another process was quicker; without outbox rows, holding the instant is no matter. */
async function raise(client: pg.PoolClient, alarm: ClockAlarm): Promise<boolean> {
  const { rows } = await client.query<Pick<Start, 'clock_alarm'>>(LAST_ALARM);
  if ((rows[0]?.clock_alarm?.no ?? 0) >= alarm.no) return false;
  await storeAlarm(queriesOf(client), alarm);
  return true;
}

/**
 * The whole commit failed: each job is retried by itself, so that one does not fail the others, while a retry can help.
 */
function lost(jobs: readonly Job[], error: unknown): Left['undone'] {
  const known = !(error instanceof OutcomeUnknown);
  const mayPass = jobs.length > 1 || isConnectionLost(error) || isTakenMeanwhile(error) || isGivenUp(error);
  if (known && mayPass) return jobs.map((job) => ({ job, error: readable(error) }));
  for (const job of jobs) job.reject(readable(error));
  return [];
}
