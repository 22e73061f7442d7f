import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { stageConflict } from '../../db/procurements.ts';
import type { DecisionPayloads } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { getPeriodRule } from '../../domain/law/due.ts';
import { citeEn, citeZh } from '../../domain/law/rule.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { terminationGrounds } from '../../domain/procedures/termination.ts';
import { FINAL_LOT_STAGES } from '../../domain/stages.ts';
import { publishNotice } from '../notices/publish.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases } from '../tender/case.ts';
import { overdueIsRecorded } from '../tender/timeline.ts';
import { withdrawUnfinished } from '../uploads/withdraw-unfinished.ts';

/**
 * 终止招标: publishes the termination with its reason, ends every lot, and starts the duty to give fees and deposits back.
 * @throws DomainError `unlawful`, `stage-conflict`
 */
export async function terminateProcurement(
  tx: Tx,
  actor: Actor,
  procurementId: string,
  termination: DecisionPayloads['terminate'],
): Promise<Decision<'terminate'>> {
  const c = await actOn(tx, procurementId);
  c.assertStage('terminate', 0);
  const { stage } = c.procurement;
  const lawful = c.definition.termination;
  const grounds = terminationGrounds(c.procurement);
  if (!grounds.includes(termination.ground)) {
    const rule = getRule(lawful.rule);
    const { law, article } = rule;
    throw new DomainError('unlawful', {
      messageZh: `终止${c.definition.words.tendering}的理由不成立：${lawful.zh}（${citeZh(rule)}）`,
      messageEn: `Not a lawful ground: ${lawful.en} (${citeEn(rule)})`,
      details: {
        field: 'ground',
        given: termination.ground,
        lawful: grounds.join(),
        rule: rule.id,
        law,
        article,
      },
    });
  }
  const awarded = c.lots.find((lot) => ['contract', 'performance', 'archived'].includes(lot.stage));
  if (awarded) throw stageConflict('lot', awarded.stage, ['pending', 'evaluation', 'publicity', 'award']);
  for (const lot of c.lots) {
    if (FINAL_LOT_STAGES.includes(lot.stage)) continue;
    c.advanceLot(lot.no, 'terminated');
    c.timeline.cancelPlanned(lot.no);
  }
  c.timeline.cancelPlanned(0);
  await withdrawUnfinished(tx, [c.procurement], 'terminated');
  c.advance('terminated', { endedAt: tx.now });
  // A tender terminated before its notice has received no fees or deposits, and was not public.
  if (stage !== 'launched') {
    const rule = getRule(c.rules.termination);
    const { ground, reasonZh } = termination;
    const { law, article } = rule;
    publishNotice(c, actor, 'termination', { lotNo: 0 }, { ground, reasonZh, law, article });
    if (rule.amount === undefined) c.timeline.planAt(0, 'deposits-losers', null, [rule.id], overdueIsRecorded);
    else c.timeline.planByRule(0, 'deposits-losers', getPeriodRule(rule.id).id, tx.now, overdueIsRecorded);
  }
  const decision = c.decide('terminate', actor, 0, termination);
  await saveCases(tx, [c]);
  return decision;
}
