import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { stageConflict } from '../../db/procurements.ts';
import { DECISION_STAGES, type DecisionPayloads, type TerminationGround } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import type { TenderRegime } from '../../domain/law/facts.ts';
import { getPeriodRule } from '../../domain/law/due.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { FINAL_LOT_STAGES } from '../../domain/stages.ts';
import { publishNotice } from '../notices/publish.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases } from '../tender/case.ts';
import { overdueIsRecorded } from '../tender/timeline.ts';
import { withdrawUnfinished } from '../uploads/withdraw-unfinished.ts';

/** The one ground on which each regime lets a tender be terminated (30号令 15, 财政部令87号 29). */
const LAWFUL_GROUND: Readonly<
  Record<TenderRegime, { ground: TerminationGround; law: string; article: string; zh: string; en: string }>
> = {
  tendering: {
    ground: 'force-majeure',
    law: '30号令',
    article: '15',
    zh: '除不可抗力外，招标公告发布后不得终止招标（30号令第15条）',
    en: 'after the notice only force majeure ends a tender (30号令 art. 15)',
  },
  government: {
    ground: 'task-cancelled',
    law: '财政部令87号',
    article: '29',
    zh: '除因重大变故采购任务取消外，不得终止招标（财政部令87号第29条）',
    en: 'only a major change that cancels the task does (财政部令87号 art. 29)',
  },
};

/**
 * 终止招标: publishes it with its reason, ends every lot, and starts the duty to give fees and deposits back.
 * @throws DomainError `unlawful`, `stage-conflict`
 */
export async function terminateProcurement(
  tx: Tx,
  actor: Actor,
  procurementId: string,
  termination: DecisionPayloads['terminate'],
): Promise<Decision<'terminate'>> {
  const c = await actOn(tx, procurementId);
  const { stage, regime, title } = c.procurement;
  const allowed = DECISION_STAGES.terminate.procurement ?? [];
  if (!allowed.includes(stage)) throw stageConflict('procurement', stage, allowed, DECISION_STAGES.terminate);
  const lawful = LAWFUL_GROUND[regime];
  if (termination.ground !== lawful.ground) {
    const { law, article } = lawful;
    throw new DomainError('unlawful', {
      messageZh: `终止招标的理由不成立：${lawful.zh}`,
      messageEn: `Not a lawful ground: ${lawful.en}`,
      details: { field: 'ground', given: termination.ground, lawful: lawful.ground, law, article },
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
  await withdrawUnfinished(tx, [procurementId], 'terminated');
  c.advance('terminated', { endedAt: tx.now });
  // A tender terminated before its notice was out has taken no fees or deposits, and nobody knew of it.
  if (stage !== 'launched') {
    const rule = getRule(c.rules.termination);
    publishNotice(c, actor, {
      lotNo: 0,
      kind: 'termination',
      titleZh: `${title}终止公告`,
      content: { ground: termination.ground, reasonZh: termination.reasonZh, law: rule.law, article: rule.article },
      legalAt: tx.now,
    });
    if (rule.amount === undefined) c.timeline.planAt(0, 'deposits-losers', null, [rule.id], overdueIsRecorded);
    else c.timeline.planByRule(0, 'deposits-losers', getPeriodRule(rule.id).id, tx.now, overdueIsRecorded);
  }
  const decision = c.decide('terminate', actor, 0, termination);
  await saveCases(tx, [c]);
  return decision;
}
