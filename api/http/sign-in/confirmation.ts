import { badInput } from '../../../domain/issues.ts';
import { secret } from '../schemas.ts';
import type { Judged } from '../route.ts';

/** What shows that the person of a session is there: the password, or a code of the second factor. */
export interface Confirmation {
  readonly password?: string | undefined;
  readonly oneTimeCode?: string | undefined;
}

/** The longest is a recovery code. */
export const oneTimeCode = secret(6).max(40).meta({
  description:
    '第二因素的验证码：设备当前显示的六位数字，或者一个恢复码 / A code of the second factor: the six digits of the device, or a recovery code',
});

/** Fields of an act that cannot be undone: one of them is given. */
export const confirmation = {
  password: secret(1).optional().meta({ description: '本人的密码 / Your own password' }),
  oneTimeCode: oneTimeCode.optional(),
};

/** Of the routes that have these fields. */
export const CONFIRMED: Judged = {
  field: 'password',
  rule: 'required',
  zh: '密码和验证码须提供其一，且只提供其一',
  en: 'the password or a code of the second factor, and not both',
};

/** @throws DomainError `bad-input` for neither or both */
export function oneConfirmation({
  password,
  oneTimeCode: code,
}: Confirmation): { password: string; code?: undefined } | { password?: undefined; code: string } {
  if (password !== undefined && code === undefined) return { password };
  if (code !== undefined && password === undefined) return { code };
  throw badInput([
    {
      field: CONFIRMED.field,
      rule: 'required',
      messageZh: '须以本人密码（password）或者第二因素的验证码（oneTimeCode）确认，只用其一',
      messageEn: 'Confirm it by your password (password) or by a code of the second factor (oneTimeCode): one of them',
    },
  ]);
}
