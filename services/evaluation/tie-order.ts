import type { StandingBid } from '../../db/bids.ts';
import type { Unsealing } from '../../db/openings/unsealings.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { orderedBids, type OrderedBids } from '../../proofs/tie-order.ts';

/** The opened bids of a lot in the random order, from what is on record since the deadline. @param bids in the order of receipt */
export function tieOrderOf(
  { procurementId, lotNo }: TenderPlace,
  bids: readonly Pick<StandingBid, 'id' | 'sha256'>[],
  unsealings: readonly Pick<Unsealing, 'bidId' | 'manifest'>[],
): OrderedBids {
  const manifests = new Map(unsealings.map(({ bidId, manifest }) => [bidId, manifest]));
  return orderedBids(
    { procurementId, lotNo },
    bids.map(({ id: bidId, sha256: file }) => {
      const manifest = manifests.get(bidId);
      return { bidId, file, content: manifest ? canonicalHash(manifest) : null };
    }),
  );
}
