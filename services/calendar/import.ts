import { recordAudit, type Actor } from '../../db/audit.ts';
import { importedYears, insertYear } from '../../db/calendar.ts';
import type { Tx } from '../../db/access/database.ts';
import { wake } from '../../db/engine/outbox.ts';
import { behindCalendar } from '../../db/engine/running.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { growCalendar, judgeImport, type YearToImport } from '../../domain/law/calendar-growth.ts';
import { calendarSubject } from '../../domain/subjects.ts';

export interface CalendarImport extends YearToImport {
  readonly url: string | null;
}

export interface Imported {
  readonly outcome: 'new' | 'correction' | 'same';
  /** Counts the imports; 0: none. */
  readonly version: number;
  readonly calendar: Calendar;
}

/**
 * Imports a year's holiday arrangement, or adds days that are given once to it. From the end of this transaction every other one calculates by it; running
 * tenders are recalculated by the workflow that it wakes. In a transaction without a subject, so that no other runs at
 * the same time.
 * @throws DomainError `calendar-conflict`
 */
export async function importYear(tx: Tx, actor: Actor, { url, ...given }: CalendarImport): Promise<Imported> {
  const { outcome, year } = judgeImport(tx.calendar, given);
  const last = (await importedYears(tx.q)).at(-1)?.version ?? 0;
  if (outcome === 'same') {
    // Where the year came with a release, running tenders are recalculated only once somebody imports it.
    if (await behindCalendar(tx.q, tx.calendar.hash)) wake(tx, calendarSubject(recalculationName(last, tx.calendar)));
    return { outcome, version: last, calendar: tx.calendar };
  }
  const calendar = growCalendar(tx.calendar, [year]);
  const version = last + 1;
  await insertYear(tx, {
    version,
    year: year.year,
    days: year,
    url,
    correction: outcome === 'correction',
    importedBy: actor,
    importedAt: tx.now,
    calendarHash: calendar.hash,
  });
  recordAudit(tx, actor, {
    action: outcome === 'correction' ? 'calendar.correct' : 'calendar.import',
    procurementId: null,
    subject: `calendar/${version}`,
    detail: { year: year.year, sourceZh: year.sourceZh, url, before: tx.calendar.hash, after: calendar.hash },
  });
  wake(tx, calendarSubject(recalculationName(version, calendar)));
  return { outcome, version, calendar };
}

/** Identifies one recalculation of all running tenders: the import, and the calendar that it or a release made. */
export const recalculationName = (version: number, calendar: Calendar): string => `${version}-${calendar.hash}`;
