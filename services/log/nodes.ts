import type { Database, Queries } from '../../db/access/database.ts';
import { insertNodes, keptLeaves, leavesAfter, nodesAt } from '../../db/log.ts';
import { leafOfEntry } from '../../proofs/leaf.ts';
import { GrowingTree, wholeSubtrees, type Node, type Nodes } from '../../proofs/merkle.ts';

/** Leaves added to the stored nodes in one transaction. */
const PAGE = 500;

/** Stores the hashes of all whole subtrees of a log of that size. */
export async function keepNodes(db: Database, size: number): Promise<void> {
  while ((await keptLeaves(db.read)) < size) {
    await db.transaction(async (tx) => {
      const from = await keptLeaves(tx.q);
      const edge = wholeSubtrees(from);
      const [leaves, kept] = await Promise.all([
        leavesAfter(tx.q, from, Math.min(PAGE, size - from)),
        nodesAt(tx.q, edge),
      ]);
      const hashOf = lookUp(kept);
      const tree = new GrowingTree(from, edge.map(hashOf));
      insertNodes(
        tx,
        leaves.flatMap((leaf) => tree.append(leafOfEntry(leaf))),
      );
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
