import type { Database } from '../../db/access/database.ts';
import { endOfBatch, headOf, insertHead, instantOfEntry, latestHead, logSize, waitingAfter } from '../../db/log.ts';
import type { TreeHeadRow } from '../../db/log.ts';
import { isHeadDue, leavesInBatch, stepOf } from '../../domain/log/batches.ts';
import { rootOf } from '../../proofs/merkle.ts';
import type { Signer } from '../../proofs/signing.ts';
import { TREE_HEAD, type TreeHead } from '../../proofs/tree-head.ts';
import { publishKey } from '../signing-keys/publish.ts';
import { keepNodes, outOfNodes } from './nodes.ts';
import { fillBatch } from './padding.ts';

/**
 * Signs and stores a head over the whole log, which is filled up to a size that says nothing about what is in it; returns
 * the existing one where nothing was added since. Concurrent calls get the same head.
 */
export async function signHead(db: Database, signer: Signer): Promise<TreeHeadRow> {
  await publishKey(db, signer);
  const last = await latestHead(db.read);
  if (last && (await logSize(db.read)) <= last.size) return last;
  return signBatch(db, signer, last);
}

/**
 * Signs a head where the schedule wants one, also without entries: it proves that nothing was added until then.
 * @returns the head where one was due
 */
export async function signDueHead(db: Database, signer: Signer): Promise<TreeHeadRow | null> {
  const last = await latestHead(db.read);
  // A log without any leaf has none.
  if (last ? !isHeadDue(db.now(), last.signedAt) : (await logSize(db.read)) === 0) return null;
  await publishKey(db, signer);
  return signBatch(db, signer, last);
}

async function signBatch(db: Database, signer: Signer, last: TreeHeadRow | undefined): Promise<TreeHeadRow> {
  const from = last?.size ?? 0;
  const size = await closeBatch(db, from);
  await keepNodes(db, { from, until: size });
  const root = await outOfNodes(db.read, (nodes) => rootOf(size, nodes));
  const newest = await instantOfEntry(db.read, size);
  const signedAt = Math.max(db.now(), newest ?? 0, last?.signedAt ?? 0);
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

/** Settles the size of the next head, for all workers: by the first entry of the trail that says so. */
async function closeBatch(db: Database, from: number): Promise<number> {
  const closed = await endOfBatch(db.read, from);
  if (closed !== null) return closed;
  await db.transaction(async (tx) => {
    if ((await endOfBatch(tx.q, from)) !== null) return;
    const waiting = await waitingAfter(tx.q, from);
    const leaves = leavesInBatch(waiting, stepOf(tx.clock));
    // Others may add entries before this commit: then so many of the covers are left for the next batch.
    fillBatch(tx, { from, until: from + leaves, covers: leaves - waiting.entries - 1 });
  }, 'single-rows');
  const end = await endOfBatch(db.read, from);
  if (end === null) throw new Error(`the batch after ${from} leaves was not closed`);
  return end;
}
