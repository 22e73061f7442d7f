import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type * as z from 'zod';
import { badInput } from '../../domain/issues.ts';

/**
 * Cursors are encrypted, not merely encoded: the number of the last audit entry would show how many confidential entries, and
 * so perhaps how many bids, come before it.
 */
export interface Cursors {
  /** @throws DomainError `bad-input` for a cursor that this installation did not issue for this list */
  read<T extends z.ZodType>(cursor: string | undefined, position: T): z.infer<T> | undefined;
  /** One page of `limit` rows, of which one more was read; the cursor names the last row shown. */
  page<R, V>(rows: readonly R[], limit: number, view: (row: R) => V, position: (row: R) => unknown): Page<V>;
  /** The same of rows that are viewed together. */
  rows<R>(rows: readonly R[], limit: number, position: (row: R) => unknown): Page<R>;
}

export interface Page<V> {
  readonly items: V[];
  readonly next: string | null;
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

export function createCursors(sessionKey: string): Cursors {
  const key = Buffer.from(hkdfSync('sha256', sessionKey, '', 'kaibiao cursors', 32));
  const write = (position: unknown): string => {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, key, iv);
    const encrypted = Buffer.concat([cipher.update(JSON.stringify(position)), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url');
  };
  const paged = <R>(rows: readonly R[], limit: number, position: (row: R) => unknown): Page<R> => {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return { items: shown, next: rows.length > limit && last ? write(position(last)) : null };
  };
  return {
    rows: paged,
    page(rows, limit, view, position) {
      const { items, next } = paged(rows, limit, position);
      return { items: items.map(view), next };
    },
    read(cursor, position) {
      if (cursor === undefined) return undefined;
      try {
        const bytes = Buffer.from(cursor, 'base64url');
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
        decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        const opened = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
        return position.parse(JSON.parse(opened.toString()));
      } catch {
        throw badInput([
          {
            field: 'cursor',
            rule: 'cursor',
            messageZh: '游标无效，请从第一页重新开始',
            messageEn: 'The cursor is not valid; begin again at the first page',
          },
        ]);
      }
    },
  };
}
