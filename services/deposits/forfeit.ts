import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { receiptsOf } from '../../db/bids.ts';
import type { DepositAccount } from '../../db/deposits.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { unsealingOf } from '../../db/openings/unsealings.ts';
import { lotOf } from '../../db/procurements.ts';
import type { BidderRecord, ForfeitGround } from '../../domain/deposits/grounds.ts';
import { assertForfeit } from '../../domain/deposits/settlement.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { depositToSettle, settled, type Settled } from './settle.ts';
import { storeMovements } from './store.ts';

/**
 * Records that a deposit is kept, on one of the law's grounds.
 * @throws DomainError `not-found`, `bad-input`, `unlawful` for a ground that does not apply, or that the record contradicts
 */
export async function forfeitDeposit(
  tx: Tx,
  actor: Actor,
  depositId: string,
  forfeit: { readonly amountFen: number; readonly ground: ForfeitGround; readonly reasonZh: string },
): Promise<Settled> {
  const settling = await depositToSettle(tx, actor, depositId);
  const { account, tender, duty } = settling;
  assertForfeit(procedureOf(tender), account, duty, forfeit, await bidderRecordOf(tx, account));
  await storeMovements(tx, actor, [{ deposit: account, movement: { kind: 'forfeited', at: tx.now, ...forfeit } }]);
  return settled(tx, actor, settling, forfeit.amountFen);
}

/** What the platform has recorded of the bidder of a deposit. */
async function bidderRecordOf({ q }: Tx, { procurementId, lotNo, supplierId }: DepositAccount): Promise<BidderRecord> {
  const bids = await receiptsOf(q, supplierId, procurementId);
  const standing = bids.find((bid) => bid.lotNo === lotNo && bid.state === 'standing');
  const opened = (await openingsOf(q, procurementId)).some((opening) => opening.lotNo === lotNo && opening.opened);
  const unsealing = standing && (await unsealingOf(q, standing.id));
  const { stage, winnerBidId } = await lotOf(q, procurementId, lotNo);
  return {
    bid: standing ? 'standing' : 'none',
    // What was not sealed is open as soon as its lot is.
    opening: unsealing?.state ?? (opened ? 'opened' : null),
    won: standing !== undefined && standing.id === winnerBidId,
    contractSigned: stage === 'performance' || stage === 'archived',
  };
}
