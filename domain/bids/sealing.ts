/** The three bodies (保管人) that together can unseal bids, two of them at least. */
export const CUSTODIANS = ['centre', 'purchaser', 'supervisor'] as const;
export type Custodian = (typeof CUSTODIANS)[number];

/** How many of the custodians an opening needs. */
export const CUSTODIANS_NEEDED = 2;

/** A format of sealed bids and its algorithms; a suite of 国密 algorithms can be added beside the first. */
export const SEAL_FORMAT = 'KB-SEAL-1';
export const SEAL_SUITES = ['age-x25519'] as const;
export type SealSuite = (typeof SEAL_SUITES)[number];

/**
 * What a bidder must know to seal a bid for a procurement (docs/sealing.md): published with the notice, and pinned to the
 * procurement for its whole life. Holds nothing secret.
 */
export interface SealingTerms {
  readonly format: typeof SEAL_FORMAT;
  readonly suite: SealSuite;
  /** The key of each custodian (an age recipient, `age1…`) that shares are sealed to. */
  readonly custodians: readonly { readonly custodian: Custodian; readonly recipient: string }[];
  /** 双锁: the bidder keeps a share too, to be released within this many minutes of the opening; null: it keeps none. */
  readonly bidderWindowMinutes: number | null;
}

/** 唱标: what is read out of each bid. Money in fen; the period in days. */
export interface BidFigures {
  readonly priceFen: number;
  readonly periodDays: number | null;
  /** 质量承诺. */
  readonly quality: string | null;
}

/** The first entry of the sealed archive. Paths are relative, with `/` between their parts. */
export interface BidManifest extends BidFigures {
  readonly format: typeof SEAL_FORMAT;
  readonly procurementId: string;
  readonly lotNo: number;
  /** 统一社会信用代码 of the bidder. */
  readonly bidder: string;
  readonly parts: readonly {
    readonly path: string;
    readonly mediaType: string;
    readonly size: number;
    /** SHA-256, lower-case hex. */
    readonly sha256: string;
  }[];
}

/**
 * The outcome of a bid at its opening: `opened`; `broken`: not in the required format, by its bidder's fault;
 * `revoked` (撤销): not opened, by the bidder's own fault; `returned` (撤回): not opened, by the fault of others (电子招标投标办法
 * 31).
 */
export const UNSEALED_STATES = ['opened', 'broken', 'revoked', 'returned'] as const;
export type UnsealedState = (typeof UNSEALED_STATES)[number];
