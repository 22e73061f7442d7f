import * as z from 'zod';
import { bidById, type Bid } from '../../db/bids.ts';
import type { Database } from '../../db/access/database.ts';
import type { UploadRow } from '../../db/uploads.ts';
import { receiptOf, receiptSchema } from '../bids/views.ts';
import { at, atOrNull, id, instantOut, sha256 } from '../http/schemas.ts';
import type { Services } from '../http/services.ts';

export const uploadSchema = z
  .object({
    uploadId: id,
    procurementId: id,
    lotNo: z.int(),
    length: z.int().meta({ description: '声明的字节数 / Bytes announced' }),
    sha256: sha256.nullable().meta({ description: '声明的 SHA-256 / As announced' }),
    offset: z.int().meta({ description: '已收到的字节数 / Received bytes' }),
    state: z.enum(['open', 'taken', 'refused', 'withdrawn']),
    createdAt: instantOut,
    endedAt: instantOut.nullable(),
    receipt: receiptSchema.nullable().meta({ description: '已成为投标文件的，其回执 / The receipt, once it is a bid' }),
  })
  .meta({ id: 'Upload', description: '断点续传的投标文件 / A resumable upload of a bid' });

/** The bid that an upload has become; null before. */
export async function bidOf({ db }: { readonly db: Database }, { bidId }: UploadRow): Promise<Bid | null> {
  return bidId === null ? null : bidById(db.read, bidId);
}

export async function uploadView(services: Services, upload: UploadRow): Promise<z.infer<typeof uploadSchema>> {
  const { db } = services;
  const bid = await bidOf(services, upload);
  return {
    uploadId: upload.id,
    procurementId: upload.procurementId,
    lotNo: upload.lotNo,
    length: upload.length,
    sha256: upload.sha256,
    offset: bid ? upload.length : upload.state === 'open' ? (await db.uploads.store.getUpload(upload.id)).offset : 0,
    state: upload.state,
    createdAt: at(upload.createdAt),
    endedAt: atOrNull(upload.endedAt),
    receipt: bid && (await receiptOf(services, bid)),
  };
}
