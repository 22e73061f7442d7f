import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import type { TenderCase } from '../tender/case.ts';

/**
 * Checks the duties of a lot (or, lot 0, of a terminated procurement): those overdue are recorded, and a lot in
 * performance with none left is archived.
 */
export function reviewDuties(c: TenderCase, lotNo: number): void {
  const { tx, timeline, definition } = c;
  const duties = timeline.outstanding(lotNo);
  const stages = lotNo === 0 ? null : definition.stages.lot.find(({ stage }) => stage === c.lot(lotNo).stage);
  const byDuties = !stages || stages.ends.by === 'duties' || stages.ends.by === 'nothing';
  for (const { key, dueAt, overdue } of duties) {
    if (dueAt === null || overdue || tx.now <= dueAt || c.isSuspended(lotNo, key)) continue;
    // Elsewhere the stage has an end of its own, and only a recheck has its time besides.
    if (!byDuties && key !== 'recheck') continue;
    timeline.markOverdue(lotNo, key);
  }
  if (lotNo === 0 || duties.length > 0 || c.lot(lotNo).stage !== 'performance') return;
  const { archive } = c.rules;
  if (archive) timeline.planByRule(lotNo, 'archive-until', archive, tx.now, { window: true });
  c.advanceLot(lotNo, 'archived');
  recordAudit(tx, UNATTENDED, { action: 'lot.archive', procurementId: c.id, subject: `lot/${lotNo}` });
}
