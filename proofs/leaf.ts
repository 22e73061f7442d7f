import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { leafHash } from './merkle.ts';

/** For an audit entry whose subject has no hash of its own. */
export const NO_FACT = '0'.repeat(64);

const HASH = /^[0-9a-f]{64}$/;

/** The hash of an audit entry's subject: a notice, a file, a deadline. It suffices to check a leaf. */
export function factHashOf(detail: Readonly<Record<string, unknown>>): string {
  const fact = detail.hash ?? detail.sha256;
  return typeof fact === 'string' && HASH.test(fact) ? fact : NO_FACT;
}

/** The leaf of an audit entry, from its hash and that of its subject. */
export const leafOf = (entryHash: string, factHash: string): string =>
  leafHash(concatBytes(hexToBytes(entryHash), hexToBytes(factHash)));

/** The leaf of an entry of the trail. */
export const leafOfEntry = (entry: {
  readonly hash: string;
  readonly detail: Readonly<Record<string, unknown>>;
}): string => leafOf(entry.hash, factHashOf(entry.detail));
