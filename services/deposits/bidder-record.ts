import type { Tx } from '../../db/access/database.ts';
import { receiptsOf } from '../../db/bids.ts';
import { decisionsOf } from '../../db/decisions.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { unsealingOf } from '../../db/openings/unsealings.ts';
import { lotOf } from '../../db/procurements.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import type { BidderRecord } from '../../domain/deposits/grounds.ts';

/** What the platform has recorded of a bidder for a lot. */
export async function bidderRecordOf(
  { q }: Tx,
  { procurementId, lotNo, supplierId }: BidderPlace,
): Promise<BidderRecord> {
  const bids = await receiptsOf(q, supplierId, procurementId);
  const standing = bids.find((bid) => bid.lotNo === lotNo && bid.state === 'standing');
  const opened = (await openingsOf(q, procurementId)).some((opening) => opening.lotNo === lotNo && opening.opened);
  const unsealing = standing && (await unsealingOf(q, standing.id));
  const { stage, winnerBidId } = await lotOf(q, procurementId, lotNo);
  // Who had won, and has lost the award, refused the contract as the winner.
  const lost = (await decisionsOf(q, { procurementId, lotNo }, ['replace-winner'])).map(
    ({ payload }) => payload.lostBidId,
  );
  const isLost = standing !== undefined && lost.includes(standing.id);
  return {
    bid: standing ? 'standing' : 'none',
    // What was not sealed is open as soon as its lot is.
    opening: unsealing?.state ?? (opened ? 'opened' : null),
    won: isLost || (standing !== undefined && standing.id === winnerBidId),
    contractSigned: !isLost && (stage === 'performance' || stage === 'archived'),
  };
}
