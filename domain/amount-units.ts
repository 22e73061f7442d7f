import { halfWidthOf, seenOf } from './text.ts';

// In which unit a column of amounts is: by its heading, or by what stands above the table. What is not understood is
// not yuan: such a column is not read at all.

/** Words of a heading in Latin letters that only say what the amount is. */
const LATIN = new Set(
  (
    'amount amt budget ceiling cny control credit credited deposit estimate estimated fee in income incoming limit max ' +
    'maximum money of paid payment price project receipt receipts received rmb sum tender the total transaction value yuan'
  ).split(' '),
);
/** What a heading in Chinese may have of a unit or a currency; 分 of 分包 is none. */
const MONEY = /[十百千万亿兆拾佰仟萬億元圆圓块角毛厘币幣镑鎊铢盾美港欧歐]|分(?![包项标批类])|卢布|法郎|外汇/;
/** Remarks in brackets that leave the unit as it is. */
const REMARK =
  /^(?:不?含(?:增值)?税|税[前后]|未税|[总合][价计额]|最高(?:投标)?限价|控制价|拦标价|小写|必填|选填|收入|贷方?|收方?)$/;

const CNY = '(?:人民币|RMB|CNY|¥)?';
const UNIT = new RegExp(
  `^(?:(?:金额|货币|计价|币种)?单位|以)?${CNY}(?:(?<unit>[十百千万亿]*元|[十百千万亿]+)${CNY}|(?<=.))计?$`,
  'i',
);
/** Other writings of a unit, and the one that is read. */
export const WRITTEN_UNITS: readonly (readonly [RegExp, string])[] = [
  [/拾/g, '十'],
  [/佰/g, '百'],
  [/仟/g, '千'],
  [/萬/g, '万'],
  [/億/g, '亿'],
  [/[圆圓]/g, '元'],
];

/** `元`, `百万元`; empty where only the currency is named; undefined for another one, or what is no unit. */
function unitOf(text: string): string | undefined {
  if (/^yuan$/i.test(text)) return '元';
  let plain = text.replaceAll(/[()]/g, '');
  for (const [written, read] of WRITTEN_UNITS) plain = plain.replace(written, read);
  const found = UNIT.exec(plain);
  if (!found) return undefined;
  const { unit } = found.groups ?? {};
  if (unit === undefined) return /^(?:人民币|RMB|CNY|¥)$/i.test(plain) ? '' : undefined;
  return unit.endsWith('元') ? unit : `${unit}元`;
}

/** Whether a part of a heading only says what the amount is. */
function isLabel(text: string): boolean {
  const words = text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[a-z]+/g);
  const isWritten = /^[\p{L}\s]*$/u.test(text) && !MONEY.test(text.replaceAll(/本币|人民币/g, ''));
  return isWritten && (words ?? []).every((word) => LATIN.has(word));
}

/** `预算万元`: the unit at the end of a part. */
function unitAtEnd(text: string): string | undefined {
  const [, label = '', unit] = /^(.*?)((?:单位)?[十百千万亿拾佰仟萬億]*[元圆圓])$/.exec(text) ?? [];
  // 日元, 加元.
  if (unit === undefined || /[日韩澳加英瑞新泰台]$/.test(label) || !isLabel(label)) return undefined;
  return unitOf(unit);
}

const halfWidth = (text: string): string =>
  halfWidthOf(seenOf(text))
    .replaceAll(/[[{【〔「〈《<]/g, '(')
    .replaceAll(/[\]}】〕」〉》>]/g, ')');

/** Null where it names none. Undefined where any of it is neither what amounts are called nor a unit of yuan. */
function unitInHeading(heading: string): string | null | undefined {
  const plain = halfWidth(heading).replaceAll(/(?<=\p{Script=Han})\s+|\s+(?=\p{Script=Han})/gu, '');
  const units = new Set<string>();
  for (const [index, part] of plain.split(/\(([^()]*)\)/).entries()) {
    const isBracketed = index % 2 === 1;
    for (const each of part.split(/[,;、/_|*:.-]/)) {
      const text = each.trim();
      if (text === '' || /^(?:金额|货币|计价|币种)?单位$/.test(text)) continue;
      const unit = unitOf(text) ?? (isBracketed ? undefined : unitAtEnd(text));
      if (unit !== undefined) units.add(unit);
      else if (!(isBracketed ? REMARK.test(text) : isLabel(text))) return undefined;
    }
  }
  units.delete('');
  return units.size > 1 ? undefined : ([...units][0] ?? null);
}

/** `金额单位：万元`, `币种：美元`, in one cell or in two. */
const SAID_ABOVE =
  /(?<what>(?:金额|货币|计价|币种)?单\s*位|币\s*[种别]|货币|\bunits?\b|\bcurrency\b)\s*(?<colon>[:为]?)\s*(?<said>[^,;。()\s]*(?:\([^()]*\))?)/giu;
/** What looks like a unit of money; what a table was prepared by (单位：某市财政局) does not. */
const OTHER_UNIT =
  /^(?:[十百千万亿]*[元圆分角毛厘]|.{0,4}[元圆币镑金]|[a-z$€£¥]{1,4}|.*(?:yuan|cents?|dollars?|fen))$/i;

/** Null where none is named, undefined where one is named that is not understood, or two are. */
function unitAbove(rows: readonly (readonly string[])[]): string | null | undefined {
  const units = new Set<string | undefined>();
  for (const row of rows) {
    const cells = row.map(halfWidth).filter((cell) => cell !== '');
    const text = cells.join(',').replaceAll(/(单\s*位|币\s*[种别]|货币|units?|currency)\s*:?\s*,/gi, '$1:');
    for (const { groups } of text.matchAll(SAID_ABOVE)) {
      const { what = '', colon = '', said = '' } = groups ?? {};
      const unit = unitOf(said);
      const isOfMoney = /^(?:单\s*位|units?)$/i.test(what) ? OTHER_UNIT.test(said) : said !== '';
      if (unit !== undefined) units.add(unit);
      else if (isOfMoney && (colon !== '' || /.单\s*位/.test(what))) units.add(undefined);
    }
  }
  units.delete('');
  return units.size > 1 ? undefined : units.size === 0 ? null : [...units][0];
}

/**
 * The unit of a column of amounts, as `万元` for `预算金额（万元）`; null where nothing names one, so that they are in yuan.
 * Undefined where anything named is not understood, as another currency, 分, or two units: no amount can be read then.
 * @param above the cells of the rows above the heading, which may name the unit of the whole table
 */
export function unitOfColumn(heading: string, above: readonly (readonly string[])[] = []): string | null | undefined {
  const own = unitInHeading(heading);
  return own === null ? unitAbove(above) : own;
}

/** Why the amounts of a column are not read. */
export const unitUnknown = (heading: string): { readonly zh: string; readonly en: string } => ({
  zh: `「${heading}」列的金额单位不能识别（见列名，或表头以上的说明），未按元读取；应为元、千元、万元、亿元等人民币单位`,
  en: `The unit of the column "${heading}" is not known (see its heading, or what stands above it), so it was not read as yuan; it must be 元, 千元, 万元, 亿元 or the like`,
});
