import { formatDay, isWeekend, parseDate, weekdayOf, yearOf, type CivilDay } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import type { CalendarYear, FestivalKey, StatutoryYear } from '../../domain/law/calendar-table.ts';
import { createOutlook } from '../../domain/law/outlook.ts';

/** Something that keeps a file from being a year's holiday arrangement. */
export interface LineFault {
  /** From 1. */
  readonly line: number;
  readonly messageZh: string;
  readonly messageEn: string;
}

export interface ReadYear {
  readonly year: CalendarYear;
  readonly url: string | null;
  /** Unusual, and yet what the State Council may decide: for a person to look at. */
  readonly warnings: readonly LineFault[];
}

interface OffBlock {
  nameZh: string;
  from: CivilDay;
  to: CivilDay;
  line: number;
}
interface Found {
  year: number | null;
  sourceZh: string | null;
  url: string | null;
  off: OffBlock[];
  makeup: { day: CivilDay; line: number }[];
}

const WEEKDAY_ZH = {
  Mon: '周一',
  Tue: '周二',
  Wed: '周三',
  Thu: '周四',
  Fri: '周五',
  Sat: '周六',
  Sun: '周日',
} as const;
/** Those on a day of the solar calendar. */
const FIXED_FEASTS: ReadonlySet<FestivalKey> = new Set<FestivalKey>(['new-year', 'labour', 'national']);
const FESTIVAL = '(?:元旦|春节|清明节|劳动节|端午节|中秋节|国庆节)';

/** Collects what is wrong, so that all of it is told at once. */
class Faults {
  readonly list: LineFault[] = [];
  add(line: number, messageZh: string, messageEn: string): void {
    this.list.push({ line, messageZh, messageEn });
  }
}

/**
 * Reads one year's holiday arrangement: the words of the State Council's notice, a list of days (`2026-01-01 休 元旦`,
 * `2026-01-04 班`), or JSON (`{ year, sourceZh, off: [{ nameZh, from, to }] | [day], makeup: [day] }`, or
 * `{ years: { "2026": { off, makeup } } }` with one year).
 * @param statutory the statutory days (全国年节及纪念日放假办法 art. 2), of which the year must contain all of its own
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
  if (sourceZh === null)
    faults.add(1, '未写明通知名称与文号（来源）', 'the notice it comes from is not named (source)');
  if (found.year !== null) checkYear(found.year, found, statutory, faults, warnings);
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
    },
    url: given.url ?? found.url,
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

/** Which statutory days the year has, and whose days they are. */
function festivalsOf(year: number, statutory: readonly StatutoryYear[]): StatutoryYear['festivals'] {
  return statutory.find((each) => each.year === year)?.festivals ?? [];
}

