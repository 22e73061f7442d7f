import type { Database, Queries } from '../../db/access/database.ts';
import { insertNodes, keptLeaves, leavesBetween, nodesAt } from '../../db/log.ts';
import { inTreeOrder } from '../../proofs/batch.ts';
import { leafOfEntry } from '../../proofs/leaf.ts';
import { GrowingTree, wholeSubtrees, type Node, type Nodes } from '../../proofs/merkle.ts';

/** Leaves added to the stored nodes in one transaction. */
const PAGE = 500;

/** Stores the hashes of all whole subtrees that a batch completes; the batches before are stored. */
export async function keepNodes(db: Database, { from, until }: { from: number; until: number }): Promise<void> {
  if ((await keptLeaves(db.read)) >= until) return;
  const batch: { readonly leaf: string }[] = [];
  while (batch.length < until - from) {
    const entries = await leavesBetween(db.read, from + batch.length, until, PAGE);
    if (entries.length === 0) throw new Error(`the trail ends within the batch of ${from} to ${until} leaves`);
    for (const entry of entries) batch.push({ leaf: leafOfEntry(entry) });
  }
  const leaves = inTreeOrder(batch);
  for (let kept = from; kept < until;) {
    kept = await db.transaction(async (tx) => {
      const size = await keptLeaves(tx.q);
      const edge = wholeSubtrees(size);
      const tree = new GrowingTree(size, edge.map(lookUp(await nodesAt(tx.q, edge))));
      const added = leaves.slice(size - from, size - from + PAGE);
      insertNodes(
        tx,
        added.flatMap(({ leaf }) => tree.append(leaf)),
      );
      return size + added.length;
    }, 'single-rows');
  }
}

/** Any hash: the nodes that a proof needs depend on the sizes alone. */
const ANY = '0'.repeat(64);

/**
 * Builds a root or a proof from the stored nodes: the needed nodes are determined first, and read in one statement.
 * @throws RangeError where the log does not store a needed node
 */
export async function outOfNodes<T>(q: Queries, make: (nodes: Nodes) => Promise<T>): Promise<T> {
  const needed: Node[] = [];
  await make(async (node) => {
    needed.push(node);
    return ANY;
  });
  const hashOf = lookUp(await nodesAt(q, needed));
  return make(async (node) => hashOf(node));
}

function lookUp(kept: readonly (Node & { readonly hash: string })[]): (node: Node) => string {
  const name = ({ level, index }: Node) => `${level}/${index}`;
  const hashes = new Map(kept.map((node) => [name(node), node.hash]));
  return (node) => {
    const hash = hashes.get(name(node));
    if (hash === undefined) throw new RangeError(`the log keeps no node ${name(node)}`);
    return hash;
  };
}
