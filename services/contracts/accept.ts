import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { openedBids } from '../../db/openings/unsealings.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { type ACCEPTANCE_ROLES, type Acceptance } from '../../domain/contracts/acts.ts';
import type { Contract } from '../../domain/contracts/standing.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import { daysLate } from '../../domain/contracts/lateness.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { breachOf, type Violation } from '../../domain/law/violation.ts';
import { assertDocument } from '../documents/named.ts';
import { publishNotice } from '../notices/publish.ts';
import { unlawful } from '../procurements/check-draft.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { overdueIsRecorded } from '../tender/timeline.ts';
import { assertInstalment, withAct } from './deliver.ts';
import { refuseUnsigned } from './sign.ts';
import { contractEvent, isPlanned, planBondRelease, planPayments } from './plan.ts';
import { contractInForce, isPassed, performanceBondOf } from './standing.ts';
import { assertNotLater } from './when.ts';

/**
 * 履约验收: by whom, item by item, with the signed record. Of a public service the served take part and its result is published at once
 * (政府采购法实施条例 45). One that does not pass says what follows; until it is put right the contract is not accepted.
 * @throws DomainError `unlawful`, `bad-input`, `stage-conflict`, `not-found`
 */
export async function acceptPerformance(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  acceptance: Acceptance,
): Promise<Decision<'accept'>> {
  const { procurementId, lotNo } = place;
  const { instalment, at, rectifyBy } = acceptance;
  const c = await actOn(tx, procurementId);
  c.assertStage('accept', lotNo);
  const file = await assertDocument(tx.q, procurementId, acceptance.documentId, 'acceptance');
  const contract = await contractInForce(c, lotNo);
  assertInstalment(contract, instalment);
  assertNotLater(c, { field: 'at', at, notBefore: contract.signedAt, rule: c.definition.acts.accept.rule });
  refuseUnsigned(c, file, at, 'acceptance');
  const violations = [...faultsOf(c, contract, acceptance), ...orderFaults(c, contract, acceptance)];
  if (violations.length > 0) throw unlawful(violations, { zh: '未登记', en: 'nothing was recorded' });
  const passed = isPassed(acceptance);
  const decision = c.decide('accept', actor, lotNo, acceptance);
  const accepted = await withAct(c, place, { kind: 'accept', payload: acceptance, receivedAt: tx.now });
  if (accepted.acceptedAt !== null && isPlanned(c, lotNo, 'acceptance')) {
    c.timeline.complete(lotNo, 'acceptance', { by: actor.role, at });
    const bond = await performanceBondOf(tx.q, place, c.lot(lotNo), tx.now);
    if (bond.receivedFen > bond.releasedFen + bond.keptFen) planBondRelease(c, lotNo, accepted, at);
  }
  if (!passed && rectifyBy !== null)
    c.timeline.planAt(lotNo, 'acceptance', rectifyBy, [c.definition.acts.accept.rule], overdueIsRecorded);
  planPayments(c, lotNo, accepted, actor);
  if (contract.terms.publicService) {
    const { winnerBidId } = c.lot(lotNo);
    const bids = await openedBids(tx.q, c.id, lotNo);
    const { parties, items, opinionZh, consequenceZh } = acceptance;
    publishNotice(
      c,
      actor,
      'acceptance',
      { lotNo },
      {
        supplier: bids.find(({ id }) => id === winnerBidId)?.supplier,
        ...{ instalment, passed, acceptedAt: at, parties, items, opinionZh, consequenceZh, rectifyBy },
      },
    );
  }
  const lateDays = latenessOf(contract, acceptance);
  await contractEvent(c, lotNo, passed ? 'contract.accepted' : 'contract.not-accepted', { instalment, lateDays });
  await saveCases(tx, [c]);
  return decision;
}

/** How late the whole was performed: by when it was delivered, as far as that is on record, else by the acceptance. */
const latenessOf = ({ deliveredAt, performanceDueAt }: Contract, { instalment, at }: Acceptance): number =>
  instalment === null ? daysLate(performanceDueAt, deliveredAt ?? at) : 0;

