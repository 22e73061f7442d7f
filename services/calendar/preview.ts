import type { Database, Queries } from '../../db/access/database.ts';
import { readCases } from '../../db/tender/cases.ts';
import { filedGrievancesOf } from '../../db/grievances.ts';
import { runningTenders } from '../../db/engine/running.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { growCalendar, judgeYear } from '../../domain/law/calendar-growth.ts';
import type { CalendarImport } from './import.ts';
import { recalculateTimeline, type RecalculatedTender } from './timeline.ts';

export interface Preview {
  /** Running tenders checked. */
  readonly tenders: number;
  /** Those whose dates change, by id. */
  readonly changing: readonly RecalculatedTender[];
  /** Those that cannot be calculated, and why. */
  readonly failing: readonly {
    readonly procurementId: string;
    readonly messageZh: string;
    readonly messageEn: string;
  }[];
}

const PAGE = 200;

/** What a calendar would change in every running tender. Writes nothing. */
async function previewCalendar(q: Queries, calendar: Calendar, now: number): Promise<Preview> {
  const changing: RecalculatedTender[] = [];
  const failing: Preview['failing'][number][] = [];
  let tenders = 0;
  for (let after: string | undefined; ;) {
    const ids = (await runningTenders(q, after, PAGE)).map(({ id }) => id);
    const filed = await filedGrievancesOf(q, ids);
    for (const { procurement, lots, milestones, suspensions } of await readCases(q, ids)) {
      const own = filed.filter(({ procurementId }) => procurementId === procurement.id);
      try {
        const from = { tender: { ...procurement, lots }, milestones, suspensions, filed: own };
        const recalculated = recalculateTimeline(from, calendar, now);
        if (recalculated.dates.length > 0) changing.push(recalculated);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        failing.push({ procurementId: procurement.id, messageZh: error.messageZh, messageEn: error.messageEn });
      }
    }
    tenders += ids.length;
    after = ids.at(-1);
    if (ids.length < PAGE) return { tenders, changing, failing };
  }
}

export interface ImportPreview extends Preview {
  readonly outcome: 'new' | 'correction' | 'same';
  readonly calendar: Calendar;
}

/**
 * What importing a year would change, by the resulting calendar.
 * @throws DomainError `calendar-conflict`
 */
export async function previewImport(
  db: Database,
  { year, correct }: Pick<CalendarImport, 'year' | 'correct'>,
): Promise<ImportPreview> {
  const current = await db.calendar();
  const outcome = judgeYear(current, year, correct);
  const calendar = outcome === 'same' ? current : growCalendar(current, [year]);
  return { outcome, calendar, ...(await previewCalendar(db.read, calendar, db.now())) };
}
