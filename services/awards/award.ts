import type { Actor } from '../../db/audit.ts';
import { bidUnknown } from '../../domain/bids/refusals.ts';
import type { Tx } from '../../db/access/database.ts';
import { latestDecision, type Decision } from '../../db/decisions.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { formatInstant, instantEn, instantZh } from '../../domain/civil-time.ts';
import type { DecisionPayloads } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { announceAward } from './announce.ts';

/**
 * 定标: the purchaser chooses, in the order of the candidates unless the law gives a ground to skip one.
 * @throws DomainError `stage-conflict` (also once the period to decide has ended), `bid-unknown`, `unlawful`
 */
export async function decideAward(
  tx: Tx,
  actor: Actor,
  place: TenderPlace,
  choice: DecisionPayloads['award'],
): Promise<Decision<'award'>> {
  const { lotNo } = place;
  const c = await actOn(tx, place.procurementId);
  if (c.lot(lotNo).stage !== 'award') refuseAfterPeriod(c, lotNo);
  c.assertStage('award', lotNo);
  await refuseUnlawfulChoice(c, lotNo, choice);
  await announceAward(c, actor, lotNo, {
    bidId: choice.bidId,
    determinedAt: tx.now,
    deemed: false,
    reasonZh: choice.reasonZh,
  });
  const decision = c.decide('award', actor, lotNo, choice);
  await saveCases(tx, [c]);
  return decision;
}

/** The period to decide has ended, and the law has decided (财政部令87号 68). */
function refuseAfterPeriod(c: TenderCase, lotNo: number): void {
  const award = c.milestone(lotNo, 'award');
  if (award?.state !== 'deemed' || award.dueAt === null) return;
  const { id: rule, law, article } = getRule(c.rules.award);
  throw new DomainError('stage-conflict', {
    messageZh: `确定期限已于 ${instantZh(award.dueAt)} 届满，视同确定排名第一的候选人（${law}第${article}条）`,
    messageEn: `The period to decide ended at ${instantEn(award.dueAt)}; the first-ranked candidate is deemed chosen (${law} art. ${article})`,
    details: { rule, law, article, latestLawful: formatInstant(award.dueAt) },
  });
}

async function refuseUnlawfulChoice(c: TenderCase, lotNo: number, choice: DecisionPayloads['award']): Promise<void> {
  const report = await latestDecision(c.tx.q, { procurementId: c.id, lotNo }, 'report');
  const chosen = report?.payload.candidates.find(({ bidId }) => bidId === choice.bidId);
  if (!chosen) throw bidUnknown(choice.bidId);
  const { otherThanFirst } = c.definition;
  if (chosen.rank === 1 || (choice.ground !== null && otherThanFirst.includes(choice.ground))) return;
  const { id: rule, law, article } = getRule(c.rules.award);
  const { award, winner } = c.definition.words;
  throw new DomainError('unlawful', {
    messageZh: `应当确定排名第一的${award}候选人为${winner}；${otherThanFirst.length > 0 ? `选择第 ${chosen.rank} 名须说明法定情形` : '不得另选'}（${law}第${article}条）`,
    messageEn: `The first-ranked candidate must be chosen; ${otherThanFirst.length > 0 ? `rank ${chosen.rank} needs one of the statutory grounds` : 'no other may be'} (${law} art. ${article})`,
    details: { field: 'ground', rule, law, article, given: choice.ground, lawful: otherThanFirst },
  });
}
