import type { EvaluationMethod } from '../methods.ts';
import type { Exact } from '../scoring/fraction.ts';

// 评标办法 of one lot, as the machine-readable part of its documents. What a procedure allows of it: definition.ts.
// Numbers are exact (`Exact`): points, percentages (`20` is 20 %) and weights (`0.3` is 30 %).

/** 技术, 商务, 价格. */
export const PARTS = ['technical', 'commercial', 'price'] as const;
export type Part = (typeof PARTS)[number];

/** 资格审查, 符合性审查 items: a bid passes each, or is rejected on the item's ground. */
export interface ReviewItem {
  readonly key: string;
  readonly nameZh: string;
  /** What the documents require (实质性要求). */
  readonly requirementZh?: string | undefined;
  /** The item of the procedure's article on rejections, numbered from 1. */
  readonly ground: number;
}

/** How a mark follows from a fact of the bid. */
export type ObjectiveFormula =
  /** One answer of a list, each with its points. */
  | { readonly by: 'table'; readonly rows: readonly TableRow[] }
  /** The points of the highest step that the value reaches; below the first: 0. */
  | { readonly by: 'steps'; readonly unit: string; readonly steps: readonly FormulaStep[] }
  /** Points for each whole unit, up to the most that the item has. */
  | { readonly by: 'each'; readonly unit: string; readonly points: Exact }
  /** The item's points × value ÷ best (`higher`), or × best ÷ value (`lower`); at most the item's points. */
  | {
      readonly by: 'proportional';
      readonly unit: string;
      readonly better: 'higher' | 'lower';
      /** `bids`: the best value of the valid bids; else a number that the documents state. */
      readonly best: 'bids' | { readonly value: Exact };
    };

export interface TableRow {
  readonly answer: string;
  readonly nameZh: string;
  readonly points: Exact;
}

export interface FormulaStep {
  readonly atLeast: Exact;
  readonly points: Exact;
}

/** A range of a subjective item (优, 良, 一般): from and to, both included. */
export interface Band {
  readonly nameZh: string;
  readonly from: Exact;
  readonly to: Exact;
}

interface CriterionBase {
  readonly key: string;
  readonly nameZh: string;
  readonly requirementZh?: string | undefined;
  /** The most it gives. */
  readonly points: Exact;
}

/** Each member's own judgement. */
export interface SubjectiveCriterion extends CriterionBase {
  readonly kind: 'subjective';
  readonly part: 'technical' | 'commercial';
  /** 暗标: in the part that does not name the bidder. */
  readonly blind: boolean;
  readonly bands: readonly Band[];
}

/** A fact of the bid that every member must find alike. */
export interface ObjectiveCriterion extends CriterionBase {
  readonly kind: 'objective';
  readonly part: 'technical' | 'commercial';
  readonly blind: boolean;
  readonly formula: ObjectiveFormula;
}

/** 价格分: computed, never entered. */
export interface PriceCriterion extends CriterionBase {
  readonly kind: 'price';
  readonly part: 'price';
  readonly formula: PriceFormula;
}

export type Criterion = SubjectiveCriterion | ObjectiveCriterion | PriceCriterion;

/** Named price formulas: scoring/price-points.ts. */
export const PRICE_FORMULAS = ['low-price-base', 'deviation'] as const;
export type PriceFormulaName = (typeof PRICE_FORMULAS)[number];
export const PRICE_FORMULAS_ZH: Readonly<Record<PriceFormulaName, string>> = {
  'low-price-base': '低价优先法',
  deviation: '基准价偏离法',
};

export type PriceFormula =
  /** 低价优先法: points × base ÷ price; the base is the lowest price that conforms (满分基准价). */
  | { readonly name: 'low-price-base' }
  /** 基准价偏离法: full points at the base, and a deduction for each 1 % above or below it, in proportion, not below `least`. */
  | {
      readonly name: 'deviation';
      readonly base: PriceBase;
      /** Points for each 1 % above, and below. */
      readonly above: Exact;
      readonly below: Exact;
      readonly least: Exact;
    };

