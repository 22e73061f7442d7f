import { DomainError } from '../../errors.ts';
import { saidField } from '../../fields/field.ts';
import { compare, exact, ONE, readExact, whole, ZERO, type Exact, type Fraction } from '../scoring/fraction.ts';
import { PARTS, type Criterion, type ObjectiveFormula, type PriceFormula, type Scheme } from './scheme.ts';

const KEY = /^[a-z][a-z0-9-]{0,39}$/;
const MOST_DIGITS = 6;

function refuse(field: string, zh: string, en: string, given: unknown): never {
  const said = saidField(field, ['Scheme']);
  throw new DomainError('bad-input', {
    messageZh: `评标办法的${said.zh}${zh}`,
    messageEn: `${said.en} of the scheme ${en}`,
    details: { field, given },
  });
}

interface Range {
  readonly from?: Fraction;
  readonly to?: Fraction;
  /** `from` itself is left out. */
  readonly above?: true;
}

function numberIn(field: string, text: Exact, { from = ZERO, to, above }: Range = {}): Fraction {
  const value = readExact(text);
  if (!value) return refuse(field, '不是数', 'is not a number', text);
  const low = above ? compare(value, from) <= 0 : compare(value, from) < 0;
  if (low || (to && compare(value, to) > 0)) return refuse(field, '超出允许的范围', 'is out of range', text);
  return value;
}

function unique(field: string, keys: readonly string[]): void {
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) refuse(field, `重复：「${twice}」`, `is there twice: ${twice}`, twice);
}

function wholeIn(field: string, given: number, from: number, to: number): void {
  if (!Number.isSafeInteger(given) || given < from || given > to) {
    refuse(field, `应为 ${from} 至 ${to} 的整数`, `must be a whole number from ${from} to ${to}`, given);
  }
}

/**
 * A scheme that can be scored: keys are there once, numbers are numbers, no formula gives more than its criterion has. Whether it is lawful,
 * `checkScheme` says.
 * @throws DomainError `bad-input`
 */
export function assertScheme(scheme: Scheme): void {
  const { qualification, conformity, criteria, adjustments } = scheme;
  const listed = { qualification, conformity, criteria, adjustments };
  const keys = Object.entries(listed).flatMap(([list, items]) =>
    items.map(({ key, nameZh }, index) => {
      if (!KEY.test(key))
        refuse(`${list}[${index}].key`, '应为小写字母、数字和连字符', 'must be small letters, digits and hyphens', key);
      if (nameZh.trim() === '') refuse(`${list}[${index}].nameZh`, '为空', 'is empty', nameZh);
      return key;
    }),
  );
  unique('keys', keys);
  const total = numberIn('total', scheme.total, { above: true });
  for (const part of PARTS) if (scheme.weights) numberIn(`weights.${part}`, scheme.weights[part], { to: ONE });
  criteria.forEach((criterion, index) => assertCriterion(`criteria[${index}]`, criterion, total));
  const prices = criteria.filter(({ kind }) => kind === 'price');
  if (prices.length > 1) refuse('criteria', '只能有一项价格分', 'has more than one price', prices.length);
  unique(
    'preferences',
    scheme.preferences.map(({ key }) => key),
  );
  scheme.preferences.forEach(({ percent, minShare }, index) => {
    numberIn(`preferences[${index}].percent`, percent, { above: true, to: whole(100) });
    if (minShare !== undefined) numberIn(`preferences[${index}].minShare`, minShare, { to: whole(100) });
  });
  adjustments.forEach(({ fenPerUnit }, index) => {
    wholeIn(`adjustments[${index}].fenPerUnit`, fenPerUnit, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  });
  unique('ties', scheme.ties);
  unique(
    'abnormalLow',
    scheme.abnormalLow.map(({ of }) => of),
  );
  scheme.abnormalLow.forEach(({ percent }, index) => {
    numberIn(`abnormalLow[${index}].percent`, percent, { above: true, to: whole(100) });
  });
  numberIn('deviationLimit', scheme.deviationLimit, { to: ONE });
  wholeIn('candidates', scheme.candidates, 1, 100);
  wholeIn('digits', scheme.digits, 0, MOST_DIGITS);
}

function assertCriterion(field: string, criterion: Criterion, total: Fraction): void {
  const most = numberIn(`${field}.points`, criterion.points, { above: true, to: total });
  switch (criterion.kind) {
    case 'subjective':
      criterion.bands.forEach(({ from, to }, index) => {
        const low = numberIn(`${field}.bands[${index}].from`, from, { to: most });
        numberIn(`${field}.bands[${index}].to`, to, { from: low, to: most });
      });
      return;
    case 'objective':
      return assertFormula(`${field}.formula`, criterion.formula, most);
    case 'price':
      return assertPriceFormula(`${field}.formula`, criterion.formula, most);
  }
}

function assertFormula(field: string, formula: ObjectiveFormula, most: Fraction): void {
  switch (formula.by) {
    case 'table':
      if (formula.rows.length === 0) refuse(`${field}.rows`, '为空', 'is empty', null);
      unique(
        `${field}.rows`,
        formula.rows.map(({ answer }) => answer),
      );
      formula.rows.forEach(
        ({ points }, index) => void numberIn(`${field}.rows[${index}].points`, points, { to: most }),
      );
      return;
    case 'steps': {
      if (formula.steps.length === 0) refuse(`${field}.steps`, '为空', 'is empty', null);
      let before: Fraction | undefined;
      formula.steps.forEach(({ atLeast, points }, index) => {
        const range = before ? { from: before, above: true as const } : {};
        before = numberIn(`${field}.steps[${index}].atLeast`, atLeast, range);
        numberIn(`${field}.steps[${index}].points`, points, { to: most });
      });
      return;
    }
    case 'each':
      numberIn(`${field}.points`, formula.points, { above: true, to: most });
      return;
    case 'proportional':
      if (formula.best !== 'bids') numberIn(`${field}.best.value`, formula.best.value, { above: true });
      return;
  }
}

function assertPriceFormula(field: string, formula: PriceFormula, most: Fraction): void {
  if (formula.name === 'low-price-base') return;
  const { base, above, below, least } = formula;
  numberIn(`${field}.above`, above);
  numberIn(`${field}.below`, below);
  numberIn(`${field}.least`, least, { to: most });
  numberIn(`${field}.base.down`, base.down, { to: whole(100) });
  wholeIn(`${field}.base.trim`, base.trim, 0, 10);
  wholeIn(`${field}.base.trimFrom`, base.trimFrom, 0, 1000);
  if (base.of !== 'mean-and-ceiling') return;
  if (base.ceilingShare === undefined) refuse(`${field}.base.ceilingShare`, '未写明', 'is missing', null);
  numberIn(`${field}.base.ceilingShare`, base.ceilingShare, { to: ONE });
}

/** Points of a criterion, or any other number of a scheme that `assertScheme` has passed. */
export const numberOf = (text: Exact): Fraction => exact(text);
