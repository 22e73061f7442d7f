import type { Database } from '../../db/access/database.ts';
import {
  headOf,
  insertHead,
  instantOfEntry,
  latestHead,
  logSize,
  publishedAfter,
  type TreeHeadRow,
} from '../../db/log.ts';
import { civilDayOf } from '../../domain/civil-time.ts';
import { rootOf } from '../../proofs/merkle.ts';
import type { Signer } from '../../proofs/signing.ts';
import { TREE_HEAD, type TreeHead } from '../../proofs/tree-head.ts';
import { publishKey } from '../signing-keys/publish.ts';
import { keepNodes, outOfNodes } from './nodes.ts';
import { addPaddingOfBid } from './padding.ts';

/**
 * Signs and stores a head over the whole log; returns the existing one where nothing was added since. Concurrent calls
 * get the same head.
 */
export async function signHead(db: Database, signer: Signer): Promise<TreeHeadRow> {
  await publishKey(db, signer);
  const size = await logSize(db.read);
  const kept = await headOf(db.read, size);
  if (kept) return kept;
  await keepNodes(db, size);
  const root = await outOfNodes(db.read, (nodes) => rootOf(size, nodes));
  const [before, newest] = await Promise.all([latestHead(db.read), instantOfEntry(db.read, size)]);
  const signedAt = Math.max(db.now(), newest ?? 0, before?.signedAt ?? 0);
  const jws = await signer.sign(TREE_HEAD, { size, root, at: signedAt } satisfies TreeHead);
  return db.transaction(async (tx) => {
    const others = await headOf(tx.q, size);
    if (others) return others;
    await insertHead(tx, { size, root, signedAt, jws });
    const head = await headOf(tx.q, size);
    if (!head) throw new Error(`the head of ${size} was not kept`);
    return head;
  }, 'single-rows');
}

/**
 * Signs a head for each publication and each civil day, also one without entries: it proves that nothing was added
 * until then.
 * @returns the head where one was due
 */
export async function signDueHead(db: Database, signer: Signer): Promise<TreeHeadRow | null> {
  const last = await latestHead(db.read);
  const newDay = last === undefined || civilDayOf(db.now()) > civilDayOf(last.signedAt);
  if (!newDay && !(await publishedAfter(db.read, last.size))) return null;
  // Heads are stored by their size. A log without any leaf has none.
  if (last) {
    await db.transaction(async (tx) => {
      if ((await logSize(tx.q)) === last.size) addPaddingOfBid(tx);
    }, 'single-rows');
  } else if ((await logSize(db.read)) === 0) return null;
  return signHead(db, signer);
}
