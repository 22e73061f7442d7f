import type { Database } from '../../db/access/database.ts';
import { latestHead, logSize } from '../../db/log.ts';
import { signingKeysOf } from '../../db/signing-keys.ts';
import { rootOf } from '../../proofs/merkle.ts';
import { NotSigned } from '../../proofs/signing.ts';
import { verifyTreeHead } from '../../proofs/tree-head.ts';
import type { AddHead, WitnessedHead } from '../../proofs/witness.ts';
import { outOfNodes } from './nodes.ts';
import { consistencyProof } from './proofs.ts';

/**
 * How this log stands to the head that a witness has. `ahead`: the witness has seen more of it; `other`: it has seen
 * another; `not-ours`: what it has is signed by none of our keys.
 */
export type Standing = 'same' | 'behind' | 'ahead' | 'other' | 'not-ours';

export async function standingOf({ read }: Pick<Database, 'read'>, witnessed: WitnessedHead): Promise<Standing> {
  const { size, root } = witnessed;
  try {
    const signed = await verifyTreeHead(witnessed.head, await signingKeysOf(read));
    if (signed.size !== size || signed.root !== root) return 'not-ours';
  } catch (error) {
    if (!(error instanceof NotSigned)) throw error;
    return 'not-ours';
  }
  if (size > (await logSize(read))) return 'ahead';
  const own = await outOfNodes(read, (nodes) => rootOf(size, nodes)).catch((error: unknown) => {
    // The nodes below a signed head are always there.
    if (error instanceof RangeError) return null;
    throw error;
  });
  if (own !== root) return 'other';
  return size === (await latestHead(read))?.size ? 'same' : 'behind';
}

/** What to tell a witness that has a head of `old` leaves (0: none); null where it has the last one. */
export async function headToAdd({ read }: Pick<Database, 'read'>, old: number): Promise<AddHead | null> {
  const last = await latestHead(read);
  if (!last || last.size <= old) return null;
  return { old, proof: old === 0 ? [] : await consistencyProof(read, old, last.size), head: last.jws };
}
