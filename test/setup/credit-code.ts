import { checkDigitOf } from '../../domain/organisations/credit-code.ts';

/** A valid 统一社会信用代码 from a number: of an enterprise (91) in 110000 by default. */
export const creditCodeFrom = (n: number, office = '91110000'): string => {
  const digits = `${office}${String(n).padStart(9, '0')}`;
  return digits + checkDigitOf(digits);
};
