import type { Tx } from '../../db/access/database.ts';
import type { Bid, Bidding } from '../../db/bids.ts';
import { notInvited } from '../../domain/procedures/entry.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { citeEn, citeZh } from '../../domain/law/rule.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { bidLate, type Late } from '../../domain/bids/refusals.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';

/**
 * The deadline, while bids are accepted; null while an objection suspends the clock: it cannot pass.
 * @param late what an act is refused with after it
 * @throws DomainError `bid-late`, `stage-conflict`, `not-invited`
 */
export function openDeadline(tx: Tx, bidding: Bidding, late: Late = bidLate): number | null {
  const { stage, bidDeadline, suspendedBy } = bidding;
  if (!bidding.admitted) refuseUninvited(bidding);
  if (stage === 'draft' || stage === 'launched' || stage === 'terminated' || bidDeadline === null) {
    const definition = procedureOf(bidding);
    throw stageConflict(definition, { what: 'procurement', stage, wanted: ['bidding'], action: 'bid.submit' });
  }
  if (stage !== 'bidding' || (suspendedBy === 0 && tx.now >= bidDeadline)) throw late(bidding, bidDeadline, tx.now);
  refuseEndedLot(bidding);
  return suspendedBy > 0 ? null : bidDeadline;
}

/**
 * A lot that was terminated by itself takes no bids, although others do.
 * @throws DomainError `stage-conflict`
 */
export function refuseEndedLot(bidding: Bidding): void {
  const { stage, lotStage } = bidding;
  if (stage !== 'bidding' || lotStage === 'pending') return;
  const definition = procedureOf(bidding);
  const rule = definition.rules.termination;
  throw stageConflict(definition, { what: 'lot', stage: lotStage, wanted: ['pending'], rule });
}

function refuseUninvited(bidding: Bidding): void {
  const { entry } = procedureOf(bidding);
  if (entry.by === 'invitation') throw notInvited(entry);
}

export const standingOf = ({ bids }: Bidding): Bid | undefined => bids.find(({ state }) => state === 'standing');

/**
 * Where an offer is made once and not changed, a second one is refused, also after the first was withdrawn.
 * @throws DomainError `offer-made`
 */
export function refuseSecondOffer(bidding: Bidding): void {
  const { offers, words } = procedureOf(bidding);
  const [first] = bidding.bids;
  if (offers.replaceable || !first) return;
  const rule = getRule(offers.rule);
  throw new DomainError('offer-made', {
    messageZh: `${words.bid}只能提交一次，报价一次报出、不得更改；已于 ${instantZh(first.receivedAt)} 收到贵单位的${words.bid}（${citeZh(rule)}）`,
    messageEn: `An offer is made once and not changed; yours was received at ${instantEn(first.receivedAt)} (${citeEn(rule)})`,
    details: { rule: rule.id, law: rule.law, article: rule.article, receivedAt: formatInstant(first.receivedAt) },
  });
}
