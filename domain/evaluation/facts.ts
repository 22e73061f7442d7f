import type { ReportPayload, Valued } from '../decisions.ts';
import type { Particulars } from '../notices/particulars.ts';
import type { EvaluationMethod } from './methods.ts';
import type { OpenedFigures } from './opened.ts';
import type { PriceLimits } from './price-limits.ts';
import type { BidOnRecord } from './rejections.ts';
import type { LawFacts } from './scheme/law.ts';

/** A bid that was opened, and what the platform has of it. */
export interface OpenedBid extends OpenedFigures, BidOnRecord {
  readonly bidId: string;
  /** What came out of the sealed bid; null where it was not sealed: the stated price counts. */
  readonly priceFen: number | null;
}

export interface ReportFacts extends LawFacts {
  readonly opened: readonly OpenedBid[];
  readonly limits: PriceLimits;
  /** Whether the documents take consortia; absent: not stated. */
  readonly consortium?: Particulars['consortium'];
  /** 评标方法 of the documents; null: not stated. */
  readonly method: EvaluationMethod | null;
  /** Between them a bidder can have confirmed a corrected price (epoch ms). */
  readonly openedAt: number;
  readonly evaluationEndedAt: number;
}

export type Evaluation = Pick<ReportPayload, 'candidates' | 'others' | 'rejected'>;

export type ListedBid = { readonly field: string; readonly bid: Valued };
