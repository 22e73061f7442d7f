import { asc, desc } from 'drizzle-orm';
import type { Calendar } from '../domain/law/calendar.ts';
import { growCalendar, judgeYear } from '../domain/law/calendar-growth.ts';
import type { CalendarYear } from '../domain/law/calendar-table.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { enqueueOnce } from './outbox.ts';
import { behindCalendar } from './running.ts';
import { calendarYears } from './schema/sqlite.ts';
import { prepared } from './access/statements.ts';

export type ImportedYear = typeof calendarYears.$inferSelect;

/**
 * Which calendar is in force, by its hash: asked at the beginning of every transaction, before it counts a date, so that
 * no process goes on with one that has been superseded. No row: the built-in one.
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

/** Knows the calendar in force; makes it anew only when it is another than last time. */
export class CalendarInForce {
  private readonly base: Calendar;
  /** By hash, not by number: what an undone transaction imported must not stand for another's import. */
  private last: { readonly hash: string | null; readonly calendar: Calendar };

  constructor(base: Calendar) {
    this.base = base;
    this.last = { hash: null, calendar: base };
  }

  /** @param hash what `CALENDAR_IN_FORCE` answered on `q`; left out, it is asked */
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

export interface CalendarImport {
  readonly year: CalendarYear;
  readonly url: string | null;
  /** The year is known with other days, and these are the right ones. */
  readonly correct: boolean;
}

export interface Imported {
  readonly outcome: 'new' | 'correction' | 'same';
  /** Counts the imports; 0: none. */
  readonly version: number;
  readonly calendar: Calendar;
  /** Of the message that has running tenders counted anew; null where none is to be. */
  readonly messageId: string | null;
}

/**
 * Imports a year's holiday arrangement. From the end of this transaction every other one counts by it; what was counted
 * before is counted anew by the workflow that the message starts. In a transaction without a subject, so that no other
 * is under way.
 * @throws DomainError `calendar-conflict`
 */
export async function importYear(tx: Tx, actor: Actor, { year, url, correct }: CalendarImport): Promise<Imported> {
  const outcome = judgeYear(tx.calendar, year, correct);
  const earlier = await importedYears(tx.q);
  const last = earlier.at(-1)?.version ?? 0;
  if (outcome === 'same') {
    // A release that brought the year with it leaves this to whoever says so.
    const behind = await behindCalendar(tx.q, tx.calendar.hash);
    const messageId = behind ? await enqueueOnce(tx, 'start-recount', recountOf(last, tx.calendar)) : null;
    return { outcome, version: last, calendar: tx.calendar, messageId };
  }
  const calendar = growCalendar(tx.calendar, [year]);
  const version = last + 1;
  await tx.q.insert(calendarYears).values({
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
  const messageId = await enqueueOnce(tx, 'start-recount', recountOf(version, calendar));
  return { outcome, version, calendar, messageId };
}

/** Names one walk over the running tenders: the import, and the calendar that it or a release made. */
export const recountOf = (version: number, calendar: Calendar): string => `${version}-${calendar.hash}`;
