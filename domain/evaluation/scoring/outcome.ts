import type { LowFinding } from './abnormal-low.ts';
import type { GroupFacts } from './input.ts';
import type { Tie } from './rank.ts';
import type { BidScore } from './score-bid.ts';

/** Why a bid is rejected, 无效. */
export interface RejectedBid {
  readonly bidId: string;
  readonly point: 'qualification' | 'conformity' | 'price-limit' | 'unconfirmed' | 'abnormal-low' | 'same-brand';
  readonly rule: string;
  /** The item of the procedure's article on rejections. */
  readonly ground: number;
  readonly zh: string;
  readonly en: string;
}

/** Too few bids are left. */
export interface TooFewBids {
  readonly point: 'qualified' | 'conforming' | 'valid';
  readonly rule: string;
  /** After bids of one brand were counted once. */
  readonly count: number;
  readonly least: number;
}

/** What somebody has to do before the ranking is final. */
export interface Pending {
  readonly what: 'confirm-correction' | 'ask-low-price' | 'decide-low-price' | 'decide-competition';
  readonly rule: string;
  readonly bidIds: readonly string[];
}

export interface RankedBid extends BidScore {
  /** The price that a contract would have, fen. */
  readonly priceFen: number;
  /** Null: it is not ranked (评定分离), or another of its brand is. */
  readonly rank: number | null;
  readonly candidate: boolean;
  /** The bid of its brand that is recommended in its place. */
  readonly brandBehind: string | null;
}

export interface Outcome {
  readonly rejected: readonly RejectedBid[];
  readonly low: readonly LowFinding[];
  /** The evaluation ends: nobody is ranked. */
  readonly stopped: TooFewBids | null;
  /** Too few by a rule that leaves it to the committee, which found enough competition. */
  readonly fewLeft: TooFewBids | null;
  readonly pending: readonly Pending[];
  readonly group: GroupFacts;
  /** Valid bids: best first, of those who share a rank the first to be chosen, or by id where they are not ranked. */
  readonly valid: readonly RankedBid[];
  readonly ties: readonly Tie[];
  /** Equal bids of one brand in the random order (财政部令87号 31): the first of each goes on. */
  readonly brandsDrawn: readonly (readonly string[])[];
}
