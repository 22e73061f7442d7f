import { and, asc, desc, eq, gt, gte, inArray } from 'drizzle-orm';
import { DEADLINE, type Deadline, type DeadlineProof, type DeadlineStatement } from '../proofs/deadline.ts';
import { factHashOf, leafOf } from '../proofs/leaf.ts';
import { civilDayOf } from '../domain/civil-time.ts';
import {
  consistencyProof as proveContinued,
  GrowingTree,
  inclusionProof as proveIncluded,
  rootOf,
  wholeSubtrees,
  type Node,
  type Nodes,
} from '../proofs/merkle.ts';
import type { Signer } from '../proofs/signing.ts';
import { TREE_HEAD, type TreeHead } from '../proofs/tree-head.ts';
import type { TrailPlace } from './audit.ts';
import { addPaddingOfBid } from '../services/log/padding.ts';
import type { Database, Queries } from './access/database.ts';
import { notFound } from './procurements.ts';
import { audit, logNodes, treeHeads } from './schema/sqlite.ts';
import { publishKey } from './signing-keys.ts';

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

/**
 * Signs a head over all that is in the log now, and keeps it; the one that is there where nothing came since. Of several
 * that do so at once each gets the same.
 */
export async function signHead(db: Database, signer: Signer): Promise<TreeHeadRow> {
  await publishKey(db, signer);
  const size = await logSize(db.read);
  const kept = await headOf(db.read, size);
  if (kept) return kept;
  await keepNodes(db, size);
  const root = await rootOf(size, nodesOf(db.read));
  const [before, entry] = await Promise.all([
    latestHead(db.read),
    db.read.select({ at: audit.at }).from(audit).where(eq(audit.seq, size)),
  ]);
  const signedAt = Math.max(db.now(), entry[0]?.at ?? 0, before?.signedAt ?? 0);
  const jws = await signer.sign(TREE_HEAD, { size, root, at: signedAt } satisfies TreeHead);
  return db.transaction(async ({ q }) => {
    const others = await headOf(q, size);
    if (others) return others;
    await q.insert(treeHeads).values({ size, root, signedAt, jws }).onConflictDoNothing();
    const head = await headOf(q, size);
    if (!head) throw new Error(`the head of ${size} was not kept`);
    return head;
  }, 'single-rows');
}

/**
 * A head for each publication and each civil day, also one on which nothing came: it says that until then nothing had.
 * @returns the head where one was due
 */
export async function signDueHead(db: Database, signer: Signer): Promise<TreeHeadRow | null> {
  const last = await latestHead(db.read);
  const newDay = last === undefined || civilDayOf(db.now()) > civilDayOf(last.signedAt);
  if (!newDay && !(await publishedAfter(db.read, last.size))) return null;
  // Heads are kept by their size. A log without any leaf has none.
  if (last) {
    await db.transaction(async (tx) => {
      if ((await logSize(tx.q)) === last.size) addPaddingOfBid(tx);
    }, 'single-rows');
  } else if ((await logSize(db.read)) === 0) return null;
  return signHead(db, signer);
}

async function publishedAfter(q: Queries, size: number): Promise<boolean> {
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
  return proveIncluded(index, size, nodesOf(q));
}

/** @throws RangeError */
export async function consistencyProof(q: Queries, first: number, second: number): Promise<string[]> {
  return proveContinued(first, second, nodesOf(q));
}

/**
 * The deadline in force of a procurement, for whoever has seen a head of `knownSize` (0: none); a head is signed where
 * none has it yet. Where the log is shorter than what was seen nothing shows that it continues it.
 * @throws DomainError `not-found` for one that was never published
 */
export async function deadlineProof(
  db: Database,
  signer: Signer,
  procurementId: string,
  knownSize: number,
): Promise<DeadlineProof> {
  const [entry] = await db.read
    .select({ seq: audit.seq, hash: audit.hash, detail: audit.detail })
    .from(audit)
    .where(and(eq(audit.procurementId, procurementId), eq(audit.action, 'deadline.set')))
    .orderBy(desc(audit.seq))
    .limit(1);
  if (!entry) throw notFound('procurement', procurementId);
  const { version, bidDeadline } = entry.detail as Omit<Deadline, 'procurementId'>;
  const index = indexOf(entry);
  const [newest] = await db.read.select({ at: audit.at }).from(audit).orderBy(desc(audit.seq)).limit(1);
  const at = Math.max(db.now(), newest?.at ?? 0);
  const statement: DeadlineStatement = { procurementId, version, bidDeadline, at, index, entry: entry.hash };
  const last = await latestHead(db.read);
  const head = last && last.size > index && last.size >= knownSize ? last : await signHead(db, signer);
  const continues = knownSize > 0 && knownSize <= head.size;
  await publishKey(db, signer);
  return {
    statement: await signer.sign(DEADLINE, statement),
    head: head.jws,
    inclusion: await inclusionProof(db.read, index, head.size),
    consistency: continues ? await consistencyProof(db.read, knownSize, head.size) : [],
  };
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

/** Keeps the hashes of all whole subtrees of a log of that size. */
async function keepNodes(db: Database, size: number): Promise<void> {
  while ((await keptLeaves(db.read)) < size) {
    await db.transaction(async ({ q }) => {
      const from = await keptLeaves(q);
      const leaves = await q
        .select({ hash: audit.hash, detail: audit.detail })
        .from(audit)
        .where(gt(audit.seq, from))
        .orderBy(asc(audit.seq))
        .limit(Math.min(PAGE, size - from));
      const edge: string[] = [];
      for (const node of wholeSubtrees(from)) edge.push(await nodesOf(q)(node));
      const tree = new GrowingTree(from, edge);
      const nodes = leaves.flatMap((leaf) => tree.append(leafOfEntry(leaf)));
      for (let at = 0; at < nodes.length; at += ROWS) {
        await q
          .insert(logNodes)
          .values(nodes.slice(at, at + ROWS))
          .onConflictDoNothing();
      }
    }, 'single-rows');
  }
}

async function keptLeaves(q: Queries): Promise<number> {
  const [last] = await q
    .select({ index: logNodes.index })
    .from(logNodes)
    .where(eq(logNodes.level, 0))
    .orderBy(desc(logNodes.index))
    .limit(1);
  return (last?.index ?? -1) + 1;
}

const nodesOf =
  (q: Queries): Nodes =>
  async ({ level, index }: Node) => {
    const [node] = await q
      .select({ hash: logNodes.hash })
      .from(logNodes)
      .where(and(eq(logNodes.level, level), eq(logNodes.index, index)));
    if (!node) throw new RangeError(`the log keeps no node ${level}/${index}`);
    return node.hash;
  };
