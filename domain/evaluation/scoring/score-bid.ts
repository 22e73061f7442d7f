import {
  criteriaOf,
  PARTS,
  type Criterion,
  type Part,
  type Scheme,
  type SubjectiveCriterion,
} from '../scheme/scheme.ts';
import {
  add,
  compare,
  exact,
  mean,
  multiply,
  percent,
  ONE,
  sum,
  written,
  ZERO,
  type Exact,
  type Fraction,
} from './fraction.ts';
import type { BidFacts, GroupFacts, ScoringLaw } from './input.ts';
import { objectivePoints } from './objective.ts';
import { evaluatedPrice } from './price.ts';
import { pricePoints, pricesOfAll, type PricesOfAll } from './price-points.ts';
import { Steps, type Step } from './steps.ts';

/** From this number of marks on the highest and the lowest may be left out. */
const TRIM_FROM = 5;

/** What one bid is worth, and how that came about. */
export interface BidScore {
  readonly bidId: string;
  readonly steps: readonly Step[];
  /** 评标价, fen. */
  readonly evaluatedFen: Exact;
  /** Of each part, before weights; null: the price decides. */
  readonly parts: Readonly<Record<Part, Exact>> | null;
  readonly total: Exact | null;
}

/**
 * Scores one bid. It needs nothing of the others but `group`, so that a bidder recomputes its own from its score sheet.
 * @param all of `group`, where it was read before
 * @throws DomainError `bad-input` where a mark or a value is no number
 */
export function scoreBid(
  scheme: Scheme,
  law: ScoringLaw,
  bid: BidFacts,
  group: GroupFacts,
  all: PricesOfAll = pricesOfAll(group),
): BidScore {
  const steps = new Steps(scheme.digits);
  const { price, bonus } = evaluatedPrice(scheme, law, bid, group.mixedOrigin, steps);
  const evaluatedFen = written(price);
  if (law.by === 'price') return { bidId: bid.bidId, steps: steps.all, evaluatedFen, parts: null, total: null };
  const pointsOf = (criterion: Criterion): Fraction => {
    switch (criterion.kind) {
      case 'price':
        return withBonus(pricePoints(criterion, price, all, law.formula, steps), bonus, steps);
      case 'objective':
        return addObjective(criterion, bid, group, steps);
      case 'subjective':
        return addSubjective(criterion, scheme.marks, bid.marks[criterion.key] ?? [], steps);
    }
  };
  const parts: Partial<Record<Part, Fraction>> = {};
  let total = ZERO;
  for (const part of PARTS) {
    const points = criteriaOf(scheme, part).map(pointsOf);
    parts[part] = addPart(part, points, steps);
    total = add(total, weighted(scheme, part, parts[part], law.weights, steps));
  }
  steps.add({
    key: 'total',
    zh: '总得分',
    en: 'Total',
    rule: law.weights,
    inputs: {},
    formula: scheme.weights ? 'Σ points of parts × weights' : 'Σ points of parts',
    result: total,
    unit: 'points',
  });
  const writtenParts = Object.fromEntries(PARTS.map((part) => [part, written(parts[part] ?? ZERO)]));
  return {
    ...{ bidId: bid.bidId, steps: steps.all, evaluatedFen },
    parts: writtenParts as Record<Part, Exact>,
    total: written(total),
  };
}

const PART: Readonly<Record<Part, { readonly zh: string; readonly en: string }>> = {
  technical: { zh: '技术部分得分', en: 'Technical part' },
  commercial: { zh: '商务部分得分', en: 'Commercial part' },
  price: { zh: '价格部分得分', en: 'Price part' },
};

function addPart(part: Part, points: readonly Fraction[], steps: Steps): Fraction {
  if (points.length === 0) return ZERO;
  return steps.add({
    key: `part.${part}`,
    ...PART[part],
    inputs: {},
    formula: 'Σ points',
    result: sum(points),
    unit: 'points',
  });
}

function weighted({ weights }: Scheme, part: Part, points: Fraction, rule: string | null, steps: Steps): Fraction {
  if (!weights) return points;
  const weight = exact(weights[part], `weights.${part}`);
  if (weight.n === 0n) return ZERO;
  return steps.add({
    key: `weighted.${part}`,
    zh: `${PART[part].zh}×权重`,
    en: `${PART[part].en}, weighted`,
    rule,
    inputs: { points, weight },
    formula: 'points × weight',
    result: multiply(points, weight),
    unit: 'points',
  });
}

/** 财库〔2020〕46号 9: added to the points by the original price; they may exceed the criterion's own. */
function withBonus(points: Fraction, bonus: Fraction, steps: Steps): Fraction {
  if (bonus.n === 0n) return points;
  return steps.add({
    key: 'price.bonus',
    zh: '价格分加成',
    en: 'Bonus on the points of the price',
    inputs: { points, bonus },
    formula: 'points × (1 + bonus ÷ 100)',
    result: multiply(points, add(ONE, percent(bonus))),
    unit: 'points',
  });
}

function addObjective(
  criterion: Extract<Criterion, { kind: 'objective' }>,
  bid: BidFacts,
  group: GroupFacts,
  steps: Steps,
): Fraction {
  const { key, nameZh } = criterion;
  const value = bid.values[key];
  const found =
    value === undefined
      ? { points: ZERO, formula: 'no value', inputs: {} }
      : objectivePoints(criterion, value, group.best[key]);
  return steps.add({
    key: `criterion.${key}`,
    zh: `${nameZh}（客观）`,
    en: `${nameZh} (objective)`,
    inputs: found.inputs,
    formula: found.formula,
    result: found.points,
    unit: 'points',
  });
}

function addSubjective(
  { key, nameZh }: SubjectiveCriterion,
  how: Scheme['marks'],
  marks: readonly Exact[],
  steps: Steps,
): Fraction {
  // In the order of their size: a derivation does not say whose they are.
  const values = marks.map((mark) => exact(mark, key)).sort(compare);
  const trimmed = how === 'trimmed' && values.length >= TRIM_FROM;
  const kept = trimmed ? values.slice(1, -1) : values;
  return steps.add({
    key: `criterion.${key}`,
    zh: `${nameZh}（主观）`,
    en: `${nameZh} (subjective)`,
    inputs: { marks: values.map(written).join(' + '), count: String(kept.length) },
    formula: trimmed ? 'Σ (marks − highest − lowest) ÷ count' : 'Σ marks ÷ count',
    result: kept.length === 0 ? ZERO : mean(kept),
    unit: 'points',
  });
}
