import { formatInstant, instantEn, instantZh } from './civil-time.ts';
import { DomainError } from './errors.ts';
import { badInput } from './issues.ts';

// Whether the clock that decides runs as evenly as a monotonic one (ADR 0034). A clock that goes back is held at the last
// instant; one that jumps ahead would make what is on time late, so that nothing is decided by it.

/** How far it may get ahead of a monotonic clock at once (ms). */
export const CLOCK_JUMP_MS = 2_000;
/** What time synchronisation may correct (500 ppm), and how far the quartzes of two machines may differ besides. */
const SLEW = 0.001;
/** How far the clock and the watch of who accepts it may differ (ms): a person reads and types. */
const WATCH_MS = 30_000;
/** When to try again (s): somebody has to look first. */
const RETRY_AFTER_S = 30;

/** A reading of the clock, between two of a monotonic clock (ms): on a busy machine time passes between them. */
export interface Reading {
  readonly beforeMs: number;
  readonly clockMs: number;
  readonly afterMs: number;
}

/** What the clock shows as long as it runs evenly: `clockMs` at `steadyMs` of the monotonic clock. */
export interface Pace {
  readonly clockMs: number;
  readonly steadyMs: number;
}

/** The pace as it is stored, so that a process that starts compares with those before it. */
export interface StoredPace extends Pace {
  /** Names the monotonic clock: a machine has another after each start. */
  readonly steadyOf: string;
  /** The last alarm that was accepted when it was stored: before that the clock may have had another pace. */
  readonly accepted: number;
}

export const expectedAt = ({ clockMs, steadyMs }: Pace, atMs: number): number => clockMs + (atMs - steadyMs);

/**
 * The pace after a reading, and how far ahead of it the clock was at least (ms, 0 where it was not). One that is set back
 * is followed at once, one that is ahead no faster than it may be slewed, and beyond `boundMs` not at all.
 */
export function follow(pace: Pace | null, reading: Reading, boundMs: number): { pace: Pace; aheadMs: number } {
  const { beforeMs, clockMs, afterMs } = reading;
  if (!pace || clockMs < expectedAt(pace, beforeMs)) return { pace: { clockMs, steadyMs: beforeMs }, aheadMs: 0 };
  const most = expectedAt(pace, afterMs);
  const aheadMs = Math.max(0, clockMs - most);
  const slewed = aheadMs > boundMs ? 0 : Math.min(aheadMs, SLEW * (afterMs - pace.steadyMs));
  return { pace: { clockMs: most + slewed, steadyMs: afterMs }, aheadMs };
}

/** A jump that was found; while it is not accepted the platform decides nothing. */
export interface ClockAlarm {
  /** Counts the alarms of the installation. */
  readonly no: number;
  /** The last instant that was given before (civil epoch ms). */
  readonly heldAt: number;
  /** What the clock showed (epoch ms). */
  readonly clockAt: number;
  readonly aheadMs: number;
  readonly against: 'monotonic' | 'time-sources';
  /** What it showed when it was accepted as right (epoch ms). */
  readonly acceptedAt: number | null;
}

/** An alarm that nobody has settled; null where there is none. */
export const standing = (alarm: ClockAlarm | null): ClockAlarm | null => (alarm?.acceptedAt === null ? alarm : null);

export const AGAINST = {
  monotonic: { zh: '单调时钟', en: 'the monotonic clock' },
  'time-sources': { zh: '其他时间来源', en: 'other sources of time' },
} as const;

export function clockJumped({ heldAt, aheadMs, against }: ClockAlarm): DomainError {
  const seconds = (aheadMs / 1000).toFixed(1);
  return new DomainError('clock-jumped', {
    messageZh: `平台时钟比${AGAINST[against].zh}快 ${seconds} 秒，未写入任何内容；在确认时钟之前暂停受理，请稍后重试`,
    messageEn: `The platform’s clock is ${seconds} s ahead of ${AGAINST[against].en}; nothing was written, and nothing is decided until somebody has accepted the clock: try again`,
    details: {
      lastInstant: formatInstant(heldAt),
      aheadMs: Math.round(aheadMs),
      against,
      retryAfterSeconds: RETRY_AFTER_S,
    },
  });
}

export const notInDoubt = (): DomainError =>
  new DomainError('clock-not-in-doubt', {
    messageZh: '平台时钟没有待确认的跳变',
    messageEn: 'No jump of the clock waits to be accepted',
  });

/** @throws DomainError `bad-input` where the clock is not what a watch shows (epoch ms) */
export function acceptable(clockMs: number, watchMs: number): void {
  if (Math.abs(clockMs - watchMs) <= WATCH_MS) return;
  const seconds = WATCH_MS / 1000;
  throw badInput([
    {
      field: 'at',
      rule: `within ${seconds} s of the clock`,
      messageZh: `平台时钟现为 ${instantZh(clockMs)}，与所填时间相差超过 ${seconds} 秒：先校正时钟，再确认`,
      messageEn: `the clock shows ${instantEn(clockMs)}, more than ${seconds} s from it: put the clock right first, then accept it`,
    },
  ]);
}
