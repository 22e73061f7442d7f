import { seenOf } from '../text.ts';

/** A name as it looks without blanks, dots between its parts and what has no shape of its own: NFKC, in small letters. */
const shown = (name: string): string =>
  seenOf(name.normalize('NFKC'))
    .replace(/[\p{C}\p{Z}·]/gu, '')
    .toLowerCase();

/** Whether two names look alike to a reader. */
export const nearlySame = (a: string, b: string): boolean => shown(a) === shown(b);
