import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, parseDate, parseInstant, parseInstantOrDate, startOfDay } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { check, type CheckOptions, type Violation } from '../../domain/law/check.ts';
import type { ProcurementFacts } from '../../domain/law/facts.ts';
import { plan } from '../../domain/law/plan.ts';
import { PROCEDURE_DEFINITIONS } from '../../domain/procedures/index.ts';

const at = parseInstantOrDate;
const judged = (facts: ProcurementFacts, options: CheckOptions): Violation[] =>
  check(plan(facts, chinaCalendar), { calendar: chinaCalendar, ...options });

const hintOf = ({ earliestLawful, latestLawful }: Violation): string | undefined => earliestLawful ?? latestLawful;

/** The facts once every lawful value that a refusal names was taken, each once, in the order of the answer. */
function followed(facts: ProcurementFacts, violations: readonly Violation[]): ProcurementFacts {
  return violations.reduce((taken, violation) => {
    const hint = hintOf(violation);
    return hint === undefined ? taken : { ...taken, [violation.field]: parseInstant(hint) };
  }, facts);
}

const start = startOfDay(parseDate('2026-01-05'));
const from = fc.integer({ min: 0, max: 250 * 24 * 60 }).map((minutes) => start + minutes * 60_000);
/** From weeks before the notice to months after it, or left open. */
const later = fc.option(fc.integer({ min: -30 * DAY_MS, max: 60 * DAY_MS }), { nil: undefined });
const random = fc.record({
  noticeAt: from,
  mandatory: fc.boolean(),
  documentsFrom: later,
  documentsUntil: later,
  bidDeadline: later,
  openingAt: later,
  intentionAt: later,
  /** Before or after the notice. */
  now: fc.integer({ min: -20 * DAY_MS, max: 40 * DAY_MS }),
  confirmed: fc.boolean(),
});

describe('every lawful value of a refusal, taken once, makes a lawful plan', () => {
  test.each(PROCEDURE_DEFINITIONS.map((each) => [each.regime, each.procedure] as const))(
    '%s, %s',
    (regime, procedure) => {
      let refused = 0;
      fc.assert(
        fc.property(random, ({ noticeAt, mandatory, now, confirmed, ...offsets }) => {
          const dates = Object.entries(offsets).flatMap(([field, offset]) =>
            offset === undefined ? [] : [[field, noticeAt + offset] as const],
          );
          const facts: ProcurementFacts = {
            ...{ regime, procedure, kind: 'goods', noticeAt, mandatory },
            ...(Object.fromEntries(dates) as Partial<ProcurementFacts>),
          };
          const options = {
            now: noticeAt + now,
            ...(confirmed ? { confirmed: new Set(['gp-intention-30d', 'inq-response-min']) } : {}),
          };
          const violations = judged(facts, options);
          const blocking = violations.filter(({ severity }) => severity === 'block');
          if (blocking.length > 0) refused += 1;
          for (const each of blocking) expect(hintOf(each), each.messageEn).toBeDefined();
          const blocksOf = (mended: ProcurementFacts) =>
            judged(mended, options)
              .filter(({ severity }) => severity === 'block')
              .map(({ messageEn }) => messageEn);
          expect(blocksOf(followed(facts, violations))).toEqual([]);
          // Whoever follows only what is needed has one too; an opening is at the very deadline, wherever that goes.
          if (facts.openingAt === undefined) expect(blocksOf(followed(facts, blocking))).toEqual([]);
        }),
        { numRuns: 40 },
      );
      expect(refused).toBeGreaterThan(10);
    },
  );
});

const WORKS: ProcurementFacts = {
  ...{ regime: 'tendering', procedure: 'open-tender', kind: 'works' },
  noticeAt: at('2026-03-27'),
  documentsUntil: at('2026-04-03T17:00:00+08:00'),
  bidDeadline: at('2026-04-17T09:00:00+08:00'),
};

test('the earliest deadline is counted from the notice as it will be, not from one that is refused', () => {
  const now = at('2026-04-07T10:00:00+08:00');
  const violations = judged(WORKS, { now });
  const hints = Object.fromEntries(violations.map((each) => [each.field, hintOf(each)]));
  // Twenty days from 7 April (招标投标法 24) end with 27 April; five of the documents (条例 16) are 8 to 12 April, a Sunday, so
  // that whether the 13th counts is disputed.
  expect(hints).toEqual({
    noticeAt: '2026-04-07T10:00:00+08:00',
    documentsUntil: '2026-04-13T00:00:00+08:00',
    bidDeadline: '2026-04-28T00:00:00+08:00',
  });
  expect(violations.find(({ field }) => field === 'bidDeadline')).toMatchObject({
    ...{ rule: 'works-bid-prep-min', severity: 'block', article: '24', given: '2026-04-17T09:00:00+08:00' },
  });
});

test('an intention (采购意向) that was due and is not stated is warned of, with the earliest notice without one', () => {
  const facts: ProcurementFacts = {
    ...{ regime: 'government', procedure: 'open-tender', kind: 'goods' },
    noticeAt: at('2026-03-17T09:00:00+08:00'),
  };
  const now = at('2026-03-02T09:00:00+08:00');
  const intention = ({ rule }: Violation): boolean => rule === 'gp-intention-30d';
  const [warned] = judged(facts, { now }).filter(intention);
  // Thirty days whole before 17 March: 14 February.
  expect(warned).toMatchObject({ severity: 'warn', field: 'intentionAt', given: null });
  expect(warned?.latestLawful).toMatch(/^2026-02-14/);
  // Published today, 2 March, the thirtieth day after is 1 April; the 15th of February was a day of 春节.
  expect(warned?.messageZh).toContain('公告不早于 2026年4月1日 09:00');
  expect(judged({ ...facts, intentionAt: at('2026-02-10') }, { now }).filter(intention)).toEqual([]);
  expect(judged({ ...facts, noticeAt: now + 31 * DAY_MS }, { now }).filter(intention)).toEqual([]);
  // Nobody is asked for it where no time is given.
  expect(judged(facts, {}).filter(intention)).toEqual([]);
});
