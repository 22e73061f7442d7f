import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { decisionsOf, type Decision } from '../../db/decisions.ts';
import { notFound } from '../../db/procurements.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { civilDayOf, endOfDay } from '../../domain/civil-time.ts';
import { bidUnknown } from '../../domain/bids/refusals.ts';
import { bondLimitFen } from '../../domain/contracts/bond.ts';
import type { BondStep } from '../../domain/contracts/acts.ts';
import { yuan } from '../../domain/law/catalogue.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { breachOf } from '../../domain/law/violation.ts';
import { plainNumber, seenOf } from '../../domain/text.ts';
import { assertDocument } from '../documents/named.ts';
import { unlawful } from '../procurements/check-draft.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { overdueIsRecorded } from '../tender/timeline.ts';
import { contractEvent, isPlanned } from './plan.ts';
import { heldFen, performanceBondOf, wonPriceFen } from './standing.ts';
import { assertNotLater } from './when.ts';

/**
 * 履约保证金: received, given back or kept; and the payment guarantee that the purchaser gives beside it.
 * @throws DomainError `unlawful` above what the documents ask for or the law allows, `stage-conflict`, `not-found`
 */
export async function recordBond(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  given: Omit<BondStep, 'bidId'> & { readonly bidId?: string | undefined },
): Promise<Decision<'performance-bond'>> {
  const { procurementId, lotNo } = place;
  const c = await actOn(tx, procurementId);
  c.assertStage('performance-bond', lotNo);
  if (given.documentId !== null) await assertDocument(tx.q, procurementId, given.documentId, 'performance');
  const { awardedAt, winnerBidId } = c.lot(lotNo);
  if (winnerBidId === null) throw notFound('award', `${c.id}/lot/${lotNo}`);
  assertNotLater(c, { field: 'at', at: given.at, notBefore: awardedAt ?? 0, rule: c.rules.performanceBond });
  const bidId = await whose(c, lotNo, given, winnerBidId);
  const bond = await performanceBondOf(tx.q, place, { ...c.lot(lotNo), winnerBidId: bidId }, tx.now);
  refuseUnfit(c, given);
  switch (given.step) {
    case 'received': {
      const received = bond.receivedFen + given.amountFen;
      const priceFen = await wonPriceFen(tx.q, place, winnerBidId);
      refuseAbove(c.rules.performanceBond, given.amountFen, received, bondLimitFen(c.rules.performanceBond, priceFen));
      refuseAbove(c.definition.contract.bond.noMore, given.amountFen, received, bond.requiredFen);
      await refuseTwice(c, lotNo, given.reference);
      if (received >= bond.requiredFen && isPlanned(c, lotNo, 'performance-bond'))
        c.timeline.complete(lotNo, 'performance-bond', { by: actor.role, at: given.at });
      planPaymentGuarantee(c, lotNo, bond.guaranteeFen, given.at);
      break;
    }
    case 'released':
    case 'kept': {
      const left = bond.receivedFen - bond.releasedFen - bond.keptFen;
      refuseAbove(c.rules.performanceBond, given.amountFen, given.amountFen, left);
      if (given.amountFen === (await heldFen(tx.q, place)) && isPlanned(c, lotNo, 'performance-bond-release'))
        c.timeline.complete(lotNo, 'performance-bond-release', { by: actor.role, at: given.at });
      break;
    }
    case 'payment-guarantee':
      if (isPlanned(c, lotNo, 'payment-guarantee'))
        c.timeline.complete(lotNo, 'payment-guarantee', { by: actor.role, at: given.at });
      break;
  }
  const decision = c.decide('performance-bond', actor, lotNo, { ...given, bidId });
  await contractEvent(c, lotNo, 'contract.bond', { step: given.step });
  await saveCases(tx, [c]);
  return decision;
}

/**
 * Of whom a step is: of the winner, or, where it goes back or is kept, of one that has lost the award.
 * @throws DomainError `bid-unknown`
 */
