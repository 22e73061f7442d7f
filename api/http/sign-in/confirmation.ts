import { secret } from '../schemas.ts';
import type { Judged } from '../route.ts';

/** The longest is a recovery code. */
export const oneTimeCode = secret(6, 40).meta({
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
