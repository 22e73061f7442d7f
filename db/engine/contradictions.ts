import { and, asc, eq, notInArray, or } from 'drizzle-orm';
import { LOT_STAGES_AT, PROCUREMENT_STAGES, type LotStage, type ProcurementStage } from '../../domain/stages.ts';
import type { Queries } from '../access/database.ts';
import { lots, procurements } from '../schema/sqlite.ts';

/** A lot at a stage that is impossible at the present stage of its procurement. */
export interface Contradiction {
  readonly procurementId: string;
  readonly lotNo: number;
  readonly stage: ProcurementStage;
  readonly lotStage: LotStage;
}

const MOST = 1_000;

/** No act and no fault can cause one; a write that bypasses the program can. */
export async function contradictions(q: Queries): Promise<Contradiction[]> {
  const impossible = PROCUREMENT_STAGES.map((stage) =>
    and(eq(procurements.stage, stage), notInArray(lots.stage, [...LOT_STAGES_AT[stage]])),
  );
  return q
    .select({ procurementId: procurements.id, lotNo: lots.no, stage: procurements.stage, lotStage: lots.stage })
    .from(procurements)
    .innerJoin(lots, eq(lots.procurementId, procurements.id))
    .where(or(...impossible))
    .orderBy(asc(procurements.id), asc(lots.no))
    .limit(MOST);
}

export const contradictionText = ({ lotNo, stage, lotStage }: Contradiction): { zh: string; en: string } => ({
  zh: `项目处于 ${stage}，而第${lotNo}标段处于 ${lotStage}`,
  en: `the procurement is at ${stage}, and its lot ${lotNo} at ${lotStage}`,
});
