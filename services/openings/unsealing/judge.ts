import type { Database } from '../../../db/access/database.ts';
import type { OpeningFault } from '../../../db/openings/openings.ts';
import type { BidInOpening } from '../../../db/openings/unsealings.ts';
import { CUSTODIANS_NEEDED } from '../../../domain/bids/sealing.ts';
import {
  notAsReceipted,
  notEnoughShares,
  notReleased,
  SHARES_UNFIT,
  type Reason,
  type UnsealedBid,
} from '../../../domain/openings/outcomes.ts';
import { MOST_PARTS } from '../../../sealing/format.ts';
import type { HeldOpening } from './held.ts';
import type { UnsealingPool } from './pool.ts';

/**
 * The shares that the bidders of a tender have released, and recorded faults of others; only where they keep shares.
 */
export interface FromBidders {
  readonly released: ReadonlyMap<string, string>;
  readonly faults: readonly OpeningFault[];
}

/** Opens one bid, and judges the cause where it cannot be opened. @throws the storage error */
export async function unsealBid(
  { blobs }: Pick<Database, 'blobs'>,
  pool: UnsealingPool,
  held: HeldOpening,
  bid: BidInOpening,
  { released, faults }: FromBidders,
): Promise<UnsealedBid> {
  const { terms } = held;
  const shares = held.shares.get(bid.id);
  const custodians = [...(shares?.keys() ?? [])].sort();
  // Whether the file on the disk is the one that was submitted: if not, its bidder is not to blame.
  const refused = async (reason: Reason): Promise<UnsealedBid> =>
    (await blobs.inspect(bid.sha256))?.sha256 === bid.sha256
      ? { state: 'broken', reason, custodians }
      : { state: 'returned', reason: notAsReceipted(held.notDecrypted), custodians };

  const head = await held.headOf(bid);
  if (head.fault) return refused(head.fault);

  const bidderShare = released.get(bid.id) ?? null;
  if (terms.bidderWindowMinutes !== null && bidderShare === null) {
    const fault = faults.find(({ bidId }) => bidId === bid.id);
    return notReleased(held.notDecrypted, fault?.reasonZh ?? null, custodians);
  }

  if (custodians.length < CUSTODIANS_NEEDED) {
    // One custodian's report against a bidder proves nothing; two custodians who opened other bids' shares prove it.
    const able = new Set([...held.shares.values()].flatMap((each) => [...each.keys()]));
    const against = [...(held.unfit.get(bid.id) ?? [])].filter((custodian) => able.has(custodian));
    if (against.length >= CUSTODIANS_NEEDED) return refused(SHARES_UNFIT);
    return { state: 'returned', reason: notEnoughShares(held.notDecrypted), custodians };
  }
  const unsealed = await pool.unseal(
    bid.sha256,
    {
      terms,
      procurementId: bid.procurementId,
      lotNo: bid.lotNo,
      bidder: bid.creditCode,
      shares: [...(shares ?? [])],
      bidderShare,
      // The content is never larger than the sealed file.
      limits: { maxBytes: bid.size, maxParts: MOST_PARTS },
    },
    blobs,
  );
  return 'manifest' in unsealed
    ? { state: 'opened', manifest: unsealed.manifest, custodians }
    : refused(unsealed.fault);
}
