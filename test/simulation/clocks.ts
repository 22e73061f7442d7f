/** The clocks of the machines of one installation, in ms. Time itself only passes; clocks drift, and are set. */
export class Clocks {
  /** How far each is ahead of the time (ms). */
  readonly ahead = { database: 0, worker: 0 };

  constructor(public now: number) {}

  readonly database = (): number => this.now + this.ahead.database;
  readonly worker = (): number => this.now + this.ahead.worker;
}
