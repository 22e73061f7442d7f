import { describe, expect, test } from 'vitest';
import { formatInstant, parseInstantOrDate } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { check } from '../../domain/law/check.ts';
import { plan, milestoneOf, type ProcurementFacts } from '../../domain/law/plan.ts';
import { planBackFrom, whatIf } from '../../domain/law/what-if.ts';

const at = (text: string) => parseInstantOrDate(text);
const works = { regime: 'tendering', procedure: 'open-tender', kind: 'works' } as const;
const goods = { regime: 'government', procedure: 'open-tender', kind: 'goods' } as const;

describe('the latest lawful notice for a bid deadline', () => {
  // 招标投标法 24, 政府采购法 35: at least twenty days, the day of the notice not among them (民法典 201).
  test.each([
    // The twentieth day is Thursday 16 April: the 17th is the first day that leaves all twenty whole.
    ['2026-04-17T09:00:00+08:00', '2026-03-27'],
    ['2026-04-16T09:00:00+08:00', '2026-03-26'],
    // The twentieth day is Sunday the 19th and rolls to Monday (民法典 203), which is then not taken from anybody.
    ['2026-04-20T09:00:00+08:00', '2026-03-30'],
    // 1 to 7 October are off (国办发明电〔2025〕7号): the twentieth day from 18 September is the 8th, a workday.
    ['2026-10-09T09:30:00+08:00', '2026-09-18'],
  ])('for %s is %s', (bidDeadline, day) => {
    for (const facts of [works, goods]) {
      const drawn = planBackFrom({ ...facts, bidDeadline: at(bidDeadline) }, chinaCalendar);
      expect(formatInstant(drawn.facts.noticeAt)).toBe(`${day}T17:00:00+08:00`);
    }
  });

  test('is lawful itself, and the day after it is not', () => {
    for (let day = 0; day < 365; day += 11) {
      const bidDeadline = at('2025-03-03T10:00:00+08:00') + day * 86_400_000;
      const { facts } = planBackFrom({ ...works, bidDeadline }, chinaCalendar);
      const blocked = (noticeAt: number) =>
        check(plan({ ...works, bidDeadline, noticeAt }, chinaCalendar), {}).some(
          ({ severity }) => severity === 'block',
        );
      expect(blocked(facts.noticeAt)).toBe(false);
      expect(blocked(facts.noticeAt + 86_400_000)).toBe(true);
    }
  });

  test('that cannot be is refused with the reason', () => {
    const never = { ...works, bidDeadline: at('2026-04-20T09:00:00+08:00'), bidValidityDays: -1 };
    expect(() => planBackFrom(never, chinaCalendar)).toThrow(
      expect.objectContaining({
        code: 'unlawful',
        messageZh: expect.stringMatching(/投标截止时间 2026年4月20日 09:00 均不合法/) as string,
        details: expect.objectContaining({ field: 'bidDeadline' }) as object,
      }),
    );
  });
});

describe('what moving one date does', () => {
  const facts: ProcurementFacts = {
    ...goods,
    noticeAt: at('2026-09-01T09:00:00+08:00'),
    bidDeadline: at('2026-09-24T09:00:00+08:00'),
  };
  const moved = (key: string, result: ReturnType<typeof whatIf>) => {
    const found = result.moved.find((each) => each.key === key);
    return found && [found.before, found.after].map((ms) => (ms === null ? null : formatInstant(ms)));
  };

  test('to all that follow it, and to nothing else', () => {
    const result = whatIf(facts, { 'bid-deadline': at('2026-10-09T09:00:00+08:00') }, chinaCalendar);
    // 财政部令87号 68: the award within five working days of the report; 23 to 30 September, and past 1 to 7 October.
    expect(moved('bid-deadline', result)).toEqual(['2026-09-24T09:00:00+08:00', '2026-10-09T09:00:00+08:00']);
    expect(moved('opening', result)).toEqual(['2026-09-24T09:00:00+08:00', '2026-10-09T09:00:00+08:00']);
    expect(moved('notice', result)).toBeUndefined();
    expect(moved('documents-from', result)).toBeUndefined();
    expect(result.broken).toEqual([]);
    expect(facts.bidDeadline).toBe(at('2026-09-24T09:00:00+08:00'));
  });

  test('what it breaks, with the article and the earliest lawful instant, and what the way back mends', () => {
    const late = { ...works, noticeAt: at('2026-03-27T09:00:00+08:00'), bidDeadline: at('2026-04-20T09:00:00+08:00') };
    const move = { notice: at('2026-04-02T09:00:00+08:00') };
    const { broken, after } = whatIf(late, move, chinaCalendar);
    // 招标投标法 24: twenty days from 2 April end on the 22nd.
    expect(broken.filter(({ severity }) => severity === 'block')).toMatchObject([
      { rule: 'works-bid-prep-min', article: '24', earliestLawful: '2026-04-23T00:00:00+08:00' },
    ]);
    const back = whatIf(after.facts, { notice: late.noticeAt }, chinaCalendar);
    expect(back.broken).toEqual([]);
    expect(back.mended.map(({ rule }) => rule)).toContain('works-bid-prep-min');
  });

  test('that happened, or that nobody gives in advance, moves as what came to pass', () => {
    const reported = at('2026-09-28T15:00:00+08:00');
    const { after } = whatIf(facts, { 'evaluation-report': reported }, chinaCalendar);
    expect(milestoneOf(after, 'evaluation-report')).toMatchObject({ at: reported, state: 'done' });
    // 财政部令87号 68: five working days from the 28th: 29, 30, then 8, 9 and 10 October (a make-up Saturday).
    expect(formatInstant(milestoneOf(after, 'award')?.latest ?? 0).slice(0, 10)).toBe('2026-10-10');
  });

  test('to where it was changes nothing', () => {
    expect(whatIf(facts, { 'bid-deadline': facts.bidDeadline ?? 0 }, chinaCalendar)).toMatchObject({
      moved: [],
      broken: [],
      mended: [],
    });
  });
});
