import { createHash } from 'node:crypto';
import { and, asc, eq, gt, or } from 'drizzle-orm';
import type { Queries } from '../access/statements.ts';
import { isRemote, pagesOf, preparedInserts, sent } from '../access/statements.ts';
import { installation, rowChanges } from '../schema/sqlite.ts';
import type { RowPlace } from './fault.ts';
import { hashOfRow } from './recorded.ts';

/** What a transaction made of a row: its hash before and after; null where there was none, or is none any more. */
export interface RowChange extends RowPlace {
  readonly was: string | null;
  readonly hash: string | null;
}

/** The hash that an audit entry has of the rows of its transaction (SHA-256, lower-case hex). */
export class RowsDigest {
  readonly #digest = createHash('sha256');

  add({ table, key, was, hash }: RowChange): this {
    this.#digest.update(`${JSON.stringify([table, key, was, hash])}\n`);
    return this;
  }

  value(): string {
    return this.#digest.digest('hex');
  }
}

export function digestOf(changes: readonly RowChange[]): string {
  const digest = new RowsDigest();
  for (const change of changes) digest.add(change);
  return digest.value();
}

/** A row as a connection saw it written, before and after. */
export interface WrittenRow extends RowPlace {
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * What became of each row: the first state and the last, in the order in which they were first written. Rows that are
 * as they were are left out.
 */
export function changesOf(
  written: readonly WrittenRow[],
  hashOf: (place: RowPlace, content: string) => string,
): RowChange[] {
  const folded = new Map<string, { place: RowPlace; before: string | null; after: string | null }>();
  for (const { table, key, before, after } of written) {
    const name = `${table}\n${key}`;
    const known = folded.get(name);
    if (known) known.after = after;
    else folded.set(name, { place: { table, key }, before, after });
  }
  const changes: RowChange[] = [];
  for (const { place, before, after } of folded.values()) {
    const was = before === null ? null : hashOf(place, before);
    const hash = after === null ? null : hashOf(place, after);
    if (was !== hash) changes.push({ ...place, was, hash });
  }
  return changes;
}

/** A closing writes some twenty rows a tender. */
const insertSome = preparedInserts(rowChanges, { most: 24 });

/** Writes what the entry at that place of the trail names: sent at once. */
export function insertChanges(q: Queries, seq: number, changes: readonly RowChange[]): Promise<unknown>[] {
  const rows = changes.map((change, index) => ({
    seq,
    no: index + 1,
    tableName: change.table,
    rowKey: change.key,
    was: change.was,
    hash: change.hash,
  }));
  if (!isRemote(q)) return insertSome(q, rows);
  return pagesOf(rows).map((page) => sent(q.insert(rowChanges).values(page)));
}

/** Changes after a place, in the order of the trail. */
export async function changesAfter(
  q: Queries,
  after: { readonly seq: number; readonly no: number },
  limit: number,
): Promise<(RowChange & { readonly seq: number; readonly no: number })[]> {
  const { seq, no, tableName: table, rowKey: key, was, hash } = rowChanges;
  return q
    .select({ seq, no, table, key, was, hash })
    .from(rowChanges)
    .where(or(gt(seq, after.seq), and(eq(seq, after.seq), gt(no, after.no))))
    .orderBy(asc(seq), asc(no))
    .limit(limit);
}

export const INSTALLATION: RowPlace = { table: 'installation', key: '1' };

/** The installation's row, which is there before the trail begins: its first entry names it. */
export async function installationChange(q: Queries): Promise<RowChange | undefined> {
  const [row] = await q.select().from(installation);
  if (!row) return undefined;
  const { id, clock, createdAt: created_at } = row;
  return { ...INSTALLATION, was: null, hash: hashOfRow(INSTALLATION, { id, clock, created_at }) };
}
