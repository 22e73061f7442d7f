import { and, count, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { DomainError, type ErrorCode } from '../domain/errors.ts';
import { getRule } from '../domain/law/rulebook.ts';
import { recordAudit, UNATTENDED, type Actor } from './audit.ts';
import type { Bid } from './bids.ts';
import type { Queries, Tx } from './access/database.ts';
import { bids, uploads } from './schema/sqlite.ts';
import { prepared } from './access/statements.ts';

export type UploadRow = typeof uploads.$inferSelect;

export interface UploadPlace {
  readonly procurementId: string;
  readonly lotNo: number;
  readonly supplierId: string;
}

/** Bytes that are kept at most, those of replaced and of unfinished bids included. */
export interface BidQuotas {
  /** Of one supplier in one procurement. */
  readonly supplierBytes: number;
  /** Of one procurement. */
  readonly procurementBytes: number;
  /** Unfinished uploads of one supplier in one procurement. */
  readonly openUploads: number;
}

/**
 * Begins an upload: nothing of it counts before its last byte is stored.
 * @throws DomainError `quota-exceeded`
 */
export async function beginUpload(
  tx: Tx,
  actor: Actor,
  place: UploadPlace,
  announced: { readonly length: number; readonly sha256: string | null },
  quotas: BidQuotas,
): Promise<UploadRow> {
  await assertWithinQuotas(tx.q, place, announced.length, quotas);
  const [open] = await tx.q
    .select({ count: count() })
    .from(uploads)
    .where(and(ofSupplier(place), eq(uploads.state, 'open')));
  if ((open?.count ?? 0) >= quotas.openUploads) {
    throw new DomainError('quota-exceeded', {
      messageZh: `本单位在该项目未完成的上传已达上限 ${quotas.openUploads} 个，请先完成或放弃其中之一`,
      messageEn: `Your organisation has ${quotas.openUploads} unfinished uploads in this procurement, the most there may be: finish or abandon one`,
      details: { limit: 'openUploads', maximum: quotas.openUploads },
    });
  }
  const upload: UploadRow = {
    ...place,
    ...announced,
    id: newId(),
    accountId: actor.accountId ?? '',
    state: 'open',
    bidId: null,
    createdAt: tx.now,
    endedAt: null,
    removedAt: null,
  };
  await tx.q.insert(uploads).values(upload);
  audited(tx, actor, 'upload.begin', upload, announced);
  return upload;
}

/**
 * What a supplier may still bring. Of what others have brought it learns nothing that its own asking could move: the
 * limit of the procurement counts others' bytes alone, and not what is asked for.
 * @throws DomainError `quota-exceeded`
 */
export async function assertWithinQuotas(
  q: Queries,
  place: UploadPlace,
  length: number,
  quotas: BidQuotas,
): Promise<void> {
  const { own, others } = await bytesHeld(q, place);
  if (own + length > quotas.supplierBytes) {
    throw new DomainError('quota-exceeded', {
      messageZh: `本单位在该项目的投标文件（含已替换、已撤回、未完成的）合计不得超过 ${quotas.supplierBytes} 字节，已有 ${own} 字节`,
      messageEn: `The bids of your organisation in this procurement (those replaced, withdrawn and unfinished included) may hold ${quotas.supplierBytes} bytes in all; they hold ${own}`,
      details: { limit: 'supplierBytes', maximum: quotas.supplierBytes, held: own },
    });
  }
  if (others >= quotas.procurementBytes) {
    throw new DomainError('quota-exceeded', {
      messageZh: `该项目可存放的投标文件已达上限 ${quotas.procurementBytes} 字节，请即与交易中心联系`,
      messageEn: `This procurement holds as many bytes of bids as it may (${quotas.procurementBytes}): tell the trading centre at once`,
      details: { limit: 'procurementBytes', maximum: quotas.procurementBytes },
    });
  }
}

async function bytesHeld(
  q: Queries,
  { procurementId, supplierId }: UploadPlace,
): Promise<{ own: number; others: number }> {
  const sums = await Promise.all([
    q
      .select({ supplierId: bids.supplierId, bytes: sql<number>`sum(${bids.size})` })
      .from(bids)
      .where(eq(bids.procurementId, procurementId))
      .groupBy(bids.supplierId),
    q
      .select({ supplierId: uploads.supplierId, bytes: sql<number>`sum(${uploads.length})` })
      .from(uploads)
      .where(and(eq(uploads.procurementId, procurementId), eq(uploads.state, 'open')))
      .groupBy(uploads.supplierId),
  ]);
  const held = { own: 0, others: 0 };
  for (const row of sums.flat()) held[row.supplierId === supplierId ? 'own' : 'others'] += Number(row.bytes);
  return held;
}

const ofSupplier = ({ procurementId, supplierId }: Pick<UploadPlace, 'procurementId' | 'supplierId'>) =>
  and(eq(uploads.supplierId, supplierId), eq(uploads.procurementId, procurementId));

const selectUpload = prepared((q) =>
  q
    .select()
    .from(uploads)
    .where(eq(uploads.id, sql.placeholder('id')))
    .prepare(),
);

/**
 * An upload of a supplier; another's is none.
 * @throws DomainError `upload-unknown`
 */
export async function uploadOf(q: Queries, place: UploadPlace, id: string): Promise<UploadRow> {
  const [upload] = await selectUpload(q).execute({ id });
  const own =
    upload?.supplierId === place.supplierId &&
    upload.procurementId === place.procurementId &&
    upload.lotNo === place.lotNo;
  if (!upload || !own) throw uploadUnknown(id);
  return upload;
}

export function uploadUnknown(id: string, state?: UploadRow['state']): DomainError {
  const ended = state === undefined ? null : ENDED[state];
  return new DomainError('upload-unknown', {
    messageZh: ended ? `该上传${ended.zh}，请重新上传：${id}` : `没有该上传：${id}`,
    messageEn: ended ? `This upload ${ended.en}; begin a new one: ${id}` : `No such upload: ${id}`,
    details: { uploadId: id, ...(state === undefined ? {} : { state }) },
  });
}

const ENDED: Readonly<Record<UploadRow['state'], { zh: string; en: string } | null>> = {
  open: null,
  taken: null,
  refused: { zh: '已被拒收', en: 'was refused' },
  withdrawn: { zh: '已撤回', en: 'was withdrawn' },
};

/** A supplier's own uploads for a lot, newest first. */
export async function uploadsOf(q: Queries, place: UploadPlace): Promise<UploadRow[]> {
  return q
    .select()
    .from(uploads)
    .where(and(ofSupplier(place), eq(uploads.lotNo, place.lotNo)))
    .orderBy(desc(uploads.id));
}

/**
 * The bytes that an upload was announced with.
 * @throws DomainError `upload-unknown`
 */
export async function uploadLength(q: Queries, id: string): Promise<number> {
  const [upload] = await selectUpload(q).execute({ id });
  if (!upload) throw uploadUnknown(id);
  return upload.length;
}

/** The upload has become a bid, in the transaction of the bid itself. */
export async function takeUpload(tx: Tx, actor: Actor, upload: UploadRow, bid: Bid): Promise<void> {
  await end(tx, upload.id, 'taken', bid.id);
  audited(tx, actor, 'upload.take', upload, { bidId: bid.id });
}

/** What was brought cannot be a bid; its bytes are removed. */
export async function refuseUpload(tx: Tx, actor: Actor, upload: UploadRow, reason: ErrorCode): Promise<void> {
  if (!(await end(tx, upload.id, 'refused'))) return;
  audited(tx, actor, 'upload.refuse', upload, { reason });
}

/** The supplier gives it up. */
export async function abandonUpload(tx: Tx, actor: Actor, upload: UploadRow): Promise<void> {
  if (!(await end(tx, upload.id, 'withdrawn'))) return;
  audited(tx, actor, 'upload.abandon', upload, {});
}

/**
 * What is not whole at the deadline counts as withdrawn (撤回, 电子招标投标办法 27).
 * @param because `terminated`: there will be no deadline
 */
export async function withdrawUnfinished(tx: Tx, procurementId: string, because?: 'terminated'): Promise<void> {
  const unfinished = await selectUnfinished(tx.q).execute({ procurementId });
  const { id: rule, law, article } = getRule('e-incomplete-upload');
  const reason = because ? { reason: because } : { rule, law, article };
  for (const upload of unfinished) {
    await end(tx, upload.id, 'withdrawn');
    audited(tx, UNATTENDED, 'upload.withdraw', upload, reason);
  }
}

const selectUnfinished = prepared((q) =>
  q
    .select()
    .from(uploads)
    .where(and(eq(uploads.procurementId, sql.placeholder('procurementId')), eq(uploads.state, 'open')))
    .prepare(),
);

async function end(tx: Tx, id: string, state: 'taken' | 'refused' | 'withdrawn', bidId?: string): Promise<boolean> {
  const ended = await tx.q
    .update(uploads)
    .set({ state, endedAt: tx.now, ...(bidId === undefined ? {} : { bidId }) })
    .where(and(eq(uploads.id, id), eq(uploads.state, 'open')))
    .returning({ id: uploads.id });
  return ended.length > 0;
}

function audited(tx: Tx, actor: Actor, action: string, upload: UploadRow, detail: Record<string, unknown>): void {
  recordAudit(tx, actor, {
    action,
    procurementId: upload.procurementId,
    subject: `upload/${upload.id}`,
    detail: { lotNo: upload.lotNo, ...detail },
    sealed: true,
  });
}

/** Every upload that still has bytes to bring, of all procurements. */
export async function unfinishedUploads(q: Queries): Promise<Pick<UploadRow, 'id' | 'length'>[]> {
  return q.select({ id: uploads.id, length: uploads.length }).from(uploads).where(eq(uploads.state, 'open'));
}

/** Uploads that are over, whose bytes may still be there. */
export async function uploadsLeftBehind(q: Queries): Promise<string[]> {
  const rows = await q
    .select({ id: uploads.id })
    .from(uploads)
    .where(and(ne(uploads.state, 'open'), isNull(uploads.removedAt)));
  return rows.map(({ id }) => id);
}

export async function noteRemoved(tx: Tx, id: string): Promise<void> {
  await tx.q.update(uploads).set({ removedAt: tx.now }).where(eq(uploads.id, id));
}
