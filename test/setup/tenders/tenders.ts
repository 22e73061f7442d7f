import { UNATTENDED } from '../../../db/audit.ts';
import type { Database, Tx } from '../../../db/access/database.ts';
import type { Draft } from '../../../db/procurements.ts';
import { parseInstant } from '../../../domain/civil-time.ts';
import { depositNotice } from '../../../domain/deposits/notice.ts';
import { callKindOf } from '../../../domain/procedures/entry.ts';
import type { ProcedureRules } from '../../../domain/procedures/procedure.ts';
import type { MilestoneKey } from '../../../domain/law/milestones.ts';
import { FINAL_LOT_STAGES, type LotStage, type ProcurementStage } from '../../../domain/stages.ts';
import { publishNotice } from '../../../services/notices/publish.ts';
import { planBidding } from '../../../services/procurements/bidding.ts';
import { createDraft } from '../../../services/procurements/draft.ts';
import { loadCase, saveCases, type TenderCase } from '../../../services/tender/case.ts';
import { mandated } from './mandates.ts';
import { PARTICULARS_TOLD } from './particulars.ts';
import { onCase } from './tender.ts';

/** A lawful works tender on paper; tests change what they are about. */
export function draftOf(parties: { purchaserId: string; agencyId?: string }, change: Partial<Draft> = {}): Draft {
  return {
    title: '某区中学教学楼工程',
    regime: 'tendering',
    procedure: 'open-tender',
    kind: 'works',
    mandatory: true,
    purchaserId: parties.purchaserId,
    agencyId: parties.agencyId ?? null,
    budgetFen: 1_000_000_00,
    contentZh: '教学楼一栋，建筑面积 8000 平方米。',
    particulars: PARTICULARS_TOLD,
    intentionAt: null,
    noticeAt: parseInstant('2026-03-02T09:00:00+08:00'),
    documentsFrom: parseInstant('2026-03-02T09:00:00+08:00'),
    documentsUntil: parseInstant('2026-03-09T17:00:00+08:00'),
    bidDeadline: parseInstant('2026-04-01T09:30:00+08:00'),
    bidValidityDays: 90,
    lots: [{ no: 1, title: '施工', budgetFen: 1_000_000_00, bidBondFen: null }],
    ...change,
  };
}

/** The lawful way to each stage of a procurement. */
const WAY: Readonly<Record<ProcurementStage, readonly ProcurementStage[]>> = {
  draft: [],
  launched: ['launched'],
  bidding: ['launched', 'bidding'],
  opening: ['launched', 'bidding', 'opening'],
  evaluation: ['launched', 'bidding', 'evaluation'],
  concluded: ['launched', 'bidding', 'evaluation', 'concluded'],
  terminated: ['launched', 'bidding', 'terminated'],
};

/** The same of a lot; a stage that its procedure does not have is left out. */
const LOT_WAY: Readonly<Record<LotStage, readonly LotStage[]>> = {
  pending: [],
  opening: ['opening'],
  evaluation: ['evaluation'],
  publicity: ['evaluation', 'publicity'],
  award: ['evaluation', 'publicity', 'award'],
  contract: ['evaluation', 'publicity', 'award', 'contract'],
  performance: ['evaluation', 'publicity', 'award', 'contract', 'performance'],
  archived: ['evaluation', 'publicity', 'award', 'contract', 'performance', 'archived'],
  failed: ['evaluation', 'failed'],
  terminated: ['terminated'],
};

/** What a lot at a stage waits for, by the rule that its regime counts it by. */
const WAITS_FOR: Partial<Record<LotStage, readonly [MilestoneKey, keyof ProcedureRules]>> = {
  publicity: ['publicity-end', 'publicity'],
  award: ['award', 'awardDecision'],
  contract: ['contract', 'contract'],
  performance: ['deposits-winner', 'depositsWinner'],
};

/**
 * Puts a tender at a stage as if it had come there, without what people did on the way: nobody has bid. What the stage
 * waits for is planned from now on. Where the first lot has ended in a procurement that goes on, the others go on.
 * Returns its id.
 */
export async function tenderAt(
  db: Database,
  stage: ProcurementStage,
  draft: Draft,
  lotStage: LotStage = 'pending',
): Promise<string> {
  await mandated(db, draft);
  const { id } = await db.transaction((tx) => createDraft(tx, UNATTENDED, draft));
  if (stage === 'draft') return id;
  await onCase(db, id, async (c) => {
    const { now } = c.tx;
    for (const step of WAY[stage]) {
      c.advance(step, {
        ...(step === 'launched' ? { launchedAt: now } : {}),
        ...(step === 'evaluation' ? { openedAt: now } : {}),
      });
    }
    planBidding(c);
    // What was never called stays unknown after its termination.
    if (stage === 'terminated') {
      const call = {
        tender: c.tender,
        noticeUntil: c.milestone(0, 'notice-end')?.dueAt ?? null,
        deposit: depositNotice(c.tender, null),
      };
      publishNotice(c, UNATTENDED, callKindOf(c.definition), { lotNo: 0 }, call);
    }
    for (const { no } of c.lots) {
      const goesOn = no > 1 && stage === 'evaluation' && FINAL_LOT_STAGES.includes(lotStage);
      const reached = goesOn ? 'evaluation' : lotStage;
      const stages = c.definition.stages.lot.map((each) => each.stage);
      for (const step of LOT_WAY[reached].filter((each) => stages.includes(each)))
        c.advanceLot(no, step, step === 'contract' ? { awardedAt: now } : {});
      const [key, by] = WAITS_FOR[reached] ?? [];
      const rule = by && c.rules[by];
      if (key && rule) c.timeline.planByRule(no, key, rule, now);
      else if (key) c.timeline.planAt(no, key, null, []);
      if (!WAY[stage].includes('evaluation')) continue;
      const at = draft.bidDeadline ?? now;
      c.openings.push({
        procurementId: id,
        lotNo: no,
        legalAt: at,
        actualAt: at,
        entries: [],
        bidders: 0,
        opened: true,
      });
    }
  });
  return id;
}

/** Moves a procurement to a stage, and nothing else that would come with it. */
export async function moveTo(
  tx: Tx,
  procurementId: string,
  stage: ProcurementStage,
  change: Parameters<TenderCase['advance']>[1] = {},
): Promise<void> {
  const c = await loadCase(tx, procurementId);
  c.advance(stage, change);
  await saveCases(tx, [c]);
}
