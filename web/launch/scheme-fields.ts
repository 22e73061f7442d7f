import { ROUTES } from '../../api/routes.ts';
import type { EvaluationMethod } from '../../domain/evaluation/methods.ts';
import { add, readExact, written, ZERO, type Fraction } from '../../domain/evaluation/scoring/fraction.ts';
import { PARTS, PRICE_FORMULAS_ZH, type Part, type Scheme } from '../../domain/evaluation/scheme/scheme.ts';
import { bodyFields, type FormField } from '../acts/form-fields.ts';
import { rowsIn, typedFrom, valueIn, type Typed } from '../acts/form-values.ts';

// The scheme of evaluation of a lot as a form: the fields of its request, and of each item only those of its kind.

/** 方法的名称. */
export const METHOD_NAMES: Readonly<Record<EvaluationMethod, Readonly<Record<'zh' | 'en', string>>>> = {
  'lowest-evaluated': { zh: '经评审的最低投标价法', en: 'lowest evaluated price' },
  comprehensive: { zh: '综合评估（评分）法', en: 'comprehensive scoring' },
  'lowest-price': { zh: '最低评标价法', en: 'lowest price' },
};

export const schemeField = (): FormField => {
  const route = ROUTES.find(({ method, path }) => method === 'put' && path.endsWith('/lots/{no}/scheme'));
  const found = route && bodyFields(route)?.fields.find(({ key }) => key === 'scheme');
  if (!found) throw new Error('the scheme has no form');
  return asTyped(found);
};

/** What is chosen, in Chinese. */
const CHOSEN: Readonly<Record<string, string>> = {
  ...{ subjective: '主观分（各评委评判）', objective: '客观分（依事实得分）', price: '价格分（平台计算）' },
  ...{ table: '逐档对应', steps: '达到即得', each: '每单位得分', proportional: '按比例' },
  ...PRICE_FORMULAS_ZH,
};

export const PART_NAMES: Readonly<Record<Part, Readonly<Record<'zh' | 'en', string>>>> = {
  technical: { zh: '技术', en: 'technical' },
  commercial: { zh: '商务', en: 'commercial' },
  price: { zh: '价格', en: 'price' },
};

/** Keys are made where none is typed; what a score is measured by is one text. */
const asTyped = (field: FormField): FormField => ({
  ...field,
  ...(field.key === 'key'
    ? { wanted: false, hint: { zh: '留空则自动编号', en: 'Made for you where it is empty' } }
    : {}),
  ...(field.key === 'best'
    ? {
        kind: 'text' as const,
        choices: [],
        hint: {
          zh: '填 bids：以有效投标的最优值为准；或填一个数',
          en: 'bids: the best of the valid bids; or a number',
        },
      }
    : {}),
  ...(['kind', 'by', 'name'].includes(field.key)
    ? { choices: field.choices.map(({ value, zh }) => ({ value, zh: CHOSEN[value] ?? zh })) }
    : {}),
  fields: field.fields.map(asTyped),
});

const OF_FORMULA: Readonly<Record<string, readonly string[]>> = {
  table: ['by', 'rows'],
  steps: ['by', 'unit', 'steps'],
  each: ['by', 'unit', 'points'],
  proportional: ['by', 'unit', 'better', 'best'],
  'low-price-base': ['name'],
  deviation: ['name', 'base', 'above', 'below', 'least'],
};

const OF_KIND: Readonly<Record<string, readonly string[]>> = {
  subjective: ['key', 'nameZh', 'requirementZh', 'kind', 'part', 'points', 'blind', 'bands'],
  objective: ['key', 'nameZh', 'requirementZh', 'kind', 'part', 'points', 'blind', 'formula'],
  price: ['key', 'nameZh', 'requirementZh', 'kind', 'points', 'formula'],
};
const OF_ANY = ['key', 'nameZh', 'requirementZh', 'kind', 'points'];

const textAt = (typed: Typed, path: string): string => typed.get(path)?.at(-1) ?? '';

