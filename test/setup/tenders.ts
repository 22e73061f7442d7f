import { UNATTENDED } from '../../db/audit.ts';
import type { Database } from '../../db/access/database.ts';
import { insertOpenings } from '../../db/openings.ts';
import { advanceLot, advanceProcurement, type Draft } from '../../db/procurements.ts';
import { createDraft } from '../../services/procurements/draft.ts';
import type { LotStage, ProcurementStage } from '../../domain/stages.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { PARTICULARS_TOLD } from './particulars.ts';

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

const LOT_WAY: Readonly<Record<LotStage, readonly LotStage[]>> = {
  pending: [],
  opening: ['opening'],
  evaluation: ['evaluation'],
  publicity: ['evaluation', 'publicity'],
  award: ['evaluation', 'publicity', 'award'],
  contract: ['evaluation', 'publicity', 'award', 'contract'],
  performance: ['evaluation', 'publicity', 'award', 'contract', 'performance'],
  archived: ['evaluation', 'publicity', 'award', 'contract', 'performance', 'archived'],
  stopped: ['evaluation', 'stopped'],
  terminated: ['terminated'],
};

/** Puts a tender at a stage as if it had come there, without its workflow. Returns its id. */
export async function tenderAt(
  db: Database,
  stage: ProcurementStage,
  draft: Draft,
  lotStage: LotStage = 'pending',
): Promise<string> {
  return db.transaction(async (tx) => {
    const { id, lots } = await createDraft(tx, UNATTENDED, draft);
    for (const step of WAY[stage]) {
      await advanceProcurement(tx, id, step, {
        ...(step === 'launched' ? { launchedAt: tx.now } : {}),
        ...(step === 'evaluation' ? { openedAt: tx.now } : {}),
      });
    }
    for (const { no } of lots) {
      for (const step of LOT_WAY[lotStage]) {
        await advanceLot(tx, id, no, step, step === 'contract' ? { awardedAt: tx.now } : {});
      }
      if (!WAY[stage].includes('evaluation')) continue;
      const { bidDeadline } = draft;
      const at = bidDeadline ?? tx.now;
      const record = { procurementId: id, lotNo: no, legalAt: at, actualAt: at };
      await insertOpenings(tx, [{ ...record, entries: [], bidders: 0, opened: true }]);
    }
    return id;
  });
}
