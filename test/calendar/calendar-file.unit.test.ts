import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { addMonths, formatDay, parseDate } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { readCalendarFile } from '../../imports/calendar/file.ts';
import type { LineFault } from '../../imports/calendar/found.ts';
import {
  growCalendar,
  judgeImport,
  judgeYear,
  statutoryKnown,
  yearOfCalendar,
} from '../../domain/law/calendar-growth.ts';
import type { CalendarYear } from '../../domain/law/calendar-table.ts';
import { due } from '../../domain/law/due.ts';
import { recount } from '../../domain/law/recount.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { STATUTORY_AHEAD } from '../../domain/law/statutory-ahead.ts';
import { STATUTORY_BEFORE } from '../../domain/law/statutory-before.ts';
import { DomainError } from '../../domain/errors.ts';
import { at } from '../setup/tenders/tender.ts';
import { EXAMPLE_2027, EXAMPLE_SOURCE, exampleYear } from '../setup/example-year.ts';

const statutory = statutoryKnown(chinaCalendar);
const read = (text: string, given = {}) => readCalendarFile(text, statutory, given);
const notice = readFileSync(new URL('../setup/fixtures/notice-2026.txt', import.meta.url), 'utf8');
const faultsOf = (text: string, given = { sourceZh: '来源' }): LineFault[] => {
  try {
    read(text, given);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'bad-calendar-file') {
      return (error.details as { faults: LineFault[] }).faults;
    }
    throw error;
  }
  return [];
};
const daysOf = ({ off, makeup }: { off: readonly { from: string; to: string }[]; makeup: readonly string[] }) => ({
  off: off.flatMap(({ from, to }) =>
    Array.from({ length: parseDate(to) - parseDate(from) + 1 }, (_, n) => formatDay(parseDate(from) + n)),
  ),
  makeup: [...makeup],
});

