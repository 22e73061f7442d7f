import type { Actor } from '../../db/audit.ts';
import type { Queries, Tx } from '../../db/access/database.ts';
import { bidById } from '../../db/bids.ts';
import { latestDecision, type Decision } from '../../db/decisions.ts';
import { recordEvent } from '../../db/events.ts';
import { notFound } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { DomainError } from '../../domain/errors.ts';
import { lotSubject } from '../../domain/subjects.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases } from '../tender/case.ts';

/**
 * 放弃中标、拒绝签订合同: the winner states it itself; what follows the purchaser decides.
 * @throws DomainError `not-found` for who is not the winner, `already-exists`, `stage-conflict`
 */
export async function refuseAward(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  { supplierId, reasonZh }: { readonly supplierId: string; readonly reasonZh: string },
): Promise<Decision<'refuse-award'>> {
  const { procurementId, lotNo } = place;
  const c = await actOn(tx, procurementId);
  c.assertStage('refuse-award', lotNo);
  const { winnerBidId } = c.lot(lotNo);
  const winner = winnerBidId === null ? null : await bidById(tx.q, winnerBidId);
  if (winner?.supplierId !== supplierId) throw notFound('award', `${procurementId}/lot/${lotNo}`);
  if (await hasRefused(tx.q, procurementId, c.lot(lotNo))) throw alreadyRefused();
  const decision = c.decide('refuse-award', actor, lotNo, { bidId: winner.id, reasonZh });
  recordEvent(tx, { kind: 'award.refused', procurementId, lotNo, subject: lotSubject(procurementId, lotNo) });
  await saveCases(tx, [c]);
  return decision;
}

/** Whether the present winner of a lot has stated that it refuses the award. */
export async function hasRefused(
  q: Queries,
  procurementId: string,
  { no, winnerBidId }: { readonly no: number; readonly winnerBidId: string | null },
): Promise<boolean> {
  const stated = await latestDecision(q, { procurementId, lotNo: no }, 'refuse-award');
  return stated !== undefined && stated.payload.bidId === winnerBidId;
}

const alreadyRefused = (): DomainError =>
  new DomainError('already-exists', {
    messageZh: '贵单位已经声明放弃，声明已在记录中',
    messageEn: 'You have refused the award already; that is on record',
    details: { field: 'reasonZh' },
  });
