import type { PriceCorrection } from '../../decisions.ts';
import { limitOf, type PriceLimits } from '../price-limits.ts';
import type { Preference, PreferenceKey, Scheme } from '../scheme/scheme.ts';
import {
  add,
  compare,
  exact,
  greatest,
  multiply,
  ONE,
  percent,
  subtract,
  sum,
  whole,
  ZERO,
  type Fraction,
} from './fraction.ts';
import type { BidFacts, ScoringLaw } from './input.ts';
import type { Steps } from './steps.ts';

// From the price of the opened bid to 评标价: corrections, deviations in money, reductions by policy.

const CORRECTION: Readonly<Record<PriceCorrection['step'], { readonly zh: string; readonly en: string }>> = {
  'opening-list': { zh: '以开标一览表为准', en: 'the opening list prevails' },
  words: { zh: '以大写金额为准', en: 'the amount in words prevails' },
  decimal: { zh: '单价小数点错位，以总价修正', en: 'a misplaced point in a unit price, by the total' },
  sum: { zh: '以单价计算结果为准', en: 'the total by unit prices' },
  'unit-price': { zh: '以单价为准', en: 'the unit price prevails' },
};

const PREFERENCE: Readonly<Record<PreferenceKey, { readonly zh: string; readonly en: string }>> = {
  'small-firm': { zh: '小微企业', en: 'small firm' },
  'small-firm-share': { zh: '联合体、分包中的小微企业份额', en: 'share of small firms' },
  'domestic-product': { zh: '本国产品', en: 'domestic product' },
};

/** Why a price is not that of a lawful correction; null: it is. */
export function correctionFault(
  law: ScoringLaw,
  { corrections, priceFen }: Pick<BidFacts, 'corrections' | 'priceFen'>,
): 'step' | 'order' | 'unchanged' | null {
  let [place, price] = [-1, priceFen];
  for (const { step, toFen } of corrections) {
    const at = law.correction.steps.indexOf(step);
    if (at < 0) return 'step';
    if (at <= place) return 'order';
    if (toFen === price) return 'unchanged';
    [place, price] = [at, toFen];
  }
  return null;
}

/** The price that counts: corrected, where the bidder confirmed it or has not answered yet. */
export function countedFen(
  { unconfirmed }: Pick<ScoringLaw, 'unconfirmed'>,
  { priceFen, corrections, confirmed }: BidFacts,
): number {
  const opened = confirmed === false && unconfirmed.effect === 'opened-price';
  return opened ? priceFen : (corrections.at(-1)?.toFen ?? priceFen);
}

/** Whether it is above what no price may be above. */
export function overLimit(law: ScoringLaw, limits: PriceLimits, bid: BidFacts): number | null {
  const limit = limitOf(law.overPrice.budget, limits);
  return limit !== null && countedFen(law, bid) > limit ? limit : null;
}

/** What a bid is granted; a firm that is small itself has no need of its share. */
export function grantedOf(
  scheme: Pick<Scheme, 'preferences'>,
  { claims }: Pick<BidFacts, 'claims'>,
  mixedOrigin: boolean,
): Preference[] {
  const claimed = (key: PreferenceKey, minShare: string | undefined): boolean => {
    const claim = claims.find((each) => each.key === key);
    if (!claim?.granted) return false;
    return minShare === undefined || compare(exact(claim.share ?? '0', key), exact(minShare, key)) >= 0;
  };
  const granted = scheme.preferences.filter(({ key, minShare }) => claimed(key, minShare));
  const small = granted.some(({ key }) => key === 'small-firm');
  return granted.filter(
    ({ key }) => !(key === 'small-firm-share' && small) && !(key === 'domestic-product' && !mixedOrigin),
  );
}

/** Reductions (or bonuses) together, in percent of the price. */
export function stacked(stacking: Scheme['stacking'], rates: readonly Fraction[]): Fraction {
  switch (stacking) {
    case 'sum':
      return sum(rates);
    case 'greatest':
      return rates.reduce(greatest, ZERO);
    case 'chain': {
      const left = rates.reduce((rest, rate) => multiply(rest, subtract(ONE, percent(rate))), ONE);
      return multiply(subtract(ONE, left), whole(100));
    }
  }
}

/** @returns 评标价 (fen) with each step from the opened price, and the bonus in percent on the price points */
export function evaluatedPrice(
  scheme: Scheme,
  law: ScoringLaw,
  bid: BidFacts,
  mixedOrigin: boolean,
  steps: Steps,
): { readonly price: Fraction; readonly bonus: Fraction } {
  let price = steps.add({
    key: 'price.opened',
    zh: '开标报价',
    en: 'Price of the opened bid',
    inputs: {},
    formula: 'opened',
    result: whole(bid.priceFen),
    unit: 'fen',
  });
  const counted = countedFen(law, bid);
  bid.corrections.forEach(({ step, toFen, noteZh }, index) => {
    if (counted === bid.priceFen && bid.confirmed === false) return;
    price = steps.add({
      key: `price.correction.${index + 1}`,
      zh: `报价修正：${CORRECTION[step].zh}（${noteZh}）`,
      en: `Correction: ${CORRECTION[step].en}`,
      rule: law.correction.rule,
      inputs: { before: price },
      formula: step,
      result: whole(toFen),
      unit: 'fen',
    });
  });
  const base = price;
  for (const { key, nameZh, fenPerUnit, unit } of scheme.adjustments) {
    const units = exact(bid.deviations[key] ?? '0', key);
    if (units.n === 0n) continue;
    price = steps.add({
      key: `price.adjustment.${key}`,
      zh: `商务偏差价格调整：${nameZh}`,
      en: `Deviation in money: ${nameZh}`,
      rule: law.adjustments,
      inputs: { price, units, fenPerUnit: whole(fenPerUnit) },
      formula: `price + units × fen per ${unit}`,
      result: add(price, multiply(units, whole(fenPerUnit))),
      unit: 'fen',
    });
  }
  const granted = grantedOf(scheme, bid, mixedOrigin);
  const ratesOf = (form: Preference['form']): Fraction[] =>
    granted
      .filter((each) => each.form === form)
      .map(({ key, percent: rate }) =>
        steps.add({
          key: `preference.${key}`,
          zh: `${PREFERENCE[key].zh}：${form === 'reduction' ? '价格扣除' : '价格分加成'}`,
          en: `${PREFERENCE[key].en}: ${form === 'reduction' ? 'reduction of the price' : 'bonus on the points of the price'}`,
          rule: law.preferences[key] ?? null,
          inputs: {},
          formula: 'rate',
          result: exact(rate, key),
          unit: 'percent',
        }),
      );
  const reductions = ratesOf('reduction');
  if (reductions.length > 0) {
    const rate = stacked(scheme.stacking, reductions);
    price = steps.add({
      key: 'price.reduction',
      zh: '价格扣除',
      en: 'Reduction of the price',
      inputs: { price, base, rate },
      formula: 'price − base × rate ÷ 100',
      result: subtract(price, multiply(base, percent(rate))),
      unit: 'fen',
    });
  }
  steps.add({
    key: 'price.evaluated',
    zh: '评标价',
    en: 'Evaluated price',
    rule: law.method,
    inputs: {},
    formula: 'as above',
    result: price,
    unit: 'fen',
  });
  return { price, bonus: stacked(scheme.stacking, ratesOf('bonus')) };
}