/** Whether a field belongs to an item of its kind. */
export function shownInScheme(path: string, typed: Typed): boolean {
  if (path === 'scheme.version' || path === 'scheme.weights') return false;
  const [, row = '', rest = ''] = /^(scheme\.criteria\[\d+\])\.(.+)$/.exec(path) ?? [];
  if (rest === '') return true;
  const [first = '', second] = rest.split('.');
  const kind = textAt(typed, `${row}.kind`);
  if (!(OF_KIND[kind] ?? OF_ANY).includes(first)) return false;
  if (first !== 'formula' || second === undefined) return true;
  const name = textAt(typed, `${row}.formula.${kind === 'price' ? 'name' : 'by'}`);
  return (OF_FORMULA[name] ?? [kind === 'price' ? 'name' : 'by']).includes(second.replace(/\[.*$/, ''));
}

/** A stored scheme as it is typed. */
export function typedScheme(scheme: Scheme): Map<string, readonly string[]> {
  const typed = typedFrom(schemeField(), scheme, 'scheme');
  for (const [index, criterion] of scheme.criteria.entries()) {
    if (criterion.kind !== 'objective' || criterion.formula.by !== 'proportional') continue;
    const { best } = criterion.formula;
    typed.set(`scheme.criteria[${index}].formula.best`, [best === 'bids' ? best : best.value]);
  }
  return typed;
}

/** The scheme of a request. @param kept what the form does not show */
export function schemeOf(typed: Typed, kept: Pick<Scheme, 'version' | 'weights'>): Record<string, unknown> {
  const read = valueIn(schemeField(), typed, 'scheme') as Record<string, unknown>;
  const list = (key: string): Record<string, unknown>[] => (read[key] as Record<string, unknown>[] | undefined) ?? [];
  return {
    ...read,
    version: kept.version,
    ...(kept.weights === undefined ? {} : { weights: kept.weights }),
    qualification: numbered(list('qualification'), 'qualification'),
    conformity: numbered(list('conformity'), 'conformity'),
    criteria: numbered(list('criteria'), 'item').map(criterionOf),
    preferences: list('preferences'),
    adjustments: list('adjustments'),
    ties: read['ties'] ?? [],
    abnormalLow: list('abnormalLow'),
  };
}

/** Rows without a key get one that no other has. */
function numbered(rows: readonly Record<string, unknown>[], stem: string): Record<string, unknown>[] {
  const taken = new Set(rows.map(({ key }) => key));
  let next = 1;
  return rows.map((row) => {
    if (row['key'] !== undefined) return row;
    while (taken.has(`${stem}-${next}`)) next += 1;
    taken.add(`${stem}-${next}`);
    return { ...row, key: `${stem}-${next}` };
  });
}

const only = (value: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([key, each]) => keys.includes(key) && each !== undefined));

/** Of its own kind only. */
function criterionOf(row: Record<string, unknown>): Record<string, unknown> {
  const kind = String(row['kind']);
  const own = only(row, OF_KIND[kind] ?? OF_ANY);
  if (kind === 'price') own['part'] = 'price';
  if (kind === 'subjective') own['bands'] ??= [];
  if (!('formula' in (kind === 'subjective' ? {} : row))) return own;
  const formula = row['formula'] as Record<string, unknown>;
  const name = String(kind === 'price' ? formula['name'] : formula['by']);
  const kept = only(formula, OF_FORMULA[name] ?? ['name', 'by']);
  if (name === 'table') kept['rows'] ??= [];
  if (name === 'steps') kept['steps'] ??= [];
  if (typeof kept['best'] === 'string' && kept['best'] !== 'bids') kept['best'] = { value: kept['best'] };
  return { ...own, formula: kept };
}

export interface Sums {
  readonly parts: readonly { readonly part: Part; readonly points: string }[];
  readonly whole: string;
  readonly total: string;
  readonly fits: boolean;
}

/** What the points of the items add up to, part by part; null: one cannot be read. */
export function sumsOf(typed: Typed): Sums | null {
  const rows = Array.from({ length: rowsIn(typed, 'scheme.criteria') }, (_, n) => `scheme.criteria[${n}]`);
  const points = rows.map((row) => readExact(textAt(typed, `${row}.points`).trim() || '0'));
  if (points.some((each) => each === undefined)) return null;
  const sum = (some: readonly (Fraction | undefined)[]): Fraction =>
    some.reduce<Fraction>((total, each) => (each ? add(total, each) : total), ZERO);
  const partOf = (row: string): string =>
    textAt(typed, `${row}.kind`) === 'price' ? 'price' : textAt(typed, `${row}.part`);
  const parts = PARTS.map((part) => ({
    part,
    points: written(sum(points.filter((_, index) => partOf(rows[index] ?? '') === part))),
  }));
  const [whole, total] = [written(sum(points)), textAt(typed, 'scheme.total')];
  return { parts, whole, total, fits: whole === total };
}
