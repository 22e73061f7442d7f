import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { civilDayOf, formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import type { Delivery } from '../../domain/contracts/acts.ts';
import { contractOf, type Contract } from '../../domain/contracts/standing.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput } from '../../domain/issues.ts';
import { citationOf } from '../../domain/law/rulebook.ts';
import { assertDocument } from '../documents/named.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { contractEvent, planAcceptance, planPayments } from './plan.ts';
import { contractActsOf, contractInForce } from './standing.ts';
import { assertNotLater } from './when.ts';

/**
 * 交付, 收到发票: stated by either side, each once for an instalment or the whole. Payments count from the earlier of the two, and what
 * differs is shown as disputed: a purchaser cannot put off a payment by its word.
 * @throws DomainError `bad-input` where the side stated it already, `unlawful` for a day that cannot be, `stage-conflict`
 */
export async function recordDelivery(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  given: Omit<Delivery, 'by'>,
): Promise<Decision<'deliver'>> {
  const { procurementId, lotNo } = place;
  const c = await actOn(tx, procurementId);
  c.assertStage('deliver', lotNo);
  if (given.documentId !== null) await assertDocument(tx.q, procurementId, given.documentId, 'performance');
  const contract = await contractInForce(c, lotNo);
  const payload: Delivery = { ...given, by: actor.role === 'supplier' ? 'supplier' : 'purchaser' };
  assertInstalment(contract, given.instalment);
  refuseTwice(contract, payload);
  for (const field of ['deliveredAt', 'invoicedAt'] as const) {
    const at = payload[field];
    if (at !== null)
      assertNotLater(c, { field, at, notBefore: contract.signedAt, rule: c.definition.acts.deliver.rule });
  }
  refuseAfterAcceptance(c, contract, payload);
  const decision = c.decide('deliver', actor, lotNo, payload);
  const delivered = await withAct(c, place, { kind: 'deliver', payload, receivedAt: tx.now });
  planAcceptance(c, lotNo, delivered);
  planPayments(c, lotNo, delivered, actor);
  await contractEvent(c, lotNo, 'contract.delivered', { instalment: payload.instalment, by: payload.by });
  await saveCases(tx, [c]);
  return decision;
}

/** What was inspected had been delivered. @throws DomainError `unlawful` */
function refuseAfterAcceptance(c: TenderCase, { acceptances }: Contract, { instalment, deliveredAt }: Delivery): void {
  const inspected = acceptances.filter((each) => each.instalment === null || each.instalment === instalment);
  const first = inspected.toSorted((a, b) => a.at - b.at)[0];
  if (deliveredAt === null || first === undefined || civilDayOf(deliveredAt) <= civilDayOf(first.at)) return;
  const { zh, en, details } = citationOf(c.definition.contract.acceptance.rule ?? c.definition.acts.accept.rule);
  throw new DomainError('unlawful', {
    messageZh: `已于 ${instantZh(first.at)} 验收，交付不能晚于验收${zh}`,
    messageEn: `It was inspected at ${instantEn(first.at)}: it was delivered by then${en}`,
    details: {
      ...{ field: 'deliveredAt', given: formatInstant(deliveredAt), latestLawful: formatInstant(first.at) },
      ...details,
    },
  });
}

/** How the contract stands with one act more. */
export async function withAct(
  c: TenderCase,
  place: TenderPlace,
  act: Parameters<typeof contractOf>[0][number],
): Promise<Contract> {
  const contract = contractOf([...(await contractActsOf(c.tx.q, place)), act]);
  if (!contract) throw new Error(`lot ${place.lotNo} of ${c.id} has no contract`);
  return contract;
}

/** @throws DomainError `bad-input` */
export function assertInstalment({ instalments }: Contract, no: number | null): void {
  if (no === null || instalments.some((each) => each.no === no)) return;
  const numbers = instalments.map((each) => each.no);
  throw badInput([
    {
      ...{ field: 'instalment', rule: 'instalment' },
      messageZh: `合同没有第 ${no} 期款项（现有：${numbers.join('、')}）`,
      messageEn: `The contract has no instalment ${no}; it has ${numbers.join(', ')}`,
    },
  ]);
}

function refuseTwice({ deliveries }: Contract, { instalment, by, deliveredAt, invoicedAt }: Delivery): void {
  const own = deliveries.filter((each) => each.by === by && each.instalment === instalment);
  const again = (['deliveredAt', 'invoicedAt'] as const).find((key) => {
    const given = { deliveredAt, invoicedAt }[key];
    return given !== null && own.some((each) => each[key] !== null);
  });
  if (deliveredAt !== null || invoicedAt !== null) {
    if (again === undefined) return;
  }
  throw badInput([
    again === undefined
      ? {
          ...{ field: 'deliveredAt', rule: 'delivery-or-invoice' },
          messageZh: '交付时间、收到发票的时间至少填写一项',
          messageEn: 'State when it was delivered, or when the invoice came',
        }
      : {
          ...{ field: again, rule: 'stated-once' },
          messageZh: '本方已经登记过，登记后不再改动；有误的，由双方另行书面确认并以变更合同登记',
          messageEn:
            'Your side has stated it already, and it stays; a mistake is put right by a change of the contract',
        },
  ]);
}
