import type { AwardItem } from '../decisions.ts';
import { yuan } from '../law/catalogue.ts';
import { logicViolation, type Violation } from '../law/violation.ts';
import type { ProcedureWords } from '../procedures/words.ts';
import { looksOf } from '../text.ts';

// What is stated of a bid beside its price: it is what the opened bid promises, and no part costs more than the whole.

/** 唱标: what was read out of a bid. Null or absent: it states none, or was not sealed. */
export interface OpenedFigures {
  readonly periodDays?: number | null | undefined;
  readonly quality?: string | null | undefined;
}

/** What a report, or a notice, states of a candidate. */
export interface StatedOfBid {
  readonly priceFen: number;
  readonly period?: string | null | undefined;
  readonly quality?: string | null | undefined;
  readonly items?: readonly AwardItem[] | null | undefined;
}

type Words = Pick<ProcedureWords, 'bid'>;

/** What contradicts the opened bid, with the field of each below `at` (`candidates[0]`; empty: of the notice itself). */
export function checkStated(words: Words, at: string, stated: StatedOfBid, opened: OpenedFigures): Violation[] {
  const place = at === '' ? '' : `${at}.`;
  return [
    ...checkPeriod(words, `${place}period`, stated.period, opened.periodDays),
    ...checkQuality(words, `${place}quality`, stated.quality, opened.quality),
    ...checkItems(`${place}items`, stated),
  ];
}

/** Numbers of days in a text, without days of the month: `180 日历天`. */
export function daysIn(text: string): number[] {
  const found = text.normalize('NFKC').matchAll(/(月\s*)?(\d+)\s*个?\s*(?:日历|自然)?(?:天|日(?!期))/gu);
  return [...found].filter(([, month]) => month === undefined).map(([, , days]) => Number(days));
}

function checkPeriod(
  words: Words,
  field: string,
  stated: StatedOfBid['period'],
  opened: OpenedFigures['periodDays'],
): Violation[] {
  if (!stated || typeof opened !== 'number' || daysIn(stated)[0] === opened) return [];
  return [
    logicViolation('opened-bid', 'block', {
      field,
      given: stated,
      limit: opened,
      messageZh: `所列工期（交货期）“${stated}”与开启的${words.bid}中的 ${opened} 日不一致，应当写明“${opened} 日历天”`,
      messageEn: `The stated time of performance is not that of the opened bid, ${opened} days`,
    }),
  ];
}

function checkQuality(
  words: Words,
  field: string,
  stated: StatedOfBid['quality'],
  opened: OpenedFigures['quality'],
): Violation[] {
  if (!stated || !opened || looksOf(stated) === looksOf(opened)) return [];
  return [
    logicViolation('opened-bid', 'block', {
      field,
      given: stated,
      lawfulChoices: [opened],
      messageZh: `所列质量“${stated}”与开启的${words.bid}中的“${opened}”不一致`,
      messageEn: `The stated quality is not that of the opened bid, "${opened}"`,
    }),
  ];
}

/** How much of a unit is bought at least: `0.5 公里` is half of one; what is not read as less than one is one or more. */
function leastOf(quantity: string | undefined): number {
  const [number] = /^\d+(?:\.\d+)?/.exec((quantity ?? '').normalize('NFKC').trim()) ?? [];
  const read = number === undefined ? 1 : Number(number);
  return read > 0 && read < 1 ? read : 1;
}

/** 单价: one unit of each item together cost no more than the whole. */
function checkItems(field: string, { items, priceFen }: StatedOfBid): Violation[] {
  const costs = (items ?? []).map(({ unitPriceFen = 0, quantity }) => unitPriceFen * leastOf(quantity));
  const dear = costs.findIndex((fen) => fen > priceFen);
  const total = costs.reduce((sum, fen) => sum + fen, 0);
  if (total <= priceFen) return [];
  const given = dear < 0 ? Math.round(total) : (items?.[dear]?.unitPriceFen ?? null);
  return [
    logicViolation('amount', 'block', {
      field: dear < 0 ? field : `${field}[${dear}].unitPriceFen`,
      given,
      limit: priceFen,
      messageZh:
        dear < 0
          ? `各项单价合计 ${yuan(Math.round(total))} 元，高于总价 ${yuan(priceFen)} 元`
          : `单价 ${yuan(given ?? 0)} 元高于总价 ${yuan(priceFen)} 元`,
      messageEn:
        dear < 0
          ? `The unit prices together are ${yuan(Math.round(total))} yuan, above the price of ${yuan(priceFen)} yuan`
          : `The unit price of ${yuan(given ?? 0)} yuan is above the whole price of ${yuan(priceFen)} yuan`,
    }),
  ];
}
