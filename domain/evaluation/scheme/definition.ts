import type { Kind } from '../../law/facts.ts';
import type { RuleId } from '../../law/rulebook.ts';
import type { EvaluationMethod } from '../methods.ts';
import type { LowLimit, PreferenceForm, PreferenceKey, PriceFormulaName, Stacking, TieStep } from './scheme.ts';

// What a procedure allows in a scheme, and the rules by which bids are scored under it: part of its definition.

/** A method under which criteria give points. */
export interface ScoredMethod {
  readonly by: 'points';
  readonly rule: RuleId;
  /** Weights and points add up. */
  readonly weights: RuleId;
  /** Lawful price formulas, the usual one first. */
  readonly formulas: readonly [PriceFormulaName, ...PriceFormulaName[]];
  readonly formula: RuleId;
  /** The least share of the price, or its range, by what is bought. */
  readonly priceShare: Readonly<Partial<Record<Kind, RuleId>>>;
  /** Prices of a fixed tariff are not scored. */
  readonly fixedPrice?: RuleId;
  readonly ties: TieDefinition;
}

/** A method under which the price decides. */
export interface PricedMethod {
  readonly by: 'price';
  readonly rule: RuleId;
  /** Whether the documents may turn commercial deviations into money, and the rule that says so or forbids it. */
  readonly adjustments: { readonly allowed: boolean; readonly rule: RuleId };
  readonly ties: TieDefinition;
}

export type MethodDefinition = ScoredMethod | PricedMethod;

export interface TieDefinition {
  /** Ranking, and what orders equal bids by the law itself. */
  readonly rule: RuleId;
  readonly lawful: readonly TieStep[];
  /** Where all that is equal: they share the rank, or the documents must say what follows. */
  readonly then: 'shared' | 'documents';
}

export interface PreferenceDefinition {
  readonly key: PreferenceKey;
  readonly form: PreferenceForm;
  /** Its rate; the rules in force when the notice was published count. */
  readonly rule: RuleId;
  readonly kinds: readonly Kind[];
  /** The rule whose rates a text that was not read is said to have replaced: until that text is confirmed they are not exceeded. */
  readonly replaces?: RuleId;
  /** The share from which it is granted. */
  readonly minShare?: RuleId;
}

/** `stop`: the evaluation ends; `discretion`: the committee decides whether competition is left. */
export type TooFew = 'stop' | 'discretion';

export interface SchemeDefinition {
  readonly methods: Readonly<Partial<Record<EvaluationMethod, MethodDefinition>>>;
  /** Where standards are uniform, this method and no other. */
  readonly uniform?: { readonly method: EvaluationMethod; readonly rule: RuleId };
  /** Who examines the qualification. */
  readonly qualificationBy: { readonly who: 'purchaser' | 'committee'; readonly rule: RuleId };
  /** A qualification is no criterion. */
  readonly qualificationNotScored?: RuleId;
  /** The highest and lowest prices stay in. */
  readonly pricesNotTrimmed?: RuleId;
  /** Every member's marks count. */
  readonly marksNotTrimmed?: RuleId;
  /** Points follow measured bands. */
  readonly bands?: RuleId;
  readonly preferences: {
    readonly lawful: readonly PreferenceDefinition[];
    /** They are owed where the lot is not reserved for small firms, and not owed where it is. */
    readonly scope?: RuleId;
    readonly stacking?: { readonly rule: RuleId; readonly lawful: Stacking };
    /** Lots whose documents exempt them from all of this. */
    readonly exempt?: RuleId;
  };
  readonly abnormalLow: {
    /** What follows a low price that is not explained. */
    readonly rule: RuleId;
    /** An explanation is asked for first. */
    readonly request: RuleId;
    /** Decided by the majority. */
    readonly majority: RuleId;
    /** The item of the article on rejections. */
    readonly ground: number;
    readonly limits: readonly (LowLimit & { readonly rule: RuleId; readonly atMost: string })[];
  };
  /** 澄清、说明、补正; absent: no text that was read provides for it. */
  readonly clarification?: {
    /** The only grounds for asking are the items of this rule. */
    readonly request: RuleId;
    /** The form of an answer. */
    readonly form: RuleId;
    /** An answer stays within the bid, and changes nothing of substance. */
    readonly unchanged: RuleId;
    /** What may follow where nobody answers; absent: no article says. */
    readonly unanswered?: RuleId;
  };
  /** Bids of one brand count once; the item of the article on rejections, where another's is invalid. */
  readonly sameBrand?: { readonly rule: RuleId; readonly ground: number };
  /** Points at which too few bids are left, and what follows. */
  readonly quorums: {
    readonly qualified?: { readonly rule: RuleId; readonly effect: TooFew };
    readonly conforming?: { readonly rule: RuleId; readonly effect: TooFew };
    readonly valid?: { readonly rule: RuleId; readonly effect: TooFew };
  };
  /** A correction that the bidder does not confirm. */
  readonly unconfirmed: { readonly rule: RuleId; readonly effect: 'void' | 'opened-price'; readonly ground: number };
  /** The item of the article on rejections for a price above the limit. */
  readonly overPriceGround: number;
  readonly candidates: { readonly least: RuleId | null; readonly most: RuleId | null; readonly usual: number };
  /** 评定分离 collides with these; absent: candidates are ranked by `ties`. */
  readonly separation?: readonly RuleId[];
  /** Rules against unfair conditions, checked item by item: fair-competition.ts. */
  readonly fairness: readonly RuleId[];
  /** The shares of each part in the template of a scored method. */
  readonly usualPoints?: Readonly<Record<Kind, Readonly<Record<'technical' | 'commercial' | 'price', number>>>>;
  /** Whether the technical part of the template is blind. */
  readonly usuallyBlind: boolean;
  readonly sheets: SheetDefinition;
}

/** The rules of the members' sheets. */
export interface SheetDefinition {
  /** Only what the documents state is judged, and all of it. */
  readonly perDocuments: RuleId;
  readonly range: RuleId;
  /** Each member judges each bid alone. */
  readonly independent: RuleId;
  /** After signing nothing is changed. */
  readonly afterSigning: RuleId;
  readonly replaced: RuleId;
  readonly notMember: RuleId;
  readonly differs: RuleId;
  readonly sum: RuleId;
  readonly deviation: RuleId;
  readonly partial: RuleId;
  readonly agreed: RuleId;
  readonly majority: RuleId;
  /** Refusing to sign without reasons is agreement. */
  readonly deemed: RuleId;
}
