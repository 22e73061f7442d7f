import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { civilDayOf, formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import type { Payment } from '../../domain/contracts/acts.ts';
import { interestOwed, lateRatePpm, owedFrom, paymentDue } from '../../domain/contracts/payments.ts';
import type { InstalmentStanding } from '../../domain/contracts/standing.ts';
import { badInput } from '../../domain/issues.ts';
import { yuan } from '../../domain/law/catalogue.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { breachOf } from '../../domain/law/violation.ts';
import { plainNumber } from '../../domain/text.ts';
import { assertDocument } from '../documents/named.ts';
import { unlawful } from '../procurements/check-draft.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases } from '../tender/case.ts';
import { assertInstalment, withAct } from './deliver.ts';
import { contractEvent, planPayments } from './plan.ts';
import { contractInForce } from './standing.ts';
import { refuseSameVoucher } from './vouchers.ts';
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
  const isSmall = contract.terms.smallFirm;
  refuseNothing(payment);
  const from = owedFrom(instalment, isSmall);
  refuseUnowed(rule, instalment, from !== null && from <= tx.now ? from : null, payment.paidAt);
  refuseMore(rule, 'amountFen', payment.amountFen, instalment.amountFen - instalment.paidFen);
  await refuseSameVoucher(c, lotNo, rule, payment);
  const recorded = { ...payment, voucherKey: plainNumber(payment.voucher) };
  const decision = c.decide('pay', actor, lotNo, recorded);
  const paid = await withAct(c, place, { kind: 'pay', payload: payment, receivedAt: tx.now });
  const now = paid.instalments.find(({ no }) => no === payment.instalment) as InstalmentStanding;
  const { payment: definition } = c.definition.contract;
  const owed = paymentDue(definition, now, isSmall, tx.calendar);
  const interest = interestOwed(lateRatePpm(definition, contract.terms), now, owed, tx.now);
  refuseMore(
    definition.smallFirm?.interest ?? rule,
    'interestFen',
    payment.interestFen,
    interest - instalment.interestFen,
  );
  planPayments(c, lotNo, paid, actor);
  await contractEvent(c, lotNo, 'contract.paid', { instalment: payment.instalment });
  await saveCases(tx, [c]);
  return decision;
}

/** @throws DomainError `bad-input` */
function refuseNothing({ amountFen, interestFen }: Payment): void {
  if (amountFen + interestFen > 0) return;
  throw badInput([
    {
      ...{ field: 'amountFen', rule: 'paid' },
      messageZh: '支付金额和逾期利息不能都为零',
      messageEn: 'Either the amount or the interest is more than nothing',
    },
  ]);
}

/** What waits for an event is not owed, and was not paid, before it (预付款 waits for the signing alone). */
function refuseUnowed(rule: RuleId, { no, after }: InstalmentStanding, from: number | null, paidAt: number): void {
  if (from !== null && civilDayOf(from) <= civilDayOf(paidAt)) return;
  const event = { signing: '签订', delivery: '交付', acceptance: '验收合格' }[after];
  const violation = breachOf(
    getRule(rule),
    'block',
    from === null
      ? {
          ...{ field: 'instalment', given: no },
          messageZh: `第 ${no} 期款项以${event}为支付条件，尚未登记${event}`,
          messageEn: `Instalment ${no} is paid after the ${after}, which is not on record yet`,
        }
      : {
          ...{ field: 'paidAt', given: formatInstant(paidAt), earliestLawful: formatInstant(from) },
          messageZh: `第 ${no} 期款项以${event}（${instantZh(from)}）为支付条件，支付时间不能早于此日`,
          messageEn: `Instalment ${no} is paid after the ${after} (${instantEn(from)}), and not on a day before it`,
        },
  );
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
