import { asc, desc } from 'drizzle-orm';
import type { Calendar } from '../domain/law/calendar.ts';
import { growCalendar } from '../domain/law/calendar-growth.ts';
import type { Queries, Tx } from './access/database.ts';
import { calendarYears } from './schema/sqlite.ts';
import { prepared } from './access/statements.ts';

export type ImportedYear = typeof calendarYears.$inferSelect;

/**
 * Which calendar is in force, by its hash: read at the beginning of every transaction, before it counts a date, so that
 * no process uses a superseded one. No row: the built-in one.
 */
export const CALENDAR_IN_FORCE = 'SELECT calendar_hash FROM calendar_years ORDER BY version DESC LIMIT 1';

const selectInForce = prepared((q) =>
  q
    .select({ hash: calendarYears.calendarHash })
    .from(calendarYears)
    .orderBy(desc(calendarYears.version))
    .limit(1)
    .prepare(),
);

/** Every import, oldest first. */
export async function importedYears(q: Queries): Promise<ImportedYear[]> {
  return q.select().from(calendarYears).orderBy(asc(calendarYears.version));
}

/** Caches the calendar in force; rebuilds it only when it has changed. */
export class CalendarInForce {
  private readonly base: Calendar;
  /** By hash, not by number: an import that was rolled back must not be taken for another with the same number. */
  private last: { readonly hash: string | null; readonly calendar: Calendar };

  constructor(base: Calendar) {
    this.base = base;
    this.last = { hash: null, calendar: base };
  }

  /** @param hash what `CALENDAR_IN_FORCE` returned on `q`; read here when left out */
  async on(q: Queries, hash?: string | null): Promise<Calendar> {
    const inForce = hash === undefined ? ((await selectInForce(q).execute())[0]?.hash ?? null) : hash;
    const { last } = this;
    if (last.hash === inForce) return last.calendar;
    const rows = inForce === null ? [] : await importedYears(q);
    const calendar = growCalendar(
      this.base,
      rows.map(({ days }) => days),
    );
    this.last = { hash: inForce, calendar };
    return calendar;
  }
}

export async function insertYear(tx: Tx, year: ImportedYear): Promise<void> {
  await tx.q.insert(calendarYears).values(year);
}
