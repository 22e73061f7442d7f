import { WRITTEN_UNITS } from './amount-units.ts';
import { halfWidthOf } from './text.ts';

/** Digits as written in Chinese, in words and in financial capitals (大写), with their traditional forms. */
const DIGITS = ['零〇○', '一壹弌', '二贰貳弍两兩', '三叁參叄参', '四肆', '五伍', '六陆陸', '七柒', '八捌', '九玖'];
const WRITTEN: readonly (readonly [RegExp, string])[] = [...WRITTEN_UNITS, [/正$/, '整']];

const YUAN = '人民币|RMB|CNY|¥';
/** What a field of one amount is called: nothing else may stand before the amount. */
const LABEL = new RegExp(
  '^(?:本?(?:项目|采购|招标|包|标段)?(?:总?预算(?:总?金额|价)?|(?:投标|采购)?最高(?:投标)?限价|(?:招标)?控制价|拦标价|(?:合同)?估算(?:价|金额)|(?:中标|成交|合同|投标)?(?:总?金额|总价|价|报价))' +
    '(?:\\((?<unit>[十百千万亿]*元)\\))?(?:为|是|[:=])*)',
);
const PREFIX = new RegExp(`^(?:(?:${YUAN}|大写|小写)[:(]?)*`);
const SUFFIX = new RegExp(`(?:\\((?:${YUAN})\\)|${YUAN})$`);
/** `179.3(万元)`, `179.3(单位:万元)`. */
const BRACKETED = /^([\d.,]+)\((?:单位:?)?(?:人民币)?([十百千万亿]*元)\)$/;

/** Millionths of a millionth of a yuan: finer than any amount that is written. */
const DECIMALS = 12;
const ONE = 10n ** BigInt(DECIMALS);
const FEN = ONE / 100n;

/** A number as far as it is read: whole in its unit, or with decimals, after which nothing can follow. */
interface Part {
  readonly value: bigint;
  readonly decimals: boolean;
}

const NUMBER = /^(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/;

function numberOf(text: string): Part | undefined {
  const found = NUMBER.exec(text);
  if (!found) return undefined;
  const decimals = (found[1] ?? '').replace(/0+$/, '');
  if (decimals.length > DECIMALS) return undefined;
  const whole = text.replace(/\..*$/, '').replaceAll(',', '');
  return { value: BigInt(whole + decimals.padEnd(DECIMALS, '0')), decimals: decimals !== '' };
}

const UNITS: readonly (readonly [unit: string, size: bigint])[] = [
  ['亿', 100_000_000n],
  ['万', 10_000n],
  ['千', 1_000n],
  ['百', 100n],
  ['十', 10n],
];

/**
 * `3千5百万`, `1亿2000万`, `三千零五`: from the largest unit down. What stands after a unit without one of its own is read where it is
 * clear: after 零, or where it fills all places below (1万5000). 一百二 and 3千5 are 120 and 3,500 to some, 102 and 3,005 to others.
 */
function valueOf(text: string): Part | undefined {
  const [unit, size] = UNITS.find(([each]) => text.includes(each)) ?? [];
  if (unit === undefined || size === undefined) return numberOf(text);
  const at = text.lastIndexOf(unit);
  const before = text.slice(0, at);
  // 十万 is 一十万.
  const left = before === '' && unit === '十' ? { value: ONE, decimals: false } : valueOf(before);
  if (!left) return undefined;
  const value = left.value * size;
  const after = text.slice(at + 1);
  if (after === '') return { value, decimals: left.decimals };
  const zero = /^0+(?=[\d十])/.test(after);
  const rest = after.replace(/^0+(?=[\d十])/, '');
  const right = valueOf(rest);
  if (!right || left.decimals || right.value >= size * ONE) return undefined;
  const bare = NUMBER.test(rest);
  if (bare && !zero && unit !== '十' && right.value * 10n < size * ONE) return undefined;
  return { value: value + right.value, decimals: right.decimals };
}

/** `2000元5角`: yuan, and what is less. */
function yuanOf(text: string): bigint | undefined {
  const [, yuan, jiao, fen] = /^(?:(.+?)元?)??(?:0?(\d)角)?(?:0?(\d)分)?整?$/.exec(text) ?? [];
  const small = jiao !== undefined || fen !== undefined;
  if (yuan === undefined && !small) return undefined;
  const part: Part | undefined = yuan === undefined ? { value: 0n, decimals: false } : valueOf(yuan.replace(/元$/, ''));
  if (!part || (small && (part.decimals || !(yuan === undefined || text.includes('元'))))) return undefined;
  return part.value + BigInt(jiao ?? 0) * FEN * 10n + BigInt(fen ?? 0) * FEN;
}

/** Chinese digits as Arabic ones; undefined where two stand together, as in 三五: that is no amount in words. */
function inDigits(text: string): string | undefined {
  let plain = text;
  DIGITS.forEach((written, digit) => {
    plain = plain.replace(new RegExp(`[${written}]`, 'g'), `\u0001${digit}`);
  });
  if (/\u0001[1-9][\u0001\d.,]|\d\u0001/.test(plain.replaceAll('\u00010', '\u0002'))) return undefined;
  return plain.replaceAll('\u0001', '');
}

function one(text: string): number | undefined {
  const label = LABEL.exec(text);
  const unit = label?.groups?.['unit'] ?? '';
  let plain = text.slice(label?.[0].length ?? 0);
  plain = plain.replace(PREFIX, '').replace(SUFFIX, '');
  plain = plain.replace(BRACKETED, '$1$2');
  if (unit !== '') plain = NUMBER.test(plain) ? plain + unit : plain;
  for (const [written, read] of WRITTEN) plain = plain.replace(written, read);
  const digits = inDigits(plain);
  const value = digits === undefined ? undefined : yuanOf(digits);
  if (value === undefined || value % FEN !== 0n) return undefined;
  const amount = Number(value / FEN);
  return Number.isSafeInteger(amount) ? amount : undefined;
}

/** Of a number in a spreadsheet 15 digits are kept: the rest is the error of binary fractions. */
const ofNumber = (given: number): string => String(Number(given.toPrecision(15)));

/**
 * Fen of one amount in yuan: `1,436,000.00元`, `3千万`, `179.3(万元)`, `最高限价1377750.64元`, `人民币叁佰万元整(¥3,000,000.00)`, or a number of
 * yuan. Undefined where any of it is not understood: another currency, two amounts, a fraction of a fen, groups of digits that are none.
 */
export function readAmountFen(given: string | number): number | undefined {
  const text = halfWidthOf(typeof given === 'number' ? ofNumber(given) : given).trim();
  // A space between digits is no separator that anybody can rely on.
  if (/\d\s+\d/.test(text)) return undefined;
  const plain = text.replace(/[ \t\r\n]/g, '');
  const amount = one(plain);
  if (amount !== undefined) return amount;
  // The same amount again, in words or in digits.
  const [, first, second] = new RegExp(`^(.+?)\\(((?:大写|小写|${YUAN}).+)\\)$`).exec(plain) ?? [];
  if (first === undefined || second === undefined) return undefined;
  const written = one(first);
  return written === one(second) ? written : undefined;
}

/** A number of a column in the unit of that column; an amount with a unit of its own is not changed. */
export function inUnitOf(unit: string | null, given: string | number): string | number {
  const number = typeof given === 'number' ? ofNumber(given) : halfWidthOf(given).trim();
  return unit !== null && NUMBER.test(number) ? `${number}(${unit})` : given;
}
