import { expect, it } from 'vitest';
import { checkDigitOf, isCreditCode, raisedCreditCode } from '../../domain/organisations/credit-code.ts';
import { creditCode } from '../../api/http/schemas.ts';
import { creditCodeFrom } from '../setup/credit-code.ts';

// The example of GB 32100-2015, and codes of companies as they are published.
it.each(['91350100M000100Y43', '9144030071526726XG', '914403001922038216', '91330100799655058B'])(
  '%s has its check digit',
  (code) => {
    expect([isCreditCode(code), checkDigitOf(code)]).toEqual([true, code[17]]);
    expect(creditCode.parse(code)).toBe(code);
  },
);

it('a mistyped digit and two that changed places are found, at every place', () => {
  const code = '91350100M000100Y43';
  for (let at = 0; at < 18; at += 1) {
    const other = code[at] === '7' ? '8' : '7';
    expect(isCreditCode(code.slice(0, at) + other + code.slice(at + 1))).toBe(false);
    const swapped = code.slice(0, at) + (code[at + 1] ?? '') + code[at] + code.slice(at + 2);
    if (at < 17 && code[at] !== code[at + 1]) expect(isCreditCode(swapped)).toBe(false);
  }
  const [told] = creditCode.safeParse('91350100M000100Y44').error?.issues ?? [];
  expect(told).toMatchObject({
    params: { rule: 'check-digit', messageZh: expect.stringContaining('校验码') as string },
  });
});

it('lower case, full width and blanks around it are one code; its letters exclude I, O, S, V, Z, and no department is 0', () => {
  expect(creditCode.parse(' 91350100m000100y43 ')).toBe('91350100M000100Y43');
  expect(raisedCreditCode('９１３５０１００Ｍ０００１００Ｙ４３')).toBe('91350100M000100Y43');
  for (const code of ['000000000000000000', '91350100I000100Y43', '91350100M000100Y4', '91350100M000100Y433', ''])
    expect(creditCode.safeParse(code).error?.issues).toMatchObject([{ code: 'invalid_format' }]);
});

it('codes made from numbers are valid and differ', () => {
  const codes = Array.from({ length: 500 }, (_, n) => creditCodeFrom(n));
  expect(codes.every(isCreditCode)).toBe(true);
  expect(new Set(codes).size).toBe(500);
});
