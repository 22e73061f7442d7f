import type { Tx } from '../../db/access/database.ts';
import { depositsOf } from '../../db/deposits.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { wake } from '../../db/engine/outbox.ts';
import { refundSubject } from '../../domain/subjects.ts';

/** A bid was withdrawn: where its bidder has paid, a workflow records it if the deposit is not given back in time. */
export async function beginRefund(tx: Tx, bid: BidderPlace & { readonly id: string }): Promise<void> {
  const { procurementId, lotNo, supplierId } = bid;
  const paid = await depositsOf(tx.q, { procurementId, lotNo, supplierId });
  if (paid.some(({ leftFen }) => leftFen > 0)) wake(tx, refundSubject(bid.id));
}
