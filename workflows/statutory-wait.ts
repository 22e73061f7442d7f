import { condition } from '@temporalio/workflow';
import type { Acted } from '../activities/acted.ts';
import { realAt, type ClockSetting } from '../domain/clock.ts';

/** Already past: ask the database at once. */
const AT_ONCE = 0;
/** How long to wait before asking again a database whose clock is behind this one (ms): doubled up to the longest. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * One wait for a statutory instant: it can be moved (amendment), suspended (grievance) and cancelled (termination).
 * Instants are absolute, so that a worker that was down finds at once what has come due meanwhile.
 */
export class StatutoryWait {
  private changes = 0;
  private cancelled = false;
  private readonly open = new Set<string>();
  private readonly settled = new Set<string>();

  private at: number | null = null;
  private noted: number | null = null;
  private pauseMs = FIRST_PAUSE_MS;

  /** @param note is told the instant (civil epoch ms) at which the wait ends whenever that changes; null: not by itself */
  constructor(
    private readonly clock: ClockSetting,
    private readonly note: (until: number | null) => void = () => undefined,
  ) {}

  /** The civil instant at which the wait ends as things stand; null while suspended or without an instant. */
  get until(): number | null {
    return this.open.size > 0 ? null : this.at;
  }

  moveTo(at: number | null): void {
    this.at = at;
    this.changed();
  }

  /** Ends the wait now, to ask the database what is due. */
  askAgain(): void {
    this.moveTo(AT_ONCE);
  }

  suspend(grievanceId: string): void {
    if (this.settled.has(grievanceId)) return;
    this.open.add(grievanceId);
    this.changed();
  }

  resume(grievanceId: string): void {
    this.settled.add(grievanceId);
    this.open.delete(grievanceId);
    this.askAgain();
  }

  cancel(): void {
    this.cancelled = true;
    this.changes += 1;
  }

  private changed(): void {
    this.changes += 1;
    if (this.until === this.noted || this.until === AT_ONCE) return;
    this.noted = this.until;
    this.note(this.until);
  }

  /** Resolves when the instant has come, or the wait was cancelled. */
  async over(): Promise<'due' | 'cancelled'> {
    for (;;) {
      if (this.cancelled) return 'cancelled';
      const seen = this.changes;
      const changed = () => this.changes !== seen;
      if (this.until === null) {
        await condition(changed);
        continue;
      }
      const remainingMs = realAt(this.clock, this.until) - Date.now();
      if (remainingMs <= 0) return 'due';
      await condition(changed, remainingMs);
    }
  }

  /** Acts when the instant has come, as often as the database says that it has not come after all. */
  async thenAct<T>(act: () => Promise<Acted<T>>): Promise<({ outcome: 'done' } & T) | 'cancelled'> {
    for (;;) {
      if ((await this.over()) === 'cancelled') return 'cancelled';
      const seen = this.changes;
      const acted = await act();
      switch (acted.outcome) {
        case 'done':
          return acted;
        case 'not-yet':
          // What changed while the database was asked may have changed its answer.
          if (this.changes !== seen) this.askAgain();
          else await this.askAgainAt(acted.at);
          break;
        case 'suspended':
          for (const grievanceId of acted.grievanceIds) this.suspend(grievanceId);
          break;
      }
    }
  }

  private async askAgainAt(at: number | null): Promise<void> {
    this.moveTo(at);
    if (at === null || realAt(this.clock, at) > Date.now()) return;
    // Come by this clock, not yet by the database's, which decides: without a pause, and a
    // longer one each time, the history would fill with asking.
    const seen = this.changes;
    const { pauseMs } = this;
    this.pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    await condition(() => this.changes !== seen, pauseMs);
  }
}
