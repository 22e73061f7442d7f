import * as z from 'zod';
import type { LotScheme } from '../../db/evaluation/schemes.ts';
import { EVALUATION_METHODS } from '../../domain/evaluation/methods.ts';
import { LOW_LIMITS, PARTS, PREFERENCES, STACKING, TIE_STEPS } from '../../domain/evaluation/scheme/scheme.ts';
import type { Judged } from '../http/route.ts';
import { at, code, instantOut, line, prose } from '../http/schemas.ts';

const lotNumber = z.int().min(1).max(999);

/** A number as it is written: it is read exactly, and never as a binary fraction. */
export const exact = z
  .string()
  .max(60)
  .regex(/^-?[0-9]{1,30}(?:\.[0-9]{1,30}|\/[0-9]{1,30})?$/)
  .meta({ description: '精确的数：30、8.5、100/3 / An exact number', example: '30' });

const key = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/)
  .meta({ description: '小写字母、数字和连字符 / Small letters, digits, hyphens', example: 'technical-plan' });
const named = { key, nameZh: line(200), requirementZh: prose(5000).optional() };
const review = z.strictObject({
  ...named,
  ground: z.int().min(1).max(20).meta({ description: '法定情形的序号 / The item of the article on rejections' }),
});
const unit = line(20);

const objective = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('table'),
    rows: z.array(z.strictObject({ answer: code, nameZh: line(200), points: exact })).max(100),
  }),
  z.strictObject({
    by: z.literal('steps'),
    unit,
    steps: z.array(z.strictObject({ atLeast: exact, points: exact })).max(100),
  }),
  z.strictObject({ by: z.literal('each'), unit, points: exact }),
  z.strictObject({
    by: z.literal('proportional'),
    unit,
    better: z.enum(['higher', 'lower']),
    best: z.union([z.literal('bids'), z.strictObject({ value: exact })]),
  }),
]);

const price = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('low-price-base') }),
  z.strictObject({
    name: z.literal('deviation'),
    base: z.strictObject({
      of: z.enum(['lowest', 'mean', 'mean-and-ceiling']),
      trim: z.int(),
      trimFrom: z.int(),
      ceilingShare: exact.optional(),
      down: exact,
    }),
    above: exact,
    below: exact,
    least: exact,
  }),
]);

const judged = { part: z.enum(['technical', 'commercial']), blind: z.boolean(), points: exact };
const band = z.strictObject({ nameZh: line(50), from: exact, to: exact });
const criterion = z.discriminatedUnion('kind', [
  z.strictObject({ ...named, kind: z.literal('subjective'), ...judged, bands: z.array(band).max(20) }),
  z.strictObject({ ...named, kind: z.literal('objective'), ...judged, formula: objective }),
  z.strictObject({ ...named, kind: z.literal('price'), part: z.literal('price'), points: exact, formula: price }),
]);

const MOST_ITEMS = 200;

export const schemeSchema = z
  .strictObject({
    version: z.literal(1),
    method: z.enum(EVALUATION_METHODS),
    qualification: z.array(review).max(MOST_ITEMS),
    conformity: z.array(review).max(MOST_ITEMS),
    criteria: z.array(criterion).max(MOST_ITEMS),
    total: exact,
    weights: z.record(z.enum(PARTS), exact).optional(),
    fixedPrice: z.boolean(),
    priceSecret: z.boolean(),
    preferences: z
      .array(
        z.strictObject({
          key: z.enum(PREFERENCES),
          form: z.enum(['reduction', 'bonus']),
          percent: exact,
          minShare: exact.optional(),
        }),
      )
      .max(PREFERENCES.length),
    stacking: z.enum(STACKING),
    adjustments: z
      .array(
        z.strictObject({
          key,
          nameZh: line(200),
          part: z.enum(['technical', 'commercial']),
          unit,
          fenPerUnit: z.int().meta({ description: '每单位偏差增加的分 / Fen for each unit of a deviation' }),
        }),
      )
      .max(MOST_ITEMS),
    ties: z.array(z.enum(TIE_STEPS)).max(TIE_STEPS.length),
    abnormalLow: z.array(z.strictObject({ of: z.enum(LOW_LIMITS), percent: exact })).max(LOW_LIMITS.length),
    marks: z.enum(['mean', 'trimmed']),
    deviationLimit: exact,
    candidates: z.int(),
    separate: z.boolean(),
    disclosure: z.enum(['own', 'totals']),
    digits: z.int(),
  })
  .meta({ id: 'Scheme', description: '评标办法（docs/evaluation.md） / The method of evaluation as data' });

const statements = z
  .strictObject({
    uniform: z.boolean().default(false),
    reserved: z.boolean().default(false),
    exempt: z.boolean().default(false),
    answers: z
      .record(z.string().max(100), z.boolean())
      .default({})
      .meta({ description: '规则编号 → 文件是否含有此类内容 / Rule id → whether the documents contain such a thing' }),
  })
  .default({ uniform: false, reserved: false, exempt: false, answers: {} });

export const schemeGiven = z.strictObject({ scheme: schemeSchema, statements });
export const lotSchemeGiven = schemeGiven.extend({ lotNo: lotNumber });

export const lotSchemeSchema = z
  .object({
    lotNo: lotNumber,
    version: z.int(),
    scheme: schemeSchema,
    statements,
    hash: z.string(),
    statedAt: instantOut,
  })
  .meta({ id: 'LotScheme' });

export const lotSchemeView = ({ lotNo, version, scheme, statements: stated, hash, statedAt }: LotScheme) => ({
  ...{ lotNo, version, scheme, hash, statedAt: at(statedAt) },
  statements: { ...stated, answers: { ...stated.answers } },
});

/** What makes a scheme one that can't be scored. */
export const SCHEME_JUDGED: readonly Judged[] = [
  {
    field: 'scheme',
    zh: '可以据以计算：编号不重复，数在范围内',
    en: 'can be scored: keys are unique, numbers in range',
  },
];
