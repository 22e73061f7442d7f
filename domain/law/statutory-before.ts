import type { StatutoryYear } from './calendar-table.ts';
import { statutoryYear } from './statutory-year.ts';

/**
 * Statutory days of the years before the built-in ones, as the measures then had them (in force from 2014: three days of
 * Spring Festival, one of Labour Day): what an imported year is compared with, and what else of it is not known.
 */
export const STATUTORY_BEFORE: readonly StatutoryYear[] = [
  statutoryYear(2015, {
    spring: '2015-02-18',
    qingming: '2015-04-05',
    dragonBoat: '2015-06-20',
    midAutumn: '2015-09-27',
  }),
  statutoryYear(2016, {
    spring: '2016-02-07',
    qingming: '2016-04-04',
    dragonBoat: '2016-06-09',
    midAutumn: '2016-09-15',
  }),
  statutoryYear(2017, {
    spring: '2017-01-27',
    qingming: '2017-04-04',
    dragonBoat: '2017-05-30',
    midAutumn: '2017-10-04',
  }),
  statutoryYear(2018, {
    spring: '2018-02-15',
    qingming: '2018-04-05',
    dragonBoat: '2018-06-18',
    midAutumn: '2018-09-24',
  }),
  statutoryYear(2019, {
    spring: '2019-02-04',
    qingming: '2019-04-05',
    dragonBoat: '2019-06-07',
    midAutumn: '2019-09-13',
  }),
  statutoryYear(2020, {
    spring: '2020-01-24',
    qingming: '2020-04-04',
    dragonBoat: '2020-06-25',
    midAutumn: '2020-10-01',
  }),
  statutoryYear(2021, {
    spring: '2021-02-11',
    qingming: '2021-04-04',
    dragonBoat: '2021-06-14',
    midAutumn: '2021-09-21',
  }),
  statutoryYear(2022, {
    spring: '2022-01-31',
    qingming: '2022-04-05',
    dragonBoat: '2022-06-03',
    midAutumn: '2022-09-10',
  }),
  statutoryYear(2023, {
    spring: '2023-01-21',
    qingming: '2023-04-05',
    dragonBoat: '2023-06-22',
    midAutumn: '2023-09-29',
  }),
];
