/** How far the clock of the database may be ahead of the time without anybody noticing (ms), where it goes evenly. */
export const UNSEEN_MS = 900;
/** A jump that nobody can take for the pace of a clock (ms). */
const CERTAIN_MS = 10_000;

/** The clocks of the machines of one installation, in ms. Time itself only passes; clocks drift, are set, and jump. */
export class Clocks {
  /** How far each is ahead of the time (ms). */
  readonly ahead = { database: 0, worker: 0 };
  /** The least that the database’s was ahead since it was accepted last: what is compared with is no earlier. */
  #least = 0;
  /** How far it was ahead when something was committed last. */
  #committed = 0;
  /** A jump is on record, and not accepted. */
  isInDoubt = false;

  constructor(public now: number) {}

  readonly database = (): number => this.now + this.ahead.database;
  readonly worker = (): number => this.now + this.ahead.worker;
  /** The monotonic clock of the machine. */
  readonly steady = (): number => this.now;

  setDatabase(aheadMs: number): void {
    this.ahead.database = aheadMs;
    this.#least = Math.min(this.#least, aheadMs);
  }

  committed(): void {
    this.#committed = this.ahead.database;
  }

  accepted(): void {
    this.isInDoubt = false;
    this.#least = this.ahead.database;
    this.#committed = this.ahead.database;
  }

  /** Whether the clock may be refused as one that has jumped. */
  get mayBeDoubted(): boolean {
    return this.isInDoubt || this.ahead.database - this.#least > 2 * UNSEEN_MS;
  }

  /** Whether nothing may be decided by it. */
  get mustBeDoubted(): boolean {
    return this.isInDoubt || this.ahead.database - this.#committed > CERTAIN_MS;
  }
}