function checkYear(
  year: number,
  { off, makeup }: Found,
  statutory: readonly StatutoryYear[],
  faults: Faults,
  warnings: Faults,
): void {
  const festivals = festivalsOf(year, statutory);
  if (festivals.length === 0) {
    faults.add(
      1,
      `本版本不含 ${year} 年法定节假日（全国年节及纪念日放假办法第二条），请先升级`,
      `this release has not the statutory days of ${year} (全国年节及纪念日放假办法 art. 2): upgrade first`,
    );
    return;
  }
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
      faults.add(block.line, `「${block.nameZh}」不是法定节日`, `"${block.nameZh}" is no statutory festival`);
    } else if (!days.some((day) => own.has(day))) {
      faults.add(
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
    if (!off.some((block) => block.nameZh.includes(nameZh))) {
      faults.add(
        1,
        `缺少「${nameZh}」（全国年节及纪念日放假办法第二条）`,
        `${nameZh} is missing (全国年节及纪念日放假办法 art. 2)`,
      );
      continue;
    }
    const missing = days.filter((day) => !rests.has(parseDate(day)));
    if (missing.length === 0) continue;
    // Where we reckoned the lunar day ourselves, the notice may know better.
    (status === 'VERIFIED' || FIXED_FEASTS.has(key) ? faults : warnings).add(
      1,
      `缺少「${nameZh}」法定日 ${missing.join('、')}（全国年节及纪念日放假办法第二条）`,
      `the statutory day(s) ${missing.join(', ')} of ${nameZh} are missing (全国年节及纪念日放假办法 art. 2)`,
    );
  }
  const worked = new Set<CivilDay>();
  const outlook = createOutlook(statutory);
  for (const { day, line } of makeup) {
    const text = formatDay(day);
    if (worked.has(day)) faults.add(line, `调休上班日 ${text} 重复`, `make-up workday ${text} stands twice`);
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
}

// The words of the notice.

const DATE = String.raw`(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?`;

function readNotice(text: string, faults: Faults): Found {
  const { flat, lineAt } = flatten(text);
  const found: Found = { year: null, sourceZh: null, url: null, off: [], makeup: [] };
  const [title, year = /现将(\d{4})年元旦/.exec(flat)?.[1]] =
    /(?:国务院办公厅)?关于(\d{4})年部分节假日安排的通知/.exec(flat) ?? [];
  if (year === undefined) return found;
  found.year = Number(year);
  const number = /国办发[^\d]{0,4}[〔[(]\d{4}[〕\])]\d+号/.exec(flat)?.[0];
  // Named only as it names itself.
  if (title?.startsWith('国务院办公厅')) found.sourceZh = `${title}${number === undefined ? '' : `（${number}）`}`;
  const heads = [...flat.matchAll(new RegExp(`[一二三四五六七八九十]、(${FESTIVAL}(?:[、和]${FESTIVAL})*):`, 'g'))];
  if (heads.length === 0) faults.add(1, '未见「一、元旦：…」各条', 'there are no items like "一、元旦：…"');
  for (const [index, head] of heads.entries()) {
    const begin = head.index + head[0].length;
    const body = flat.slice(begin, heads[index + 1]?.index ?? flat.length);
    let offset = begin;
    for (const sentence of body.split(/(?<=[。;])/)) {
      readSentence(sentence, { nameZh: head[1] ?? '', year: found.year, line: lineAt(offset) }, found, faults);
      offset += sentence.length;
    }
  }
  return found;
}

/** Without white space, since a line may break anywhere; and the line that each character stood on. */
function flatten(text: string): { flat: string; lineAt: (offset: number) => number } {
  const lines: number[] = [];
  let flat = '';
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const kept = line.normalize('NFKC').replace(/\s+/g, '');
    flat += kept;
    for (let n = 0; n < kept.length; n += 1) lines.push(index + 1);
  }
  return { flat, lineAt: (offset) => lines[Math.min(offset, lines.length - 1)] ?? 1 };
}

function readSentence(
  sentence: string,
  at: { nameZh: string; year: number; line: number },
  found: Found,
  faults: Faults,
): void {
  if (!/\d日/.test(sentence) || /^鼓励/.test(sentence)) return;
  const clauses = sentence.split(/(?<=放假)/);
  const works = /上班/.test(sentence);
  if (clauses.length > 1) {
    const range = new RegExp(`${DATE}(?:[至到~-]+${DATE})?放假$`).exec(clauses[0] ?? '');
    const from = range && dayOf(range.slice(1, 5), at, faults);
    if (!range || from === null) {
      faults.add(at.line, `看不懂放假日期：${sentence}`, `the days off cannot be read: ${sentence}`);
    } else {
      const to =
        range[7] === undefined ? from : dayOf([range[5], range[6] ?? range[2], range[7], range[8]], at, faults);
      if (to !== null) found.off.push({ nameZh: at.nameZh, from, to, line: at.line });
      const total = /(?:共|放假)(\d+)天/.exec(sentence)?.[1];
      if (to !== null && total !== undefined && Number(total) !== to - from + 1) {
        faults.add(
          at.line,
          `「${at.nameZh}」写明 ${total} 天，起止为 ${to - from + 1} 天`,
          `"${at.nameZh}" says ${total} day(s), its dates make ${to - from + 1}`,
        );
      }
    }
  } else if (works) {
    const dates = [...sentence.matchAll(new RegExp(DATE, 'g'))];
    const left = sentence.replace(new RegExp(DATE, 'g'), '').replace(/[、,和及。;]|上班|\(星?期?\)/g, '');
    let month: string | undefined;
    for (const date of dates) {
      month = date[2] ?? month;
      const day = dayOf([date[1], month, date[3], date[4]], at, faults);
      if (day !== null) found.makeup.push({ day, line: at.line });
    }
    if (dates.length === 0 || left !== '') {
      faults.add(at.line, `看不懂上班日期：${sentence}`, `the workdays cannot be read: ${sentence}`);
    }
  } else {
    faults.add(at.line, `既非放假也非上班：${sentence}`, `neither days off nor workdays: ${sentence}`);
  }
}

