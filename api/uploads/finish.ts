import type { Bid } from '../../db/bids.ts';
import type { StoredBlob } from '../../db/files/blobs.ts';
import { procurementById, type Procurement } from '../../db/procurements.ts';
import { uploadOf, type UploadRow } from '../../db/uploads.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { uploadUnknown } from '../../domain/bids/uploads.ts';
import { DomainError, type ErrorCode } from '../../domain/errors.ts';
import { refuseUpload } from '../../services/uploads/refuse.ts';
import { takeUpload } from '../../services/uploads/take.ts';
import { assertSealed, refuseLate } from '../../services/bids/intake.ts';
import { counted } from '../bids/routes.ts';
import { noContent, type RouteContext } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { bidOf } from './views.ts';

/** Errors after which the upload can never become a bid, however often it is retried. */
const FINAL: readonly ErrorCode[] = [
  'bid-late',
  'stage-conflict',
  'offer-made',
  'not-invited',
  'hash-mismatch',
  'not-sealed',
  'seal-unfit',
  'file-too-large',
];

/**
 * Makes a bid of a complete upload: it counts at the instant of the final transaction, as any bid. Idempotent: a client
 * that missed the answer may repeat the request.
 */
export async function finishUpload(
  { services, actor, commit }: Pick<RouteContext<'lot', unknown, unknown, unknown>, 'services' | 'actor' | 'commit'>,
  place: BidderPlace,
  uploadId: string,
): Promise<Bid> {
  const { db, tus } = services;
  return tus.alone(uploadId, async () => {
    const upload = await uploadOf(db.read, place, uploadId);
    const taken = await bidOf(services, upload);
    if (taken) return taken;
    // The tender may have changed during the upload.
    const procurement = await procurementById(db.read, place.procurementId);
    if (upload.state !== 'open') {
      await refuseLate(db, procurement);
      throw uploadUnknown(uploadId, upload.state);
    }
    if ((await db.uploads.store.getUpload(uploadId)).offset !== upload.length) throw notWhole(upload);
    try {
      return await counted(services, async () => {
        await refuseLate(db, procurement);
        const file = await intoBlobs(services, procurement, upload);
        const began = performance.now();
        let bid: Bid | undefined;
        await commit(async (tx) => {
          bid = await takeUpload(tx, actor, place, uploadId, file);
          return noContent();
        });
        if (!bid) throw new Error('a transaction was committed without its work');
        services.metrics.bidStored(file.size, (performance.now() - began) / 1000);
        // What is left is removed later.
        await db.uploads.remove(uploadId).catch(() => undefined);
        return bid;
      });
    } catch (error) {
      if (error instanceof DomainError && FINAL.includes(error.code)) {
        const { code } = error;
        const { procurementId } = place;
        await db.transaction((tx) => refuseUpload(tx, actor, upload, code), { procurementId });
        await db.uploads.remove(uploadId).catch(() => undefined);
      }
      throw error;
    }
  });
}

export function notWhole({ id: uploadId }: UploadRow): DomainError {
  return new DomainError('upload-offset', {
    messageZh: '文件尚未传完，请先以 HEAD 查询已收到的字节数',
    messageEn: 'Not all bytes have arrived: get the offset with HEAD',
    details: { uploadId },
  });
}

async function intoBlobs({ db }: Services, procurement: Procurement, upload: UploadRow): Promise<StoredBlob> {
  await assertSealed(db, procurement, upload, upload.length, () => db.uploads.read(upload.id));
  const check = (file: StoredBlob): void => {
    if (file.size !== upload.length) throw notWhole(upload);
    if (upload.sha256 === null || upload.sha256 === file.sha256) return;
    throw new DomainError('hash-mismatch', {
      messageZh: '收到的文件与声明的 SHA-256 不一致，未收下，请重新上传',
      messageEn: 'The received bytes do not match the declared SHA-256; they were not stored, send them again',
      details: { declared: upload.sha256, received: file.sha256 },
    });
  };
  const path = db.uploads.file(upload.id);
  if (path !== null) return db.blobs.adopt(path, check);
  const file = await db.blobs.store(await db.uploads.read(upload.id), upload.length);
  check(file);
  return file;
}
