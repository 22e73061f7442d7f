import type { StatutoryYear } from './calendar-table.ts';
import { statutoryYear } from './statutory-year.ts';

/**
 * Statutory days (全国年节及纪念日放假办法 art. 2, as amended 2024-11-10) of the years after those of the built-in table: the
 * outlook of a calendar that has grown, and what an imported year must contain. Calculated from the lunar calendar and
 * the solar terms, since no notice is out: RECALLED.
 * @rule holiday-statutory
 */
export const STATUTORY_AHEAD: readonly StatutoryYear[] = [
  statutoryYear(2028, {
    spring: '2028-01-25',
    qingming: '2028-04-04',
    dragonBoat: '2028-05-28',
    midAutumn: '2028-10-03',
  }),
  statutoryYear(2029, {
    spring: '2029-02-12',
    qingming: '2029-04-04',
    dragonBoat: '2029-06-16',
    midAutumn: '2029-09-22',
  }),
  statutoryYear(2030, {
    spring: '2030-02-02',
    qingming: '2030-04-05',
    dragonBoat: '2030-06-05',
    midAutumn: '2030-09-12',
  }),
  statutoryYear(2031, {
    spring: '2031-01-22',
    qingming: '2031-04-05',
    dragonBoat: '2031-06-24',
    midAutumn: '2031-10-01',
  }),
];
