import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { latestDecision, type Decision } from '../../db/decisions.ts';
import { openedBids } from '../../db/openings/unsealings.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import type { DecisionPayloads } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { milestoneName, type MilestoneKey } from '../../domain/law/milestones.ts';
import { citationOf, type RuleId } from '../../domain/law/rulebook.ts';
import { assertDepositsReturned } from '../deposits/held.ts';
import { assertDocument } from '../documents/named.ts';
import { publishNotice } from '../notices/publish.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { refuseUnsigned } from './sign.ts';

/**
 * Records a duty done outside the platform: filing, written report, deposits returned.
 * @throws DomainError `stage-conflict` where it has not arisen or is done, `deposits-held`
 */
export async function performDuty(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  duty: DecisionPayloads['duty'],
): Promise<Decision<'duty'>> {
  const c = await actOn(tx, place.procurementId);
  c.assertStage('duty', place.lotNo);
  const planned = plannedDuty(c, place.lotNo, duty.key);
  if (planned === 'deposits-losers' || planned === 'deposits-winner')
    await assertDepositsReturned(c, place.lotNo, planned);
  c.timeline.complete(place.lotNo, planned, { by: actor.role, at: tx.now });
  const decision = c.decide('duty', actor, place.lotNo, duty);
  await saveCases(tx, [c]);
  return decision;
}

/**
 * 合同公告 (政府采购法实施条例 50).
 * @throws DomainError `stage-conflict`, `not-found`
 */
export async function publishContract(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  publication: DecisionPayloads['publish-contract'],
): Promise<Decision<'publish-contract'>> {
  const { procurementId, lotNo } = place;
  const { documentId } = publication;
  const file = documentId === null ? null : await assertDocument(tx.q, procurementId, documentId, 'contract');
  const c = await actOn(tx, procurementId);
  c.assertStage('publish-contract', lotNo);
  plannedDuty(c, lotNo, 'contract-publication');
  if (file === null) refuseWithoutContract(c);
  const [contract, bids] = await Promise.all([
    latestDecision(tx.q, place, 'contract'),
    openedBids(tx.q, procurementId, lotNo),
  ]);
  const { winnerBidId } = c.lot(lotNo);
  if (file && contract) refuseUnsigned(c, file, contract.payload.signedAt);
  publishNotice(
    c,
    actor,
    'contract',
    { lotNo },
    {
      supplier: bids.find(({ id }) => id === winnerBidId)?.supplier,
      amountFen: contract?.payload.amountFen,
      signedAt: contract?.payload.signedAt ?? null,
      textZh: publication.textZh,
      documentId: publication.documentId,
      ...(contract?.payload.terms?.reservedLabel === true ? { reserved: true } : {}),
    },
  );
  c.timeline.complete(lotNo, 'contract-publication', { by: actor.role, at: tx.now });
  const decision = c.decide('publish-contract', actor, lotNo, publication);
  await saveCases(tx, [c]);
  return decision;
}

/** What the law has published is the contract, not a word of it (政府采购法实施条例 50). */
function refuseWithoutContract({ rules, definition }: TenderCase): void {
  if (rules.contractPublication === undefined) return;
  const { zh, en, details } = citationOf(rules.contractPublication);
  throw new DomainError('unlawful', {
    messageZh: `应当公告${definition.words.tendering}合同本身：先上传（kind=contract），再以 documentId 指明${zh}`,
    messageEn: `The contract itself is published: upload it (kind=contract) and name it as documentId${en}`,
    details: { field: 'documentId', given: null, ...details },
  });
}

function plannedDuty(c: TenderCase, lotNo: number, key: MilestoneKey): MilestoneKey {
  const milestone = c.milestone(lotNo, key);
  if (milestone?.state === 'planned') return key;
  const { zh, en, details } = citationOf(ruleOfDuty(c, key));
  const name = milestoneName(key, c.definition.words);
  throw new DomainError('stage-conflict', {
    messageZh: `该事项（${name.zh}）尚未产生或已经办结${zh}`,
    messageEn: `This duty (${name.en}) has not arisen or is done already${en}`,
    details: { field: 'key', given: key, state: milestone?.state ?? null, ...details },
  });
}

/** The rule that a duty is counted by; a procedure that has no such duty has none. */
const ruleOfDuty = (c: TenderCase, key: MilestoneKey): RuleId | undefined =>
  c.definition.milestones.find((each) => each.key === key)?.counts?.[0]?.rule;
