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
  'second-factor.added': {
    zh: '已设置第二因素：登录时须输入动态验证码',
    en: 'A second factor was set up: a code is asked for at each sign-in',
  },
  'second-factor.removed': {
    zh: '第二因素已取消，登录不再需要动态验证码；不是您本人所为的，请立即修改密码并联系管理员',
    en: 'The second factor was removed: no code is asked for any more; if you did not do it, change your password now and write to the administrators',
  },
  'second-factor.locked': {
    zh: '密码正确，但连续输错动态验证码，已暂停接受验证码：他人可能知道您的密码，请修改',
    en: 'The password was right, and wrong codes followed: no code is taken for a while. Somebody may know your password: change it',
  },
  'second-factor.recovery-code-used': {
    zh: '有人用您的恢复码登录或者确认了操作；不是您本人所为的，请立即修改密码并重新设置第二因素',
    en: 'A recovery code of yours was used; if it was not you, change your password now and set up the second factor again',
  },
  'second-factor.recovery-codes-replaced': {
    zh: '恢复码已更换，原有的不再有效',
    en: 'The recovery codes were replaced: earlier ones are void',
  },
  'second-factor.reset-requested': {
    zh: '管理员申请取消您的第二因素；不是您本人要求的，请立即撤销（DELETE /api/session/second-factor/reset）',
    en: 'An administrator requested that your second factor is removed; if you did not ask for it, cancel it now (DELETE /api/session/second-factor/reset)',
  },
  'identity.linked': {
    zh: '一个外部身份（统一身份认证或者数字证书）已与您的账号关联，可用它登录',
    en: 'An identity from elsewhere (a provider of identities, or a certificate) was linked to your account and signs you in',
  },
  'identity.unlinked': {
    zh: '一个外部身份已与您的账号解除关联',
    en: 'An identity from elsewhere was unlinked from your account',
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
