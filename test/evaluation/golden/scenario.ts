import { evaluate } from '../../../domain/evaluation/scoring/evaluate.ts';
import type { BidFacts, ScoringInput } from '../../../domain/evaluation/scoring/input.ts';
import type { Outcome } from '../../../domain/evaluation/scoring/outcome.ts';
import type {
  Criterion,
  ObjectiveFormula,
  PriceFormula,
  Scheme,
  SubjectiveCriterion,
} from '../../../domain/evaluation/scheme/scheme.ts';
import { lawOf } from '../../../domain/evaluation/scheme/law.ts';
import type { Kind } from '../../../domain/law/facts.ts';
import type { Procedure } from '../../../domain/procedures/procedure.ts';

/** 2 March 2026, Beijing time. */
export const NOTICE_AT = Date.UTC(2026, 2, 2, 1);
export const WAN = 10_000_00;

/** A whole scheme with nothing in it but what a case is about. */
export const scheme = (change: Partial<Scheme> = {}): Scheme => ({
  version: 1,
  method: 'comprehensive',
  qualification: [],
  conformity: [],
  criteria: [],
  total: '100',
  fixedPrice: false,
  priceSecret: false,
  preferences: [],
  stacking: 'sum',
  adjustments: [],
  ties: [],
  abnormalLow: [],
  marks: 'mean',
  deviationLimit: '0.3',
  candidates: 3,
  separate: false,
  disclosure: 'own',
  digits: 2,
  ...change,
});

export const judged = (points: string, change: Partial<SubjectiveCriterion> = {}): SubjectiveCriterion => ({
  ...{ key: 'quality', nameZh: '技术方案', kind: 'subjective', part: 'technical', blind: false, points, bands: [] },
  ...change,
});

export const measured = (points: string, formula: ObjectiveFormula, key = 'data'): Criterion => ({
  ...{ key, nameZh: '技术指标', kind: 'objective', part: 'technical', blind: false, points, formula },
});

export const priced = (points: string, formula: PriceFormula = { name: 'low-price-base' }): Criterion => ({
  ...{ key: 'price', nameZh: '报价', kind: 'price', part: 'price', points, formula },
});

/** @param wan price in 万元 */
export const bid = (bidId: string, wan: number, change: Partial<BidFacts> = {}): BidFacts => ({
  bidId,
  priceFen: Math.round(wan * WAN),
  corrections: [],
  confirmed: null,
  failed: [],
  brand: null,
  claims: [],
  deviations: {},
  values: {},
  marks: {},
  lowPrice: null,
  ...change,
});

/** A bid with one mark of all members for 技术方案. */
export const marked = (bidId: string, wan: number, mark: string, change: Partial<BidFacts> = {}): BidFacts =>
  bid(bidId, wan, { marks: { quality: [mark] }, ...change });

export interface Lot {
  readonly definition: Procedure;
  readonly kind: Kind;
  readonly scheme: Scheme;
  readonly bids: readonly BidFacts[];
  readonly budgetWan?: number;
  readonly ceilingWan?: number;
  readonly given?: Partial<Pick<ScoringInput, 'drawn' | 'competition'>>;
}

export function inputOf({
  definition,
  kind,
  scheme: of,
  bids,
  budgetWan = 10_000,
  ceilingWan,
  given,
}: Lot): ScoringInput {
  return {
    scheme: of,
    law: lawOf(definition, of, { kind, noticeAt: NOTICE_AT }),
    limits: { budgetFen: budgetWan * WAN, ceilingFen: ceilingWan === undefined ? null : ceilingWan * WAN },
    bids,
    // The order of their names, where chance has nothing to decide or a case says nothing of it.
    drawn: bids.map(({ bidId }) => bidId).toSorted(),
    competition: null,
    ...given,
  };
}

export const outcomeOf = (lot: Lot): Outcome => evaluate(inputOf(lot));

/** What a case compares: exact, by bid. */
export interface Expected {
  /** Rank of each ranked bid. */
  readonly ranks?: Readonly<Record<string, number | null>>;
  readonly totals?: Readonly<Record<string, string>>;
  /** 评标价, 万元. */
  readonly evaluatedWan?: Readonly<Record<string, string>>;
  /** The result of one step, by bid and key. */
  readonly steps?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly rejected?: Readonly<Record<string, readonly [point: string, ground: number]>>;
  readonly stopped?: readonly [point: string, rule: string, count: number] | null;
  readonly pending?: readonly (readonly [what: string, ...bidIds: string[]])[];
  readonly candidates?: readonly string[];
  readonly low?: readonly (readonly [bidId: string, of: string])[];
  readonly first?: string | null;
}

/** One worked by hand from its article. */
export interface Golden {
  readonly name: string;
  readonly article: string;
  /** The calculation in words. */
  readonly hand: string;
  readonly lot: Lot;
  readonly expected: Expected;
}
