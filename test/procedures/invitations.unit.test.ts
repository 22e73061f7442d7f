import { describe, expect, test } from 'vitest';
import { formatInstant, parseInstantOrDate } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { check } from '../../domain/law/check.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { earliestDeadlineAfterAmendment, checkAmendment } from '../../domain/law/amendment.ts';
import { checkCandidates, checkCommittee } from '../../domain/law/limits.ts';
import { checkInvitees } from '../../domain/procedures/entry.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
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

describe('询价 (财政部令74号)', () => {
  // Letters on Friday 24 April 2026.
  const facts = {
    regime: 'government',
    procedure: 'inquiry',
    kind: 'goods',
    noticeAt: at('2026-04-24T09:00+08:00'),
  } as const;

  test('gives three working days for the offers (45), has no period for documents, and decides by 48, 49, 18 to 20', () => {
    const { day, has, timeline } = drawn({ ...facts, bidDeadline: at('2026-04-30T09:00+08:00') });
    // Three working days: 27, 28, 29 April; the 30th is the first day after them.
    expect(day('bid-deadline')).toBe('2026-04-30T09:00');
    expect(drawn(facts).day('bid-deadline')).toBe('2026-04-30T09:00');
    expect([has('documents-from'), has('documents-until'), has('notice-end'), has('publicity-end')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(day('opening')).toBe('2026-04-30T09:00');
    // The report within two working days of the 30th: May Day is off to the 5th; 6 and 7 May (49).
    expect(day('evaluation-report')).toBe('2026-05-07T23:59');
    // Five working days: 8, 9 (Saturday, worked), 11, 12, 13 May (49); two: 14, 15 May (18).
    expect(day('award')).toBe('2026-05-13T23:59');
    expect(day('award-notice')).toBe('2026-05-15T23:59');
    // Five working days: 18 to 22 May (20); thirty days end on Sunday 14 June: Monday (19, 民法典 203).
    expect(day('deposits-losers')).toBe('2026-05-22T23:59');
    expect(day('contract')).toBe('2026-06-15T23:59');
    // Seven working days from the result: 18, 19, 20, 21, 22, 25, 26 May (政府采购法 52).
    expect(day('query-result-end')).toBe('2026-05-26T23:59');
    const ruleOf = (key: MilestoneKey) => milestoneOf(timeline, key)?.rules.map(({ id }) => id);
    expect(ruleOf('award-notice')).toEqual(['neg-inq-announce']);
    expect(ruleOf('deposits-losers')).toEqual(['neg-inq-bond-refund-losers']);
    expect(ruleOf('deposits-winner')).toEqual(['neg-inq-bond-refund-winner']);
    expect(
      timeline.milestones.map(({ nameZh }) => nameZh).filter((name) => /投标|中标|评标|开标|招标/.test(name)),
    ).toEqual([]);
    const short = check(plan({ ...facts, bidDeadline: at('2026-04-29T17:00+08:00') }, chinaCalendar));
    expect(short).toMatchObject([{ rule: 'inq-response-min', article: '45', severity: 'block' }]);
  });

  test('a clarification leaves three working days, else the deadline moves (45)', () => {
    const amendedAt = at('2026-04-28T10:00+08:00');
    const late = checkAmendment(
      GOVERNMENT_INQUIRY,
      { amendedAt, bidDeadline: at('2026-04-30T09:00+08:00') },
      chinaCalendar,
    );
    expect(late).toMatchObject([{ rule: 'inq-clarify', article: '45', field: 'bidDeadline' }]);
    const earliest = earliestDeadlineAfterAmendment(GOVERNMENT_INQUIRY, amendedAt, chinaCalendar);
    expect(checkAmendment(GOVERNMENT_INQUIRY, { amendedAt, bidDeadline: earliest }, chinaCalendar)).toEqual([]);
    expect(late[0]?.earliestLawful).toBe(formatInstant(earliest));
  });

  test('its group has three members, five from the figure for open tenders, odd, two thirds of them experts (法 40, 7)', () => {
    const rules = (members: number, experts: number, openFigureReached: boolean) =>
      checkCommittee(GOVERNMENT_INQUIRY, { members, experts, budgetFen: 1, openFigureReached }).map(
        ({ rule, messageZh }) => [rule, messageZh.includes('询价小组') || messageZh.includes('专家')],
      );
    expect(rules(3, 2, false)).toEqual([]);
    expect(rules(5, 4, true)).toEqual([]);
    expect(rules(3, 2, true)).toEqual([['neg-inq-group-min-5', true]]);
    expect(rules(2, 2, false)).toEqual([
      ['inq-group-min', true],
      ['inq-group-min', true],
    ]);
    expect(rules(3, 1, false)).toEqual([['neg-inq-group-experts', true]]);
  });

  test('names three candidates or more, where as many conform (48)', () => {
    expect(checkCandidates(GOVERNMENT_INQUIRY, 2, 3)).toMatchObject([
      { rule: 'inq-candidates-min', given: 2, limit: 3 },
    ]);
    expect(checkCandidates(GOVERNMENT_INQUIRY, 3, 5)).toEqual([]);
    expect(checkCandidates(GOVERNMENT_INQUIRY, 0, 2)).toEqual([]);
  });
});

test('an organisation that is recorded as something else than a supplier is no invitee (74令12)', () => {
  const invitees = ['a', 'b', 'c'].map((organisationId) => ({
    ...{ organisationId, source: 'database' as const, reasonZh: null },
    duties: organisationId === 'b' ? (['supervisor'] as const) : null,
  }));
  expect(checkInvitees(GOVERNMENT_INQUIRY, { purchaserId: 'p', agencyId: null, invitees })).toMatchObject([
    { rule: 'neg-inq-suppliers-min', article: '12', field: 'invitees[1].organisationId', severity: 'block' },
  ]);
});
