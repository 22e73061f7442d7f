import { formatDay, parseDate } from '../civil-time.ts';
import type { StatutoryYear } from './calendar-table.ts';

/** The holidays that move: `spring` is 除夕, the others are the day itself. */
interface Moving {
  readonly spring: string;
  readonly qingming: string;
  readonly dragonBoat: string;
  readonly midAutumn: string;
}

/** The amendment of 2024-11-10: 除夕 and the second day of May. */
const AMENDED = 2025;

/**
 * The statutory days of a year (全国年节及纪念日放假办法 art. 2), whose moving holidays are calculated from the lunar calendar and
 * the solar terms: RECALLED.
 */
export function statutoryYear(year: number, { spring, qingming, dragonBoat, midAutumn }: Moving): StatutoryYear {
  const amended = year >= AMENDED;
  return {
    year,
    status: 'RECALLED',
    festivals: [
      { key: 'new-year', nameZh: '元旦', anchor: `${year}-01-01`, days: [`${year}-01-01`] },
      {
        key: 'spring',
        nameZh: '春节',
        anchor: spring,
        days: amended ? daysFrom(spring, 0, 4) : daysFrom(spring, 1, 3),
      },
      { key: 'qingming', nameZh: '清明节', anchor: qingming, days: [qingming] },
      {
        key: 'labour',
        nameZh: '劳动节',
        anchor: `${year}-05-01`,
        days: daysFrom(`${year}-05-01`, 0, amended ? 2 : 1),
      },
      { key: 'dragon-boat', nameZh: '端午节', anchor: dragonBoat, days: [dragonBoat] },
      { key: 'mid-autumn', nameZh: '中秋节', anchor: midAutumn, days: [midAutumn] },
      { key: 'national', nameZh: '国庆节', anchor: `${year}-10-01`, days: daysFrom(`${year}-10-01`, 0, 3) },
    ],
  };
}

function daysFrom(anchor: string, after: number, n: number): string[] {
  const day = parseDate(anchor) + after;
  return Array.from({ length: n }, (_, index) => formatDay(day + index));
}
