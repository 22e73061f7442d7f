import type { Tx } from '../../db/access/database.ts';
import type { Bid, Bidding } from '../../db/bids.ts';
import { stageConflict } from '../../db/procurements.ts';
import { bidLate } from '../../domain/bids/refusals.ts';

/**
 * The deadline, while bids are accepted; while an objection stops the clock the deadline cannot pass.
 * @throws DomainError `bid-late`, `stage-conflict`
 */
export function openDeadline(tx: Tx, { stage, bidDeadline, stoppedBy }: Bidding): number {
  if (stage === 'draft' || stage === 'launched' || stage === 'terminated' || bidDeadline === null) {
    throw stageConflict('procurement', stage, ['bidding']);
  }
  if (stage !== 'bidding' || (stoppedBy === 0 && tx.now >= bidDeadline)) throw bidLate(bidDeadline, tx.now);
  return bidDeadline;
}

export const standingOf = ({ bids }: Bidding): Bid | undefined => bids.find(({ state }) => state === 'standing');
