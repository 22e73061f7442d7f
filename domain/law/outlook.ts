import { addMonths, isWeekend, parseDate, type CivilDay } from '../civil-time.ts';
import type { FestivalKey, StatutoryYear } from './calendar-table.ts';

/**
 * What is known of a year without a holiday notice. Statutory days rest; every other day inside a window may rest; a
 * weekend day near a window may be made a workday. The windows are wider than the general rule of the 2025 notice
 * (rulebook row cal-general-rule-2025), so that what the State Council did in 2024, 2025 and 2026 lies inside them,
 * the nine days of Spring Festival 2026 included.
 */
export interface Outlook {
  /**
   * Rests by 全国年节及纪念日放假办法 art. 2, whatever the notice says.
   * @rule holiday-statutory
   */
  isStatutory(day: CivilDay): string | undefined;
  /** May be made a day off by the notice; statutory days included. */
  mayBeOff(day: CivilDay): boolean;
  /** A Saturday or Sunday that the notice may turn into a workday. */
  mayBeMakeup(day: CivilDay): boolean;
}

/**
 * Days before and after the anchor that may be off. Anchor: the day itself, 除夕 for Spring Festival, the first day for
 * Labour Day and National Day.
 */
const WINDOWS: Readonly<Record<FestivalKey, readonly [before: number, after: number]>> = {
  // A single day: Tuesday may take the Monday before, Thursday the Friday after, Saturday the Monday after.
  'new-year': [1, 2],
  qingming: [1, 2],
  'dragon-boat': [1, 2],
  'mid-autumn': [1, 2],
  // Eight days from 除夕 by the general rule; 2024 ended a day later, 2026 began a day earlier.
  spring: [1, 8],
  // Five days from 1 May by the general rule; in earlier years it began as early as 29 April.
  labour: [2, 4],
  // Seven days from 1 October, eight with Mid-Autumn.
  national: [1, 7],
};

/**
 * Make-up workdays lie within this many days of a window: 办法 art. 7 caps work around a holiday at six days on end.
 * @rule holiday-adjacent-work
 */
const MAKEUP_REACH = 7;

export function createOutlook(years: readonly StatutoryYear[]): Outlook {
  const statutory = new Map<CivilDay, string>();
  const windows: [CivilDay, CivilDay][] = [];
  const addWindow = (key: FestivalKey, anchor: CivilDay): void => {
    const [before, after] = WINDOWS[key];
    let from = anchor - before;
    let to = anchor + after;
    // A notice names the weekend days that adjoin a holiday as part of it (2024-09-15, a Sunday, for Tuesday the 17th).
    while (isWeekend(from - 1)) from -= 1;
    while (isWeekend(to + 1)) to += 1;
    windows.push([from, to]);
  };
  for (const { festivals } of years) {
    for (const { key, nameZh, anchor, days } of festivals) {
      for (const day of days) statutory.set(parseDate(day), nameZh);
      addWindow(key, parseDate(anchor));
      // The notice of the following year may extend back: its 元旦 is known without one.
      if (key === 'new-year') addWindow(key, addMonths(parseDate(anchor), 12));
    }
  }
  const within = (day: CivilDay, reach: number): boolean =>
    windows.some(([from, to]) => day >= from - reach && day <= to + reach);
  return {
    isStatutory: (day) => statutory.get(day),
    mayBeOff: (day) => statutory.has(day) || within(day, 0),
    mayBeMakeup: (day) => isWeekend(day) && !statutory.has(day) && within(day, MAKEUP_REACH),
  };
}
