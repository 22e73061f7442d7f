import type { ObjectiveCriterion, ObjectiveFormula } from '../scheme/scheme.ts';
import {
  compare,
  divide,
  exact,
  fraction,
  greatest,
  least,
  multiply,
  readExact,
  ZERO,
  type Exact,
  type Fraction,
} from './fraction.ts';

/** What is wrong with a value that a member enters for an objective criterion; null: nothing. */
export function valueFault(
  { formula }: Pick<ObjectiveCriterion, 'formula'>,
  value: string,
): 'answer' | 'number' | null {
  if (formula.by === 'table') return formula.rows.some(({ answer }) => answer === value) ? null : 'answer';
  const number = readExact(value);
  if (!number || number.n < 0n) return 'number';
  // Nothing is divided by it.
  return formula.by === 'proportional' && formula.better === 'lower' && number.n === 0n ? 'number' : null;
}

/** Whether its points depend on the best of the valid bids. */
export const comparesBids = (formula: ObjectiveFormula): boolean =>
  formula.by === 'proportional' && formula.best === 'bids';

/** The better of two values. */
export const betterOf = (formula: ObjectiveFormula, a: Fraction, b: Fraction): Fraction =>
  formula.by === 'proportional' && formula.better === 'lower' ? least(a, b) : greatest(a, b);

interface Counted {
  readonly points: Fraction;
  readonly formula: string;
  readonly inputs: Readonly<Record<string, Fraction | Exact>>;
}

/**
 * The points of a value by the documents' formula, never more than the criterion has.
 * @param best the best value of the valid bids, where it is compared with that
 */
export function objectivePoints(
  { formula, points, key }: ObjectiveCriterion,
  value: string,
  best: Exact | undefined,
): Counted {
  const most = exact(points, key);
  switch (formula.by) {
    case 'table': {
      const row = formula.rows.find(({ answer }) => answer === value);
      return {
        points: row ? exact(row.points, key) : ZERO,
        formula: `${row?.nameZh ?? value} → ${row?.points ?? '0'}`,
        inputs: {},
      };
    }
    case 'steps': {
      const given = exact(value, key);
      const reached = formula.steps
        .filter(({ atLeast }) => compare(given, exact(atLeast, key)) >= 0)
        .reduce((highest, step) => greatest(highest, exact(step.points, key)), ZERO);
      return { points: least(reached, most), formula: 'points(highest step ≤ value)', inputs: { value: given } };
    }
    case 'each': {
      const given = exact(value, key);
      const units = fraction(given.n / given.d);
      const each = exact(formula.points, key);
      return {
        points: least(multiply(units, each), most),
        formula: 'min(⌊value⌋ × each, max)',
        inputs: { value: given, each, max: most },
      };
    }
    case 'proportional': {
      const given = exact(value, key);
      const of = exact(formula.best === 'bids' ? (best ?? value) : formula.best.value, key);
      const inputs = { value: given, best: of, max: most };
      if (formula.better === 'lower') {
        const found = given.n === 0n ? most : multiply(most, divide(of, given));
        return { points: least(found, most), formula: 'min(max × best ÷ value, max)', inputs };
      }
      const found = of.n === 0n ? ZERO : multiply(most, divide(given, of));
      return { points: least(found, most), formula: 'min(max × value ÷ best, max)', inputs };
    }
  }
}
