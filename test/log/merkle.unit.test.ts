import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  consistencyProof,
  EMPTY_ROOT,
  GrowingTree,
  inclusionProof,
  leafHash,
  nodeHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  wholeSubtrees,
  type Nodes,
} from '../../proofs/merkle.ts';

const vectors = <T>(file: string): T =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/rfc6962', file), 'utf8')) as T;
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');

/** As RFC 6962 writes it, with every leaf at hand. */
function mth(leaves: readonly string[]): string {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0] as string;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(mth(leaves.slice(0, split)), mth(leaves.slice(split)));
}

const nodesOver =
  (leaves: readonly string[]): Nodes =>
  async ({ level, index }) => {
    const width = 2 ** level;
    expect((index + 1) * width, 'only whole subtrees are asked for').toBeLessThanOrEqual(leaves.length);
    return mth(leaves.slice(index * width, (index + 1) * width));
  };

describe('the vectors of certificate transparency', () => {
  const { leafInputs, nodeHashes, rootHashes } = vectors<{
    leafInputs: string[];
    nodeHashes: string[][];
    rootHashes: string[];
  }>('tree.json');
  const leaves = leafInputs.map((input) => leafHash(bytes(input)));

  it('leaves, nodes and roots', async () => {
    expect(leaves).toEqual(nodeHashes[0]);
    const tree = new GrowingTree();
    const completed = leaves.flatMap((leaf) => tree.append(leaf));
    expect(completed).toHaveLength(15);
    for (const { level, index, hash } of completed) expect(hash).toBe(nodeHashes[level]?.[index]);
    for (const [size, root] of rootHashes.entries()) expect(await rootOf(size, nodesOver(leaves))).toBe(root);
  });
});

interface InclusionVector {
  file: string;
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  wantErr: boolean;
}

interface ConsistencyVector {
  file: string;
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[] | null;
  wantErr: boolean;
}

describe('the vectors of transparency-dev', () => {
  it.each(vectors<InclusionVector[]>('inclusion.json'))('$file', (vector) => {
    const verified = verifyInclusion({
      leaf: hexOf(vector.leafHash),
      index: vector.leafIdx,
      size: vector.treeSize,
      proof: (vector.proof ?? []).map(hexOf),
      root: hexOf(vector.root),
    });
    expect(verified).toBe(!vector.wantErr);
  });

  it.each(vectors<ConsistencyVector[]>('consistency.json'))('$file', (vector) => {
    const verified = verifyConsistency({
      first: vector.size1,
      second: vector.size2,
      firstRoot: hexOf(vector.root1),
      secondRoot: hexOf(vector.root2),
      proof: (vector.proof ?? []).map(hexOf),
    });
    expect(verified).toBe(!vector.wantErr);
  });
});

const leavesOf = (size: number): string[] =>
  Array.from({ length: size }, (_, index) => leafHash(new TextEncoder().encode(`leaf ${index}`)));

describe('of any tree', () => {
  const size = fc.integer({ min: 1, max: 70 });

  it('a tree that grew has the root of its leaves, and continues from its complete subtrees', () =>
    fc.assert(
      fc.asyncProperty(size, fc.integer({ min: 0, max: 70 }), async (last, at) => {
        const leaves = leavesOf(last);
        const stop = Math.min(at, last);
        const begun = await Promise.all(wholeSubtrees(stop).map(nodesOver(leaves)));
        const tree = new GrowingTree(stop, begun);
        for (const leaf of leaves.slice(stop)) tree.append(leaf);
        expect([tree.size, tree.root()]).toEqual([last, mth(leaves)]);
      }),
    ));

  it('each leaf is shown to be in it, and in no other place, and no other leaf is', () =>
    fc.assert(
      fc.asyncProperty(size, fc.nat(), async (last, picked) => {
        const leaves = leavesOf(last);
        const index = picked % last;
        const proof = await inclusionProof(index, last, nodesOver(leaves));
        const claim = { leaf: leaves[index] as string, index, size: last, proof, root: mth(leaves) };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leaf: leafHash(bytes('ff')) })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, leafHash(bytes('ff'))] })).toBe(false);
        expect(verifyInclusion({ ...claim, root: EMPTY_ROOT })).toBe(false);
        for (const other of leaves.keys())
          if (other !== index) expect(verifyInclusion({ ...claim, index: other })).toBe(false);
        for (const dropped of proof.keys())
          expect(verifyInclusion({ ...claim, proof: proof.filter((_, each) => each !== dropped) })).toBe(false);
      }),
    ));

  it('it is shown to continue what it was, and nothing else', () =>
    fc.assert(
      fc.asyncProperty(size, fc.nat(), async (second, picked) => {
        const leaves = leavesOf(second);
        const first = 1 + (picked % second);
        const proof = await consistencyProof(first, second, nodesOver(leaves));
        const claim = { first, second, firstRoot: mth(leaves.slice(0, first)), secondRoot: mth(leaves), proof };
        expect(verifyConsistency(claim)).toBe(true);
        const rewritten = [...leaves.slice(0, first - 1), leafHash(bytes('ff'))];
        expect(verifyConsistency({ ...claim, firstRoot: mth(rewritten) })).toBe(false);
        expect(verifyConsistency({ ...claim, secondRoot: leafHash(bytes('ff')) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, leafHash(bytes('ff'))] })).toBe(false);
        for (const dropped of proof.keys())
          expect(verifyConsistency({ ...claim, proof: proof.filter((_, each) => each !== dropped) })).toBe(false);
      }),
    ));

  it('what is asked of a leaf or a tree that is not there is refused', async () => {
    const nodes = nodesOver(leavesOf(4));
    for (const [index, of] of [
      [4, 4],
      [-1, 4],
      [0.5, 4],
      [0, 0],
    ] as const)
      await expect(inclusionProof(index, of, nodes)).rejects.toThrow(RangeError);
    for (const [first, second] of [
      [0, 4],
      [5, 4],
      [1.5, 4],
    ] as const)
      await expect(consistencyProof(first, second, nodes)).rejects.toThrow(RangeError);
  });

  it('nonsense from a stranger is no proof', () => {
    const [leaf, other] = leavesOf(2) as [string, string];
    const root = nodeHash(leaf, other);
    for (const proof of [['x'], [other.toUpperCase()], [`${other}00`], ['']])
      expect(verifyInclusion({ leaf, index: 0, size: 2, proof, root })).toBe(false);
    expect(verifyInclusion({ leaf, index: 0, size: 2, proof: [other], root })).toBe(true);
    expect(verifyInclusion({ leaf, index: Number.NaN, size: 2, proof: [other], root })).toBe(false);
    expect(verifyConsistency({ first: 1, second: 2, firstRoot: 'x', secondRoot: root, proof: [other] })).toBe(false);
  });
});
