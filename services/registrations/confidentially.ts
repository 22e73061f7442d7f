import type { Tx } from '../../db/access/database.ts';

/** Who registers may be about to bid: what the trail says of it is shown to nobody until that tells nothing. */
export async function confidentially<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  const before = tx.trail.length;
  const result = await work();
  tx.trail.push(...tx.trail.splice(before).map((entry) => ({ ...entry, confidential: true })));
  return result;
}
