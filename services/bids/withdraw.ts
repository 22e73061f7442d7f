import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { peopleOf } from '../../db/accounts/membership-requests.ts';
import { biddingFor, endBid, type Bid } from '../../db/bids.ts';
import type { BidderPlace } from '../../db/tender/place.ts';
import { bidUnknown, withdrawalLate } from '../../domain/bids/refusals.ts';
import { recordEvent } from '../../db/events.ts';
import { notify } from '../../db/accounts/notifications.ts';
import { beginRefund } from '../deposits/begin-refund.ts';
import { openDeadline, standingOf } from './deadline.ts';

/**
 * Withdraws (撤回) the supplier's standing bid; lawful until the deadline only (招标投标法 29, 财政部令87号 34). All of its people are
 * informed.
 * @throws DomainError `bid-late`, `bid-unknown`, `stage-conflict`
 */
export async function withdrawBid(tx: Tx, actor: Actor, at: BidderPlace): Promise<Bid> {
  const bidding = await biddingFor(tx.q, at);
  openDeadline(tx, bidding, withdrawalLate);
  const standing = standingOf(bidding);
  if (!standing) throw bidUnknown(null);
  endBid(tx, standing.id, 'withdrawn');
  const { procurementId, lotNo, supplierId } = at;
  const subject = `bid/${standing.id}`;
  recordEvent(tx, {
    kind: 'bid.withdrawn',
    procurementId,
    lotNo,
    organisationId: supplierId,
    subject,
    confidential: true,
  });
  recordAudit(tx, actor, {
    action: 'bid.withdraw',
    procurementId,
    subject,
    detail: { lotNo },
    confidential: true,
  });
  const people = (await peopleOf(tx.q, supplierId)).map(({ accountId }) => accountId);
  await notify(tx, people, 'bid.withdrawn', { procurementId, lotNo, bidId: standing.id, by: actor.accountId });
  await beginRefund(tx, standing);
  return { ...standing, state: 'withdrawn', endedAt: tx.now };
}
