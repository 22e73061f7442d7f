import { and, count, desc, eq, inArray, isNull, ne, sql, type SQL } from 'drizzle-orm';
import { uploadUnknown, type UploadState } from '../domain/bids/uploads.ts';
import type { Queries, Tx } from './access/database.ts';
import { prepared } from './access/statements.ts';
import { bids, uploads } from './schema/sqlite.ts';
import type { BidderPlace } from './tender/place.ts';

export type UploadRow = typeof uploads.$inferSelect;

export async function insertUpload(tx: Tx, upload: UploadRow): Promise<void> {
  await tx.q.insert(uploads).values(upload);
}

/** Bytes in a procurement: the supplier's own bids and unfinished uploads, and the bids of all others. */
export async function bytesHeld(
  q: Queries,
  { procurementId, supplierId }: Pick<BidderPlace, 'procurementId' | 'supplierId'>,
): Promise<{ own: number; others: number }> {
  const sums = await selectBytesHeld(q).execute({ procurementId });
  const held = { own: 0, others: 0 };
  for (const { supplierId: of, bytes, unfinished } of sums) {
    if (of === supplierId) held.own += Number(bytes);
    else if (!Number(unfinished)) held.others += Number(bytes);
  }
  return held;
}

const selectBytesHeld = prepared((q) => {
  const procurementId = sql.placeholder('procurementId');
  const ofBids = q
    .select({ supplierId: bids.supplierId, bytes: sql<number>`sum(${bids.size})`, unfinished: sql<number>`0` })
    .from(bids)
    .where(eq(bids.procurementId, procurementId))
    .groupBy(bids.supplierId);
  const ofUploads = q
    .select({ supplierId: uploads.supplierId, bytes: sql<number>`sum(${uploads.length})`, unfinished: sql<number>`1` })
    .from(uploads)
    .where(and(eq(uploads.procurementId, procurementId), eq(uploads.state, 'open')))
    .groupBy(uploads.supplierId);
  return ofBids.unionAll(ofUploads).prepare();
});

/** A supplier's unfinished uploads: how many in a procurement, and the announced bytes of all. */
export async function openUploadsOf(
  q: Queries,
  { supplierId, procurementId }: BidderPlace,
): Promise<{ open: number; announced: number }> {
  const rows = await q
    .select({ procurementId: uploads.procurementId, count: count(), bytes: sql<number>`sum(${uploads.length})` })
    .from(uploads)
    .where(and(eq(uploads.supplierId, supplierId), eq(uploads.state, 'open')))
    .groupBy(uploads.procurementId);
  return {
    open: rows.find((row) => row.procurementId === procurementId)?.count ?? 0,
    announced: rows.reduce((sum, { bytes }) => sum + Number(bytes), 0),
  };
}

const ofSupplier = ({ procurementId, supplierId }: Pick<BidderPlace, 'procurementId' | 'supplierId'>) =>
  and(eq(uploads.supplierId, supplierId), eq(uploads.procurementId, procurementId));

const selectUpload = prepared((q) =>
  q
    .select()
    .from(uploads)
    .where(eq(uploads.id, sql.placeholder('id')))
    .prepare(),
);

/**
 * An upload of a supplier; another's is answered as unknown.
 * @throws DomainError `upload-unknown`
 */
export async function uploadOf(q: Queries, place: BidderPlace, id: string): Promise<UploadRow> {
  const [upload] = await selectUpload(q).execute({ id });
  const own =
    upload?.supplierId === place.supplierId &&
    upload.procurementId === place.procurementId &&
    upload.lotNo === place.lotNo;
  if (!upload || !own) throw uploadUnknown(id);
  return upload;
}

/** A supplier's own uploads for a lot, newest first. */
export async function uploadsOf(q: Queries, place: BidderPlace): Promise<UploadRow[]> {
  return q
    .select()
    .from(uploads)
    .where(and(ofSupplier(place), eq(uploads.lotNo, place.lotNo)))
    .orderBy(desc(uploads.id));
}

/**
 * The declared bytes of an upload.
 * @throws DomainError `upload-unknown`
 */
export async function uploadLength(q: Queries, id: string): Promise<number> {
  const [upload] = await selectUpload(q).execute({ id });
  if (!upload) throw uploadUnknown(id);
  return upload.length;
}

type Ended = Exclude<UploadState, 'open'>;

/** Ends an upload; returns whether it was open. */
export async function endUpload(tx: Tx, id: string, state: Ended, bidId?: string): Promise<boolean> {
  const ended = await endOpen(tx, eq(uploads.id, id), state, bidId);
  return ended.length > 0;
}

/** Ends every open upload of these procurements, or of some of their lots, and returns them. */
export async function endOpenUploads(
  tx: Tx,
  procurementIds: readonly string[],
  state: Ended,
  lotNos?: readonly number[],
): Promise<UploadRow[]> {
  const ofTenders = inArray(uploads.procurementId, [...procurementIds]);
  const which = lotNos ? and(ofTenders, inArray(uploads.lotNo, [...lotNos])) : ofTenders;
  return which ? endOpen(tx, which, state) : [];
}

async function endOpen(tx: Tx, which: SQL, state: Ended, bidId?: string): Promise<UploadRow[]> {
  return tx.q
    .update(uploads)
    .set({ state, endedAt: tx.now, ...(bidId === undefined ? {} : { bidId }) })
    .where(and(which, eq(uploads.state, 'open')))
    .returning();
}

/** Every unfinished upload, of all procurements. */
export async function unfinishedUploads(q: Queries): Promise<UploadRow[]> {
  return q.select().from(uploads).where(eq(uploads.state, 'open'));
}

/** Uploads that are over, whose bytes may still be stored. */
export async function uploadsLeftBehind(q: Queries): Promise<string[]> {
  const rows = await q
    .select({ id: uploads.id })
    .from(uploads)
    .where(and(ne(uploads.state, 'open'), isNull(uploads.removedAt)));
  return rows.map(({ id }) => id);
}

/** Records that the bytes of these are removed. */
export async function noteRemoved(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.q
    .update(uploads)
    .set({ removedAt: tx.now })
    .where(inArray(uploads.id, [...ids]));
}
