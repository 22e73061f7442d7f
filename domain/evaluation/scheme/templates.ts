import type { Procedure } from '../../procedures/procedure.ts';
import { EVALUATION_METHODS, type EvaluationMethod } from '../methods.ts';
import { groundsOf } from '../report.ts';
import type { MethodDefinition } from './definition.ts';
import { boundsOf, preferencesOf, type LawFacts } from './law.ts';
import type { Criterion, Preference, PriceFormula, ReviewItem, Scheme } from './scheme.ts';

// A lawful scheme to begin with, by procedure and method: who drafts the documents changes names, points and requirements.

const TOTAL = 100;

/** Numbers of works documents that no text prescribes; each of them is the drafter's to change. */
const USUAL_DEVIATION: PriceFormula = {
  name: 'deviation',
  base: { of: 'mean', trim: 0, trimFrom: 0, down: '0' },
  above: '1',
  below: '0.5',
  least: '0',
};
const USUAL_DEVIATION_LIMIT = '0.3';
const USUAL_DIGITS = 2;

/** The methods of a procedure, each as a scheme. */
export const templatesOf = (definition: Procedure, facts: LawFacts): readonly Scheme[] =>
  EVALUATION_METHODS.flatMap((method) => templateOf(definition, method, facts) ?? []);

/** Null: the procedure does not have the method. */
export function templateOf(definition: Procedure, name: EvaluationMethod, facts: LawFacts): Scheme | null {
  const { scheme: own } = definition.evaluation;
  const method = own.methods[name];
  if (!method) return null;
  const criteria = criteriaFor(definition, method, facts);
  return {
    version: 1,
    method: name,
    ...reviewsOf(definition),
    criteria,
    total: String(TOTAL),
    fixedPrice: false,
    priceSecret: method.by === 'points',
    preferences: usualPreferences(definition, method, criteria, facts),
    stacking: own.preferences.stacking?.lawful ?? 'sum',
    adjustments: [],
    ties: method.ties.then === 'shared' ? [] : method.by === 'points' ? ['price', 'technical', 'draw'] : ['draw'],
    abnormalLow: own.abnormalLow.limits.map(({ of, percent }) => ({ of, percent })),
    marks: 'mean',
    deviationLimit: USUAL_DEVIATION_LIMIT,
    candidates: own.candidates.usual,
    separate: false,
    disclosure: 'own',
    digits: USUAL_DIGITS,
  };
}

/** Each item of the article on rejections is looked at, but the price, which is computed. */
function reviewsOf(definition: Procedure): Pick<Scheme, 'qualification' | 'conformity'> {
  const { rejection, scheme } = definition.evaluation;
  const qualified: ReviewItem = {
    key: 'qualified',
    nameZh: `具备${definition.words.documents}规定的资格条件`,
    ground: rejection.unqualified ?? 1,
  };
  const others = groundsOf(definition)
    .map((nameZh, index): ReviewItem => ({ key: `ground-${index + 1}`, nameZh, ground: index + 1 }))
    .filter(({ ground }) => ground !== rejection.unqualified && ground !== scheme.overPriceGround);
  const responds: ReviewItem = { key: 'responds', nameZh: '响应全部实质性要求', ground: 1 };
  return { qualification: [qualified], conformity: others.length > 0 ? others : [responds] };
}

function criteriaFor({ evaluation }: Procedure, method: MethodDefinition, { kind }: LawFacts): Criterion[] {
  const points = evaluation.scheme.usualPoints?.[kind];
  if (method.by === 'price' || !points) return [];
  const blind = evaluation.scheme.usuallyBlind;
  const measured = Math.floor(points.technical / 2);
  const judged = points.technical - measured;
  const share = (part: number): string => String((judged * part) / TOTAL);
  const [formula] = method.formulas;
  return [
    {
      key: 'technical-plan',
      nameZh: '技术方案',
      kind: 'subjective',
      part: 'technical',
      blind,
      points: String(judged),
      bands: [
        { nameZh: '优', from: share(80), to: String(judged) },
        { nameZh: '良', from: share(50), to: share(80) },
        { nameZh: '一般', from: '0', to: share(50) },
      ],
    },
    {
      key: 'technical-data',
      nameZh: '技术指标',
      kind: 'objective',
      part: 'technical',
      blind,
      points: String(measured),
      formula: {
        by: 'table',
        rows: [
          { answer: 'all', nameZh: '全部满足或者优于', points: String(measured) },
          { answer: 'most', nameZh: '一般指标有负偏离', points: String(measured / 2) },
          { answer: 'few', nameZh: '其他', points: '0' },
        ],
      },
    },
    {
      key: 'similar-contracts',
      nameZh: '同类项目合同',
      kind: 'objective',
      part: 'commercial',
      blind: false,
      points: String(points.commercial),
      formula: { by: 'each', unit: '份', points: String(points.commercial / 5) },
    },
    {
      key: 'price',
      nameZh: '报价',
      kind: 'price',
      part: 'price',
      points: String(points.price),
      formula: formula === 'low-price-base' ? { name: formula } : USUAL_DEVIATION,
    },
  ];
}

/** What is owed to small firms themselves, at the lowest lawful rate. */
function usualPreferences(
  definition: Procedure,
  method: MethodDefinition,
  criteria: readonly Criterion[],
  facts: LawFacts,
): Preference[] {
  if (definition.evaluation.scheme.preferences.scope === undefined) return [];
  const price = criteria.find((each) => each.kind === 'price');
  const bonus = method.by === 'points' && price !== undefined && price.formula.name !== 'low-price-base';
  const rule = preferencesOf(definition, facts).find(
    ({ key, form }) => key === 'small-firm' && form === (bonus ? 'bonus' : 'reduction'),
  );
  const least = rule && boundsOf(rule.rule).least;
  return rule && least ? [{ key: rule.key, form: rule.form, percent: String(least) }] : [];
}
