import type { Queries } from '../../db/access/database.ts';
import { consistencyProof as proveContinued, inclusionProof as proveIncluded } from '../../proofs/merkle.ts';
import { outOfNodes } from './nodes.ts';

/** @throws RangeError where there is no such leaf, or a head of that size was never signed */
export const inclusionProof = (q: Queries, index: number, size: number): Promise<string[]> =>
  outOfNodes(q, (nodes) => proveIncluded(index, size, nodes));

/** @throws RangeError */
export const consistencyProof = (q: Queries, first: number, second: number): Promise<string[]> =>
  outOfNodes(q, (nodes) => proveContinued(first, second, nodes));
