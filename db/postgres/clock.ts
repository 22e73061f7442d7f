import { eq } from 'drizzle-orm';
import type pg from 'pg';
import { civilAt, type ClockSetting } from '../../domain/clock.ts';
import { storedClock } from '../clock.ts';
import { installation } from '../schema/sqlite.ts';
import { databaseClock, LOCK_ALONE, queriesOf, queriesOn } from './connection.ts';
import { PostgresRowLog } from './row-log.ts';

/** How often a drill's clock is read, for display (ms): another process may set it. */
const DRILL_CLOCK_INTERVAL_MS = 500;

/** The clock of the installation, which runs by the server's; `now` is this process's estimate. */
export class InstalledClock {
  readonly #pool: pg.Pool;
  readonly #machineClock: (() => number) | undefined;
  readonly #timer: NodeJS.Timeout | null;
  #setting: ClockSetting;
  /** How far the server's clock is ahead of this machine's (ms). */
  #aheadMs: number;

  private constructor(
    pool: pg.Pool,
    machineClock: (() => number) | undefined,
    { setting, aheadMs }: { setting: ClockSetting; aheadMs: number },
  ) {
    this.#pool = pool;
    this.#machineClock = machineClock;
    this.#setting = setting;
    this.#aheadMs = aheadMs;
    const readSetting = () => void this.readSetting().catch(() => undefined);
    this.#timer = this.isDrill ? setInterval(readSetting, DRILL_CLOCK_INTERVAL_MS) : null;
    this.#timer?.unref();
  }

  /** The clock of the installation; a new one gets `clock`. */
  static async on(
    pool: pg.Pool,
    { clock, machineClock }: { clock: ClockSetting; machineClock?: (() => number) | undefined },
  ): Promise<InstalledClock> {
    const startedMs = machineClock ? machineClock() : await databaseClock(pool);
    const setting = await install(pool, clock, startedMs);
    return new InstalledClock(pool, machineClock, { setting, aheadMs: startedMs - Date.now() });
  }

  get setting(): ClockSetting {
    return this.#setting;
  }

  get isDrill(): boolean {
    return this.#setting.mode === 'drill';
  }

  /** The civil instant, for display. */
  now(): number {
    return civilAt(this.#setting, this.#machineClock ? this.#machineClock() : Date.now() + this.#aheadMs);
  }

  /** The civil instant of a transaction that has read the server's clock and the setting. */
  civilFrom(serverMs: number, setting: ClockSetting): { readonly civil: number; readonly machineNow: number } {
    this.#setting = setting;
    const machineNow = this.#machineClock ? this.#machineClock() : serverMs;
    this.#aheadMs = machineNow - Date.now();
    return { civil: civilAt(setting, machineNow), machineNow };
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
