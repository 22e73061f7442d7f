import { recordAudit, UNATTENDED } from '../../db/audit.ts';
import { importedYears } from '../../db/calendar.ts';
import type { Tx } from '../../db/access/database.ts';
import { recordEvent } from '../../db/events.ts';
import { changeGrievance, filedGrievancesOf } from '../../db/grievances.ts';
import { wake } from '../../db/engine/outbox.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { grievanceSubject, lotSubject, procurementSubject, refundSubject } from '../../domain/subjects.ts';
import { publishNotice } from '../notices/publish.ts';
import { loadCase, saveCases, type TenderCase } from '../tender/case.ts';
import { GOING_LOT_STAGES } from '../../domain/procedures/order.ts';
import { recalculateTimeline, type RecalculatedDate, type RecalculatedTender } from './timeline.ts';

/** The reason for a recalculation, as the notice of change states it. */
interface Reason {
  /** The State Council's notice. */
  readonly sourceZh: string;
  readonly url: string | null;
}

/**
 * Recalculates a tender by the calendar in force, once: a tender calculated by it already is left alone. Timeline,
 * trace, audit entry and notices of change are one transaction, with the wakes of workflows that wait for a changed
 * instant.
 */
export async function recalculateTender(tx: Tx, procurementId: string): Promise<void> {
  const [c, filed] = await Promise.all([loadCase(tx, procurementId), filedGrievancesOf(tx.q, [procurementId])]);
  if (c.next(0).ended || c.procurement.stage === 'draft') return;
  const { calendarHash } = c.procurement;
  if (calendarHash === tx.calendar.hash) return;
  const { tender, timeline } = c;
  const from = { tender, milestones: timeline.rows, suspensions: timeline.everySuspension, filed };
  const recalculated = recalculateTimeline(from, tx.calendar, tx.now);
  const reason = await reasonOf(tx);
  await apply(c, recalculated);
  announce(c, recalculated.dates, reason);
  record(tx, recalculated, calendarHash, reason);
  await saveCases(tx, [c]);
  wake(tx, procurementSubject(procurementId));
  for (const { no, stage } of c.lots) if (GOING_LOT_STAGES.includes(stage)) wake(tx, lotSubject(procurementId, no));
  for (const { id } of filed) wake(tx, grievanceSubject(id));
}

/** The last step of a recalculation of all tenders: wakes every pending refund, of ended tenders too. */
export function recalculateRefunds(tx: Tx, bidIds: readonly string[]): void {
  for (const bidId of bidIds) wake(tx, refundSubject(bidId));
}

/** Recorded: a tender that the calendar in force cannot count keeps its dates. */
export function recordFailedRecalculation(tx: Tx, procurementId: string, code: string): void {
  recordAudit(tx, UNATTENDED, {
    action: 'procurement.recalculation-failed',
    procurementId,
    subject: `procurement/${procurementId}`,
    detail: { code, calendar: tx.calendar.hash },
  });
}

/** The notice imported last; that of the last year where the calendar came with a release. */
async function reasonOf({ q, calendar }: Tx): Promise<Reason> {
  const last = (await importedYears(q)).at(-1);
  return {
    sourceZh: last?.days.sourceZh ?? calendar.table.years.at(-1)?.sourceZh ?? '',
    url: last?.url ?? null,
  };
}

async function apply(c: TenderCase, { dates, fixed }: RecalculatedTender): Promise<void> {
  const { tx, procurement } = c;
  for (const { lotNo, key, grievanceId, after, trace } of dates) {
    if (grievanceId === null) c.timeline.recalculated(lotNo, key as MilestoneKey, after, trace);
    else if (after.dueAt !== null) await changeGrievance(tx, grievanceId, { replyDueAt: after.dueAt });
  }
  c.change({
    calendarHash: tx.calendar.hash,
    ...(fixed.documentsUntil === procurement.documentsUntil ? {} : { documentsUntil: fixed.documentsUntil }),
    ...(fixed.bidDeadline === procurement.bidDeadline ? {} : { bidDeadline: fixed.bidDeadline }),
  });
}

/** 更正公告: one for each place where a published date moved. */
function announce(c: TenderCase, dates: readonly RecalculatedDate[], reason: Reason): void {
  for (const lotNo of new Set(dates.filter(({ notice }) => notice).map((date) => date.lotNo))) {
    const moved = dates.filter((date) => date.notice && date.lotNo === lotNo);
    publishNotice(
      c,
      UNATTENDED,
      'amendment',
      { lotNo },
      {
        because: 'calendar',
        sourceZh: reason.sourceZh,
        sourceUrl: reason.url,
        changes: moved.map(({ key, nameZh, before, after }) => ({
          ...{ key, nameZh },
          before: before.dueAt,
          after: after.dueAt,
        })),
      },
    );
  }
}

/** The replies to grievances are confidential before the opening. */
function record(
  tx: Tx,
  { procurementId, dates, suspended, resting }: RecalculatedTender,
  calendarBefore: string | null,
  { sourceZh }: Reason,
): void {
  const ofTender = dates.filter(({ grievanceId }) => grievanceId === null);
  const inRest = resting.length > 0 ? { resting: resting.map(({ lotNo, key, at }) => ({ lotNo, key, at })) } : {};
  recordAudit(tx, UNATTENDED, {
    action: 'procurement.recalculate',
    procurementId,
    subject: `procurement/${procurementId}`,
    detail: {
      calendarBefore,
      calendar: tx.calendar.hash,
      sourceZh,
      dates: ofTender.map(inAudit),
      suspended,
      ...inRest,
    },
  });
  recordEvent(tx, {
    kind: 'procurement.recalculated',
    procurementId,
    lotNo: 0,
    subject: procurementSubject(procurementId),
    detail: { calendar: tx.calendar.hash, moved: ofTender.filter(({ moves }) => moves).length },
  });
  for (const date of dates) {
    if (date.grievanceId === null) continue;
    recordAudit(tx, UNATTENDED, {
      action: 'grievance.recalculate',
      procurementId,
      subject: `grievance/${date.grievanceId}`,
      detail: inAudit(date),
      confidential: true,
    });
  }
}

const inAudit = ({ lotNo, key, before, after, kept, passed }: RecalculatedDate) => ({
  lotNo,
  key,
  before: before.dueAt,
  after: after.dueAt,
  provisional: after.provisional,
  kept,
  passed,
});
