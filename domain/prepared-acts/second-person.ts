import { DomainError } from '../errors.ts';
import { nameKey } from '../evaluation/persons.ts';

/** Somebody who prepared, or who wants to confirm. */
export interface Person {
  readonly accountId: string;
  readonly name: string;
}

/** Whether two accounts are of one person, as far as the platform can tell. */
export const isSamePerson = (a: Person, b: Person): boolean =>
  a.accountId === b.accountId || nameKey(a.name) === nameKey(b.name);

const WHY = {
  'same-account': ['经办人本人不能复核', 'whoever prepared it does not confirm it'],
  'same-name': [
    '复核账号与经办账号姓名相同，按同一人处理，请由其他人员复核',
    'the account has the name of the one that prepared it and is taken for the same person: somebody else must confirm it',
  ],
  'other-organisation': [
    '委托约定由招标人（采购人）复核，须由其人员办理',
    'by the mandate the purchaser confirms it: one of its people must',
  ],
  'both-organisations': [
    '您同时属于经办单位，请由只属于本单位的人员复核',
    'you belong to the organisation that prepared it too: somebody who does not must confirm it',
  ],
  'preparer-gone': [
    '经办人的账号已停用，或已不代表该单位，请撤回后重新经办',
    'the account that prepared it was disabled, or no longer acts for its organisation: withdraw it and prepare it again',
  ],
  'confirmer-gone': [
    '您的账号已停用，或已不代表该单位',
    'your account was disabled, or no longer acts for the organisation',
  ],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export function notASecondPerson(reason: keyof typeof WHY): DomainError {
  const [zh, en] = WHY[reason];
  return new DomainError('second-person', {
    messageZh: `不能复核：${zh}`,
    messageEn: `It cannot be confirmed: ${en}`,
    details: { reason },
  });
}

/** @throws DomainError `second-person` where both are one person */
export function assertOtherPerson(preparer: Person, confirmer: Person): void {
  if (preparer.accountId === confirmer.accountId) throw notASecondPerson('same-account');
  if (isSamePerson(preparer, confirmer)) throw notASecondPerson('same-name');
}
