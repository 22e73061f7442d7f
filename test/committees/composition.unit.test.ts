import { describe, expect, it } from 'vitest';
import { checkComposition, checkLeader } from '../../domain/committees/composition.ts';
import { checkDrawTime } from '../../domain/committees/timing.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import type { Procedure } from '../../domain/procedures/procedure.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';

const TEN_MILLION = 1_000_000_000;

describe('the composition of a committee', () => {
  it.each<[Procedure, number, number, number, string[]]>([
    // 招标投标法 37: five or more, odd, experts two thirds in whole numbers: 5 → 4, 7 → 5, 9 → 6.
    [TENDERING_OPEN_TENDER, 4, 1, 1, []],
    [TENDERING_OPEN_TENDER, 3, 2, 1, ['works-committee-experts']],
    [TENDERING_OPEN_TENDER, 5, 2, 1, []],
    [TENDERING_OPEN_TENDER, 6, 3, 1, []],
    [TENDERING_OPEN_TENDER, 5, 1, 1, ['works-committee-odd']],
    [TENDERING_OPEN_TENDER, 3, 0, 1, ['works-committee-min']],
    // 财政部令87号 47: seven from ten million yuan.
    [GOVERNMENT_OPEN_TENDER, 4, 1, TEN_MILLION - 1, []],
    [GOVERNMENT_OPEN_TENDER, 4, 1, TEN_MILLION, ['gp-committee-min-7']],
    [GOVERNMENT_OPEN_TENDER, 5, 2, TEN_MILLION, []],
    // 政府采购法 40: three or more.
    [GOVERNMENT_INQUIRY, 2, 1, 1, []],
    [GOVERNMENT_INQUIRY, 1, 2, 1, ['neg-inq-group-experts']],
  ])('%#: %o', (procedure, experts, representatives, budgetFen, rules) => {
    const found = checkComposition(procedure, { experts, representatives, budgetFen });
    expect(found.map(({ rule }) => rule)).toEqual(rules);
  });

  it('the purchaser’s representative does not lead in a government tender (财政部令87号 45)', () => {
    expect(checkLeader(GOVERNMENT_OPEN_TENDER, 'purchaser')).toMatchObject([
      { rule: 'gp-committee-leader', article: '45', severity: 'block' },
    ]);
    expect(checkLeader(GOVERNMENT_OPEN_TENDER, 'expert')).toEqual([]);
    expect(checkLeader(TENDERING_OPEN_TENDER, 'purchaser')).toEqual([]);
  });
});

describe('when it is drawn', () => {
  const at = (text: string) => Date.parse(`${text}+08:00`);
  // A Monday; two working days before it is the Thursday.
  const evaluationAt = at('2026-11-30T14:00:00');

  it('in government procurement at most two working days before the evaluation (财库〔2016〕198号 14)', () => {
    const check = (drawAt: number, earlyReasonZh: string | null = null) =>
      checkDrawTime(GOVERNMENT_OPEN_TENDER, { drawAt, evaluationAt, openingAt: null, earlyReasonZh }, chinaCalendar);
    expect(check(at('2026-11-26T14:00:00'))).toEqual([]);
    expect(check(at('2026-11-26T13:59:59'))).toMatchObject([
      {
        rule: 'gp-expert-draw-window',
        article: '14',
        severity: 'block',
        earliestLawful: '2026-11-26T14:00:00+08:00',
      },
    ]);
    // 原则上: with a reason on record it may be earlier.
    expect(check(at('2026-11-20T09:00:00'), '外地专家较多')).toMatchObject([{ severity: 'warn' }]);
  });

  it('in a works tender usually before the opening (12号令 8)', () => {
    const check = (drawAt: number) =>
      checkDrawTime(
        TENDERING_OPEN_TENDER,
        { drawAt, evaluationAt, openingAt: at('2026-11-30T09:30:00'), earlyReasonZh: null },
        chinaCalendar,
      );
    expect(check(at('2026-11-20T09:00:00'))).toEqual([]);
    expect(check(at('2026-11-30T10:00:00'))).toMatchObject([
      { rule: 'works-committee-before-opening', severity: 'warn' },
    ]);
  });
});
