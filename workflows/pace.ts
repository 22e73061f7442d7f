import { condition, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import { wakeSignal } from './messages.ts';

/**
 * Without a wake the database is still queried, at least each real day: a wake may have been lost. Some minutes less than a
 * day, since work has its hours: a timer of a whole day would fire just when the act of the day before is done again.
 */
const RECHECK_MS = 86_400_000 - 7 * 60_000;

/**
 * Pause after an instant that has come without an act (a database whose clock is behind, a failure): doubled up to the
 * longest.
 */
const FIRST_PAUSE_MS = 500;
export const LONGEST_PAUSE_MS = 30_000;

/**
 * Limit, whatever is answered and whoever sends wakes: so many queries may follow each other at once, then one per
 * interval.
 */
const AT_ONCE = 20;
const INTERVAL_MS = 500;

/**
 * Temporal ends a run at 51,200 events, and accepts 10,000 signals per run, of any name: the run is continued as new
 * long before, when no wake came for a moment, since Temporal refuses to do so while they arrive.
 */
const MOST_EVENTS = 4_000;
const QUIET_MS = 1_000;

/** The wakes received in this run; those received together count as one. */
export class Wakes {
  count = 0;

  constructor() {
    setHandler(wakeSignal, () => {
      this.count += 1;
    });
  }

  /** Whether the run should continue as new, with an empty history. */
  isRunFull(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength >= MOST_EVENTS;
  }

  /** Waits a moment; returns whether no wake came meanwhile. */
  async areQuiet(): Promise<boolean> {
    const before = this.count;
    await sleep(QUIET_MS);
    return this.count === before;
  }
}

/** Decides when to repeat one query. */
export class Pace {
  private seen: number;
  private pauseMs = FIRST_PAUSE_MS;
  /** When the next query would be sent at one per interval (epoch ms). */
  private nextMs = 0;

  constructor(private readonly wakes: Wakes) {
    this.seen = wakes.count;
  }

  /** Before each query. Wakes after this call request another query. */
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
   * After its answer: waits until the instant, a wake, or a day has passed.
   * @param atMs real epoch ms; null: without an instant. A past one gets a pause, longer each time.
   * @param given ends the wait too
   */
  async rest(atMs: number | null, given: () => boolean = () => false): Promise<void> {
    const ms = atMs === null ? RECHECK_MS : atMs - Date.now();
    const come = !(ms > 0);
    const restMs = come ? this.pauseMs : Math.min(ms, RECHECK_MS);
    this.pauseMs = come ? Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    await condition(() => this.isWoken || this.wakes.isRunFull() || given(), restMs);
  }

  /** After a failure: as after an instant that has come without an act. */
  async restAfterFault(given?: () => boolean): Promise<void> {
    await this.rest(0, given);
  }
}
