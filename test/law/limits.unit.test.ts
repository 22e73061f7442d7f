import { describe, expect, test } from 'vitest';
import { amountFenOf, checkBidderCount, checkCandidates, checkCommittee } from '../../domain/law/limits.ts';
import { PROCEDURE_DEFINITIONS, procedureOf, rulesInForce, tenderOf } from '../../domain/procedures/index.ts';
import { getRule, type RuleId } from '../../domain/law/rulebook.ts';
import { parseInstantOrDate } from '../../domain/civil-time.ts';
import type { Violation } from '../../domain/law/violation.ts';

const [TENDERING, GOVERNMENT] = [tenderOf('tendering'), tenderOf('government')];

const told = (violations: Violation[]): string[] => violations.map(({ severity, rule }) => `${severity} ${rule}`);
const TEN_MILLION_YUAN = 1_000_000_000;

describe('bidders', () => {
  test('three open a tender, two do not (条例44, 87令41)', () => {
    expect(told(checkBidderCount(TENDERING, 3))).toEqual([]);
    expect(told(checkBidderCount(TENDERING, 2))).toEqual(['block works-min-bidders']);
    expect(told(checkBidderCount(GOVERNMENT, 0))).toEqual(['block gp-open-min-bidders']);
  });

  test('too few that conform is a failure in government procurement and a discretion in tendering (法36, 12号令27)', () => {
    expect(told(checkBidderCount(GOVERNMENT, 2, { stage: 'qualified' }))).toEqual(['block gp-qualified-min']);
    expect(told(checkBidderCount(GOVERNMENT, 2, { stage: 'conforming' }))).toEqual(['block gp-conforming-min']);
    expect(told(checkBidderCount(TENDERING, 2, { stage: 'conforming' }))).toEqual([
      'warn works-lt3-valid-after-rejection',
    ]);
  });

  test('an approved exception prevents the failure only where it speaks of an open tender, and never for nobody', () => {
    // 财库〔2026〕12号 is in force from 1 October 2026.
    const exception = { id: 'gp-emergency-2026', noticeAt: parseInstantOrDate('2026-10-01') };
    const confirmed = new Set([exception.id]);
    expect(told(checkBidderCount(GOVERNMENT, 2, { exception, confirmed }))).toEqual(['warn gp-open-min-bidders']);
    expect(told(checkBidderCount(GOVERNMENT, 0, { exception, confirmed }))).toEqual(['block gp-open-min-bidders']);
    expect(told(checkBidderCount(TENDERING, 2, { exception, confirmed }))).toEqual(['block works-min-bidders']);
    const early = { ...exception, noticeAt: exception.noticeAt - 1 };
    expect(told(checkBidderCount(GOVERNMENT, 2, { exception: early, confirmed }))).toEqual([
      'block gp-open-min-bidders',
    ]);
    // Its text was not verified: without confirmation it lifts nothing.
    expect(told(checkBidderCount(GOVERNMENT, 2, { exception }))).toEqual(['block gp-open-min-bidders']);
    // A rule that is no exception lifts nothing either.
    expect(told(checkBidderCount(TENDERING, 2, { exception: { ...exception, id: 'works-no-min-price' } }))).toEqual([
      'block works-min-bidders',
    ]);
    expect(() => checkBidderCount(GOVERNMENT, 2, { exception: { ...exception, id: 'nothing-of-the-kind' } })).toThrow(
      expect.objectContaining({ code: 'unknown-rule' }),
    );
  });
});

// @rule inclusive-87: 以上 includes ten million yuan itself.
describe('the committee (招标投标法37, 87令47)', () => {
  test.each([
    ['tendering', { members: 5, experts: 4 }, 0, []],
    ['tendering', { members: 5, experts: 3 }, 0, ['block works-committee-experts']],
    ['tendering', { members: 6, experts: 4 }, 0, ['block works-committee-odd']],
    ['tendering', { members: 3, experts: 2 }, 0, ['block works-committee-min']],
    ['government', { members: 5, experts: 4 }, TEN_MILLION_YUAN - 1, []],
    ['government', { members: 3, experts: 2 }, 0, ['block gp-committee-min']],
    ['government', { members: 6, experts: 4 }, 0, ['block gp-committee-min']],
    ['government', { members: 5, experts: 4 }, TEN_MILLION_YUAN, ['block gp-committee-min-7']],
    ['government', { members: 7, experts: 5 }, TEN_MILLION_YUAN, []],
    ['government', { members: 7, experts: 4 }, TEN_MILLION_YUAN, ['block gp-committee-experts']],
    ['government', { members: 9, experts: 6 }, TEN_MILLION_YUAN, []],
  ] as const)('%s %o of a budget of %i fen', (regime, committee, budgetFen, expected) => {
    expect(told(checkCommittee(tenderOf(regime), { ...committee, budgetFen }))).toEqual(expected);
  });

  test('a complex project takes seven whatever its budget', () => {
    expect(told(checkCommittee(GOVERNMENT, { members: 5, experts: 4, budgetFen: 1, complex: true }))).toEqual([
      'block gp-committee-min-7',
    ]);
  });
});

test('a committee names three candidates at most in tendering (条例53)', () => {
  expect(told(checkCandidates(TENDERING, 3))).toEqual([]);
  expect(told(checkCandidates(TENDERING, 4))).toEqual(['block works-candidates-max']);
  expect(told(checkCandidates(GOVERNMENT, 5))).toEqual([]);
});

test('money in the rulebook is yuan, in the engine fen', () => {
  expect(amountFenOf('works-bid-bond-cap-construction')).toBe(80_000_000);
  expect(amountFenOf('gp-committee-7-budget')).toBe(TEN_MILLION_YUAN);
});

test('what is not run has no such rules', () => {
  expect(() => procedureOf({ regime: 'land', procedure: 'open-tender' })).toThrow(
    expect.objectContaining({ code: 'procedure-not-supported' }),
  );
});

describe('a tender is pinned to the rules in force at its notice', () => {
  test('what binds from 1 November 2025 (发改法规〔2025〕1358号) binds no tender noticed the day before', () => {
    const noticed = (date: string) => rulesInForce(TENDERING, parseInstantOrDate(date));
    expect(noticed('2025-10-31T23:59:59+08:00').archive).toBeUndefined();
    expect(noticed('2025-11-01').archive).toBe('tender-archive-15y');
    expect(noticed('2025-10-31').contract).toBe('works-contract-sign');
  });

  test('all but that have been in force since before the calendar begins', () => {
    const young = PROCEDURE_DEFINITIONS.flatMap(({ rules }) => Object.values(rules) as RuleId[]).filter(
      (id) => (getRule(id).effectiveFrom ?? '') >= '2024',
    );
    expect([...new Set(young)]).toEqual(['tender-archive-15y']);
  });
});
