import type { Database, Queries } from '../../db/access/database.ts';
import { readCases } from '../../db/tender/cases.ts';
import { filedGrievancesOf } from '../../db/grievances.ts';
import { runningTenders } from '../../db/engine/running.ts';
import { civilDayOf, type CivilDay } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { changedDays, type ChangedDay } from '../../domain/law/calendar-changes.ts';
import { growCalendar, judgeImport, type YearToImport } from '../../domain/law/calendar-growth.ts';
import { recalculateTimeline, type RecalculatedTender, type RestingMilestone } from './timeline.ts';

export interface RestingTender {
  readonly procurementId: string;
  readonly title: string;
  readonly milestones: readonly RestingMilestone[];
}

export interface Preview {
  /** Running tenders checked. */
  readonly tenders: number;
  /** Those whose dates change, by id. */
  readonly changing: readonly RecalculatedTender[];
  /** Those whose standing milestones become rest days: nothing moves them, people may. */
  readonly resting: readonly RestingTender[];
  /** Those that cannot be calculated, and why. */
  readonly failing: readonly {
    readonly procurementId: string;
    readonly messageZh: string;
    readonly messageEn: string;
  }[];
}

const PAGE = 200;

/** What a calendar would change in every running tender. Writes nothing. */
async function previewCalendar(q: Queries, before: Calendar, calendar: Calendar, now: number): Promise<Preview> {
  const changing: RecalculatedTender[] = [];
  const resting: RestingTender[] = [];
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
        const rest = recalculated.resting.filter(({ at }) => mayHaveWorked(before, civilDayOf(at)));
        const { id: procurementId, title } = procurement;
        if (rest.length > 0) resting.push({ procurementId, title, milestones: rest });
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        failing.push({ procurementId: procurement.id, messageZh: error.messageZh, messageEn: error.messageEn });
      }
    }
    tenders += ids.length;
    after = ids.at(-1);
    if (ids.length < PAGE) return { tenders, changing, resting, failing };
  }
}

/** Whether a day was a workday, or could still have become one. */
const mayHaveWorked = (calendar: Calendar, day: CivilDay): boolean =>
  !calendar.isCovered(day) || calendar.status(day, 'most-work').works;

export interface ImportPreview extends Preview {
  readonly outcome: 'new' | 'correction' | 'same';
  readonly calendar: Calendar;
  /** What each day of the year was before, and is then. */
  readonly days: readonly ChangedDay[];
}

/**
 * What importing a year would change, by the resulting calendar.
 * @throws DomainError `calendar-conflict`
 */
export async function previewImport(db: Database, given: YearToImport): Promise<ImportPreview> {
  const current = await db.calendar();
  const { outcome, year } = judgeImport(current, given);
  const calendar = outcome === 'same' ? current : growCalendar(current, [year]);
  const days = changedDays(current, calendar, year.year);
  return { outcome, calendar, days, ...(await previewCalendar(db.read, current, calendar, db.now())) };
}
