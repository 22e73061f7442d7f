import { badInput } from '../../../domain/issues.ts';

/** What shows that the person of a session is there: the password, or a code of the second factor. */
export interface Confirmation {
  readonly password?: string | undefined;
  readonly oneTimeCode?: string | undefined;
}

/** @throws DomainError `bad-input` for neither or both */
export function oneConfirmation({
  password,
  oneTimeCode: code,
}: Confirmation): { password: string; code?: undefined } | { password?: undefined; code: string } {
  if (password !== undefined && code === undefined) return { password };
  if (code !== undefined && password === undefined) return { code };
  throw badInput([
    {
      field: 'password',
      rule: 'required',
      messageZh: '须以本人密码（password）或者第二因素的验证码（oneTimeCode）确认，只用其一',
      messageEn: 'Confirm it by your password (password) or by a code of the second factor (oneTimeCode): one of them',
    },
  ]);
}
