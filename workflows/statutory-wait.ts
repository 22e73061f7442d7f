import { condition } from '@temporalio/workflow';
import { realAt, type ClockSetting } from '../domain/clock.ts';

/**
 * One wait for a statutory instant: it can be moved (amendment), suspended (grievance) and cancelled (termination).
 * Instants are absolute, so a worker that was down finds at once that the instant has passed.
 */
export class StatutoryWait {
  private changes = 0;
  private suspended = false;
  private cancelled = false;

  /** @param at civil instant (epoch ms) at which the wait ends; null: only something else ends it */
  constructor(
    private readonly clock: ClockSetting,
    private at: number | null,
  ) {}

  /** The civil instant at which the wait ends as things stand; null while suspended. */
  get until(): number | null {
    return this.suspended ? null : this.at;
  }

  moveTo(at: number | null): void {
    this.at = at;
    this.changes += 1;
  }

  suspend(): void {
    this.suspended = true;
    this.changes += 1;
  }

  resume(at: number | null): void {
    this.suspended = false;
    this.moveTo(at);
  }

  cancel(): void {
    this.cancelled = true;
    this.changes += 1;
  }

  /** Resolves with what ended the wait: the instant, what was waited for beside it, or the cancellation. */
  async over(met: () => boolean = () => false): Promise<'due' | 'met' | 'cancelled'> {
    for (;;) {
      if (this.cancelled) return 'cancelled';
      if (met()) return 'met';
      const seen = this.changes;
      const wake = () => this.changes !== seen || this.cancelled || met();
      if (this.until === null) {
        await condition(wake);
        continue;
      }
      const remainingMs = realAt(this.clock, this.until) - Date.now();
      if (remainingMs <= 0) return 'due';
      await condition(wake, remainingMs);
    }
  }
}
