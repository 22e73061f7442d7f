import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { leafHash } from './merkle.ts';

/** Of an audit entry that is about nothing that has a hash of its own. */
export const NO_FACT = '0'.repeat(64);

const HASH = /^[0-9a-f]{64}$/;

/** The hash of what an audit entry is about: a notice, a file, a deadline. It lets a leaf be checked by who has that alone. */
export function factHashOf(detail: Readonly<Record<string, unknown>>): string {
  const fact = detail.hash ?? detail.sha256;
  return typeof fact === 'string' && HASH.test(fact) ? fact : NO_FACT;
}

/** The leaf of an audit entry, by its hash and that of what it is about. */
export const leafOf = (entryHash: string, factHash: string): string =>
  leafHash(concatBytes(hexToBytes(entryHash), hexToBytes(factHash)));

/** The leaf of an entry of the trail. */
export const leafOfEntry = (entry: {
  readonly hash: string;
  readonly detail: Readonly<Record<string, unknown>>;
}): string => leafOf(entry.hash, factHashOf(entry.detail));
