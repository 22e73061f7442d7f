import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { addMonths, formatDay, parseDate } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { readCalendarFile } from '../../imports/calendar/file.ts';
import type { LineFault } from '../../imports/calendar/found.ts';
import { growCalendar, judgeYear, statutoryKnown, yearOfCalendar } from '../../domain/law/calendar-growth.ts';
import { due } from '../../domain/law/due.ts';
import { recount } from '../../domain/law/recount.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { STATUTORY_AHEAD } from '../../domain/law/statutory-ahead.ts';
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
