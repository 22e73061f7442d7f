import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import {
  add,
  compare,
  divide,
  equal,
  exact,
  fraction,
  greatest,
  least,
  mean,
  multiply,
  ONE,
  percent,
  readExact,
  shown,
  subtract,
  sum,
  whole,
  written,
  ZERO,
  type Fraction,
} from '../../domain/evaluation/scoring/fraction.ts';

const some = fc
  .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 9n }))
  .map(([n, d]) => fraction(n, d));
const notZero = some.filter(({ n }) => n !== 0n);

const holds = (property: (a: Fraction, b: Fraction, c: Fraction) => boolean): void =>
  fc.assert(fc.property(some, some, some, property));

describe('a fraction', () => {
  it('is in lowest terms, with a positive denominator', () => {
    expect(fraction(6n, -8n)).toEqual({ n: -3n, d: 4n });
    expect(fraction(0n, -5n)).toEqual({ n: 0n, d: 1n });
    expect(() => fraction(1n, 0n)).toThrow(RangeError);
  });

  test('adds and multiplies as numbers do', () => {
    holds((a, b, c) => equal(add(add(a, b), c), add(a, add(b, c))) && equal(add(a, b), add(b, a)));
    holds((a, b, c) => equal(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c))));
    holds((a, b) => equal(subtract(add(a, b), b), a) && equal(add(a, ZERO), a) && equal(multiply(a, ONE), a));
    fc.assert(fc.property(some, notZero, (a, b) => equal(multiply(divide(a, b), b), a)));
    expect(() => divide(ONE, ZERO)).toThrow(RangeError);
  });

  test('compares as numbers do', () => {
    holds(
      (a, b, c) =>
        Math.sign(compare(a, b)) === -Math.sign(compare(b, a)) &&
        (compare(a, b) > 0 || compare(b, c) > 0 || compare(a, c) <= 0),
    );
    holds((a, b) => (compare(a, b) === 0) === equal(a, b));
    holds((a, b) => equal(add(least(a, b), greatest(a, b)), add(a, b)));
    expect(compare(fraction(1n, 3n), exact('0.3333333333'))).toBeGreaterThan(0);
  });

  test('is read as it is written', () => {
    fc.assert(fc.property(some, (a) => equal(exact(written(a)), a)));
    expect(['30', '8.50', '-0.5', '100/3', '6/4'].map((text) => written(exact(text)))).toEqual([
      '30',
      '17/2',
      '-1/2',
      '100/3',
      '3/2',
    ]);
    for (const text of ['', '1e3', '1/0', '０.5', '.5', '5.', '1 000', 'NaN', '1/-2', '--1'])
      expect(readExact(text), text).toBeUndefined();
    const long = `${7n ** 900n}/${3n ** 900n}`;
    expect(written(exact(long))).toBe(long);
    expect(() => exact('优', 'marks')).toThrow(DomainError);
  });

  test('has a mean that is not rounded', () => {
    expect(written(mean(['6', '6', '7'].map((each) => exact(each))))).toBe('19/3');
    fc.assert(
      fc.property(fc.array(some, { minLength: 1 }), (values) =>
        equal(multiply(mean(values), whole(values.length)), sum(values)),
      ),
    );
    expect(written(percent(exact('12.5')))).toBe('1/8');
  });

  it('is shown rounded half up (四舍五入), away from zero', () => {
    const cases: [string, number, string][] = [
      ['2.345', 2, '2.35'],
      ['2.3449999', 2, '2.34'],
      ['-2.345', 2, '-2.35'],
      ['100/3', 2, '33.33'],
      ['200/3', 2, '66.67'],
      ['0.5', 0, '1'],
      ['-0.4', 0, '0'],
      ['1/1000', 2, '0.00'],
      ['7', 3, '7.000'],
    ];
    for (const [text, digits, expected] of cases) expect(shown(exact(text), digits), text).toBe(expected);
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 6 }), (a, digits) => {
        const off = subtract(exact(shown(a, digits)), a);
        const size = off.n < 0n ? subtract(ZERO, off) : off;
        return compare(size, fraction(1n, 2n * 10n ** BigInt(digits))) <= 0;
      }),
    );
  });
});
