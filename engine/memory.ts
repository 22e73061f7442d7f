import type { Described, LastCheck } from './described.ts';

/** Most descriptions per check; every workflow is described at least at each second check while that allows it. */
const MOST_DESCRIBED = 2_000;
const LEAST_PARTS = 2;
/** The delay after a restart that did not help (ms): doubled each time, up to the longest. */
const FIRST_RESTART_MS = 60_000;
const LONGEST_RESTART_MS = 1_800_000;

/** What one process remembers between its checks: another process starts without it, and nothing depends on it. */
export class Memory {
  private round = 0;
  private parts = LEAST_PARTS;
  private counted = 0;
  private readonly checks = new Map<string, LastCheck>();
  private readonly restarts = new Map<string, { readonly times: number; readonly notBefore: number }>();
  private late = new Set<string>();

  begin(): void {
    this.round += 1;
    this.counted = 0;
  }

  /** Whether a workflow that the lists show as running is not described this time. */
  isLeftOut(): boolean {
    this.counted += 1;
    return this.counted % this.parts !== this.round % this.parts;
  }

  lastCheck(subject: string): LastCheck | undefined {
    return this.checks.get(subject);
  }

  noteCheck(subject: string, described: Described): void {
    if (described === 'missing') this.checks.delete(subject);
    else {
      const { runId, historyLength } = described;
      this.checks.set(subject, { runId, events: historyLength, atMs: performance.now() });
    }
  }

  /** Whether its instant had already passed at the last check. */
  wasLate(subject: string): boolean {
    return this.late.has(subject);
  }

  noteLate(subjects: readonly string[]): void {
    this.late = new Set(subjects);
  }

  mayRestart(subject: string, nowMs: number = performance.now()): boolean {
    const before = this.restarts.get(subject);
    if (before && nowMs < before.notBefore) return false;
    const times = (before?.times ?? 0) + 1;
    const pauseMs = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** (times - 1));
    this.restarts.set(subject, { times, notBefore: nowMs + pauseMs });
    return true;
  }

  /** Forgets subjects whose workflows need not run any more. */
  end(carried: ReadonlySet<string>): void {
    this.parts = Math.max(LEAST_PARTS, Math.ceil(this.counted / MOST_DESCRIBED));
    for (const known of [this.checks, this.restarts]) {
      for (const subject of known.keys()) if (!carried.has(subject)) known.delete(subject);
    }
  }
}
