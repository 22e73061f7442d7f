import { and, asc, desc, eq, gt, gte, inArray, or, sql } from 'drizzle-orm';
import { factHashOf, leafOf } from '../proofs/leaf.ts';
import {
  consistencyProof as proveContinued,
  GrowingTree,
  inclusionProof as proveIncluded,
  rootOf,
  wholeSubtrees,
  type Node,
  type Nodes,
} from '../proofs/merkle.ts';
import type { TrailPlace } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { audit, logNodes, treeHeads } from './schema/sqlite.ts';

export type TreeHeadRow = typeof treeHeads.$inferSelect;

/** Leaves that are added to the kept nodes in one transaction. */
const PAGE = 500;
/** Rows of one statement: their values stay below what either database takes as parameters. */
const ROWS = 250;

/** The leaf of an entry of the trail. */
export const leafOfEntry = ({ hash, detail }: Pick<typeof audit.$inferSelect, 'hash' | 'detail'>): string =>
  leafOf(hash, factHashOf(detail));

/** Where an entry's leaf is. */
export const indexOf = ({ seq }: Pick<TrailPlace, 'seq'>): number => seq - 1;

/** How many leaves there are. */
export async function logSize(q: Queries): Promise<number> {
  const [last] = await q.select({ seq: audit.seq }).from(audit).orderBy(desc(audit.seq)).limit(1);
  return last?.seq ?? 0;
}

/** Keeps a head; the one that is there already stands. */
export async function insertHead(tx: Tx, head: TreeHeadRow): Promise<void> {
  await tx.q.insert(treeHeads).values(head).onConflictDoNothing();
}

/** When an entry came. */
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

/** The smallest head that has so many leaves at least. */
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

/** @throws RangeError where there is no such leaf, or a head of that size was never signed */
export async function inclusionProof(q: Queries, index: number, size: number): Promise<string[]> {
  return outOfNodes(q, (nodes) => proveIncluded(index, size, nodes));
}

/** @throws RangeError */
export async function consistencyProof(q: Queries, first: number, second: number): Promise<string[]> {
  return outOfNodes(q, (nodes) => proveContinued(first, second, nodes));
}

/** The hash of the tree over the first `size` leaves, whose nodes are kept. */
export const rootAt = (q: Queries, size: number): Promise<string> => outOfNodes(q, (nodes) => rootOf(size, nodes));

/** Where the log has the deadline in force of a procurement, with what a proof of it needs besides, all as at one instant. */
export interface DeadlineEntry {
  readonly seq: number;
  readonly hash: string;
  readonly detail: Record<string, unknown>;
  /** When the newest entry of the log came. */
  readonly newestAt: number;
  /** The largest that is signed; null where none is. */
  readonly head: TreeHeadRow | null;
}

/** Undefined for one that was never published. */
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

/** Where the log has bids, by their ids. */
export async function placesOfBids(
  q: Queries,
  bids: readonly { readonly id: string; readonly procurementId: string }[],
): Promise<Map<string, { readonly index: number; readonly entry: string }>> {
  const places = new Map<string, { index: number; entry: string }>();
  for (let at = 0; at < bids.length; at += ROWS) {
    const some = bids.slice(at, at + ROWS);
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

/** Keeps the hashes of the next whole subtrees of a log, up to a size; some at a time. */
export async function keepNextNodes({ q }: Tx, size: number): Promise<void> {
  const from = await keptLeaves(q);
  const leaves = await q
    .select({ hash: audit.hash, detail: audit.detail })
    .from(audit)
    .where(gt(audit.seq, from))
    .orderBy(asc(audit.seq))
    .limit(Math.min(PAGE, size - from));
  const edge: string[] = [];
  const kept = await nodesAt(q, wholeSubtrees(from));
  for (const node of wholeSubtrees(from)) edge.push(kept(node));
  const tree = new GrowingTree(from, edge);
  const nodes = leaves.flatMap((leaf) => tree.append(leafOfEntry(leaf)));
  for (let at = 0; at < nodes.length; at += ROWS) {
    await q
      .insert(logNodes)
      .values(nodes.slice(at, at + ROWS))
      .onConflictDoNothing();
  }
}

/** Of so many leaves the nodes are kept. */
export async function keptLeaves(q: Queries): Promise<number> {
  const [last] = await q
    .select({ index: logNodes.index })
    .from(logNodes)
    .where(eq(logNodes.level, 0))
    .orderBy(desc(logNodes.index))
    .limit(1);
  return (last?.index ?? -1) + 1;
}

/** Any hash: which nodes a root or a proof needs depends on the sizes alone. */
const ANY = '0'.repeat(64);

/**
 * Makes a root or a proof of the kept nodes: which it needs is found out first, and they are read in one statement.
 * @throws RangeError where the log does not keep a node that it needs
 */
async function outOfNodes<T>(q: Queries, make: (nodes: Nodes) => Promise<T>): Promise<T> {
  const needed: Node[] = [];
  await make(async (node) => {
    needed.push(node);
    return ANY;
  });
  const kept = await nodesAt(q, needed);
  return make(async (node) => kept(node));
}

const nameOf = ({ level, index }: Node): string => `${level}/${index}`;

async function nodesAt(q: Queries, nodes: readonly Node[]): Promise<(node: Node) => string> {
  const rows =
    nodes.length === 0
      ? []
      : await q
          .select()
          .from(logNodes)
          .where(or(...nodes.map(({ level, index }) => and(eq(logNodes.level, level), eq(logNodes.index, index)))));
  const hashes = new Map(rows.map((row) => [nameOf(row), row.hash]));
  return (node) => {
    const hash = hashes.get(nameOf(node));
    if (hash === undefined) throw new RangeError(`the log keeps no node ${nameOf(node)}`);
    return hash;
  };
}
