/** The digits of a 统一社会信用代码 (GB 32100-2015): without I, O, S, V, Z. */
const DIGITS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const MODULUS = 31;
const WEIGHT_BASE = 3;

/** 统一社会信用代码: 18 digits in capitals; the first is the department that registers, of which none is 0, the last one checks the others. */
export const CREDIT_CODE = /^[1-9A-HJ-NPQRTUWXY][0-9A-HJ-NPQRTUWXY]{17}$/;

/** What a person may type: lower case is raised. */
export const CREDIT_CODE_TYPED = /^[1-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy][0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{17}$/;

/** In capitals, half width, without the blanks around it. */
export const raisedCreditCode = (given: string): string => given.normalize('NFKC').trim().toUpperCase();

/** The check digit of 17 digits (MOD 31-3): the weights are the powers of 3. */
export function checkDigitOf(digits: string): string {
  let weight = 1;
  let sum = 0;
  for (const digit of digits.slice(0, 17)) {
    sum += DIGITS.indexOf(digit) * weight;
    weight = (weight * WEIGHT_BASE) % MODULUS;
  }
  return DIGITS[(MODULUS - (sum % MODULUS)) % MODULUS] as string;
}

/** Whether the last digit of a code in capitals is right: it finds any mistyped digit, and two that changed places. */
export const isCreditCode = (code: string): boolean => CREDIT_CODE.test(code) && checkDigitOf(code) === code[17];

export const CREDIT_CODE_FORM = {
  zh: '应为 18 位统一社会信用代码（数字和字母，不含 I、O、S、V、Z，首位不为 0）',
  en: 'It must be a unified social credit code: 18 digits and letters, without I, O, S, V, Z, not beginning with 0',
};
export const CREDIT_CODE_CHECK = {
  zh: '统一社会信用代码的校验码（末位）不符，请核对是否有误',
  en: 'The check digit of the unified social credit code (its last character) is wrong; look for a slip in it',
};

/** What is wrong with a code in capitals: its form first; null where it is one. */
export function creditCodeFault(code: string): typeof CREDIT_CODE_FORM | null {
  if (isCreditCode(code)) return null;
  return CREDIT_CODE.test(code) ? CREDIT_CODE_CHECK : CREDIT_CODE_FORM;
}
