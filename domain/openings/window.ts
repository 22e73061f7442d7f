import { civilDayOf, endOfDay, MINUTE_MS } from '../civil-time.ts';
import { wholeMinute } from '../postponed.ts';

/** A recorded interval (civil epoch ms); `until` null: it has not ended. */
export interface Interval {
  readonly from: number;
  readonly until: number | null;
}

/**
 * When the bidders' window (解密时限) ends: the minutes set by the documents from the start of the opening, extended by
 * the time lost to pauses, to outages and to recorded faults of others (电子招标投标办法 31: nobody is liable for the fault of
 * another), to the end of a minute, so that people can read it. Null: it is paused.
 */
export function bidderWindowEnd(opening: {
  readonly beganAt: number;
  readonly minutes: number;
  /** Minutes lost to each recorded fault that affected every bidder. */
  readonly lostMinutes: readonly number[];
  /** Pauses and outages; where two overlap, the time counts once. */
  readonly pauses: readonly Interval[];
}): number | null {
  const { beganAt, minutes, lostMinutes, pauses } = opening;
  let end = beganAt + [minutes, ...lostMinutes].reduce((sum, each) => sum + each, 0) * MINUTE_MS;
  let counted = beganAt;
  for (const { from, until } of pauses.toSorted((a, b) => a.from - b.from)) {
    if (from >= wholeMinute(end)) break;
    if (until === null) return null;
    end += Math.max(0, until - Math.max(from, counted));
    counted = Math.max(counted, until);
  }
  return wholeMinute(end);
}

/**
 * Until when an objection counts as made at the opening (条例 44: 在开标现场提出): as the documents say, counted from its
 * record; where they do not say, until the end of the day of the record's publication. Null: not published yet.
 */
export function objectionsUntil(recordedAt: number | null, minutes: number | null): number | null {
  if (recordedAt === null) return null;
  return minutes === null ? endOfDay(civilDayOf(recordedAt)) : wholeMinute(recordedAt + minutes * MINUTE_MS);
}

/** What two bids of one lot have in common that independent bids do not. */
export interface OpenedBid {
  readonly bidId: string;
  readonly supplierId: string;
  /** Of the sealed file. */
  readonly sha256: string;
  /** Of each part; empty for a bid that was not opened. */
  readonly parts: readonly string[];
}

/**
 * The other bids with exactly the same sealed file, or the same parts (条例 40, 投标文件异常一致 among the signs of collusion):
 * recorded for the committee, which judges.
 */
export function sameAs(bid: OpenedBid, others: readonly OpenedBid[]): string[] {
  const content = contentOf(bid);
  return others
    .filter((other) => other.supplierId !== bid.supplierId)
    .filter((other) => other.sha256 === bid.sha256 || (content !== '' && contentOf(other) === content))
    .map(({ bidId }) => bidId)
    .sort();
}

const contentOf = ({ parts }: OpenedBid): string => parts.toSorted().join(' ');

/** Whether one of them has not ended. */
export const isPaused = (pauses: readonly Interval[]): boolean => pauses.some(({ until }) => until === null);