describe('reading a holiday arrangement', () => {
  it('the words of the notice for 2026 (国办发明电〔2025〕7号) give the days of the built-in year', () => {
    const { year, warnings } = read(notice);
    const builtIn = yearOfCalendar(chinaCalendar, 2026);
    expect(year).toEqual(builtIn);
    expect(warnings).toEqual([]);
    expect(judgeYear(chinaCalendar, year, false)).toBe('same');
  });

  it('reads what earlier notices wrote: 与周末连休, no weekday, a range from the year before, an encouragement', () => {
    const text = `国务院办公厅关于2024年部分节假日安排的通知
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。`;
    const known = yearOfCalendar(chinaCalendar, 2024);
    if (!known) throw new Error('2024 is built in');
    expect(daysOf(read(text).year)).toEqual(daysOf(known));
    const reaching = notice.replace(
      '1月1日（周四）至3日（周六）放假调休，共3天',
      '2025年12月31日（周三）至2026年1月3日（周六）放假调休，共4天',
    );
    expect(read(reaching).year.off[0]).toEqual({ nameZh: '元旦', from: '2025-12-31', to: '2026-01-03' });
  });

  it('JSON in the shape of the built-in table, and in the shape of a list of days', () => {
    const known = yearOfCalendar(chinaCalendar, 2026);
    if (!known) throw new Error('2026 is built in');
    expect(read(JSON.stringify(known)).year).toEqual(known);
    const listed = JSON.stringify({ years: { 2026: daysOf(known) } }, null, 1);
    expect(daysOf(read(listed, { sourceZh: '来源' }).year)).toEqual(daysOf(known));
  });

  it('letters of a PDF and full width are read, and a digit in a ring is none', () => {
    const copied = notice.replaceAll('月', '\u2f49').replaceAll('日', '\u2f47').replace('5', '５');
    expect(daysOf(read(copied).year)).toEqual(daysOf(read(notice).year));
    expect(faultsOf(notice.replace('5月9日（周六）上班', '5月⑨日（周六）上班'))).not.toEqual([]);
  });

  it('reports all faults together, with their lines, in both languages', () => {
    const wrong = notice
      .replace('1月4日（周日）', '1月4日（周六）')
      .replace('4日（周六）至6日（周一）放假，共3天', '4日（周六）至6日（周一）放假，共4天')
      .replace('5月9日（周六）上班', '5月9日（周六）上斑')
      .replace('9月20日（周日）', '9月31日');
    const faults = faultsOf(wrong);
    expect(faults.map(({ line, messageZh }) => [line, messageZh])).toEqual([
      [8, '2026-01-04 写作周六，实为周日'],
      [10, '「清明节」写明 4 天，起止为 3 天'],
      [11, '既非放假也非上班：5月9日(周六)上斑。'],
      [14, '没有 2026-09-31 这一天'],
    ]);
    for (const { messageEn } of faults) expect(messageEn).not.toBe('');
  });

  it('a year must be whole: all seven festivals (全国年节及纪念日放假办法 2), make-up days on weekends and not off', () => {
    const messages = (text: string, given?: { sourceZh: string }) =>
      faultsOf(text, given)
        .map(({ messageZh }) => messageZh)
        .join('\n');
    expect(messages(notice.replace(/五、端午节.*\n/, ''))).toContain('缺少「端午节」');
    expect(messages(notice.replace('5月1日（周五）至5日', '5月2日（周六）至5日').replace('共5天', '共4天'))).toContain(
      '缺少「劳动节」法定日 2026-05-01',
    );
    expect(messages(notice.replace('5月9日（周六）上班', '5月8日（周五）上班'))).toContain('2026-05-08 不是周末');
    expect(messages(notice.replace('5月9日（周六）上班', '5月3日（周日）上班'))).toContain('2026-05-03 既放假又上班');
    expect(messages('2026-01-01 休 元旦\n2026-01-04 班')).toContain('缺少「国庆节」');
    expect(messages('{"year": 2026')).toContain('不是有效的 JSON');
    expect(messages(EXAMPLE_2027.replaceAll('2027', '2099'))).toContain('不含 2099 年法定节假日');
    expect(messages(EXAMPLE_2027, { sourceZh: undefined as unknown as string })).toContain('来源');
  });

  it('a day that the outlook of earlier years does not know is not refused, but pointed out', () => {
    const longer = EXAMPLE_2027.replace(
      '12日（农历正月初七、周五）放假调休，共8天',
      '16日（周二）放假调休，共12天',
    ).replace('、2月14日（周日）', '');
    expect(read(longer, { sourceZh: EXAMPLE_SOURCE }).warnings.map(({ messageZh }) => messageZh)).toContain(
      '2027-02-16 放假超出历年范围，请核对',
    );
  });

  // 3 to 5 September 2015 were off once, and Sunday the 6th was worked (抗战胜利纪念日); here the same days of another year.
  it('a day that is given once is read with a warning, in each format', () => {
    const item = '八、抗战胜利纪念日：9月3日（周四）至5日（周六）放假调休，共3天。9月6日（周日）上班。\n';
    const days = ['2026-09-03', '2026-09-04', '2026-09-05'];
    const known = daysOf(read(notice).year);
    const list = [
      ...known.off.map((day) => `${day} 休`),
      ...known.makeup.map((day) => `${day} 班`),
      ...days.map((day) => `${day} 休 抗战胜利纪念日`),
      '2026-09-06 班',
    ].join('\n');
    const json = JSON.stringify({
      year: 2026,
      off: [
        ...(yearOfCalendar(chinaCalendar, 2026)?.off ?? []),
        { nameZh: '抗战胜利纪念日', from: days[0], to: days[2] },
      ],
      makeup: [...known.makeup, '2026-09-06'],
    });
    for (const text of [`${notice.trimEnd()}\n${item}`, list, json]) {
      const { year, warnings } = read(text, { sourceZh: '某通知（国办发明电〔2026〕1号）' });
      expect(daysOf(year).off).toEqual([...known.off, ...days].sort());
      expect(daysOf(year).makeup).toContain('2026-09-06');
      expect(year.off).toContainEqual({ nameZh: '抗战胜利纪念日', from: '2026-09-03', to: '2026-09-05' });
      expect(warnings.map(({ messageZh }) => messageZh)).toContain(
        '「抗战胜利纪念日」2026-09-03 至 2026-09-05 不是法定节日，按来源一次性放假，请核对',
      );
      const corrected = growCalendar(chinaCalendar, [year]);
      expect(judgeYear(chinaCalendar, year, true)).toBe('correction');
      expect([parseDate('2026-09-03'), parseDate('2026-09-06')].map((day) => corrected.isWorkday(day))).toEqual([
        false,
        true,
      ]);
    }
    // Without a source it is nobody's word.
    expect(faultsOf(list, {} as { sourceZh: string }).map(({ messageZh }) => messageZh)).toContain(
      '未写明通知名称与文号（来源）',
    );
  });

  // The days and the words of 国发明电〔2015〕1号, in a year that is known.
  describe('days that are given once, by a notice of their own', () => {
    const sourceZh = '某通知（国发明电〔2026〕1号）';
    const ONCE =
      '2026-09-03 休 抗战胜利纪念日\n2026-09-04 休 抗战胜利纪念日\n2026-09-05 休 抗战胜利纪念日\n2026-09-06 班';
    const known = yearOfCalendar(chinaCalendar, 2026) as CalendarYear;
    const words = (year: number, weekdays: readonly string[]) =>
      [
        '国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知',
        `国发明电〔${year}〕1号`,
        `各省、自治区、直辖市人民政府：为使全国人民广泛参与纪念活动，${year}年9月3日全国放假1天。`,
        `为方便公众安排假日期间生产生活，特作如下调休：9月3日（${weekdays[0]}）至5日（${weekdays[1]}）调休放假，共3天。`,
        `其中9月3日（${weekdays[0]}）放假，9月4日（${weekdays[2]}）调休，9月6日（${weekdays[3]}）上班。`,
        `国务院 ${year}年5月13日`,
      ].join('\n');

    it('are added to the year, without its arrangement being sent again', () => {
      const json = JSON.stringify({
        year: 2026,
        off: ['2026-09-03', '2026-09-04', '2026-09-05'],
        makeup: ['2026-09-06'],
      });
      for (const text of [ONCE, json, words(2026, ['星期四', '星期六', '星期五', '星期日'])]) {
        const given = read(text, { sourceZh });
        expect(given).toMatchObject({ addition: true, year: { year: 2026, makeup: ['2026-09-06'] } });
        expect(given.warnings.map(({ messageZh }) => messageZh).join()).toContain('一次性放假，请核对');
        const { outcome, year } = judgeImport(chinaCalendar, { ...given, correct: false });
        expect(outcome).toBe('correction');
        expect(daysOf(year).off).toEqual([...daysOf(known).off, '2026-09-03', '2026-09-04', '2026-09-05'].sort());
        expect(year.makeup).toEqual([...known.makeup, '2026-09-06'].sort());
        expect(year.sourceZh).toBe(`${known.sourceZh}；${sourceZh}`);
        const grown = growCalendar(chinaCalendar, [year]);
        expect(judgeImport(grown, { ...given, correct: false }).outcome).toBe('same');
        // A year's arrangement that is sent again without them takes them back, where that is declared.
        expect(judgeImport(grown, { year: known, correct: true })).toEqual({ outcome: 'correction', year: known });
      }
    });

    it('a make-up workday that is given off is worked no more; a day off does not become a workday by them', () => {
      const makeup = String(known.makeup.at(-1));
      const { year } = judgeImport(chinaCalendar, {
        ...read(`${makeup} 休 一次性放假`, { sourceZh }),
        correct: false,
      });
      expect(year.makeup).toEqual(known.makeup.filter((day) => day !== makeup));
      expect(growCalendar(chinaCalendar, [year]).isWorkday(parseDate(makeup))).toBe(false);
      const worked = { ...read(`${ONCE}\n2026-10-04 班`, { sourceZh }), correct: false };
      expect(() => judgeImport(chinaCalendar, worked)).toThrow(/2026-10-04 已按.*放假，不能同时上班/);
    });

    it('not to a year that is not loaded; to one of before, what its notice has', () => {
      const ahead = read('2027-09-03 休 一次性放假', { sourceZh });
      expect(() => judgeImport(chinaCalendar, { ...ahead, correct: false })).toThrow('请先导入该年安排');
      const given = read(words(2015, ['星期四', '星期六', '星期五', '星期日']), {});
      expect(given.year).toMatchObject({
        year: 2015,
        partial: true,
        sourceZh: '国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知（国发明电〔2015〕1号）',
        makeup: ['2015-09-06'],
      });
      expect(daysOf(given.year).off).toEqual(['2015-09-03', '2015-09-04', '2015-09-05']);
      const { outcome, year } = judgeImport(chinaCalendar, { ...given, correct: false });
      expect(outcome).toBe('new');
      const more = { ...read('2015-10-09 休 一次性放假', { sourceZh }), correct: false };
      expect(judgeImport(growCalendar(chinaCalendar, [year]), more).year.off).toHaveLength(2);
    });

    it('a date that contradicts the words is named', () => {
      const wrong = words(2026, ['星期四', '星期日', '星期五', '星期日']).replace('共3天', '共4天');
      expect(faultsOf(wrong, { sourceZh }).map(({ messageZh }) => messageZh)).toEqual([
        '2026-09-05 写作周日，实为周六',
        '写明 4 天，起止为 3 天',
      ]);
    });
  });

  // The days of the notice on 抗战胜利70周年纪念日; the rest of that year's arrangement is in no source of this project.
  describe('a year before the built-in ones', () => {
    const ONCE = [
      '# 来源: 国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知',
      ...['2015-09-03', '2015-09-04', '2015-09-05'].map((day) => `${day} 休 抗战胜利纪念日`),
      '2015-09-06 班',
    ].join('\n');
    const { year, warnings } = read(ONCE);
    const grown = growCalendar(chinaCalendar, [year]);
    const day = parseDate;

    it('is imported with what its source has, and the rest is said to be unknown', () => {
      expect(judgeYear(chinaCalendar, year, false)).toBe('new');
      expect(year).toMatchObject({ year: 2015, partial: true, makeup: ['2015-09-06'] });
      const said = warnings.map(({ messageZh }) => messageZh);
      expect(said).toContain('「抗战胜利纪念日」2015-09-03 至 2015-09-05 不是法定节日，按来源一次性放假，请核对');
      for (const festival of ['元旦', '春节', '清明节', '劳动节', '端午节', '中秋节', '国庆节']) {
        expect(said).toContain(`未列「${festival}」：其前后放假、上班的日期未知，不作推定`);
      }
      expect(grown.horizon).toEqual(chinaCalendar.horizon);
      expect(grown.outlookTo).toBe(chinaCalendar.outlookTo);
      expect(judgeYear(grown, year, false)).toBe('same');
    });

    it('counts by its own days: 1 September to the seventh working day', () => {
      // Wed 2, (3 to 5 off), Sun 6 worked, 7, 8, 9, 10, Fri 11 September.
      expect(formatDay(grown.addWorkdays(day('2015-09-01'), 7))).toBe('2015-09-11');
      expect(grown.countWorkdays(day('2015-09-01'), day('2015-09-08'))).toBe(4);
      expect(due('gp-challenge-reply', at('2015-09-01T10:00+08:00'), grown)).toMatchObject({
        due: at('2015-09-11T23:59:59.999+08:00'),
        provisional: false,
      });
    });

    it('guesses nothing of the days that it does not have, nor of the years between', () => {
      const unknown = ['2015-02-20', '2015-10-05', '2015-10-10', '2015-09-26', '2016-06-01', '2023-06-01'];
      for (const text of unknown) {
        expect(grown.isKnown(day(text)), text).toBe(false);
        expect(() => grown.isWorkday(day(text)), text).toThrow(/未(全部)?载入/);
      }
      expect(() => grown.addWorkdays(day('2015-09-10'), 30)).toThrow('未全部载入');
      expect(() => grown.countWorkdays(day('2015-09-10'), day('2015-11-10'))).toThrow('未全部载入');
      expect(grown.isCountable(day('2015-09-10'), day('2015-11-10'))).toBe(false);
      // 1 October rests by the measures themselves, whatever the arrangement was.
      expect(grown.status(day('2015-10-01'), 'most-work').works).toBe(false);
      expect(due('gp-challenge-reply', at('2015-09-28T10:00+08:00'), grown).provisional).toBe(true);
      expect(() => due('gp-challenge-reply', at('2016-06-01T10:00+08:00'), grown)).toThrow('未载入');
      // What was known stays as it was.
      expect(grown.addWorkdays(day('2026-01-05'), 40)).toBe(chinaCalendar.addWorkdays(day('2026-01-05'), 40));
    });

    it('whole, it is known whole; the year before the built-in ones adjoins them', () => {
      const whole = (text: string) => {
        const found = read(`# 来源: 示例\n${text}`);
        expect(found.year.partial).toBeUndefined();
        return growCalendar(chinaCalendar, [found.year]);
      };
      const list = [
        ...['01-01', '04-05', '05-01', '06-22', '09-29', '10-01', '10-02', '10-03'],
        ...['01-22', '01-23', '01-24'],
      ]
        .map((text) => `2023-${text} 休`)
        .join('\n');
      const calendar = whole(list);
      expect(calendar.isKnown(day('2023-01-02'))).toBe(true);
      // Thu 28 and Fri 29 December, then (1 January off) Tue 2 January 2024.
      expect(formatDay(calendar.addWorkdays(day('2023-12-27'), 3))).toBe('2024-01-02');
    });

    it('a year that no release knows is known where its file says so', () => {
      const { year: old, warnings: told } = read('# 来源: 示例\n2009-10-01 休 国庆节\n2009-10-10 班');
      expect(told[0]?.messageZh).toContain('只有列明的日期已知');
      const calendar = growCalendar(chinaCalendar, [old]);
      expect(calendar.isWorkday(day('2009-10-10'))).toBe(true);
      expect(calendar.isKnown(day('2009-10-12'))).toBe(false);
    });
  });

  it('a list of days is what was written, in any order', () => {
    const known = daysOf(exampleYear());
    const lines = [...known.off.map((day) => `${day} 休`), ...known.makeup.map((day) => `${day} 班`)];
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
        const { year } = read(['# 来源: 示例', ...shuffled].join('\n'));
        expect(daysOf(year)).toEqual(known);
        expect(year.sourceZh).toBe('示例');
      }),
      { numRuns: 30 },
    );
  });

  it('any text is read or refused with faults, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: notice.length }), fc.string({ maxLength: 12 }), (place, noise) => {
        for (const text of [notice.slice(0, place) + noise + notice.slice(place), noise]) {
          for (const { line } of faultsOf(text)) expect(line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a calendar that has grown', () => {
  const grown = growCalendar(chinaCalendar, [exampleYear()]);

  it('ends with the year that was added, and gives bounds for the next', () => {
    expect(grown.horizon).toEqual({ from: '2024-01-01', to: '2027-12-31' });
    expect(grown.outlookTo).toBe('2028-12-31');
    expect(grown.hash).not.toBe(chinaCalendar.hash);
    expect(growCalendar(chinaCalendar, [])).toBe(chinaCalendar);
  });

  it('makes provisional dates final (财政部令94号 13: the reply to a query, 7 working days)', () => {
    const rule = 'gp-challenge-reply';
    expect([getRule(rule).amount, getRule(rule).unit]).toEqual([7, 'working_day']);
    const before = due(rule, at('2026-12-28T10:00+08:00'), chinaCalendar);
    // Tue 29, Wed 30, Thu 31 December; the example year rests 1–3 January; Mon 4, Tue 5, Wed 6, Thu 7 January.
    const after = due(rule, at('2026-12-28T10:00+08:00'), grown);
    expect([before.provisional, after.provisional]).toEqual([true, false]);
    expect(after.due).toBe(at('2027-01-07T23:59:59.999+08:00'));
    expect(after.due).toBeGreaterThanOrEqual(before.bounds.earliest);
    expect(after.due).toBeLessThanOrEqual(before.bounds.latest);
  });

  it('takes the next year only, and a known one only as a correction', () => {
    const other = exampleYear((text) => text.replace('、5月8日（周六）', ''));
    const code = (work: () => unknown) => {
      try {
        return work();
      } catch (error) {
        return (error as DomainError).code;
      }
    };
    expect(judgeYear(chinaCalendar, exampleYear(), false)).toBe('new');
    expect(judgeYear(grown, exampleYear(), false)).toBe('same');
    expect(code(() => judgeYear(grown, other, false))).toBe('calendar-conflict');
    expect(judgeYear(grown, other, true)).toBe('correction');
    expect(code(() => judgeYear(chinaCalendar, exampleYear(), true))).toBe('calendar-conflict');
    expect(code(() => judgeYear(chinaCalendar, { ...exampleYear(), year: 2028 }, false))).toBe('calendar-conflict');
  });

  it('never shortens a bidder’s time, and says so; a duty follows the count', () => {
    const end = (day: string) => at(`${day}T23:59:59.999+08:00`);
    const sure = { earliest: null, latest: null, provisional: false, trace: [] };
    const promised = {
      ...sure,
      dueAt: end('2027-01-14'),
      earliest: end('2027-01-11'),
      latest: end('2027-01-14'),
      provisional: true,
    };
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 20 }), (days) => {
        const counted = { ...sure, dueAt: promised.dueAt + days * 86_400_000 };
        const window = recount('query-result-end', promised, counted);
        expect(window.dueAt).toBe(Math.max(promised.dueAt, counted.dueAt));
        expect([window.kept, window.provisional]).toEqual([days < 0, false]);
        expect(JSON.stringify(window.trace).includes('never shortened')).toBe(days < 0);
        expect(recount('contract', promised, counted)).toEqual({ ...counted, kept: false });
      }),
    );
  });

  it('the statutory days before the amendment of 2024 are eleven, and those that move follow the lunar calendar', () => {
    const lunar = new Intl.DateTimeFormat('en-u-ca-chinese', { month: 'numeric', day: 'numeric', timeZone: 'UTC' });
    const lunarOf = (text: string | undefined) => lunar.format(new Date(`${text}T00:00:00Z`));
    expect(STATUTORY_BEFORE.map(({ year }) => year)).toEqual([2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023]);
    for (const { year, festivals } of STATUTORY_BEFORE) {
      expect(festivals.flatMap(({ days }) => days).length, String(year)).toBe(11);
      const first = (key: string) => festivals.find((each) => each.key === key)?.days[0];
      expect(['spring', 'dragon-boat', 'mid-autumn'].map((key) => lunarOf(first(key)))).toEqual(['1/1', '5/5', '8/15']);
      expect(['04-04', '04-05'].map((text) => `${year}-${text}`)).toContain(first('qingming'));
    }
  });

  it('the statutory days ahead are those of 全国年节及纪念日放假办法 2 in number, and lie in their seasons', () => {
    for (const { year, festivals } of STATUTORY_AHEAD) {
      expect(festivals.flatMap(({ days }) => days).length, String(year)).toBe(13);
      const first = (key: string) => parseDate(festivals.find((each) => each.key === key)?.anchor ?? '');
      // Dragon Boat is the 5th day of the 5th month, Mid-Autumn the 15th of the 8th: lunar months have 29 or 30 days.
      const gap = first('mid-autumn') - first('dragon-boat');
      expect([98, 99, 127, 128, 129].includes(gap), String(year)).toBe(true);
      expect(first('spring')).toBeLessThan(addMonths(parseDate(`${year}-01-21`), 1));
    }
  });
});
