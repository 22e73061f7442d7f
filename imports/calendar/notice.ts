import { weekdayOf, type CivilDay } from '../../domain/civil-time.ts';
import { halfWidthOf } from '../../domain/text.ts';
import { blocksOf, validDay, type Faults, type Found } from './found.ts';

// The text of the State Council's notice.

const WEEKDAY_ZH = {
  Mon: '周一',
  Tue: '周二',
  Wed: '周三',
  Thu: '周四',
  Fri: '周五',
  Sat: '周六',
  Sun: '周日',
} as const;
/** What an item is called: one of the festivals, or a day that is given once. */
const NAME = '[^:。;,\\d]{1,40}';

const DATE = String.raw`(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?`;

export function readNotice(text: string, faults: Faults): Found {
  const { flat, lineAt } = flatten(text);
  const found: Found = { year: null, sourceZh: null, url: null, off: [], makeup: [] };
  const [title, year = /现将(\d{4})年元旦/.exec(flat)?.[1]] =
    /(?:国务院办公厅)?关于(\d{4})年部分节假日安排的通知/.exec(flat) ?? [];
  if (year === undefined) return readOnce(flat, lineAt, found, faults);
  found.year = Number(year);
  const number = /国办发[^\d]{0,4}[〔[(]\d{4}[〕\])]\d+号/.exec(flat)?.[0];
  // Set only if the notice has its full title.
  if (title?.startsWith('国务院办公厅')) found.sourceZh = `${title}${number === undefined ? '' : `（${number}）`}`;
  const heads = [...flat.matchAll(new RegExp(`[一二三四五六七八九十]、(${NAME}):`, 'g'))];
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

/** Letters copied out of a PDF may have another form; a raised or ringed digit stays what it is. */
function plainOf(character: string): string {
  const plain = character.normalize('NFKC');
  return /\d/.test(plain) ? character : plain;
}

/** A notice of days that are given once, and of the days worked for them: `2015年9月3日至5日调休放假…9月6日（星期日）上班`. */
function readOnce(flat: string, lineAt: (offset: number) => number, found: Found, faults: Faults): Found {
  const title = /(国务院(?:办公厅)?)?关于([^。;]{2,60}?)(?:期间)?(?:调休)?放假(?:安排)?的通知/.exec(flat);
  const year = /(\d{4})年\d{1,2}月\d{1,2}日/.exec(flat)?.[1];
  if (title === null || year === undefined) return found;
  found.year = Number(year);
  const nameZh = (title[2] ?? '').replaceAll(/\d+/g, '');
  const number = /国(?:办)?发[^\d]{0,4}[〔[(]\d{4}[〕\])]\d+号/.exec(flat)?.[0];
  if (title[1] !== undefined) found.sourceZh = `${title[0]}${number === undefined ? '' : `（${number}）`}`;
  const off = new Map<CivilDay, number>();
  let month: string | undefined;
  let spanned = 0;
  let offset = title.index + title[0].length;
  for (const clause of flat.slice(offset).split(/(?<=[。;,:])/)) {
    const at = { nameZh, year: found.year, line: lineAt(offset) };
    offset += clause.length;
    const total = /^共(\d+)天/.exec(clause)?.[1];
    if (total !== undefined && Number(total) !== spanned) {
      faults.add(
        at.line,
        `写明 ${total} 天，起止为 ${spanned} 天`,
        `${total} day(s) are stated, the dates give ${spanned}`,
      );
    }
    if (!/\d日/.test(clause) || !/放假|调休|公休|补休|上班/.test(clause)) continue;
    const dates = new RegExp(`${DATE}(?:[至到~-]+${DATE})?`, 'g');
    const days = [...clause.matchAll(dates)].flatMap((date) => {
      month = date[2] ?? month;
      const from = dayOf([date[1], month, date[3], date[4]], at, faults);
      month = date[6] ?? month;
      const to = date[7] === undefined ? from : dayOf([date[5], month, date[7], date[8]], at, faults);
      return from === null || to === null ? [] : Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
    const verb = clause.replace(dates, '').replaceAll(/[、,和及。;:]|其中|全国/g, '');
    if (/^(?:照常|正常)?上班$/.test(verb)) found.makeup.push(...days.map((day) => ({ day, line: at.line })));
    else if (/^(?:放假|调休|公休|补休)+(?:\d+天)?$/.test(verb)) {
      for (const day of days) off.set(day, off.get(day) ?? at.line);
      spanned = days.length;
    } else faults.add(at.line, `看不懂：${clause}`, `not understood: ${clause}`);
  }
  found.off = blocksOf(
    [...off].map(([day, line]) => ({ day, line, nameZh })),
    found.year,
    [],
  );
  return found;
}

/** Without white space, since a line may break anywhere; and the line of each character. */
function flatten(text: string): { flat: string; lineAt: (offset: number) => number } {
  const lines: number[] = [];
  let flat = '';
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const kept = [...halfWidthOf(line)].map(plainOf).join('').replace(/\s+/g, '');
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
  if (!/[\d\p{No}]日/u.test(sentence) || /^鼓励/.test(sentence)) return;
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
          `"${at.nameZh}" states ${total} day(s), its dates give ${to - from + 1}`,
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
  const weekday = /(?:周|星期)([一二三四五六日天])/.exec(note ?? '')?.[1]?.replace('天', '日');
  if (parsed !== null && weekday !== undefined && WEEKDAY_ZH[weekdayOf(parsed)] !== `周${weekday}`) {
    faults.add(
      at.line,
      `${text} 写作周${weekday}，实为${WEEKDAY_ZH[weekdayOf(parsed)]}`,
      `${text} is called 周${weekday} and is a ${weekdayOf(parsed)}`,
    );
  }
  return parsed;
}
