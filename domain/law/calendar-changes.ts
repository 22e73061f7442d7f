import { dayFromParts, formatDay, isWeekend, type CivilDay } from '../civil-time.ts';
import type { Calendar } from './calendar.ts';

type DayKind = 'workday' | 'rest' | 'unknown';

/** A day that an import makes another one. */
export interface ChangedDay {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly before: DayKind;
  readonly after: DayKind;
}

const kindOf = (calendar: Calendar, day: CivilDay): DayKind =>
  calendar.isKnown(day) ? (calendar.status(day, 'most-work').works ? 'workday' : 'rest') : 'unknown';

/**
 * The days of a year that one calendar has otherwise than another, the earliest first. Of those that were not known before, the days on
 * which the week is not followed: holidays on its workdays, and weekends that are worked.
 */
export function changedDays(before: Calendar, after: Calendar, year: number): ChangedDay[] {
  const first = dayFromParts({ year, month: 1, day: 1 });
  const end = dayFromParts({ year: year + 1, month: 1, day: 1 });
  const changed: ChangedDay[] = [];
  for (let day = first; day < end; day += 1) {
    const [was, is] = [kindOf(before, day), kindOf(after, day)];
    const byTheWeek = isWeekend(day) ? 'rest' : 'workday';
    if (was !== is && !(was === 'unknown' && is === byTheWeek))
      changed.push({ day: formatDay(day), before: was, after: is });
  }
  return changed;
}
