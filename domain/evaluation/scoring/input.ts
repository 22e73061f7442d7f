import type { CorrectionStep, PriceCorrection } from '../../decisions.ts';
import type { PriceLimits } from '../price-limits.ts';
import type { MethodDefinition, TieDefinition, TooFew } from '../scheme/definition.ts';
import type { PreferenceKey, Scheme } from '../scheme/scheme.ts';
import type { Exact } from './fraction.ts';

// What bids are scored from: the scheme of the documents, the rules of the procedure, and what was found of each bid. All of it is
// plain JSON, so that a bidder's score sheet carries it. Money is whole fen, other numbers are exact.

/** The rules by which bids of one lot are scored, by id: of its definition and the day of its notice (scheme/law.ts). */
export interface ScoringLaw {
  readonly by: MethodDefinition['by'];
  readonly method: string;
  /** Of weights and points, and of the price formula. */
  readonly weights: string | null;
  readonly formula: string | null;
  readonly adjustments: string | null;
  readonly ties: { readonly rule: string } & Pick<TieDefinition, 'lawful' | 'then'>;
  readonly rejection: string;
  readonly correction: { readonly rule: string; readonly steps: readonly CorrectionStep[] };
  readonly unconfirmed: { readonly rule: string; readonly effect: 'void' | 'opened-price'; readonly ground: number };
  readonly overPrice: { readonly rule: string; readonly budget: boolean; readonly ground: number };
  readonly preferences: Readonly<Partial<Record<PreferenceKey, string>>>;
  readonly abnormalLow: {
    readonly rule: string;
    readonly request: string;
    readonly ground: number;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly sameBrand: { readonly rule: string; readonly ground: number } | null;
  readonly quorums: readonly Quorum[];
}

export interface Quorum {
  readonly point: 'qualified' | 'conforming' | 'valid';
  readonly rule: string;
  readonly least: number;
  readonly effect: TooFew;
}

/** A requirement that a bid does not meet, as the committee (or who examines the qualification) concluded. */
export interface Failed {
  readonly part: 'qualification' | 'conformity';
  readonly item: string;
  readonly ground: number;
  readonly reasonZh: string;
}

/** A preference that a bid claims, and whether it was found to be due. */
export interface Claim {
  readonly key: PreferenceKey;
  readonly granted: boolean;
  /** The share in % that it depends on. */
  readonly share?: Exact | undefined;
}

/** 异常低价: what was asked of the bidder, and what the committee decided by its majority; null: not yet. */
export interface LowPriceReview {
  readonly asked: boolean;
  readonly reasonable: boolean | null;
  readonly reasonZh: string;
}

export interface BidFacts {
  readonly bidId: string;
  /** Of the opened bid. */
  readonly priceFen: number;
  readonly corrections: readonly PriceCorrection[];
  /** Whether the bidder confirmed them; null: not yet. */
  readonly confirmed: boolean | null;
  readonly failed: readonly Failed[];
  /** Of the core product; null: it is of no other bid's brand. */
  readonly brand: string | null;
  readonly claims: readonly Claim[];
  /** Units of each deviation that is turned into money. */
  readonly deviations: Readonly<Record<string, Exact>>;
  /** What all members found for an objective criterion: an answer, or a number. */
  readonly values: Readonly<Record<string, string>>;
  /** The marks of the members who count, for a subjective criterion. */
  readonly marks: Readonly<Record<string, readonly Exact[]>>;
  /** The committee looks into its price, by a limit or of its own judgement. */
  readonly lowPrice: LowPriceReview | null;
}

export interface ScoringInput {
  readonly scheme: Scheme;
  readonly law: ScoringLaw;
  readonly limits: PriceLimits;
  readonly bids: readonly BidFacts[];
  /** All bids in the random order of their lot (随机抽取, proofs/tie-order.ts): nobody types it. */
  readonly drawn: readonly string[];
  /** Whether competition is left where that is the committee's to decide; null: not decided. */
  readonly competition: 'sufficient' | 'insufficient' | null;
}

/** What one bid's points depend on of the others. */
export interface GroupFacts {
  /** 评标价 of all valid bids, fen, lowest first. */
  readonly prices: readonly Exact[];
  /** Best value of each criterion that is compared with it. */
  readonly best: Readonly<Record<string, Exact>>;
  readonly ceilingFen: number | null;
  /** Domestic products compete with others. */
  readonly mixedOrigin: boolean;
}
