import { formatDay, parseDate } from '../civil-time.ts';
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

/** A year as it comes, and what is said of it. */
export interface YearToImport {
  readonly year: CalendarYear;
  /** It corrects a year that is loaded. */
  readonly correct: boolean;
  /** Its days are given once by a notice of their own, beside the arrangement of the year. */
  readonly addition?: boolean;
}

/**
 * Whether a year, or days that are given once, may be added to a calendar, and the year as it will be.
 * @throws DomainError `calendar-conflict`
 */
export function judgeImport(
  calendar: Calendar,
  { year, correct, addition = false }: YearToImport,
): { readonly outcome: 'new' | 'correction' | 'same'; readonly year: CalendarYear } {
  const known = yearOfCalendar(calendar, year.year);
  const first = calendar.table.years[0]?.year ?? year.year;
  if (addition && !known && year.year >= first) {
    throw new DomainError('calendar-conflict', {
      messageZh: `${year.year} 年的放假安排尚未载入，请先导入该年安排，再导入一次性放假的通知`,
      messageEn: `${year.year} is not loaded yet: import its arrangement first, then the notice of days that are given once`,
      details: { field: 'year', given: year.year },
    });
  }
  // What is known of an earlier year in part only is replaced where that is declared.
  if (!addition || !known || (correct && known.partial)) {
    return { outcome: judgeYear(calendar, year, correct), year };
  }
  const whole = withDays(known, year);
  return { outcome: sameDays(known, whole) ? 'same' : 'correction', year: whole };
}

/**
 * A known year with days that are given once, and with the days worked for them.
 * @throws DomainError `calendar-conflict` where a day that is off would be worked
 */
function withDays(known: CalendarYear, { off, makeup, sourceZh }: CalendarYear): CalendarYear {
  const isOff = (day: string): boolean => known.off.some(({ from, to }) => from <= day && day <= to);
  const worked = makeup.filter(isOff);
  if (worked.length > 0) {
    throw new DomainError('calendar-conflict', {
      messageZh: `${worked.join('、')} 已按 ${known.sourceZh} 放假，不能同时上班；如系更正，请导入该年完整的安排（--correct）`,
      messageEn: `${worked.join(', ')}: off by ${known.sourceZh}, and cannot be worked; to correct that, import the whole year with --correct`,
      details: { field: 'file', given: worked, year: known.year },
    });
  }
  const given = off.flatMap(({ nameZh, from, to }) =>
    daysOf(from, to)
      .filter((day) => !isOff(day))
      .map((day) => ({ nameZh, from: day, to: day })),
  );
  const blocks = given.reduce<typeof given>((joined, each) => {
    const last = joined.at(-1);
    const follows = last?.nameZh === each.nameZh && parseDate(last.to) + 1 === parseDate(each.from);
    return follows ? [...joined.slice(0, -1), { ...last, to: each.to }] : [...joined, each];
  }, []);
  const isGiven = (day: string): boolean => given.some(({ from }) => from === day);
  return {
    ...known,
    sourceZh: known.sourceZh.includes(sourceZh) ? known.sourceZh : `${known.sourceZh}；${sourceZh}`,
    off: [...known.off, ...blocks].sort((a, b) => (a.from < b.from ? -1 : 1)),
    makeup: [...new Set([...known.makeup.filter((day) => !isGiven(day)), ...makeup])].sort(),
  };
}

const daysOf = (from: string, to: string): string[] =>
  Array.from({ length: parseDate(to) - parseDate(from) + 1 }, (_, index) => formatDay(parseDate(from) + index));

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
