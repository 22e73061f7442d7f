import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

// Merkle trees of RFC 6962 (section 2.1) over SHA-256. Hashes are lower-case hex; sizes and indices may exceed 2^32,
// so they are halved by arithmetic, not by shifts.

/** MTH({}): of a tree without leaves. */
export const EMPTY_ROOT = bytesToHex(sha256(new Uint8Array()));

const HASH = /^[0-9a-f]{64}$/;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (input: Uint8Array): string => bytesToHex(sha256(concatBytes(LEAF, input)));

export const nodeHash = (left: string, right: string): string =>
  bytesToHex(sha256(concatBytes(NODE, hexToBytes(left), hexToBytes(right))));

/** A whole subtree: 2^level leaves, the first of them at index · 2^level. */
export interface Node {
  readonly level: number;
  readonly index: number;
}

/** Source of the hashes of whole subtrees; the tree is at least as large as the requested one. */
export type Nodes = (node: Node) => Promise<string>;

export async function rootOf(size: number, nodes: Nodes): Promise<string> {
  return size === 0 ? EMPTY_ROOT : hashOfRange(0, size, nodes);
}

/**
 * PATH(index, D[size]): proves that a leaf is in a tree.
 * @throws RangeError
 */
export async function inclusionProof(index: number, size: number, nodes: Nodes): Promise<string[]> {
  if (!isSize(size) || !isSize(index) || index >= size) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const path: string[] = [];
  let [from, until] = [0, size];
  while (until - from > 1) {
    const middle = from + splitOf(until - from);
    const within = index < middle;
    path.unshift(await (within ? hashOfRange(middle, until, nodes) : hashOfRange(from, middle, nodes)));
    if (within) until = middle;
    else from = middle;
  }
  return path;
}

/**
 * PROOF(first, D[second]): proves that a tree is the beginning of a later one.
 * @throws RangeError
 */
export async function consistencyProof(first: number, second: number, nodes: Nodes): Promise<string[]> {
  if (!isSize(first) || !isSize(second) || first < 1 || first > second)
    throw new RangeError(`a tree of ${second} does not continue one of ${first}`);
  const proof: string[] = [];
  let [from, until] = [0, second];
  while (first < until) {
    const middle = from + splitOf(until - from);
    const within = first <= middle;
    proof.unshift(await (within ? hashOfRange(middle, until, nodes) : hashOfRange(from, middle, nodes)));
    if (within) until = middle;
    else from = middle;
  }
  // A subtree that begins at 0 is the earlier tree itself, which the verifier has.
  return from === 0 ? proof : [await hashOfRange(from, until, nodes), ...proof];
}

/** @param proof untrusted: may be anything */
export function verifyInclusion(claim: {
  readonly leaf: string;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly string[];
  readonly root: string;
}): boolean {
  const { leaf, index, size, proof, root } = claim;
  if (!isSize(index) || !isSize(size) || index >= size || ![leaf, ...proof].every(isHash)) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && hash === root;
}

/** Whether the tree with the second root continues the one with the first, which has at least one leaf. */
export function verifyConsistency(claim: {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: string;
  readonly secondRoot: string;
  readonly proof: readonly string[];
}): boolean {
  const { first, second, firstRoot, secondRoot, proof } = claim;
  if (!isSize(first) || !isSize(second) || first < 1 || first > second || !proof.every(isHash)) return false;
  if (first === second) return proof.length === 0 && firstRoot === secondRoot;
  if (!isHash(firstRoot)) return false;
  let [node, last] = [first - 1, second - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  const [seed, ...path] = node === 0 ? [firstRoot, ...proof] : proof;
  if (seed === undefined) return false;
  let [before, after] = [seed, seed];
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else after = nodeHash(after, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && before === firstRoot && after === secondRoot;
}

/** A tree that grows leaf by leaf and keeps no more than its root needs. */
export class GrowingTree {
  #size: number;
  /** The whole subtrees that it consists of, the largest first. */
  readonly #subtrees: string[];

  /** @param subtrees of a tree of that size, as returned by `wholeSubtrees`; without them it is empty */
  constructor(size = 0, subtrees: readonly string[] = []) {
    this.#size = size;
    this.#subtrees = [...subtrees];
  }

  get size(): number {
    return this.#size;
  }

  /** @returns every whole subtree that the leaf completes, itself first */
  append(leaf: string): (Node & { readonly hash: string })[] {
    let node = { level: 0, index: this.#size, hash: leaf };
    const completed = [node];
    while (isOdd(node.index)) {
      const left = this.#subtrees.pop();
      if (left === undefined) throw new Error(`a tree of ${this.#size} leaves lacks a subtree`);
      node = { level: node.level + 1, index: half(node.index), hash: nodeHash(left, node.hash) };
      completed.push(node);
    }
    this.#subtrees.push(node.hash);
    this.#size += 1;
    return completed;
  }

  root(): string {
    return this.#subtrees.length === 0
      ? EMPTY_ROOT
      : this.#subtrees.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** The whole subtrees that a tree of that size consists of, the largest first. */
export function wholeSubtrees(size: number): Node[] {
  const nodes: Node[] = [];
  for (let from = 0; from < size;) {
    const level = Math.floor(Math.log2(size - from));
    nodes.push({ level, index: from / 2 ** level });
    from += 2 ** level;
  }
  return nodes;
}

/** Of leaves `from` … `until` - 1, which are a whole subtree or the right edge of the tree. */
async function hashOfRange(from: number, until: number, nodes: Nodes): Promise<string> {
  const width = until - from;
  const level = Math.log2(width);
  if (Number.isInteger(level)) return nodes({ level, index: from / width });
  const middle = from + splitOf(width);
  return nodeHash(await hashOfRange(from, middle, nodes), await hashOfRange(middle, until, nodes));
}

/** The largest power of two below `width`. */
function splitOf(width: number): number {
  let split = 1;
  while (split * 2 < width) split *= 2;
  return split;
}

const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isHash = (value: string): boolean => HASH.test(value);
const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);
