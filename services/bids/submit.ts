import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { biddingFor, endBid, insertBid, type Bid } from '../../db/bids.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import type { StoredBlob } from '../../db/files/blobs.ts';
import type { BidQuotas } from '../../domain/bids/uploads.ts';
import { assertWithinQuotas } from '../uploads/quotas.ts';
import { recordEvent } from '../../db/events.ts';
import { refuseConflict } from './conflicts.ts';
import { openDeadline, refuseSecondOffer, standingOf } from './deadline.ts';

export interface BidSubmission extends BidderPlace {
  /** The sealed file, complete on the disk. */
  readonly file: StoredBlob;
  /** Left out where they were checked before the first byte, and its bytes are counted already. */
  readonly quotas?: BidQuotas;
}

/**
 * Accepts a bid (投标文件), replacing the supplier's earlier one. It is on time iff the instant of this transaction, which
 * holds the same lock as the close, is before the deadline. The receipt states the instant at which it came.
 * @rule gp-bid-receipt, works30-receipt
 * @throws DomainError `quota-exceeded`, `bid-late`, `stage-conflict`, `not-invited`, `conflict-of-interest`,
 *   `offer-made`, `not-found`
 */
export async function submitBid(tx: Tx, actor: Actor, submission: BidSubmission): Promise<Bid> {
  const { file, quotas, procurementId, lotNo, supplierId } = submission;
  const place = { procurementId, lotNo, supplierId };
  const [, bidding] = await Promise.all([
    quotas && assertWithinQuotas(tx.q, place, file.size, quotas),
    biddingFor(tx.q, place),
  ]);
  const deadline = openDeadline(tx, bidding);
  await refuseConflict(tx.q, bidding, place);
  refuseSecondOffer(bidding);
  const standing = standingOf(bidding);
  if (standing) endBid(tx, standing.id, 'replaced');
  const bid: Bid = {
    id: newId(),
    ...place,
    version: bidding.bids.length + 1,
    sha256: file.sha256,
    size: file.size,
    receivedAt: tx.now,
    deadline,
    state: 'standing',
    endedAt: null,
  };
  insertBid(tx, bid);
  const subject = `bid/${bid.id}`;
  recordEvent(tx, {
    kind: standing ? 'bid.replaced' : 'bid.submitted',
    procurementId,
    lotNo,
    organisationId: supplierId,
    subject,
    confidential: true,
  });
  recordAudit(tx, actor, {
    action: standing ? 'bid.replace' : 'bid.submit',
    procurementId,
    subject,
    detail: { lotNo, version: bid.version, sha256: bid.sha256, size: bid.size, receivedAt: bid.receivedAt },
    confidential: true,
  });
  return bid;
}
