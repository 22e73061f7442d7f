import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { openedBids } from '../../db/openings/unsealings.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { ContractChange } from '../../domain/contracts/acts.ts';
import { changeFaults } from '../../domain/contracts/change.ts';
import { contractOf } from '../../domain/contracts/standing.ts';
import { assertDocument } from '../documents/named.ts';
import { publishNotice } from '../notices/publish.ts';
import { unlawful } from '../procurements/check-draft.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases } from '../tender/case.ts';
import { contractEvent, isPlanned, planBondRelease, planPayments } from './plan.ts';
import { contractActsOf, contractInForce, performanceBondOf } from './standing.ts';
import { assertNotLater } from './when.ts';
import { refuseUnsigned } from './sign.ts';

/**
 * 变更, 补充, 中止, 终止合同: on a ground of the law, with the signed paper, and within the 10 % of all supplements together. Where a rule
 * asks for it the change is published at once.
 * @throws DomainError `unlawful` with the article, `bad-input`, `stage-conflict`, `not-found`
 */
export async function changeContract(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  change: ContractChange,
): Promise<Decision<'change-contract'>> {
  const { procurementId, lotNo } = place;
  const c = await actOn(tx, procurementId);
  c.assertStage('change-contract', lotNo);
  const file = await assertDocument(tx.q, procurementId, change.documentId, 'contract');
  const contract = await contractInForce(c, lotNo);
  const { changes } = c.definition.contract;
  assertNotLater(c, {
    field: 'signedAt',
    at: change.signedAt,
    notBefore: contract.changes.at(-1)?.signedAt ?? contract.signedAt,
    rule: changes.rule,
  });
  refuseUnsigned(c, file, change.signedAt);
  const violations = changeFaults(c.definition, contract, change);
  if (violations.length > 0) throw unlawful(violations, { zh: '未登记', en: 'nothing was recorded' });
  const decision = c.decide('change-contract', actor, lotNo, change);
  const acts = await contractActsOf(tx.q, place);
  const changed = contractOf([...acts, { kind: 'change-contract', payload: change, receivedAt: tx.now }]);
  if (!changed) throw new Error(`lot ${lotNo} of ${c.id} has no contract`);
  if (changed.state === 'terminated' && contract.state !== 'terminated') {
    c.timeline.cancelPlanned(lotNo, ['acceptance']);
    const bond = await performanceBondOf(tx.q, place, c.lot(lotNo), tx.now);
    if (bond.receivedFen > bond.releasedFen + bond.keptFen) planBondRelease(c, lotNo, changed, change.signedAt);
    // Nobody is to hand in a bond for a contract that has ended.
    else if (isPlanned(c, lotNo, 'performance-bond')) c.timeline.cancelPlanned(lotNo, ['performance-bond']);
  }
  planPayments(c, lotNo, changed, actor);
  if (changes.notice !== undefined) {
    const { winnerBidId } = c.lot(lotNo);
    const bids = await openedBids(tx.q, c.id, lotNo);
    publishNotice(
      c,
      actor,
      'contract-change',
      { lotNo },
      {
        supplier: bids.find(({ id }) => id === winnerBidId)?.supplier,
        ...{ change: change.kind, ground: change.ground, reasonZh: change.reasonZh, signedAt: change.signedAt },
        ...{ amountBeforeFen: contract.amountFen, amountFen: changed.amountFen },
        ...{ version: changed.version, documentId: change.documentId },
      },
    );
  }
  await contractEvent(c, lotNo, 'contract.changed', { change: change.kind, version: changed.version });
  await saveCases(tx, [c]);
  return decision;
}
