import { condition, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import { wakeSignal } from './messages.ts';

/** Without a wake the database is asked again all the same, at least each real day: a wake may have been lost. */
const LOOK_AGAIN_MS = 86_400_000;

/** After an instant that has come and was not acted on (a database whose clock is behind, a fault): doubled up to the longest. */
const FIRST_PAUSE_MS = 500;
export const LONGEST_PAUSE_MS = 30_000;

/** Whatever is answered and whoever sends wakes: so many questions may follow each other at once, then one in each interval. */
const AT_ONCE = 20;
const INTERVAL_MS = 500;

/**
 * Temporal ends a run of 51,200 events, and takes 10,000 signals for one, of whatever name: another run goes on long
 * before, when no wake came for a moment, since Temporal refuses to begin it while they come.
 */
const MOST_EVENTS = 4_000;
const QUIET_MS = 1_000;

/** The wakes that have come in this run; those that came together count as one. */
export class Wakes {
  count = 0;

  constructor() {
    setHandler(wakeSignal, () => {
      this.count += 1;
    });
  }

  /** Whether another run should go on, with an empty history. */
  isRunFull(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength >= MOST_EVENTS;
  }

  /** Waits a moment; whether no wake came meanwhile. */
  async areQuiet(): Promise<boolean> {
    const before = this.count;
    await sleep(QUIET_MS);
    return this.count === before;
  }
}

/** When to ask one question again. */
export class Pace {
  private seen: number;
  private pauseMs = FIRST_PAUSE_MS;
  /** When the next question would come if they came one in each interval (epoch ms). */
  private nextMs = 0;

  constructor(private readonly wakes: Wakes) {
    this.seen = wakes.count;
  }

  /** Before each question. What wakes come after this are wakes to ask it once more. */
  async turn(): Promise<void> {
    const now = Date.now();
    this.nextMs = Math.max(this.nextMs, now - AT_ONCE * INTERVAL_MS) + INTERVAL_MS;
    if (this.nextMs > now) await sleep(this.nextMs - now);
    this.seen = this.wakes.count;
  }

  get isWoken(): boolean {
    return this.wakes.count !== this.seen;
  }

  /**
   * After its answer: until the instant, a wake, or a day has passed.
   * @param atMs real epoch ms; null: without an instant. One that is past gets a pause, and a longer one each time.
   * @param given ends the wait too
   */
  async rest(atMs: number | null, given: () => boolean = () => false): Promise<void> {
    const ms = atMs === null ? LOOK_AGAIN_MS : atMs - Date.now();
    const come = !(ms > 0);
    const restMs = come ? this.pauseMs : Math.min(ms, LOOK_AGAIN_MS);
    this.pauseMs = come ? Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    await condition(() => this.isWoken || this.wakes.isRunFull() || given(), restMs);
  }

  /** After a fault: as an instant that has come and was not acted on. */
  async restAfterFault(given?: () => boolean): Promise<void> {
    await this.rest(0, given);
  }
}
