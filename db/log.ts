import { and, asc, desc, eq, gt, gte, inArray, lt, lte, notInArray, or, sql } from 'drizzle-orm';
import type { Waiting } from '../domain/log/batches.ts';
import type { Node } from '../proofs/merkle.ts';
import { leafOfEntry } from '../proofs/leaf.ts';
import { CLOSES_BATCH, COVER, MEANINGLESS, type AuditRow } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { pagesOf } from './access/statements.ts';
import { audit, logNodes, procurements, treeHeads } from './schema/sqlite.ts';

export type TreeHeadRow = typeof treeHeads.$inferSelect;
export type LogNode = typeof logNodes.$inferSelect;

/** How many entries there are: a head is over the first of them, in batches. */
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

/** Where the batch after `from` leaves ends: by the first entry that says so. Null: it is not closed. */
export async function endOfBatch(q: Queries, from: number): Promise<number | null> {
  const rows = await q
    .select({ detail: audit.detail })
    .from(audit)
    .where(and(gt(audit.seq, from), eq(audit.action, CLOSES_BATCH)))
    .orderBy(asc(audit.seq));
  const ends = rows.map(({ detail }) => detail as { from: number; until: number });
  return ends.find((end) => end.from === from)?.until ?? null;
}

/** What waits for its head after the first `size` entries. */
export async function waitingAfter(q: Queries, size: number): Promise<Waiting> {
  const after = gt(audit.seq, size);
  const [row] = await q
    .select({
      entries: sql`count(*)`.mapWith(Number),
      visible: sql`count(*) filter (where ${eq(audit.confidential, false)})`.mapWith(Number),
    })
    .from(audit)
    .where(after);
  const acts = await q
    .select({ actor: audit.actor })
    .from(audit)
    .where(and(after, eq(audit.confidential, true), notInArray(audit.action, [COVER, CLOSES_BATCH])));
  const confidential = new Map<string | null, number>();
  for (const { actor } of acts) confidential.set(actor.accountId, (confidential.get(actor.accountId) ?? 0) + 1);
  return { entries: row?.entries ?? 0, visible: row?.visible ?? 0, confidential };
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

/** The hashes of the entries of bids, by the ids of the bids. */
export async function entriesOfBids(
  q: Queries,
  bids: readonly { readonly id: string; readonly procurementId: string }[],
): Promise<Map<string, Pick<AuditRow, 'seq' | 'hash' | 'detail'>>> {
  const entries = new Map<string, Pick<AuditRow, 'seq' | 'hash' | 'detail'>>();
  for (const some of pagesOf(bids)) {
    const rows = await q
      .select({ seq: audit.seq, hash: audit.hash, detail: audit.detail, subject: audit.subject })
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
    for (const { subject, ...entry } of rows) entries.set(subject.slice('bid/'.length), entry);
  }
  return entries;
}

/** Where the leaf of an entry is, and the smallest head over it; null until there is one. */
export async function placeOf(
  q: Queries,
  entry: Pick<AuditRow, 'seq' | 'hash' | 'detail'>,
): Promise<{ readonly index: number; readonly head: TreeHeadRow } | null> {
  const before = sql`coalesce((select max(${treeHeads.size}) from ${treeHeads} where ${lt(treeHeads.size, entry.seq)}), 0)`;
  const [found] = await q
    .select({ head: treeHeads, index: logNodes.index })
    .from(treeHeads)
    .leftJoin(
      logNodes,
      and(
        eq(logNodes.level, 0),
        gte(logNodes.index, before),
        lt(logNodes.index, treeHeads.size),
        eq(logNodes.hash, leafOfEntry(entry)),
      ),
    )
    .where(gte(treeHeads.size, entry.seq))
    .orderBy(asc(treeHeads.size))
    .limit(1);
  if (!found) return null;
  if (found.index === null) throw new RangeError(`the log keeps no leaf of entry ${entry.seq}`);
  return { index: found.index, head: found.head };
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

/** Entries after `seq` and up to `until`, with the fields that their leaves are made of. */
export async function leavesBetween(
  q: Queries,
  seq: number,
  until: number,
  limit: number,
): Promise<Pick<AuditRow, 'hash' | 'detail'>[]> {
  return q
    .select({ hash: audit.hash, detail: audit.detail })
    .from(audit)
    .where(and(gt(audit.seq, seq), lte(audit.seq, until)))
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
  /** Of a bidder, and of no one tender: confidential until all that were announced before it are opened. */
  readonly ofBidders: boolean;
}

/** @param about the procurement that they are about; absent: all */
export async function entriesBetween(
  q: Queries,
  after: number,
  until: number,
  limit: number,
  about?: string,
): Promise<LogEntry[]> {
  const rows = await q
    .select({ row: audit, openedAt: procurements.openedAt })
    .from(audit)
    .leftJoin(procurements, eq(procurements.id, audit.procurementId))
    .where(
      and(
        gt(audit.seq, after),
        lte(audit.seq, until),
        about === undefined ? undefined : eq(audit.procurementId, about),
      ),
    )
    .orderBy(asc(audit.seq))
    .limit(limit);
  return rows.map(({ row, openedAt }) => ({
    row,
    confidential: row.confidential && openedAt === null,
    ofBidders: row.confidential && row.procurementId === null && !MEANINGLESS.includes(row.action),
  }));
}
