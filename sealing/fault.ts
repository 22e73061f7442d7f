/** All faults of a sealed bid, of its shares, and of what is to be sealed. Append; do not rename. */
export const SEAL_FAULTS = [
  // the submitted file
  'not-a-seal',
  'seal-invalid',
  'suite-unknown',
  'truncated',
  'trailing-bytes',
  'wrong-procurement',
  'wrong-lot',
  'wrong-custodians',
  'bidder-share-missing',
  'bidder-share-unasked',
  // the shares
  'share-unopened',
  'share-wrong',
  'shares-too-few',
  'shares-disagree',
  'identity-wrong',
  // what is sealed
  'payload-unopened',
  'payload-damaged',
  'archive-malformed',
  'entry-not-a-file',
  'path-unsafe',
  'path-repeated',
  'manifest-missing',
  'manifest-invalid',
  'wrong-bidder',
  'part-missing',
  'part-unlisted',
  'part-size',
  'part-hash',
  'too-large',
  'too-many-parts',
  // what is to be sealed
  'terms-invalid',
  'bid-invalid',
  'part-changed',
] as const;
export type SealFault = (typeof SEAL_FAULTS)[number];

/** What openers and sealers throw on purpose, in both languages. Disk and network errors pass through unchanged. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly code: SealFault;
  readonly messageZh: string;
  readonly messageEn: string;
  /** The holder of the wrong share, if the fault is in a share. */
  readonly holder?: string;

  constructor(
    code: SealFault,
    messageZh: string,
    messageEn: string,
    options: { holder?: string; cause?: unknown } = {},
  ) {
    super(`${messageZh} / ${messageEn}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.messageZh = messageZh;
    this.messageEn = messageEn;
    if (options.holder !== undefined) this.holder = options.holder;
  }
}

/** Untrusted text in a message, shortened. */
export const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
