import { describe, expect, it } from 'vitest';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { GOING_LOT_STAGES, nextOfLot, nextOfProcurement, type Standing } from '../../domain/procedures/order.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';
import {
  FINAL_LOT_STAGES,
  LOT_STAGES,
  PROCUREMENT_STAGES,
  type LotStage,
  type ProcurementStage,
} from '../../domain/stages.ts';

// The order of a tender: what each stage waits for, and what follows when that has come. Instants are civil epoch ms.

interface Given {
  stage?: ProcurementStage;
  lots?: LotStage[];
  /** Planned milestones of lot 1 (or of the whole, lot 0), by their last instant. */
  planned?: Partial<Record<MilestoneKey, number | null>>;
  of?: number;
  overdue?: MilestoneKey[];
  suspended?: MilestoneKey[];
}

const NOTICE = 1_000;
const DEADLINE = 2_000;

function tender({
  stage = 'evaluation',
  lots = [],
  planned = {},
  of = 1,
  overdue = [],
  suspended = [],
}: Given): Standing {
  const rows = Object.entries(planned).map(([key, dueAt]) => ({
    key: key as MilestoneKey,
    dueAt,
    overdue: overdue.includes(key as MilestoneKey),
  }));
  return {
    definition: TENDERING_OPEN_TENDER,
    procurement: { stage, noticeAt: NOTICE, bidDeadline: DEADLINE },
    lots: lots.map((each, index) => ({ no: index + 1, stage: each })),
    milestone: (lotNo, key) => (lotNo === of ? rows.find((row) => row.key === key) : undefined),
    outstanding: (lotNo) => (lotNo === of ? rows : []),
    isSuspended: (_lotNo, key) => suspended.includes(key),
  };
}

const PEOPLE = { ended: false, at: null, act: null };
const ENDED = { ended: true, at: null, act: null };

describe('a procurement', () => {
  it('is published at the instant announced, and closed at the deadline (招标投标法 34, 财政部令87号 39)', () => {
    expect(nextOfProcurement(tender({ stage: 'launched' }))).toEqual({
      ended: false,
      at: NOTICE,
      act: 'publish-tender',
    });
    expect(nextOfProcurement(tender({ stage: 'bidding' }))).toEqual({ ended: false, at: DEADLINE, act: 'close' });
  });

  it('does not close while an objection to its documents stands (条例 22)', () => {
    expect(nextOfProcurement(tender({ stage: 'bidding', suspended: ['bid-deadline'] }))).toEqual(PEOPLE);
  });

  it('ends with its last lot, and not before', () => {
    expect(nextOfProcurement(tender({ lots: ['archived', 'failed', 'terminated'] }))).toMatchObject({
      act: 'conclude',
    });
    for (const going of LOT_STAGES.filter((each) => !FINAL_LOT_STAGES.includes(each))) {
      expect(nextOfProcurement(tender({ lots: ['archived', going] })), going).toEqual(PEOPLE);
    }
  });

  it('terminated, waits until what it owes is back (条例 31, 财政部令87号 29)', () => {
    const owing = { stage: 'terminated', of: 0 } as const;
    expect(nextOfProcurement(tender({ ...owing, planned: { 'deposits-losers': 500 } }))).toEqual({
      ended: false,
      at: 501,
      act: 'review-duties',
    });
    expect(nextOfProcurement(tender({ ...owing, planned: { 'deposits-losers': null } }))).toEqual(PEOPLE);
    expect(nextOfProcurement(tender(owing))).toEqual(ENDED);
  });
});

describe('a lot', () => {
  const lot = (stage: LotStage, given: Given = {}) => nextOfLot(tender({ ...given, lots: [stage] }), 1);

  it('stands public to the last instant of its window, unless an objection suspends the clock (条例 54)', () => {
    expect(lot('publicity', { planned: { 'publicity-end': 700 } })).toEqual({
      ended: false,
      at: 701,
      act: 'end-publicity',
    });
    expect(lot('publicity', { planned: { 'publicity-end': 700 }, suspended: ['publicity-end'] })).toEqual(PEOPLE);
  });

  it('is decided by the law when the period to decide is over, once (财政部令87号 68)', () => {
    expect(lot('award', { planned: { award: 700 } })).toEqual({ ended: false, at: 701, act: 'award-period-end' });
    expect(lot('award', { planned: { award: 700 }, overdue: ['award'] })).toEqual(PEOPLE);
    expect(lot('award', { planned: { award: null } })).toEqual(PEOPLE);
  });

  it('waits for the first of its duties that is neither overdue nor suspended', () => {
    const planned = { contract: 700, 'written-report': 600, 'deposits-losers': 650 };
    expect(lot('contract', { planned })).toMatchObject({ at: 601, act: 'review-duties' });
    expect(lot('contract', { planned, overdue: ['written-report'] })).toMatchObject({ at: 651 });
    expect(lot('contract', { planned, overdue: ['written-report'], suspended: ['deposits-losers'] })).toMatchObject({
      at: 701,
    });
  });

  it('is archived with its last duty, and not while the contract is unsigned', () => {
    expect(lot('performance')).toMatchObject({ act: 'review-duties' });
    expect(lot('contract')).toEqual(PEOPLE);
  });
});

it('every stage has an answer, and one of another release has none', () => {
  for (const stage of PROCUREMENT_STAGES) expect(() => nextOfProcurement(tender({ stage })), stage).not.toThrow();
  for (const stage of LOT_STAGES) expect(() => nextOfLot(tender({ lots: [stage] }), 1), stage).not.toThrow();
  expect(() => nextOfProcurement(tender({ stage: 'qualification' as never }))).toThrow(/unknown stage/);
  expect(() => nextOfLot(tender({ lots: ['auction' as never] }), 1)).toThrow(/unknown stage/);
  // Its workflow has something to carry in these stages, and in no others.
  for (const stage of LOT_STAGES) {
    expect(nextOfLot(tender({ lots: [stage] }), 1).ended, stage).toBe(!GOING_LOT_STAGES.includes(stage));
  }
  expect(GOING_LOT_STAGES.some((stage) => FINAL_LOT_STAGES.includes(stage))).toBe(false);
});