/** 评标基准价: × (1 − `down` %). */
export interface PriceBase {
  /**
   * `lowest` price; `mean` of the prices; `mean-and-ceiling`: mean × (1 − `ceilingShare`) + ceiling × `ceilingShare`.
   * 标底 is none of them: 招标投标法实施条例 50.
   */
  readonly of: 'lowest' | 'mean' | 'mean-and-ceiling';
  /** How many of the highest, and as many of the lowest prices are left out of the mean. */
  readonly trim: number;
  /** From how many prices on they are left out. */
  readonly trimFrom: number;
  /** Weight of the ceiling, 0 to 1. */
  readonly ceilingShare?: Exact | undefined;
  readonly down: Exact;
}

/**
 * `small-firm`: 小微企业; `small-firm-share`: a joint bid or subcontracting whose part for small firms reaches a share;
 * `domestic-product`: 本国产品.
 */
export const PREFERENCES = ['small-firm', 'small-firm-share', 'domestic-product'] as const;
export type PreferenceKey = (typeof PREFERENCES)[number];

/** 价格扣除 (`reduction` of the price), 价格分加成 (`bonus` on the price points). */
export type PreferenceForm = 'reduction' | 'bonus';

export interface Preference {
  readonly key: PreferenceKey;
  readonly form: PreferenceForm;
  readonly percent: Exact;
  /** It is granted from this share (in %) of the contract, or of the costs; absent: no share is asked for. */
  readonly minShare?: Exact | undefined;
}

/** `sum`: each on the original price, added up; `chain`: one after the other; `greatest`: only the greatest. */
export const STACKING = ['sum', 'chain', 'greatest'] as const;
export type Stacking = (typeof STACKING)[number];

/** 商务偏差价格调整: fen for each unit of a deviation, added to the price (经评审的最低投标价法). */
export interface Adjustment {
  readonly key: string;
  readonly nameZh: string;
  readonly part: 'technical' | 'commercial';
  readonly unit: string;
  /** Whole fen; negative: in the bidder's favour. */
  readonly fenPerUnit: number;
}

/** What orders bids that are equal. `price`: 投标报价, the lower first; `technical`: points of that part; `draw`: 随机抽取. */
export const TIE_STEPS = ['price', 'technical', 'commercial', 'draw'] as const;
export type TieStep = (typeof TIE_STEPS)[number];

/** 异常低价: a price strictly below `percent` of this is looked into. */
export const LOW_LIMITS = ['mean', 'second-lowest', 'ceiling'] as const;
export interface LowLimit {
  /** `mean` of all conforming prices, its own included; `second-lowest`; `ceiling`, or the budget where there is none. */
  readonly of: (typeof LOW_LIMITS)[number];
  readonly percent: Exact;
}

/** What a bidder is shown of the others' totals: nothing, or all of them without names. */
export type Disclosure = 'own' | 'totals';

export interface Scheme {
  readonly version: 1;
  readonly method: EvaluationMethod;
  readonly qualification: readonly ReviewItem[];
  readonly conformity: readonly ReviewItem[];
  /** Of `comprehensive` only. */
  readonly criteria: readonly Criterion[];
  /** What all points add up to. */
  readonly total: Exact;
  /** Absent: points are added; else each part's points add up to `total`, and are weighted; the weights add up to 1. */
  readonly weights?: Readonly<Record<Part, Exact>> | undefined;
  /** 执行国家统一定价标准、采用固定价格: the price is not scored. */
  readonly fixedPrice: boolean;
  /** No price is shown to a member before the technical marks are signed. */
  readonly priceSecret: boolean;
  readonly preferences: readonly Preference[];
  readonly stacking: Stacking;
  readonly adjustments: readonly Adjustment[];
  readonly ties: readonly TieStep[];
  readonly abnormalLow: readonly LowLimit[];
  /** `mean`: of all members' marks; `trimmed`: without the highest and lowest, from five members on. */
  readonly marks: 'mean' | 'trimmed';
  /** A mark that differs from the mean of all members' by more than this share of it is confirmed or reasoned (`0.3`: 30 %). */
  readonly deviationLimit: Exact;
  /** How many candidates are recommended at most. */
  readonly candidates: number;
  /** 评定分离: candidates without an order, for the purchaser's own choice. */
  readonly separate: boolean;
  readonly disclosure: Disclosure;
  /** Decimals of points and of fractions of a fen, where they are shown. Nothing is compared as shown. */
  readonly digits: number;
}

/** 综合评分, 综合评估: the criteria of one part. */
export const criteriaOf = ({ criteria }: Pick<Scheme, 'criteria'>, part: Part): readonly Criterion[] =>
  criteria.filter((each) => each.part === part);
