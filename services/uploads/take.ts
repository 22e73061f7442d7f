import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import type { Bid } from '../../db/bids.ts';
import type { StoredBlob } from '../../db/files/blobs.ts';
import { endUpload, uploadOf } from '../../db/uploads.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { uploadUnknown } from '../../domain/bids/uploads.ts';
import { submitBid } from '../bids/submit.ts';
import { recordUpload } from './record.ts';

/**
 * A complete upload becomes a bid, on time by the instant of this transaction like any bid.
 * @throws DomainError `upload-unknown` where it has ended, `bid-late`, `stage-conflict`
 */
export async function takeUpload(
  tx: Tx,
  actor: Actor,
  { procurementId, lotNo, supplierId }: BidderPlace,
  id: string,
  file: StoredBlob,
): Promise<Bid> {
  const upload = await uploadOf(tx.q, { procurementId, lotNo, supplierId }, id);
  if (upload.state !== 'open') throw uploadUnknown(id, upload.state);
  const bid = await submitBid(tx, actor, { procurementId, lotNo, supplierId, file });
  await endUpload(tx, id, 'taken', bid.id);
  recordUpload(tx, actor, 'take', upload, { bidId: bid.id });
  return bid;
}
