import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import type { CaseLot } from '../../db/tender/cases.ts';
import type { DecisionPayloads, TerminationGround } from '../../domain/decisions.ts';
import { DomainError } from '../../domain/errors.ts';
import { getPeriodRule } from '../../domain/law/due.ts';
import { citeEn, citeZh } from '../../domain/law/rule.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { terminationGrounds } from '../../domain/procedures/termination.ts';
import { FINAL_LOT_STAGES, type LotStage } from '../../domain/stages.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { publishNotice } from '../notices/publish.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';
import { overdueIsRecorded } from '../tender/timeline.ts';
import { withdrawUnfinished } from '../uploads/withdraw-unfinished.ts';

/** A lot with a winner has a contract to be signed: it is not terminated. */
const AWARDED: readonly LotStage[] = ['contract', 'performance', 'archived'];
const ENDABLE: readonly LotStage[] = ['pending', 'opening', 'evaluation', 'publicity', 'award'];

/**
 * 终止招标: publishes the termination with its reason, ends every lot or those that are named, and starts the duty to give
 * fees and deposits back. With its last lot the procurement ends.
 * @throws DomainError `unlawful`, `stage-conflict`, `not-found`
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
  assertLawful(c, termination.ground);
  const { ending, inPart } = lotsToEnd(c, termination.lotNos);
  // Nobody knows of a lot that was not announced: until then the tender itself is withdrawn.
  if (inPart && stage === 'launched') {
    throw stageConflict(c.definition, {
      ...{ what: 'procurement', stage, rule: c.rules.termination },
      wanted: ['bidding', 'opening', 'evaluation'],
    });
  }
  for (const { no } of ending) {
    c.advanceLot(no, 'terminated');
    c.timeline.cancelPlanned(no);
  }
  if (inPart) {
    await withdrawUnfinished(
      tx,
      [c.procurement],
      'terminated',
      ending.map(({ no }) => no),
    );
    for (const { no } of ending) planRefunds(c, no);
    announce(c, actor, termination, { ending, inPart });
  } else {
    c.timeline.cancelPlanned(0);
    await withdrawUnfinished(tx, [c.procurement], 'terminated');
    c.advance('terminated', { endedAt: tx.now });
    // A tender terminated before its notice has received no fees or deposits, and was not public.
    if (stage !== 'launched') {
      announce(c, actor, termination, { ending, inPart });
      planRefunds(c, 0);
    }
  }
  const decision = c.decide('terminate', actor, 0, termination);
  await saveCases(tx, [c]);
  return decision;
}

function assertLawful(c: TenderCase, ground: TerminationGround): void {
  const lawful = c.definition.termination;
  const grounds = terminationGrounds(c.procurement);
  if (grounds.includes(ground)) return;
  const rule = getRule(lawful.rule);
  const { law, article } = rule;
  throw new DomainError('unlawful', {
    messageZh: `终止${c.definition.words.tendering}的理由不成立：${lawful.zh}（${citeZh(rule)}）`,
    messageEn: `Not a lawful ground: ${lawful.en} (${citeEn(rule)})`,
    details: { field: 'ground', given: ground, lawful: grounds.join(), rule: rule.id, law, article },
  });
}

interface Ending {
  readonly ending: readonly CaseLot[];
  /** Whether others go on, or have a winner: the procurement itself does not end by it. */
  readonly inPart: boolean;
}

/** @throws DomainError `stage-conflict` for a lot that has ended or has a winner, `not-found` */
function lotsToEnd(c: TenderCase, lotNos: readonly number[] | undefined): Ending {
  const going = c.lots.filter(({ stage }) => !FINAL_LOT_STAGES.includes(stage));
  const named = lotNos ? [...new Set(lotNos)].sort((a, b) => a - b).map((no) => c.lot(no)) : going;
  const refused = lotNos
    ? named.find(({ stage }) => !ENDABLE.includes(stage))
    : c.lots.find(({ stage }) => AWARDED.includes(stage));
  if (refused) {
    const { stage } = refused;
    throw stageConflict(c.definition, { what: 'lot', stage, wanted: ENDABLE, rule: c.rules.termination });
  }
  const inPart = named.length < going.length || c.lots.some(({ stage }) => AWARDED.includes(stage));
  return { ending: named, inPart };
}

function announce(
  c: TenderCase,
  actor: Actor,
  { ground, reasonZh }: DecisionPayloads['terminate'],
  { ending, inPart }: Ending,
): void {
  const { law, article } = getRule(c.rules.termination);
  publishNotice(c, actor, 'termination', { lotNo: 0 }, { ground, reasonZh, law, article, lots: ending, inPart });
}

/** @param lotNo 0: of the procurement as a whole */
function planRefunds(c: TenderCase, lotNo: number): void {
  const rule = getRule(c.rules.termination);
  if (rule.amount === undefined) c.timeline.planAt(lotNo, 'deposits-losers', null, [rule.id], overdueIsRecorded);
  else c.timeline.planByRule(lotNo, 'deposits-losers', getPeriodRule(rule.id).id, c.tx.now, overdueIsRecorded);
}
