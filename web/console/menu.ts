import type { Role } from '../../domain/roles.ts';

/** A place of the console. */
export interface Place {
  readonly path: string;
  readonly roles: readonly Role[];
  readonly zh: string;
  readonly en: string;
}

const EVERYBODY: readonly Role[] = [
  'purchaser',
  'agency',
  'centre',
  'office',
  'supervisor',
  'discipline',
  'auditor',
  'expert',
  'supplier',
  'administrator',
];

/** What each role finds in its menu, in this order. A page that people should find adds its line. */
export const MENU: readonly Place[] = [
  { path: '/console', roles: EVERYBODY, zh: '待办', en: 'What is due' },
  {
    path: '/console/tenders',
    roles: EVERYBODY.filter((role) => role !== 'administrator' && role !== 'expert'),
    zh: '项目',
    en: 'Procurements',
  },
  {
    path: '/console/openings',
    roles: ['centre', 'office', 'supervisor', 'discipline', 'auditor', 'purchaser', 'agency'],
    zh: '当日开标',
    en: 'Openings of the day',
  },
  {
    path: '/console/venues',
    roles: ['centre', 'office', 'supervisor', 'purchaser', 'agency'],
    zh: '场地',
    en: 'Rooms',
  },
  { path: '/console/acts', roles: EVERYBODY, zh: '全部事项', en: 'Everything else' },
  { path: '/console/notifications', roles: EVERYBODY, zh: '通知', en: 'Notifications' },
];
