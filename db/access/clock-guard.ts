import { readFileSync, readlinkSync } from 'node:fs';
import {
  CLOCK_JUMP_MS,
  expectedAt,
  follow,
  standing,
  type ClockAlarm,
  type Pace,
  type Reading,
  type StoredPace,
} from '../../domain/clock-jump.ts';
import type { ClockSetting } from '../../domain/clock.ts';
import type { DatabaseOptions } from './database.ts';

type GuardOptions = Pick<DatabaseOptions, 'machineClock' | 'steadyClock' | 'steadyOf' | 'clockJumpMs'>;

/** What a transaction has read of the clock at its beginning. */
export interface Known {
  /** The last alarm of the installation. */
  readonly alarm: ClockAlarm | null;
  /** Reads how the clock ran before. */
  readonly pace: () => StoredPace | null;
  /** The monotonic clock before that was read (ms). */
  readonly steadyMs: number;
}

/** Where a transaction stands: whether the clock that it got its instant from may decide. */
export interface Judged {
  /** The alarm that forbids it; null: it may. */
  readonly alarm: ClockAlarm | null;
  /** Whether this transaction is to put it on record. */
  readonly isNew: boolean;
}

/** Compares the clock that decides with this process's monotonic one, each time an instant is taken. */
export class ClockGuard {
  readonly steady: () => number;
  readonly #boundMs: number | null;
  readonly #steadyOf: string | null;
  #pace: Pace | null = null;
  /** Found here, not on record yet. */
  #found: Pick<ClockAlarm, 'clockAt' | 'aheadMs' | 'against'> | null = null;
  /** The last alarm that was accepted, as far as known here. */
  #accepted = 0;
  /** When that was last asked (ms of the monotonic clock): what is accepted and not known here was accepted later. */
  #askedMs: number | null = null;

  constructor({ machineClock, steadyClock, steadyOf, clockJumpMs }: GuardOptions, setting: ClockSetting) {
    this.steady = steadyClock ?? sinceStart;
    // A drill's instants are nobody's rights, and whoever plays it may put the machine to sleep.
    const bound = clockJumpMs ?? (setting.mode === 'real' ? CLOCK_JUMP_MS : null);
    this.#boundMs = machineClock && !steadyClock ? null : bound;
    this.#steadyOf = this.#boundMs === null ? null : steadyClock ? (steadyOf ?? null) : clockOfMachine();
  }

  read(clock: () => number): Reading {
    const beforeMs = this.steady();
    const clockMs = clock();
    return { beforeMs, clockMs, afterMs: this.steady() };
  }

  /** @param heldAt the last instant that was given */
  judge(known: Known, reading: Reading, heldAt: number): Judged {
    const { alarm: stored } = known;
    this.#learn(stored);
    this.#pace ??= this.#before(known);
    this.#askedMs = known.steadyMs;
    const { pace, aheadMs } = follow(this.#pace, reading, this.#boundMs ?? Infinity);
    this.#pace = pace;
    const stands = standing(stored);
    if (stands) return { alarm: stands, isNew: false };
    if (this.#boundMs !== null && aheadMs > this.#boundMs) {
      this.#found ??= { clockAt: reading.clockMs, aheadMs: Math.round(aheadMs), against: 'monotonic' };
    }
    if (!this.#found) return { alarm: null, isNew: false };
    return { alarm: { ...this.#found, no: (stored?.no ?? 0) + 1, heldAt, acceptedAt: null }, isNew: true };
  }

  /** What is to be stored with a commit; null: this process has nothing that others could use. */
  get kept(): StoredPace | null {
    if (this.#steadyOf === null || !this.#pace || this.#askedMs === null) return null;
    const [clockMs, steadyMs] = [expectedAt(this.#pace, this.#askedMs), this.#askedMs];
    return { clockMs, steadyMs, steadyOf: this.#steadyOf, accepted: this.#accepted };
  }

  /** What another source of time says; on record with the next transaction. */
  doubt(stored: ClockAlarm | null, clockAt: number, aheadMs: number): void {
    this.#learn(stored);
    this.#found ??= { clockAt, aheadMs: Math.round(aheadMs), against: 'time-sources' };
  }

  /** The alarm that stands, for who asks outside a transaction. */
  standing(stored: ClockAlarm | null, heldAt: number): ClockAlarm | null {
    const stands = standing(stored);
    if (stands || !this.#found || this.#isNews(stored)) return stands;
    return { ...this.#found, no: (stored?.no ?? 0) + 1, heldAt, acceptedAt: null };
  }

  /** What the clock would show without a jump (epoch ms), for display. */
  shown(clockMs: number): number {
    if (!this.#pace || this.#boundMs === null) return clockMs;
    const expected = expectedAt(this.#pace, this.steady());
    return clockMs - expected > this.#boundMs ? Math.floor(expected) : clockMs;
  }

  /**
   * The pace before the first reading: of this machine since its start, and since the clock was accepted last. Where
   * nothing is known since then, it goes on from what was accepted, so that it cannot jump unseen in between.
   */
  #before({ alarm, pace }: Known): Pace | null {
    const stored = pace();
    const ours = stored?.steadyOf === this.#steadyOf ? stored : null;
    if (ours?.accepted === this.#accepted) return ours;
    const steadyMs = ours?.steadyMs ?? this.#askedMs;
    const acceptedAt = alarm?.acceptedAt ?? null;
    return acceptedAt === null || steadyMs === null ? null : { clockMs: acceptedAt, steadyMs };
  }

  /** A clock that was accepted is right as it is; an alarm that stands is on record. */
  #learn(stored: ClockAlarm | null): void {
    if (standing(stored)) this.#found = null;
    if (!stored || !this.#isNews(stored)) return;
    this.#accepted = stored.no;
    this.#pace = null;
    this.#found = null;
  }

  #isNews(stored: ClockAlarm | null): boolean {
    return stored?.acceptedAt !== null && stored !== null && stored.no !== this.#accepted;
  }
}

/** Milliseconds of the machine's monotonic clock, which on Linux all of its processes share. */
const sinceStart = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Names that clock; null where it is not known to be shared. */
function clockOfMachine(): string | null {
  try {
    const start = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${start} ${readlinkSync('/proc/self/ns/time')}`;
  } catch {
    return null;
  }
}
