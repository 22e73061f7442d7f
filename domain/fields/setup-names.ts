import type { FieldName } from './field-name.ts';

/** Of the first start, and of what an installation has before real use. */
export const SETUP_FIELDS: Readonly<Record<string, FieldName>> = {
  'setup/token': ['设置码', 'setup code'],
  'SignedIn/token': ['会话令牌', 'token of the session'],
  open: ['首次设置是否开放', 'whether the first start is open'],
  centre: ['交易中心', 'trading centre'],
  named: ['中心名称是否已填写', 'whether the centre is named'],
  administrators: ['系统管理员人数', 'number of administrators'],
  secondPerson: ['两人办理', 'second person'],
  'secondPerson.acts': ['须两人办理的事项', 'acts that need a second person'],
  alone: ['只有一人的单位', 'organisations of one person'],
  'secondFactor.roles': ['须有第二因素的角色', 'roles that must have a second factor'],
  registered: ['是否有有效公钥', 'whether it has a key in force'],
  running: ['此刻是否应答', 'whether it answers now'],
  'SetupChecks/channels': ['已开通的渠道', 'channels that are set'],
};
