/** What people are informed of about their own account and organisation (通知), in both languages. */
export const NOTIFICATIONS = {
  'account.locked': {
    zh: '多处来源连续输错密码，账号已暂时锁定；已登录的会话和登录过的浏览器不受影响',
    en: 'Wrong passwords from many senders: the account is locked for a while; sessions and known browsers are not',
  },
  'password.changed': { zh: '密码已修改', en: 'The password was changed' },
  'password.reset-requested': {
    zh: '管理员申请重置您的密码；不是您本人要求的，请立即撤销（DELETE /api/session/password-reset）',
    en: 'An administrator requested a reset of your password; if you did not ask for it, cancel it now (DELETE /api/session/password-reset)',
  },
  'password.reset': {
    zh: '两名管理员重置了您的密码，原有会话已失效',
    en: 'Two administrators reset your password; your earlier sessions ended',
  },
  'membership.requested': {
    zh: '管理员申请让此人代表本单位，须由本单位人员确认或拒绝',
    en: 'An administrator requests that this person acts for your organisation: one of its people confirms or refuses it',
  },
  'membership.confirmed': { zh: '此人现可代表本单位', en: 'This person now acts for your organisation' },
  'membership.refused': {
    zh: '此人代表本单位的申请已被拒绝',
    en: 'That this person acts for your organisation was refused',
  },
  'membership.removed': { zh: '此人不再代表本单位', en: 'This person no longer acts for your organisation' },
  'act.prepared': {
    zh: '有经办事项待您或同事复核（GET /api/prepared-acts）',
    en: 'A prepared act waits for you or a colleague to confirm it (GET /api/prepared-acts)',
  },
  'act.confirmed': { zh: '您经办的事项已复核生效', en: 'What you prepared was confirmed and is done' },
  'act.withdrawn': { zh: '经办事项已撤回或退回', en: 'A prepared act was withdrawn or sent back' },
  'organisation.correction-requested': {
    zh: '管理员申请更正本单位的名称或统一社会信用代码，须由本单位人员确认或拒绝',
    en: 'An administrator requests a correction of your organisation’s name or credit code: one of its people confirms or refuses it',
  },
  'organisation.corrected': {
    zh: '本单位的名称或统一社会信用代码已更正；已发布的公告和已收的回执不变',
    en: 'Your organisation’s name or credit code was corrected; what is published and the receipts that you have stay as they are',
  },
  'opening.paused': {
    zh: '监督部门已责令暂停开标（开启），恢复前不解密、不公布',
    en: 'A supervisor ordered a pause of the opening: nothing is unsealed or published until it is resumed',
  },
  'opening.resumed': { zh: '监督部门已恢复开标（开启）', en: 'A supervisor resumed the opening' },
  'bid.withdrawn': { zh: '本单位的投标（响应）文件已撤回', en: 'The bid of your organisation was withdrawn' },
  'bid.asked': {
    zh: '评标委员会（评审小组）要求说明报价或者确认报价修正，请在限期内答复',
    en: 'The committee asks you to explain your price, or to confirm a correction of it: answer in time',
  },
} as const satisfies Record<string, { readonly zh: string; readonly en: string }>;

export type NotificationKind = keyof typeof NOTIFICATIONS;
export const NOTIFICATION_KINDS = Object.keys(NOTIFICATIONS) as NotificationKind[];