/** An acceptance follows the delivery and the acceptance before it; one of what came late says why it did. */
function orderFaults(c: TenderCase, contract: Contract, acceptance: Acceptance): Violation[] {
  const { instalment, at, lateReasonZh = null } = acceptance;
  const rule = getRule(c.definition.contract.acceptance.rule ?? c.definition.acts.accept.rule);
  const inScope = (each: { readonly instalment: number | null }): boolean =>
    each.instalment === null || instalment === null || each.instalment === instalment;
  const found: Violation[] = [];
  const after = (before: number | undefined, zh: string, en: string): void => {
    if (before === undefined || at >= before) return;
    found.push(
      breachOf(rule, 'block', {
        ...{ field: 'at', given: formatInstant(at), earliestLawful: formatInstant(before) },
        messageZh: `验收时间早于${zh}（${instantZh(before)}）`,
        messageEn: `The acceptance is before ${en} (${instantEn(before)})`,
      }),
    );
  };
  const delivered = contract.deliveries.filter(inScope).flatMap(({ deliveredAt }) => deliveredAt ?? []);
  after(delivered.length === 0 ? undefined : Math.min(...delivered), '已登记的交付', 'the delivery on record');
  const inspected = contract.acceptances.filter((each) => each.instalment === instalment);
  after(inspected.at(-1)?.at, '前一次验收', 'the one before it');
  if (instalment !== null && inspected.some(({ passed }) => passed))
    found.push(
      breachOf(rule, 'block', {
        ...{ field: 'instalment', given: instalment },
        messageZh: `第 ${instalment} 期已经验收合格`,
        messageEn: `Instalment ${instalment} is accepted already`,
      }),
    );
  const lateDays = latenessOf(contract, acceptance);
  if (lateDays > 0 && lateReasonZh === null)
    found.push(
      breachOf(rule, 'block', {
        ...{ field: 'lateReasonZh', given: null, limit: 0 },
        messageZh: `履行期限于 ${instantZh(contract.performanceDueAt ?? 0)} 届满，迟延 ${lateDays} 日：应当写明原因和处理`,
        messageEn: `The time of performance ended at ${instantEn(contract.performanceDueAt ?? 0)}, ${lateDays} days before: state why, and what follows`,
      }),
    );
  return found;
}

function faultsOf(
  c: TenderCase,
  contract: Contract & { readonly terms: NonNullable<Contract['terms']> },
  { instalment, at, parties, items, consequenceZh, rectifyBy }: Acceptance,
): Violation[] {
  const found: Violation[] = [];
  const { acceptance, acceptancePlan } = c.definition.contract;
  const rule: RuleId = acceptance.rule ?? c.definition.acts.accept.rule;
  const fault = (by: RuleId, field: string, given: string | null, zh: string, en: string): void => {
    found.push(breachOf(getRule(by), 'block', { field, given, messageZh: zh, messageEn: en }));
  };
  const has = (role: (typeof ACCEPTANCE_ROLES)[number]): boolean => parties.some((each) => each.role === role);
  if (contract.state === 'terminated' || contract.acceptedAt !== null)
    fault(
      rule,
      'instalment',
      instalment === null ? null : String(instalment),
      '合同已经验收或者终止',
      'The contract is accepted, or has ended, already',
    );
  if (!has('purchaser'))
    fault(
      rule,
      'parties',
      null,
      `应有${c.definition.words.purchaser}组织验收并签字`,
      'The purchaser takes part in the acceptance and signs',
    );
  if (contract.terms.publicService && !has('served'))
    fault(
      acceptance.publicService ?? rule,
      'parties',
      null,
      '政府向社会公众提供的公共服务项目，验收时应当邀请服务对象参与并出具意见',
      'Of a public service those whom it serves take part in the acceptance',
    );
  if (isPassed({ items })) {
    if (consequenceZh !== null || rectifyBy !== null)
      fault(
        acceptancePlan ?? rule,
        'consequenceZh',
        consequenceZh,
        '各项均合格的，没有整改',
        'Every item is met: there is nothing to put right',
      );
  } else {
    if (consequenceZh === null)
      fault(
        acceptancePlan ?? rule,
        'consequenceZh',
        null,
        '验收不合格的，应当写明处理意见',
        'Where an item is not met, state what follows',
      );
    if (rectifyBy !== null && rectifyBy <= at)
      fault(
        acceptancePlan ?? rule,
        'rectifyBy',
        formatInstant(rectifyBy),
        '整改期限应晚于验收时间',
        'It is put right after the acceptance',
      );
  }
  return found;
}
