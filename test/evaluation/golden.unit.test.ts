import { describe, expect, it } from 'vitest';
import { divide, exact, whole, written } from '../../domain/evaluation/scoring/fraction.ts';
import type { Outcome } from '../../domain/evaluation/scoring/outcome.ts';
import { INQUIRY, LOW_PRICES, ORDER, POINTS, REVIEW } from './golden/government.ts';
import { outcomeOf, WAN, type Expected, type Golden } from './golden/scenario.ts';
import { WORKS } from './golden/works.ts';

// Worked by hand from the articles: exact values, never those that the code printed.

const SETS: Readonly<Record<string, readonly Golden[]>> = { POINTS, ORDER, REVIEW, LOW_PRICES, INQUIRY, WORKS };

/** What an outcome has of what a case expects. */
function seen(outcome: Outcome, expected: Expected): Expected {
  const of = (bidId: string) => outcome.valid.find((each) => each.bidId === bidId);
  const each = <T>(keys: Readonly<Record<string, unknown>>, value: (bidId: string) => T) =>
    Object.fromEntries(Object.keys(keys).map((bidId) => [bidId, value(bidId)]));
  const wan = (bidId: string): string => written(divide(exact(of(bidId)?.evaluatedFen ?? '0'), whole(WAN)));
  const { stopped, pending, ties } = outcome;
  const all: Expected = {
    ranks: each(expected.ranks ?? {}, (bidId) => of(bidId)?.rank ?? null),
    totals: each(expected.totals ?? {}, (bidId) => of(bidId)?.total ?? ''),
    evaluatedWan: each(expected.evaluatedWan ?? {}, wan),
    steps: each(expected.steps ?? {}, (bidId) =>
      each(expected.steps?.[bidId] ?? {}, (key) => of(bidId)?.steps.find((step) => step.key === key)?.result ?? ''),
    ),
    rejected: Object.fromEntries(outcome.rejected.map(({ bidId, point, ground }) => [bidId, [point, ground] as const])),
    stopped: stopped ? [stopped.point, stopped.rule, stopped.count] : null,
    pending: pending.map(({ what, bidIds }) => [what, ...bidIds] as const),
    candidates: outcome.valid.filter(({ candidate }) => candidate).map(({ bidId }) => bidId),
    low: outcome.low.map(({ bidId, of: limit }) => [bidId, limit] as const),
    first: ties[0]?.bidIds[0] ?? null,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in expected));
}

describe.each(Object.entries(SETS))('%s', (_name, cases) => {
  it.each(cases.map((each) => [each.name, each.article, each] as const))(
    '%s (%s)',
    (_title, _article, { lot, expected, hand }) => {
      expect(hand).not.toBe('');
      expect(seen(outcomeOf(lot), expected)).toEqual(expected);
    },
  );
});

it('are at least forty, each with a name of its own', () => {
  const names = Object.values(SETS).flatMap((cases) => cases.map(({ name }) => name));
  expect(names.length).toBeGreaterThanOrEqual(40);
  expect(new Set(names).size).toBe(names.length);
});
