import { eq } from 'drizzle-orm';
import type pg from 'pg';
import { civilAt, type ClockSetting } from '../../domain/clock.ts';
import { expectedAt, type ClockAlarm, type Pace, type StoredPace } from '../../domain/clock-jump.ts';
import { ClockGuard, type Judged } from '../access/clock-guard.ts';
import type { OpenOptions } from '../access/database.ts';
import { storedClock } from '../clock.ts';
import { installation } from '../schema/sqlite.ts';
import { databaseClock, LOCK_ALONE, queriesOf, queriesOn } from './connection.ts';
import { PostgresRowLog } from './row-log.ts';

/** How often a drill's clock is read, for display (ms): another process may set it. */
const DRILL_CLOCK_INTERVAL_MS = 500;

type ClockOptions = Pick<OpenOptions, 'clock' | 'machineClock' | 'steadyClock' | 'steadyOf' | 'clockJumpMs'>;

/** What a transaction has read at its beginning. */
export interface Start {
  readonly now_ms: string;
  readonly last_instant: string;
  readonly clock: ClockSetting;
  readonly clock_alarm: ClockAlarm | null;
  readonly clock_pace: StoredPace | null;
  readonly calendar_hash: string | null;
}

/** The clock of the installation, which runs by the server's; `now` is this process's estimate. */
export class InstalledClock {
  readonly guard: ClockGuard;
  readonly #pool: pg.Pool;
  readonly #machineClock: (() => number) | undefined;
  readonly #timer: NodeJS.Timeout | null;
  #setting: ClockSetting;
  /** What the server's clock showed last, and when, by this process's monotonic clock: its machine's own may jump. */
  #seen: Pace;

  private constructor(pool: pg.Pool, options: ClockOptions, setting: ClockSetting, startedMs: number) {
    this.#pool = pool;
    this.#machineClock = options.machineClock;
    this.#setting = setting;
    this.guard = new ClockGuard(options, setting);
    this.#seen = { clockMs: startedMs, steadyMs: this.guard.steady() };
    const readSetting = () => void this.readSetting().catch(() => undefined);
    this.#timer = this.isDrill ? setInterval(readSetting, DRILL_CLOCK_INTERVAL_MS) : null;
    this.#timer?.unref();
  }

  /** The clock of the installation; a new one gets `clock`. */
  static async on(pool: pg.Pool, options: ClockOptions): Promise<InstalledClock> {
    const { clock, machineClock } = options;
    const startedMs = machineClock ? machineClock() : await databaseClock(pool);
    return new InstalledClock(pool, options, await install(pool, clock, startedMs), startedMs);
  }

  get setting(): ClockSetting {
    return this.#setting;
  }

  get isDrill(): boolean {
    return this.#setting.mode === 'drill';
  }

  /** The civil instant, for display. */
  now(): number {
    return civilAt(this.#setting, this.guard.shown(this.machineNow()));
  }

  /** An estimate of the server's clock (epoch ms). */
  machineNow(): number {
    return this.#machineClock?.() ?? Math.floor(expectedAt(this.#seen, this.guard.steady()));
  }

  /**
   * The instants of a transaction that has read the server's clock, and whether it may decide by them.
   * @param beforeMs of the monotonic clock, before it read
   */
  timeOf(start: Start, beforeMs: number): Judged & { readonly now: number; readonly machineNow: number } {
    this.#setting = start.clock;
    const last = Number(start.last_instant);
    const reading = this.#machineClock
      ? this.guard.read(this.#machineClock)
      : { beforeMs, clockMs: Number(start.now_ms), afterMs: this.guard.steady() };
    const { clockMs: machineNow } = reading;
    this.#seen = { clockMs: machineNow, steadyMs: reading.afterMs };
    const known = { alarm: start.clock_alarm, pace: () => start.clock_pace, steadyMs: beforeMs };
    const judged = this.guard.judge(known, reading, last);
    return { ...judged, machineNow, now: judged.alarm ? last : Math.max(last, civilAt(start.clock, machineNow)) };
  }

  async readSetting(): Promise<void> {
    const read = queriesOn((query) => this.#pool.query(query));
    this.#setting = await storedClock(read);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }
}

async function install(pool: pg.Pool, clock: ClockSetting, realMs: number): Promise<ClockSetting> {
  const now = civilAt(clock, realMs);
  const client = await pool.connect();
  try {
    const q = queriesOf(client);
    const known = async () => (await q.select().from(installation).where(eq(installation.id, 1)))[0];
    if (!(await known())) {
      await client.query(`BEGIN; ${new PostgresRowLog(client).firstWords}${LOCK_ALONE}`);
      await q.insert(installation).values({ id: 1, clock, createdAt: now, lastInstant: now }).onConflictDoNothing();
      await client.query('COMMIT');
    }
    const row = await known();
    if (!row) throw new Error('the installation row is missing');
    client.release();
    return row.clock;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
