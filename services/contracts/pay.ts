import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { Payment } from '../../domain/contracts/acts.ts';
import { interestOwed, paymentDue } from '../../domain/contracts/payments.ts';
import type { InstalmentStanding } from '../../domain/contracts/standing.ts';
import { yuan } from '../../domain/law/catalogue.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { breachOf } from '../../domain/law/violation.ts';
import { assertDocument } from '../documents/named.ts';
import { unlawful } from '../procurements/check-draft.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases } from '../tender/case.ts';
import { assertInstalment, withAct } from './deliver.ts';
import { contractEvent, planPayments } from './plan.ts';
import { contractInForce } from './standing.ts';
import { assertNotLater } from './when.ts';

/**
 * 支付: of an instalment that is owed, never more than is left of it, and of interest no more than it has come to.
 * @throws DomainError `unlawful`, `bad-input`, `stage-conflict`, `not-found`
 */
export async function payContract(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  payment: Payment,
): Promise<Decision<'pay'>> {
  const { procurementId, lotNo } = place;
  const c = await actOn(tx, procurementId);
  c.assertStage('pay', lotNo);
  if (payment.documentId !== null) await assertDocument(tx.q, procurementId, payment.documentId, 'performance');
  const contract = await contractInForce(c, lotNo);
  assertInstalment(contract, payment.instalment);
  const { rule } = c.definition.acts.pay;
  assertNotLater(c, { field: 'paidAt', at: payment.paidAt, notBefore: contract.signedAt, rule });
  const instalment = contract.instalments.find(({ no }) => no === payment.instalment) as InstalmentStanding;
  refuseUnowed(rule, instalment);
  refuseMore(rule, 'amountFen', payment.amountFen, instalment.amountFen - instalment.paidFen);
  const decision = c.decide('pay', actor, lotNo, payment);
  const paid = await withAct(c, place, { kind: 'pay', payload: payment, receivedAt: tx.now });
  const now = paid.instalments.find(({ no }) => no === payment.instalment) as InstalmentStanding;
  const { smallFirm } = c.definition.contract.payment;
  const isSmall = contract.terms.smallFirm;
  const owed = paymentDue(c.definition.contract.payment, now, isSmall, tx.calendar);
  const interest = isSmall ? interestOwed(smallFirm?.interest, now, owed, tx.now) : 0;
  refuseMore(smallFirm?.interest ?? rule, 'interestFen', payment.interestFen, interest - instalment.interestFen);
  planPayments(c, lotNo, paid, actor);
  await contractEvent(c, lotNo, 'contract.paid', { instalment: payment.instalment });
  await saveCases(tx, [c]);
  return decision;
}

/** What waits for an event is not owed before it (预付款 waits for the signing alone). */
function refuseUnowed(rule: RuleId, { no, from, after }: InstalmentStanding): void {
  if (from !== null) return;
  const event = { signing: '签订', delivery: '交付', acceptance: '验收合格' }[after];
  const violation = breachOf(getRule(rule), 'block', {
    ...{ field: 'instalment', given: no },
    messageZh: `第 ${no} 期款项以${event}为支付条件，尚未登记${event}`,
    messageEn: `Instalment ${no} is paid after the ${after}, which is not on record yet`,
  });
  throw unlawful([violation], { zh: '未登记', en: 'nothing was recorded' });
}

function refuseMore(rule: RuleId, field: string, given: number, limit: number): void {
  if (given <= limit) return;
  const violation = breachOf(getRule(rule), 'block', {
    ...{ field, given, limit },
    messageZh: `不得超过应付未付的 ${yuan(limit)} 元`,
    messageEn: `No more than the ${yuan(limit)} yuan that are owed`,
  });
  throw unlawful([violation], { zh: '未登记', en: 'nothing was recorded' });
}
