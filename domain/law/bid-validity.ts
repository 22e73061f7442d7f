import { civilDayOf, endOfDay } from '../civil-time.ts';

/** End of the bid validity (投标有效期), which runs from the bid deadline (12号令 40). */
export function bidValidityEnd(bidDeadline: number, days: number): number {
  return endOfDay(civilDayOf(bidDeadline) + days);
}
