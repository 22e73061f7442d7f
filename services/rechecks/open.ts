import { latestDecision, type Decision } from '../../db/decisions.ts';
import type { TenderCase } from '../tender/case.ts';

/** The recheck (复核) that the committee of a lot has not finished; null: none is open. */
export async function openRecheck(c: TenderCase, lotNo: number): Promise<Decision<'recheck'> | null> {
  if (c.milestone(lotNo, 'recheck')?.state !== 'planned') return null;
  return (await latestDecision(c.tx.q, { procurementId: c.id, lotNo }, 'recheck')) ?? null;
}
