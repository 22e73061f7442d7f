import type { PriceBase, PriceCriterion } from '../scheme/scheme.ts';
import {
  add,
  compare,
  divide,
  exact,
  greatest,
  mean,
  multiply,
  ONE,
  percent,
  subtract,
  whole,
  ZERO,
  type Exact,
  type Fraction,
} from './fraction.ts';
import type { GroupFacts } from './input.ts';
import type { Steps } from './steps.ts';

const HUNDRED = whole(100);

/** What price points depend on of the others: read once for all bids. */
export interface PricesOfAll {
  /** 评标价 of all valid bids, fen, lowest first. */
  readonly prices: readonly Fraction[];
  readonly ceilingFen: number | null;
}

export const pricesOfAll = ({ prices, ceilingFen }: GroupFacts): PricesOfAll => ({
  prices: prices.map((each) => exact(each, 'prices')),
  ceilingFen,
});

/**
 * 价格分 of an evaluated price, under a named formula of the documents.
 * `low-price-base` is that of 财政部令87号 55 and 财库〔2014〕214号 24: base ÷ price × weight × 100.
 */
export function pricePoints(
  criterion: PriceCriterion,
  price: Fraction,
  { prices, ceilingFen }: PricesOfAll,
  law: string | null,
  steps: Steps,
): Fraction {
  const { formula, points, key, nameZh } = criterion;
  const most = exact(points, key);
  const labels = { key: `criterion.${key}`, zh: nameZh, en: 'Points of the price', rule: law, unit: 'points' } as const;
  if (formula.name === 'low-price-base') {
    const base = lowest(prices);
    steps.add({
      key: 'price.base',
      zh: '评标基准价：有效报价中的最低评标价',
      en: 'Base: the lowest evaluated price of the valid bids',
      rule: law,
      inputs: {},
      formula: 'min(prices)',
      result: base,
      unit: 'fen',
    });
    const found = price.n === 0n ? most : multiply(most, divide(base, price));
    return steps.add({ ...labels, inputs: { base, price, max: most }, formula: 'base ÷ price × max', result: found });
  }
  const base = baseOf(formula.base, prices, ceilingFen, law, steps);
  const off = base.n === 0n ? ZERO : multiply(divide(subtract(price, base), base), HUNDRED);
  steps.add({
    key: 'price.deviation',
    zh: '偏差率：（评标价 − 基准价）÷ 基准价',
    en: 'Deviation from the base',
    rule: law,
    inputs: { price, base },
    formula: '(price − base) ÷ base × 100',
    result: off,
    unit: 'percent',
  });
  const above = off.n > 0n;
  const each = exact(above ? formula.above : formula.below, key);
  const size = above ? off : subtract(ZERO, off);
  const result = greatest(subtract(most, multiply(size, each)), exact(formula.least, key));
  return steps.add({
    ...labels,
    inputs: { max: most, deviation: off, each, least: exact(formula.least, key) },
    formula: 'max(max − |deviation| × each, least)',
    result,
  });
}

const lowest = (prices: readonly Fraction[]): Fraction =>
  prices.reduce((low, each) => (compare(each, low) < 0 ? each : low), prices[0] ?? ZERO);

/** 评标基准价 by the mean. `prices` are in order, lowest first. */
function baseOf(
  base: PriceBase,
  prices: readonly Fraction[],
  ceilingFen: number | null,
  law: string | null,
  steps: Steps,
): Fraction {
  const factor = subtract(ONE, percent(exact(base.down, 'down')));
  const from = base.of === 'lowest' ? lowest(prices) : meanOf(base, prices, steps, law);
  const mixed = base.of === 'mean-and-ceiling' && ceilingFen !== null;
  const share = mixed ? exact(base.ceilingShare ?? '0', 'ceilingShare') : ZERO;
  const ceiling = whole(ceilingFen ?? 0);
  const result = multiply(add(multiply(from, subtract(ONE, share)), multiply(ceiling, share)), factor);
  return steps.add({
    key: 'price.base',
    zh: '评标基准价',
    en: 'Base price',
    rule: law,
    inputs: {
      ...(base.of === 'lowest' ? { lowest: from } : { mean: from }),
      ...(mixed ? { ceiling, share } : {}),
      factor,
    },
    formula: mixed
      ? '(mean × (1 − share) + ceiling × share) × factor'
      : `${base.of === 'lowest' ? 'lowest' : 'mean'} × factor`,
    result,
    unit: 'fen',
  });
}

function meanOf(
  { trim, trimFrom }: PriceBase,
  prices: readonly Fraction[],
  steps: Steps,
  law: string | null,
): Fraction {
  const cut = trim > 0 && prices.length >= trimFrom && prices.length > 2 * trim ? trim : 0;
  const kept = prices.slice(cut, prices.length - cut);
  const inputs: Record<string, Exact> = { prices: String(prices.length), left: String(kept.length) };
  return steps.add({
    key: 'price.mean',
    zh: cut > 0 ? `评标价的算术平均值（去掉最高、最低各 ${cut} 个）` : '评标价的算术平均值',
    en: cut > 0 ? `Mean of the prices without the ${cut} highest and lowest` : 'Mean of the prices',
    rule: law,
    inputs,
    formula: 'Σ prices ÷ left',
    result: kept.length === 0 ? ZERO : mean(kept),
    unit: 'fen',
  });
}