async function whose(
  c: TenderCase,
  lotNo: number,
  { bidId, step }: { readonly bidId?: string | undefined; readonly step: BondStep['step'] },
  winnerBidId: string,
): Promise<string> {
  // Decisions of tests and of former versions have an empty one.
  if (bidId === undefined || bidId === '' || bidId === winnerBidId) return winnerBidId;
  const lost = await decisionsOf(c.tx.q, { procurementId: c.id, lotNo }, ['replace-winner']);
  const isFormer = lost.some(({ payload }) => payload.lostBidId === bidId);
  if (isFormer && (step === 'released' || step === 'kept')) return bidId;
  throw bidUnknown(bidId);
}

function refuse(rule: RuleId, field: string, given: string | null, zh: string, en: string): never {
  const violation = breachOf(getRule(rule), 'block', { field, given, messageZh: zh, messageEn: en });
  throw unlawful([violation], { zh: '未登记', en: 'nothing was recorded' });
}

/**
 * What is kept has a reason; and a payment guarantee is given where the law knows one.
 * @throws DomainError `unlawful`
 */
function refuseUnfit(c: TenderCase, { step, reasonZh }: Omit<BondStep, 'bidId'>): void {
  const { noMore, paymentGuarantee } = c.definition.contract.bond;
  if (step === 'kept' && seenOf(reasonZh ?? '') === '')
    refuse(c.rules.performanceBond, 'reasonZh', null, '不予退还的，应当写明理由', 'State why the bond is kept');
  if (step === 'payment-guarantee' && !paymentGuarantee?.kinds.includes(c.procurement.kind))
    refuse(noMore, 'step', step, '本项目没有工程款支付担保', 'This procurement knows no payment guarantee');
}

/** One guarantee, or transfer, is received once. @throws DomainError `unlawful` */
async function refuseTwice(c: TenderCase, lotNo: number, reference: string): Promise<void> {
  const steps = await decisionsOf(c.tx.q, { procurementId: c.id, lotNo }, ['performance-bond']);
  const isSame = ({ payload }: (typeof steps)[number]): boolean =>
    payload.step === 'received' && plainNumber(payload.reference) === plainNumber(reference);
  if (!steps.some(isSame)) return;
  refuse(
    c.rules.performanceBond,
    'reference',
    reference,
    `凭证（保函）${reference} 已经登记过`,
    `The payment or guarantee ${reference} is on record already`,
  );
}

/**
 * 同时: the purchaser's own guarantee is owed on the day on which it receives the bond (30号令 62).
 * @rule works-payment-guarantee
 */
function planPaymentGuarantee(c: TenderCase, lotNo: number, givenFen: number, receivedAt: number): void {
  const { paymentGuarantee } = c.definition.contract.bond;
  if (!paymentGuarantee?.kinds.includes(c.procurement.kind) || givenFen > 0) return;
  const before = c.milestone(lotNo, 'payment-guarantee');
  if (before !== undefined && before.state !== 'cancelled') return;
  const dueAt = endOfDay(civilDayOf(receivedAt));
  c.timeline.planAt(lotNo, 'payment-guarantee', dueAt, [paymentGuarantee.rule], overdueIsRecorded);
}

function refuseAbove(ruleId: RuleId, given: number, sumFen: number, limitFen: number): void {
  if (sumFen <= limitFen) return;
  const violation = breachOf(getRule(ruleId), 'block', {
    ...{ field: 'amountFen', given, limit: limitFen - (sumFen - given) },
    messageZh: `履约保证金累计 ${yuan(sumFen)} 元，不得超过 ${yuan(limitFen)} 元`,
    messageEn: `The performance bond comes to ${yuan(sumFen)} yuan, and may not exceed ${yuan(limitFen)} yuan`,
  });
  throw unlawful([violation], { zh: '未登记', en: 'nothing was recorded' });
}
