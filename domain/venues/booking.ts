import { MINUTE_MS } from '../civil-time.ts';

/** What a room is for: 开标室, 评标室. */
export const ROOM_PURPOSES = ['opening', 'evaluation'] as const;
export type RoomPurpose = (typeof ROOM_PURPOSES)[number];

/** The longest booking, and how far from the opening it may begin (minutes): a month. */
export const MOST_MINUTES = 31 * 24 * 60;

/** When a room is wanted, counted from the opening: it moves with it. */
export interface BookingTerms {
  /** Minutes after the opening at which it begins; negative: before. */
  readonly fromMinutes: number;
  readonly minutes: number;
}

/** Half open, epoch ms. */
export interface BookedTime {
  readonly from: number;
  readonly until: number;
}

/** @param openingAt the instant of the opening as it stands now (epoch ms) */
export const bookedTime = ({ fromMinutes, minutes }: BookingTerms, openingAt: number): BookedTime => {
  const from = openingAt + fromMinutes * MINUTE_MS;
  return { from, until: from + minutes * MINUTE_MS };
};

export const overlaps = (one: BookedTime, other: BookedTime): boolean =>
  one.from < other.until && other.from < one.until;

/** The first instant, from that which was wanted on, at which a room is free for as long. */
export function firstFree(wanted: BookedTime, taken: readonly BookedTime[]): number {
  const length = wanted.until - wanted.from;
  let from = wanted.from;
  for (const each of [...taken].sort((a, b) => a.from - b.from)) {
    if (overlaps({ from, until: from + length }, each)) from = each.until;
  }
  return from;
}
