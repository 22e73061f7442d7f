/** The format of the random order of the bids of a lot (docs/evaluation.md). */
export const TIE_ORDER = 'KB-TIE-ORDER-1';

/** What a bidder handed in. */
export interface SubmittedBid {
  /** SHA-256 of the submitted file, as in its receipt and in the record of the opening. */
  readonly file: string;
  /** SHA-256 of the manifest that was sealed in it, as in the log's entry of the opening; null: it was not sealed. */
  readonly content: string | null;
}

/** All that the random order of the bids of a lot comes from (随机抽取): nobody chooses it, and it is fixed at the deadline. */
export interface TieTerms {
  readonly format: typeof TIE_ORDER;
  readonly procurementId: string;
  readonly lotNo: number;
  /** All bids that were opened, in the order of their hashes. */
  readonly bids: readonly SubmittedBid[];
}