function dayOf(
  [year, month, day, note]: (string | undefined)[],
  at: { year: number; line: number },
  faults: Faults,
): CivilDay | null {
  if (month === undefined || day === undefined) return null;
  const text = `${year ?? at.year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const parsed = validDay(text, at.line, faults);
  const said = /(?:周|星期)([一二三四五六日天])/.exec(note ?? '')?.[1]?.replace('天', '日');
  if (parsed !== null && said !== undefined && WEEKDAY_ZH[weekdayOf(parsed)] !== `周${said}`) {
    faults.add(
      at.line,
      `${text} 写作周${said}，实为${WEEKDAY_ZH[weekdayOf(parsed)]}`,
      `${text} is called 周${said} and is a ${weekdayOf(parsed)}`,
    );
  }
  return parsed;
}

function validDay(text: string, line: number, faults: Faults): CivilDay | null {
  const [year = '', month = '', day = ''] = text.split('-');
  try {
    return parseDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  } catch {
    faults.add(line, `没有 ${text} 这一天`, `there is no day ${text}`);
    return null;
  }
}

// A list of days.

function readList(text: string, statutory: readonly StatutoryYear[], faults: Faults): Found {
  const found: Found = { year: null, sourceZh: null, url: null, off: [], makeup: [] };
  const off: { day: CivilDay; line: number; nameZh?: string }[] = [];
  const years: number[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    const said = raw
      .replace(/^\s*#\s*/, '')
      .trim()
      .replace('：', ':');
    const header = /^(来源|source|网址|url|年份|year)\s*:\s*(\S.*)$/i.exec(said);
    if (header?.[2] !== undefined) {
      const name = (header[1] ?? '').toLowerCase();
      if (name === '来源' || name === 'source') found.sourceZh = header[2];
      else if (name === '网址' || name === 'url') found.url = header[2];
      else found.year = Number(header[2]);
      continue;
    }
    if (said === '' || /^\s*#/.test(raw)) continue;
    const entry = /^(\d{4}-\d{1,2}-\d{1,2})(?:\s+|,)(休|放假|off|班|上班|work)(?:(?:\s+|,)(\S+))?$/i.exec(said);
    if (!entry) {
      faults.add(
        line,
        `看不懂：${said}（应如「2026-01-01 休 元旦」或「2026-01-04 班」）`,
        `not understood: ${said} (want "2026-01-01 休 元旦" or "2026-01-04 班")`,
      );
      continue;
    }
    const day = validDay(entry[1] ?? '', line, faults);
    if (day === null) continue;
    years.push(yearOf(day));
    if (/班|work/i.test(entry[2] ?? '')) found.makeup.push({ day, line });
    else off.push({ day, line, ...(entry[3] === undefined ? {} : { nameZh: entry[3] }) });
  }
  found.year ??= years.length === 0 ? null : Math.max(...years);
  found.off = blocksOf(off, found.year, statutory);
  return found;
}

/** Days in a row are one block; without a name it bears those of the festivals whose statutory days it has. */
function blocksOf(
  days: readonly { day: CivilDay; line: number; nameZh?: string }[],
  year: number | null,
  statutory: readonly StatutoryYear[],
): OffBlock[] {
  const blocks: (OffBlock & { named: boolean })[] = [];
  for (const { day, line, nameZh } of [...days].sort((a, b) => a.day - b.day)) {
    const last = blocks.at(-1);
    if (last && last.to + 1 === day && (nameZh === undefined || !last.named || last.nameZh === nameZh)) {
      blocks[blocks.length - 1] = { ...last, to: day, nameZh: nameZh ?? last.nameZh, named: last.named || !!nameZh };
    } else blocks.push({ nameZh: nameZh ?? '', from: day, to: day, line, named: nameZh !== undefined });
  }
  return blocks.map(({ named, ...block }) => {
    if (named || year === null) return block;
    const names = festivalsOf(year, statutory)
      .filter(({ days: own }) => own.map(parseDate).some((day) => day >= block.from && day <= block.to))
      .map(({ nameZh }) => nameZh);
    return { ...block, nameZh: names.length === 0 ? formatDay(block.from) : names.join('、') };
  });
}

// JSON.

function readJson(text: string, statutory: readonly StatutoryYear[], faults: Faults): Found {
  const found: Found = { year: null, sourceZh: null, url: null, off: [], makeup: [] };
  const lineOf = (part: string): number => {
    const at = text.indexOf(`"${part}"`);
    return at < 0 ? 1 : text.slice(0, at).split('\n').length;
  };
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    faults.add(1, `不是有效的 JSON：${(error as Error).message}`, `not valid JSON: ${(error as Error).message}`);
    return found;
  }
  const one = oneYear(given);
  if (one === null) {
    faults.add(1, '一个文件应恰有一个年份', 'a file must hold exactly one year');
    return found;
  }
  if (Number.isInteger(one.year)) found.year = Number(one.year);
  found.sourceZh = typeof one.sourceZh === 'string' && one.sourceZh.trim() !== '' ? one.sourceZh : null;
  found.url = typeof one.url === 'string' ? one.url : null;
  const read = (value: unknown): { day: CivilDay; line: number } | null => {
    const line = typeof value === 'string' ? lineOf(value) : 1;
    if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) {
      faults.add(
        line,
        `不是 YYYY-MM-DD 日期：${JSON.stringify(value)}`,
        `no YYYY-MM-DD date: ${JSON.stringify(value)}`,
      );
      return null;
    }
    const day = validDay(value, line, faults);
    return day === null ? null : { day, line };
  };
  const days: { day: CivilDay; line: number }[] = [];
  for (const [name, list] of [
    ['off', one.off],
    ['makeup', one.makeup],
  ] as const) {
    if (!Array.isArray(list)) faults.add(1, `缺少列表 ${name}`, `the list ${name} is missing`);
  }
  for (const each of Array.isArray(one.off) ? (one.off as unknown[]) : []) {
    if (typeof each === 'object' && each !== null) {
      const block = each as Record<string, unknown>;
      const [from, to] = [read(block.from), read(block.to)];
      if (typeof block.nameZh !== 'string')
        faults.add(from?.line ?? 1, '放假缺少 nameZh', 'a block of days off has no nameZh');
      else if (from && to) found.off.push({ nameZh: block.nameZh, from: from.day, to: to.day, line: from.line });
    } else {
      const day = read(each);
      if (day) days.push(day);
    }
  }
  found.off.push(...blocksOf(days, found.year, statutory));
  for (const each of Array.isArray(one.makeup) ? (one.makeup as unknown[]) : []) {
    const day = read(each);
    if (day) found.makeup.push(day);
  }
  return found;
}

function oneYear(given: unknown): Record<string, unknown> | null {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const whole = given as Record<string, unknown>;
  if (whole.years === undefined) return whole;
  if (typeof whole.years !== 'object' || whole.years === null) return null;
  const entries = Object.entries(whole.years);
  const [first] = entries;
  if (entries.length !== 1 || first === undefined || typeof first[1] !== 'object' || first[1] === null) return null;
  const year = first[1] as Record<string, unknown>;
  return {
    sourceZh: whole.sourceZh,
    url: whole.url,
    ...(Array.isArray(whole.years) ? {} : { year: Number(first[0]) }),
    ...year,
  };
}
