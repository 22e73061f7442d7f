import type { Queries } from '../../db/access/database.ts';
import { bidById } from '../../db/bids.ts';
import { decisionsOf } from '../../db/decisions.ts';
import { procurementById, type Procurement } from '../../db/procurements.ts';
import { retenderedLots } from '../procurements/retendered.ts';

type Tendered = Pick<Procurement, 'retenderOf' | 'retenderLot' | 'retenderOthers'>;

/** Suppliers that won a lot of which this is the new tender, or of the one before, and refused its contract. */
export async function refusersBefore(q: Queries, tender: Tendered): Promise<Set<string>> {
  const refusers = new Set<string>();
  let again: Tendered = tender;
  while (again.retenderOf !== null) {
    const procurementId: string = again.retenderOf;
    for (const lotNo of retenderedLots(again)) {
      const place = { procurementId, lotNo };
      const refused = await decisionsOf(q, place, ['refuse-award']);
      const replaced = await decisionsOf(q, place, ['replace-winner']);
      const bidIds = [
        ...refused.map(({ payload }) => payload.bidId),
        ...replaced.flatMap(({ payload }) => (payload.ground === 'declined' ? (payload.lostBidId ?? []) : [])),
      ];
      for (const bidId of new Set(bidIds)) refusers.add((await bidById(q, bidId)).supplierId);
    }
    again = await procurementById(q, procurementId);
  }
  return refusers;
}
