import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { endUpload, uploadOf } from '../../db/uploads.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { uploadUnknown } from '../../domain/bids/uploads.ts';
import { DomainError } from '../../domain/errors.ts';
import { recordUpload } from './record.ts';

/**
 * A supplier abandons an unfinished upload.
 * @throws DomainError `upload-unknown`, `stage-conflict` where it is already a bid
 */
export async function abandonUpload(tx: Tx, actor: Actor, place: BidderPlace, id: string): Promise<void> {
  const upload = await uploadOf(tx.q, place, id);
  if (upload.state === 'taken') {
    throw new DomainError('stage-conflict', {
      messageZh: '该上传已成为投标文件；撤回投标文件请用 POST …/bids/withdraw',
      messageEn: 'This upload is a bid already; a bid is withdrawn by POST …/bids/withdraw',
      details: { bidId: upload.bidId },
    });
  }
  if (upload.state !== 'open') throw uploadUnknown(id, upload.state);
  await endUpload(tx, id, 'withdrawn');
  recordUpload(tx, actor, 'abandon', upload, {});
}
