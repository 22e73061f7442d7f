import { eq } from 'drizzle-orm';
import { DAY_MS } from '../../domain/civil-time.ts';
import type { Database } from '../access/database.ts';
import { forgetAnswersBefore } from '../idempotency.ts';
import { forgetDeliveriesBefore } from '../notifications/deliveries.ts';
import { bidParts, bids, documents } from '../schema/sqlite.ts';
import { noteRemoved, uploadsLeftBehind } from '../uploads.ts';

/** How long unreferenced files are kept (real time): an upload in progress refers to its file only at its end. */
const KEEP_STRAY_FILES_MS = DAY_MS;
/** How long answers to requests with an Idempotency-Key are kept: nobody repeats a request after a month. */
const KEEP_ANSWERS_MS = 30 * DAY_MS;
/** How long it is kept that a message was sent, or given up (real time). */
const KEEP_DELIVERIES_MS = 30 * DAY_MS;

/**
 * Removes unreferenced data: files of bids refused after their bytes had arrived, interrupted uploads, bytes of ended
 * uploads, old answers, and messages that were sent. Returns how many files were removed.
 * @param realNowMs the machine's clock (epoch ms)
 */
export async function tidyUp(db: Database, realNowMs: number): Promise<number> {
  const before = realNowMs - KEEP_STRAY_FILES_MS;
  await db.blobs.removeUnfinished(before);
  let removed = 0;
  for await (const sha256 of db.blobs.writtenBefore(before)) {
    if (await isReferred(db, sha256)) continue;
    db.blobs.removeWrittenBefore(sha256, before);
    removed += 1;
  }
  const leftBehind = await uploadsLeftBehind(db.read);
  for (const id of leftBehind) await db.uploads.remove(id);
  if (leftBehind.length > 0) await db.transaction((tx) => noteRemoved(tx, leftBehind), 'single-rows');
  removed += leftBehind.length;
  await db.transaction((tx) => forgetDeliveriesBefore(tx, realNowMs - KEEP_DELIVERIES_MS), 'single-rows');
  // In a drill a month passes in seconds.
  if (db.clock.mode === 'real') await db.transaction((tx) => forgetAnswersBefore(tx, tx.now - KEEP_ANSWERS_MS));
  return removed;
}

async function isReferred(db: Database, sha256: string): Promise<boolean> {
  for (const table of [bids, documents, bidParts]) {
    const [row] = await db.read.select({ sha256: table.sha256 }).from(table).where(eq(table.sha256, sha256)).limit(1);
    if (row) return true;
  }
  return false;
}
