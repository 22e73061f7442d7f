import { DomainError } from '../errors.ts';
import { createCalendar, type Calendar, type CalendarYear, type StatutoryYear } from './calendar.ts';
import { STATUTORY_AHEAD } from './statutory-ahead.ts';
import { STATUTORY_BEFORE } from './statutory-before.ts';

/** Known statutory days, also of years before a calendar and beyond its own outlook. */
export function statutoryKnown(calendar: Calendar): readonly StatutoryYear[] {
  const own = calendar.table.statutory;
  const [first, last] = [own[0]?.year ?? 0, own.at(-1)?.year ?? 0];
  return [
    ...STATUTORY_BEFORE.filter(({ year }) => year < first),
    ...own,
    ...STATUTORY_AHEAD.filter(({ year }) => year > last),
  ];
}

/**
 * The calendar with imported years, in the order of their import: a later one of the same year replaces it. The
 * outlook extends one year beyond the last; years before the first stand alone.
 * @throws DomainError `bad-calendar` where a year in between is missing
 */
export function growCalendar(base: Calendar, imported: readonly CalendarYear[]): Calendar {
  if (imported.length === 0) return base;
  const years = new Map(yearsOfCalendar(base).map((each) => [each.year, each]));
  for (const each of imported) years.set(each.year, inOneOrder(each));
  const sorted = [...years.values()].sort((a, b) => a.year - b.year);
  const first = base.table.years[0]?.year ?? 0;
  const last = sorted.at(-1)?.year ?? 0;
  const own = base.table.statutory.at(-1)?.year ?? 0;
  const earlier = sorted.filter(({ year }) => year < first);
  const isWanted = (year: number): boolean =>
    year >= first ? year <= Math.max(own, last + 1) : earlier.some((each) => each.year === year);
  return createCalendar({
    years: sorted.filter(({ year }) => year >= first),
    statutory: statutoryKnown(base).filter(({ year }) => isWanted(year)),
    ...(earlier.length > 0 ? { earlier } : {}),
  });
}

/** The hash is over text: a database may return the parts of an object in another order. */
function inOneOrder({ year, rule, sourceZh, off, makeup, partial }: CalendarYear): CalendarYear {
  return {
    ...{ year, rule, sourceZh },
    off: off.map(({ nameZh, from, to }) => ({ nameZh, from, to })),
    makeup: [...makeup],
    ...(partial ? { partial } : {}),
  };
}

/** Every year that a calendar has, ascending. */
export const yearsOfCalendar = ({ table }: Calendar): readonly CalendarYear[] => [
  ...(table.earlier ?? []),
  ...table.years,
];

/** The year as the calendar has it, if any. */
export function yearOfCalendar(calendar: Calendar, year: number): CalendarYear | undefined {
  return yearsOfCalendar(calendar).find((each) => each.year === year);
}

/** Whether two arrangements have the same days, whatever their names. */
export function sameDays(one: CalendarYear, other: CalendarYear): boolean {
  const daysOf = ({ off, makeup }: CalendarYear) =>
    JSON.stringify([off.map(({ from, to }) => [from, to]), [...makeup].sort()]);
  return daysOf(one) === daysOf(other);
}

/**
 * Whether a year may be added to a calendar: the next one, any before its first, or, as a declared correction, one that
 * it has.
 * @returns `same` where there is nothing to do
 * @throws DomainError `calendar-conflict`
 */
export function judgeYear(calendar: Calendar, year: CalendarYear, correct: boolean): 'new' | 'correction' | 'same' {
  const known = yearOfCalendar(calendar, year.year);
  const first = calendar.table.years[0]?.year ?? year.year;
  const next = (calendar.table.years.at(-1)?.year ?? year.year) + 1;
  if (known && sameDays(known, year)) return 'same';
  if (known && correct) return 'correction';
  if (known) {
    throw new DomainError('calendar-conflict', {
      messageZh: `${year.year} 年的放假安排已载入（${known.sourceZh}），所给日期不同；如系更正，请注明（--correct）`,
      messageEn: `${year.year} is already loaded (${known.sourceZh}) with other days; if this is a correction, use --correct`,
      details: { field: 'correct', year: year.year, known: known.sourceZh },
    });
  }
  if (year.year !== next && year.year >= first) {
    throw new DomainError('calendar-conflict', {
      messageZh: `日历年份必须连续：现有 ${first} 至 ${next - 1} 年，只能导入 ${next} 年，或者 ${first} 年以前的年份`,
      messageEn: `The years of the calendar must be consecutive: it has ${first} to ${next - 1}, the next is ${next}; those before ${first} may be imported one by one`,
      details: { field: 'year', given: year.year, expected: next },
    });
  }
  if (correct) {
    throw new DomainError('calendar-conflict', {
      messageZh: `${year.year} 年尚未载入，无可更正`,
      messageEn: `${year.year} is not loaded yet: there is nothing to correct`,
      details: { field: 'correct', year: year.year },
    });
  }
  return 'new';
}
