import { DomainError } from '../../errors.ts';

// Exact numbers. Points, rates and prices are compared as fractions and never rounded; only what is shown is.

/** A fraction in lowest terms; `d` is positive. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

/** An exact number as it is written in documents, sheets and files: `30`, `8.5`, `-2`, `100/3`. */
export type Exact = string;

const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/;
/** A total of many criteria, each in proportion to another value, has long ones. */
const RATIO = /^(-?\d{1,4000})\/(\d{1,4000})$/;

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Of numbers from 0 on. Small ones, which nearly all are, are counted without BigInt. */
function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (x > SAFE || y > SAFE) {
    if (y === 0n) return x;
    [x, y] = [y, x % y];
  }
  let [small, rest] = [Number(x), Number(y)];
  while (rest !== 0) [small, rest] = [rest, small % rest];
  return BigInt(small);
}

/** @throws RangeError where `d` is zero */
export function fraction(n: bigint, d = 1n): Fraction {
  if (d === 0n) throw new RangeError('a fraction without a denominator');
  if (d === 1n) return { n, d };
  const [top, bottom] = d < 0n ? [-n, -d] : [n, d];
  const common = gcd(top < 0n ? -top : top, bottom);
  return common === 1n ? { n: top, d: bottom } : { n: top / common, d: bottom / common };
}

export const ZERO = fraction(0n);
export const ONE = fraction(1n);
const PERCENT = 100n;

/** Of an amount in fen, or of a count. */
export const whole = (value: number | bigint): Fraction => fraction(BigInt(value));

/** Marks are the same few numbers many times: those read are kept, so many at most. */
const KEPT = 10_000;
const kept = new Map<Exact, Fraction>();

/** What is written; undefined where it is no number. */
export function readExact(text: Exact): Fraction | undefined {
  const before = kept.get(text);
  if (before) return before;
  const value = parse(text);
  if (value && kept.size < KEPT) kept.set(text, value);
  return value;
}

function parse(text: Exact): Fraction | undefined {
  const decimal = DECIMAL.exec(text);
  if (decimal) {
    const [, sign = '', units = '', decimals = ''] = decimal;
    return fraction(BigInt(`${sign}${units}${decimals}`), 10n ** BigInt(decimals.length));
  }
  const [, n, d] = RATIO.exec(text) ?? [];
  return n === undefined || d === undefined || BigInt(d) === 0n ? undefined : fraction(BigInt(n), BigInt(d));
}

/** @throws DomainError `bad-input` where it is no number */
export function exact(text: Exact, field = 'number'): Fraction {
  const value = readExact(text);
  if (value) return value;
  throw new DomainError('bad-input', {
    messageZh: `${field} 不是数：「${text}」；应写成整数、小数（8.5）或者分数（100/3）`,
    messageEn: `${field} is not a number: "${text}"; write a whole number, a decimal (8.5) or a fraction (100/3)`,
    details: { field, given: text },
  });
}

/** In its only way of being written: `5`, `17/2`. */
export const written = ({ n, d }: Fraction): Exact => (d === 1n ? `${n}` : `${n}/${d}`);

export const add = (a: Fraction, b: Fraction): Fraction =>
  a.d === b.d ? fraction(a.n + b.n, a.d) : fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.n, a.d * b.d);
/** @throws RangeError where `b` is zero */
export const divide = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d, a.d * b.n);

/** Negative where `a` is less, 0 where they are equal. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.d === b.d ? a.n - b.n : a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export const equal = (a: Fraction, b: Fraction): boolean => a.n === b.n && a.d === b.d;
export const least = (a: Fraction, b: Fraction): Fraction => (compare(a, b) <= 0 ? a : b);
export const greatest = (a: Fraction, b: Fraction): Fraction => (compare(a, b) >= 0 ? a : b);

/** Reduced once, at the end. */
export function sum(values: readonly Fraction[]): Fraction {
  let [n, d] = [0n, 1n];
  for (const value of values) {
    if (value.d === d) n += value.n;
    else [n, d] = [n * value.d + value.n * d, d * value.d];
  }
  return fraction(n, d);
}

/** 算术平均. @throws RangeError of no values */
export const mean = (values: readonly Fraction[]): Fraction => divide(sum(values), whole(values.length));

/** `value` %. */
export const percent = (value: Fraction): Fraction => divide(value, whole(PERCENT));

/** Half of the last place is rounded away from zero (四舍五入). For showing only. */
export function shown({ n, d }: Fraction, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const size = n < 0n ? -n : n;
  const rounded = (size * scale * 2n + d) / (2n * d);
  const text = `${rounded}`.padStart(digits + 1, '0');
  const sign = n < 0n && rounded !== 0n ? '-' : '';
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
