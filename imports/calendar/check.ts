import { formatDay, isWeekend, parseDate, yearOf, type CivilDay } from '../../domain/civil-time.ts';
import { CHINA_CALENDAR_TABLE } from '../../domain/law/calendar-data.ts';
import type { FestivalKey, StatutoryYear } from '../../domain/law/calendar-table.ts';
import { createOutlook } from '../../domain/law/outlook.ts';
import { festivalsOf, type Faults, type Found, type OffBlock } from './found.ts';

/** Holidays on a fixed day of the solar calendar. */
const FIXED_HOLIDAYS: ReadonlySet<FestivalKey> = new Set<FestivalKey>(['new-year', 'labour', 'national']);

/**
 * Compares a year with the statutory days (全国年节及纪念日放假办法 art. 2).
 * @returns whether holidays of its own are missing; and whether it has none of them but days that are given once, by a notice
 *   of their own
 */
export function checkYear(
  year: number,
  { off, makeup }: Found,
  statutory: readonly StatutoryYear[],
  faults: Faults,
  warnings: Faults,
): { readonly partial: boolean; readonly addition: boolean } {
  const festivals = festivalsOf(year, statutory);
  // Nothing runs in it any more: what is known of it is better than nothing, and the rest is said to be unknown.
  const isEarlier = year < CHINA_CALENDAR_TABLE.years[0].year;
  if (festivals.length === 0 && !isEarlier) {
    faults.add(
      1,
      `本版本不含 ${year} 年法定节假日（全国年节及纪念日放假办法第二条），请先升级`,
      `this release has not the statutory days of ${year} (全国年节及纪念日放假办法 art. 2): upgrade first`,
    );
    return { partial: false, addition: false };
  }
  let partial = false;
  if (festivals.length === 0) {
    partial = true;
    warnings.add(
      1,
      `本版本不含 ${year} 年法定节假日（全国年节及纪念日放假办法第二条）：只有列明的日期已知，其余未知，不作推定`,
      `this release has not the statutory days of ${year} (全国年节及纪念日放假办法 art. 2): only the listed days are known, the others are not`,
    );
  }
  const statutoryDays = new Set(festivals.flatMap(({ days }) => days.map(parseDate)));
  const isOnce = ({ nameZh, from, to }: OffBlock): boolean =>
    !festivals.some((each) => nameZh.includes(each.nameZh)) &&
    ![...statutoryDays].some((day) => from <= day && day <= to);
  const addition = off.length > 0 && off.every(isOnce);
  const rests = new Map<CivilDay, OffBlock>();
  for (const block of off) {
    if (block.from > block.to) {
      faults.add(block.line, `「${block.nameZh}」起止颠倒`, `"${block.nameZh}" ends before it begins`);
      continue;
    }
    const named = festivals.filter(({ nameZh }) => block.nameZh.includes(nameZh));
    const own = new Set(named.flatMap(({ days }) => days.map(parseDate)));
    const days = Array.from({ length: Math.min(block.to - block.from + 1, 60) }, (_, index) => block.from + index);
    if (named.length === 0) {
      // The State Council may give a day once (3 to 5 September 2015, 抗战胜利纪念日).
      warnings.add(
        block.line,
        `「${block.nameZh}」${formatDay(block.from)} 至 ${formatDay(block.to)} 不是法定节日，按来源一次性放假，请核对`,
        `"${block.nameZh}", ${formatDay(block.from)} to ${formatDay(block.to)}, is no statutory festival: off this once, by the source; check it`,
      );
    } else if (!days.some((day) => own.has(day))) {
      warnings.add(
        block.line,
        `「${block.nameZh}」${formatDay(block.from)} 至 ${formatDay(block.to)} 不含该节日的法定日`,
        `"${block.nameZh}", ${formatDay(block.from)} to ${formatDay(block.to)}, has no statutory day of that festival`,
      );
    }
    const outlook = createOutlook(statutory);
    for (const day of days) {
      if (rests.has(day)) faults.add(block.line, `${formatDay(day)} 重复放假`, `${formatDay(day)} is off twice`);
      rests.set(day, block);
      if (yearOf(day) !== year && formatDay(day).slice(0, 7) !== `${year - 1}-12`) {
        faults.add(block.line, `${formatDay(day)} 不属于 ${year} 年的安排`, `${formatDay(day)} is not of ${year}`);
      } else if (!outlook.mayBeOff(day)) {
        warnings.add(
          block.line,
          `${formatDay(day)} 放假超出历年范围，请核对`,
          `${formatDay(day)} off is unlike earlier years`,
        );
      }
    }
  }
  const { status } = statutory.find((each) => each.year === year) ?? { status: 'RECALLED' };
  for (const { key, nameZh, days } of festivals) {
    const isListed = off.some((block) => block.nameZh.includes(nameZh));
    if (!isListed && isEarlier) {
      partial = true;
      warnings.add(
        1,
        `未列「${nameZh}」：其前后放假、上班的日期未知，不作推定`,
        `${nameZh} is not listed: which days around it were off or worked is not known`,
      );
      continue;
    }
    if (addition) continue;
    if (!isListed) {
      faults.add(
        1,
        `缺少「${nameZh}」（全国年节及纪念日放假办法第二条）`,
        `${nameZh} is missing (全国年节及纪念日放假办法 art. 2)`,
      );
      continue;
    }
    const missing = days.filter((day) => !rests.has(parseDate(day)));
    if (missing.length === 0) continue;
    // Where we calculated the lunar day ourselves, the notice may be right.
    (status === 'VERIFIED' || FIXED_HOLIDAYS.has(key) ? faults : warnings).add(
      1,
      `缺少「${nameZh}」法定日 ${missing.join('、')}（全国年节及纪念日放假办法第二条）`,
      `the statutory day(s) ${missing.join(', ')} of ${nameZh} are missing (全国年节及纪念日放假办法 art. 2)`,
    );
  }
  const worked = new Set<CivilDay>();
  const outlook = createOutlook(statutory);
  for (const { day, line } of makeup) {
    const text = formatDay(day);
    if (worked.has(day)) faults.add(line, `调休上班日 ${text} 重复`, `make-up workday ${text} is listed twice`);
    worked.add(day);
    if (!isWeekend(day)) {
      faults.add(line, `调休上班日 ${text} 不是周末`, `make-up workday ${text} is no weekend day`);
    }
    if (rests.has(day)) faults.add(line, `${text} 既放假又上班`, `${text} is both off and worked`);
    if (yearOf(day) !== year && text.slice(0, 7) !== `${year - 1}-12`) {
      faults.add(line, `${text} 不属于 ${year} 年的安排`, `${text} is not of ${year}`);
    } else if (isWeekend(day) && !outlook.mayBeMakeup(day)) {
      warnings.add(line, `调休上班日 ${text} 不邻近节日，请核对`, `make-up workday ${text} is near no festival`);
    }
  }
  return { partial, addition };
}
