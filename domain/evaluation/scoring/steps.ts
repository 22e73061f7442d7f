import { shown, whole, divide, written, type Exact, type Fraction } from './fraction.ts';

/** What a result is counted in. */
export type Unit = 'fen' | 'points' | 'percent' | 'share';

/** One step of a derivation: what went in, by which formula and rule, and what came out. */
export interface Step {
  readonly key: string;
  readonly zh: string;
  readonly en: string;
  /** Id of the rule; null: the documents say so. */
  readonly rule: string | null;
  /** Exact numbers by name; marks as their sum (`8 + 17/2`). */
  readonly inputs: Readonly<Record<string, Exact>>;
  readonly formula: string;
  readonly result: Exact;
  readonly unit: Unit;
  /** The result for reading: yuan, points or percent, rounded half up. Never compared. */
  readonly shown: string;
}

type Draft = Omit<Step, 'result' | 'shown' | 'inputs' | 'rule'> & {
  readonly rule?: string | null;
  readonly inputs: Readonly<Record<string, Fraction | Exact>>;
  readonly result: Fraction;
};

const YUAN_DIGITS = 2;
const FEN_PER_YUAN = 100;

export const showFen = (fen: Fraction): string => shown(divide(fen, whole(FEN_PER_YUAN)), YUAN_DIGITS);

/** A derivation as it grows. */
export class Steps {
  readonly #digits: number;
  readonly #steps: Step[] = [];

  /** @param digits decimals of points, where they are shown */
  constructor(digits: number) {
    this.#digits = digits;
  }

  get all(): readonly Step[] {
    return this.#steps;
  }

  /** @returns its result */
  add({ key, zh, en, rule = null, inputs, formula, result, unit }: Draft): Fraction {
    const given: Record<string, Exact> = {};
    for (const name in inputs) {
      const value = inputs[name];
      if (value !== undefined) given[name] = typeof value === 'string' ? value : written(value);
    }
    this.#steps.push({
      key,
      zh,
      en,
      rule,
      formula,
      unit,
      inputs: given,
      result: written(result),
      shown: unit === 'fen' ? showFen(result) : shown(result, this.#digits),
    });
    return result;
  }
}
