import { formatDay, type CivilDay } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import type { CalendarYear, StatutoryYear } from '../../domain/law/calendar-table.ts';
import { checkYear } from './check.ts';
import { Faults, type LineFault } from './found.ts';
import { readJson } from './json.ts';
import { readList } from './list.ts';
import { readNotice } from './notice.ts';

export interface ReadYear {
  readonly year: CalendarYear;
  readonly url: string | null;
  /** Days that are given once by a notice of their own, and not the arrangement of the year. */
  readonly addition: boolean;
  /** Unusual, but possible for the State Council to decide: a person must check it. */
  readonly warnings: readonly LineFault[];
}

/**
 * Reads one year's holiday arrangement: the text of the State Council's notice, a list of days (`2026-01-01 休 元旦`,
 * `2026-01-04 班`), or JSON (`{ year, sourceZh, off: [{ nameZh, from, to }] | [day], makeup: [day] }`, or `{ years: {
 * "2026": { off, makeup } } }` with one year).
 * @param statutory the statutory days (全国年节及纪念日放假办法 art. 2); the year must contain all of its own, unless it is before
 *   the built-in ones, or the file is a notice of days that are given once
 * @throws DomainError `bad-calendar-file` with every fault (`details.faults`: line and reason)
 * @rule holiday-statutory
 */
export function readCalendarFile(
  text: string,
  statutory: readonly StatutoryYear[],
  given: { readonly sourceZh?: string | undefined; readonly url?: string | undefined } = {},
): ReadYear {
  const faults = new Faults();
  const plain = text.replace(/^\uFEFF/, '');
  const found = /^\s*[{[]/.test(plain)
    ? readJson(plain, statutory, faults)
    : /^\s*\d{4}-\d{1,2}-\d{1,2}(?=\s|,|$)/m.test(plain)
      ? readList(plain, statutory, faults)
      : readNotice(plain, faults);
  const warnings = new Faults();
  const sourceZh = given.sourceZh ?? found.sourceZh;
  if (found.year === null) faults.add(1, '未写明年份', 'the year is not stated');
  if (sourceZh === null) faults.add(1, '未写明通知名称与文号（来源）', 'the source notice is not named (source)');
  const checked = found.year === null ? null : checkYear(found.year, found, statutory, faults, warnings);
  if (faults.list.length > 0 || found.year === null || sourceZh === null) throw badFile(faults.list);
  const byDay = (a: { from: CivilDay }, b: { from: CivilDay }) => a.from - b.from;
  return {
    year: {
      year: found.year,
      rule: `cal-${found.year}`,
      sourceZh,
      off: found.off.sort(byDay).map(({ nameZh, from, to }) => ({ nameZh, from: formatDay(from), to: formatDay(to) })),
      makeup: found.makeup
        .map(({ day }) => day)
        .sort((a, b) => a - b)
        .map(formatDay),
      ...(checked?.partial ? { partial: true } : {}),
    },
    url: given.url ?? found.url,
    addition: checked?.addition ?? false,
    warnings: warnings.list,
  };
}

function badFile(faults: readonly LineFault[]): DomainError {
  const all = [...faults].sort((a, b) => a.line - b.line);
  const sentence = (each: (fault: LineFault) => string) => all.map(each).join('；');
  return new DomainError('bad-calendar-file', {
    messageZh: `放假安排有 ${all.length} 处错误，未导入：${sentence((f) => `第 ${f.line} 行 ${f.messageZh}`)}`,
    messageEn: `${all.length} fault(s) in the holiday arrangement; nothing was imported: ${sentence((f) => `line ${f.line}: ${f.messageEn}`)}`,
    details: { faults: all },
  });
}
