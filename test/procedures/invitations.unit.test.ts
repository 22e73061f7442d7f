import { describe, expect, test } from 'vitest';
import { formatInstant, parseInstantOrDate } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { check } from '../../domain/law/check.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { milestoneOf, plan, type ProcurementFacts } from '../../domain/law/plan.ts';

// Timelines of the procedures that begin with invitations, their dates worked out by hand from the law.

const at = parseInstantOrDate;
const drawn = (facts: ProcurementFacts) => {
  const timeline = plan(facts, chinaCalendar);
  return {
    timeline,
    day: (key: MilestoneKey) => formatInstant(milestoneOf(timeline, key)?.at ?? NaN).slice(0, 16),
    has: (key: MilestoneKey) => milestoneOf(timeline, key) !== undefined,
  };
};

describe('邀请招标 under 招标投标法', () => {
  // Letters on Friday 27 March 2026.
  const facts = {
    regime: 'tendering',
    procedure: 'invited-tender',
    kind: 'works',
    noticeAt: at('2026-03-27T09:00+08:00'),
  } as const;

  test('has the periods of an open tender (条例 16, 招标投标法 24, 条例 54)', () => {
    const { day, timeline } = drawn(facts);
    // Documents at least five days: 28 March to 1 April, a Wednesday (条例 16).
    expect(day('documents-until')).toBe('2026-04-01T17:00');
    // Twenty days end on 16 April: the 17th, a Friday (招标投标法 24).
    expect(day('bid-deadline')).toBe('2026-04-17T09:00');
    expect(milestoneOf(timeline, 'notice')).toMatchObject({ nameZh: '投标邀请书发出' });
    const short = check(plan({ ...facts, bidDeadline: at('2026-04-10T09:00+08:00') }, chinaCalendar));
    expect(short).toMatchObject([{ rule: 'works-bid-prep-min', article: '24', severity: 'block' }]);
  });
});

describe('邀请招标 under 政府采购法', () => {
  // Letters on Tuesday 17 March 2026, documents with them.
  const facts = {
    regime: 'government',
    procedure: 'invited-tender',
    kind: 'goods',
    noticeAt: at('2026-03-17T09:00+08:00'),
  } as const;

  test('counts the documents from their issue (条例 31), the bids from it (政府采购法 35), and has no period of a notice (财政部令87号 16)', () => {
    const { day, has } = drawn(facts);
    // Five working days after the 17th: 18, 19, 20, 23, 24 March.
    expect(day('documents-until')).toBe('2026-03-24T17:00');
    // Twenty days, 18 March to 6 April, leave Tuesday the 7th.
    expect(day('bid-deadline')).toBe('2026-04-07T09:00');
    expect(has('notice-end')).toBe(false);
    // A query of the documents: seven working days after the 24th: 25, 26, 27, 30, 31 March, 1, 2 April (财政部令94号 11).
    expect(day('objection-documents-end')).toBe('2026-04-02T23:59');
  });
});
