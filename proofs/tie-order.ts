import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { TIE_ORDER, type SubmittedBid, type TieTerms } from '../domain/evaluation/scoring/tie-order.ts';
import { canonicalHash } from './hash.ts';

// 随机抽取 among equal bids: an order that anybody repeats, of what no one person has chosen (docs/adr/0069).

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The order of `bids` does not matter. */
export const tieTermsOf = (
  { procurementId, lotNo }: Pick<TieTerms, 'procurementId' | 'lotNo'>,
  bids: readonly SubmittedBid[],
): TieTerms => ({
  ...{ format: TIE_ORDER, procurementId, lotNo },
  bids: bids
    .map(({ file, content }) => ({ file, content }))
    .toSorted((a, b) => compareText(a.file, b.file) || compareText(a.content ?? '', b.content ?? '')),
});

/** SHA-256 over the canonical JSON (RFC 8785) of the terms. */
export const tieSeed = (terms: TieTerms): string => canonicalHash(terms);

/** The place of each file in the random order: its HMAC-SHA-256 under the seed, lower-case hex. */
export function tieKeys(terms: TieTerms, files: readonly string[]): string[] {
  const seed = hexToBytes(tieSeed(terms));
  return files.map((file) => bytesToHex(hmac(sha256, seed, hexToBytes(file))));
}

/**
 * Bids in the random order: the smallest HMAC first.
 * @param bids in the order of receipt, which settles only between two who have handed in the same file
 */
export function inTieOrder<T extends Pick<SubmittedBid, 'file'>>(terms: TieTerms, bids: readonly T[]): T[] {
  const keys = tieKeys(
    terms,
    bids.map(({ file }) => file),
  );
  return bids
    .map((bid, index) => ({ bid, key: keys[index] ?? '' }))
    .toSorted((a, b) => compareText(a.key, b.key))
    .map(({ bid }) => bid);
}

/** The bids of a lot by their ids, in the random order. */
export interface OrderedBids {
  readonly terms: TieTerms;
  readonly bids: readonly (Pick<SubmittedBid, 'file'> & { readonly bidId: string })[];
}

/** @param bids in the order of receipt */
export function orderedBids(
  place: Pick<TieTerms, 'procurementId' | 'lotNo'>,
  bids: readonly (SubmittedBid & { readonly bidId: string })[],
): OrderedBids {
  const terms = tieTermsOf(place, bids);
  return { terms, bids: inTieOrder(terms, bids).map(({ bidId, file }) => ({ bidId, file })) };
}
