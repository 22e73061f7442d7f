import { and, asc, desc, eq, gt, gte, inArray, lte, or, sql } from 'drizzle-orm';
import type { Node } from '../proofs/merkle.ts';
import type { AuditRow, TrailPlace } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { pagesOf } from './access/statements.ts';
import { audit, logNodes, procurements, treeHeads } from './schema/sqlite.ts';

export type TreeHeadRow = typeof treeHeads.$inferSelect;
export type LogNode = typeof logNodes.$inferSelect;

/** Where an entry's leaf is. */
export const indexOf = ({ seq }: Pick<TrailPlace, 'seq'>): number => seq - 1;

/** How many leaves there are. */
export async function logSize(q: Queries): Promise<number> {
  const [last] = await q.select({ seq: audit.seq }).from(audit).orderBy(desc(audit.seq)).limit(1);
  return last?.seq ?? 0;
}

/** Stores a head; an existing one is kept. */
export async function insertHead(tx: Tx, head: TreeHeadRow): Promise<void> {
  await tx.q.insert(treeHeads).values(head).onConflictDoNothing();
}

/** When an entry was written. */
export async function instantOfEntry(q: Queries, seq: number): Promise<number | null> {
  const [entry] = await q.select({ at: audit.at }).from(audit).where(eq(audit.seq, seq));
  return entry?.at ?? null;
}

/** Whether a notice was published after the first `size` entries. */
export async function publishedAfter(q: Queries, size: number): Promise<boolean> {
  const rows = await q
    .select({ seq: audit.seq })
    .from(audit)
    .where(and(gt(audit.seq, size), eq(audit.action, 'notice.publish')))
    .limit(1);
  return rows.length > 0;
}

export async function headOf(q: Queries, size: number): Promise<TreeHeadRow | undefined> {
  const [head] = await q.select().from(treeHeads).where(eq(treeHeads.size, size));
  return head;
}

export async function latestHead(q: Queries): Promise<TreeHeadRow | undefined> {
  const [head] = await q.select().from(treeHeads).orderBy(desc(treeHeads.size)).limit(1);
  return head;
}

/** The smallest head with at least so many leaves. */
export async function headFrom(q: Queries, size: number): Promise<TreeHeadRow | undefined> {
  const [head] = await q
    .select()
    .from(treeHeads)
    .where(gte(treeHeads.size, size))
    .orderBy(asc(treeHeads.size))
    .limit(1);
  return head;
}

/** In the order of their sizes. */
export async function headsAfter(q: Queries, size: number, limit: number): Promise<TreeHeadRow[]> {
  return q.select().from(treeHeads).where(gt(treeHeads.size, size)).orderBy(asc(treeHeads.size)).limit(limit);
}

/**
 * The log entry of the deadline in force of a procurement, with all that a proof of it needs, read as at one instant.
 */
export interface DeadlineEntry {
  readonly seq: number;
  readonly hash: string;
  readonly detail: Record<string, unknown>;
  /** When the newest entry of the log was written. */
  readonly newestAt: number;
  /** The largest signed head; null where there is none. */
  readonly head: TreeHeadRow | null;
}

/** Undefined for a procurement that was never published. */
export async function deadlineEntry(q: Queries, procurementId: string): Promise<DeadlineEntry | undefined> {
  const newestAt = sql`(select ${audit.at} from ${audit} order by ${audit.seq} desc limit 1)`.mapWith(Number);
  const [row] = await q
    .select({ seq: audit.seq, hash: audit.hash, detail: audit.detail, newestAt, head: treeHeads })
    .from(audit)
    .leftJoin(treeHeads, sql`${treeHeads.size} = (select max(${treeHeads.size}) from ${treeHeads})`)
    .where(and(eq(audit.procurementId, procurementId), eq(audit.action, 'deadline.set')))
    .orderBy(desc(audit.seq))
    .limit(1);
  return row;
}

/** Places of bids in the log, by their ids. */
export async function placesOfBids(
  q: Queries,
  bids: readonly { readonly id: string; readonly procurementId: string }[],
): Promise<Map<string, { readonly index: number; readonly entry: string }>> {
  const places = new Map<string, { index: number; entry: string }>();
  for (const some of pagesOf(bids)) {
    const rows = await q
      .select({ seq: audit.seq, hash: audit.hash, subject: audit.subject })
      .from(audit)
      .where(
        and(
          inArray(audit.procurementId, [...new Set(some.map(({ procurementId }) => procurementId))]),
          inArray(
            audit.subject,
            some.map(({ id }) => `bid/${id}`),
          ),
          inArray(audit.action, ['bid.submit', 'bid.replace']),
        ),
      );
    for (const row of rows) places.set(row.subject.slice('bid/'.length), { index: indexOf(row), entry: row.hash });
  }
  return places;
}

/** How many leaves have stored nodes. */
export async function keptLeaves(q: Queries): Promise<number> {
  const [last] = await q
    .select({ index: logNodes.index })
    .from(logNodes)
    .where(eq(logNodes.level, 0))
    .orderBy(desc(logNodes.index))
    .limit(1);
  return (last?.index ?? -1) + 1;
}

/** Entries after `seq`, with the fields that their leaves are made of. */
export async function leavesAfter(
  q: Queries,
  seq: number,
  limit: number,
): Promise<Pick<AuditRow, 'hash' | 'detail'>[]> {
  return q
    .select({ hash: audit.hash, detail: audit.detail })
    .from(audit)
    .where(gt(audit.seq, seq))
    .orderBy(asc(audit.seq))
    .limit(limit);
}

/** Existing ones are kept: they are identical. */
export function insertNodes(tx: Tx, nodes: readonly LogNode[]): void {
  if (nodes.length === 0) return;
  tx.write(
    tx.q
      .insert(logNodes)
      .values([...nodes])
      .onConflictDoNothing(),
  );
}

/** The stored hashes of whole subtrees, in one statement. */
export async function nodesAt(q: Queries, wanted: readonly Node[]): Promise<LogNode[]> {
  if (wanted.length === 0) return [];
  const levels = [...new Set(wanted.map(({ level }) => level))];
  const ofLevel = (level: number) => wanted.filter((node) => node.level === level).map(({ index }) => index);
  return q
    .select()
    .from(logNodes)
    .where(or(...levels.map((level) => and(eq(logNodes.level, level), inArray(logNodes.index, ofLevel(level))))));
}

/** An entry of the trail, with whether it is confidential still: until the bids of its tender are opened, or for ever. */
export interface LogEntry {
  readonly row: AuditRow;
  readonly confidential: boolean;
}

export async function entriesBetween(q: Queries, after: number, until: number, limit: number): Promise<LogEntry[]> {
  const rows = await q
    .select({ row: audit, openedAt: procurements.openedAt })
    .from(audit)
    .leftJoin(procurements, eq(procurements.id, audit.procurementId))
    .where(and(gt(audit.seq, after), lte(audit.seq, until)))
    .orderBy(asc(audit.seq))
    .limit(limit);
  return rows.map(({ row, openedAt }) => ({ row, confidential: row.confidential && openedAt === null }));
}
