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

const WATCHERS: readonly Role[] = ['office', 'supervisor', 'discipline', 'auditor'];

/** What each role finds in its menu, in this order. A page that people should find adds its line. */
export const MENU: readonly Place[] = [
  { path: '/console', roles: EVERYBODY, zh: '待办', en: 'What is due' },
  { path: '/console/launch', roles: ['purchaser', 'agency'], zh: '新建采购项目', en: 'Start a procurement' },
  {
    path: '/console/tenders',
    roles: EVERYBODY.filter((role) => role !== 'administrator' && role !== 'expert'),
    zh: '项目',
    en: 'Procurements',
  },
  { path: '/console/oversight', roles: WATCHERS, zh: '监管', en: 'Oversight' },
  { path: '/console/audit', roles: WATCHERS, zh: '审计记录', en: 'Audit trail' },
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
  {
    path: '/console/draws',
    roles: ['centre', 'supervisor', 'purchaser', 'agency'],
    zh: '专家抽取',
    en: 'Draws of experts',
  },
  { path: '/console/deposits/received', roles: ['centre'], zh: '保证金', en: 'Deposits' },
  { path: '/console/bids', roles: ['supplier'], zh: '投标与回执', en: 'Bids and receipts' },
  { path: '/console/deposits', roles: ['supplier'], zh: '保证金', en: 'Deposits' },
  { path: '/console/grievances', roles: ['supplier'], zh: '异议与质疑', en: 'Objections and queries' },
  { path: '/seal', roles: ['supplier'], zh: '封装投标文件', en: 'Seal a bid' },
  { path: '/console/calls', roles: ['expert'], zh: '评审邀请', en: 'Invitations' },
  { path: '/console/prepared', roles: ['purchaser', 'agency', 'centre'], zh: '经办与复核', en: 'Prepared acts' },
  { path: '/console/organisations', roles: ['administrator'], zh: '机构', en: 'Organisations' },
  { path: '/console/accounts', roles: ['administrator'], zh: '账号', en: 'Accounts' },
  { path: '/console/registrations', roles: ['administrator', 'centre'], zh: '供应商注册', en: 'Registrations' },
  { path: '/console/calendar', roles: ['office', 'administrator'], zh: '放假安排', en: 'Holiday calendar' },
  { path: '/console/custodians', roles: ['office', 'supervisor', 'administrator'], zh: '保管人', en: 'Custodians' },
  { path: '/console/setup', roles: ['administrator', 'centre', 'office'], zh: '启用检查', en: 'Before real use' },
  { path: '/console/acts', roles: EVERYBODY, zh: '全部事项', en: 'Everything else' },
  { path: '/console/notifications', roles: EVERYBODY, zh: '通知', en: 'Notifications' },
];
