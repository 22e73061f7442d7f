import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { procurementById } from '../../db/procurements.ts';
import { procurements } from '../../db/schema/sqlite.ts';
import { findMilestone } from '../../db/tender/timeline.ts';
import { getRule, pinnedRule, RULEBOOK_VERSION } from '../../domain/law/rulebook.ts';
import { procedureOf, tenderOf } from '../../domain/procedures/index.ts';
import { temporaryDatabase, type TestDatabase } from '../setup/database.ts';
import {
  advance,
  at,
  bid,
  decide,
  handClock,
  people,
  publishedTender,
  reportOn,
  type People,
} from '../setup/tenders/tender.ts';

// A rulebook of before, in which the purchaser of a government tender had ten working days to decide and not five.
vi.mock(import('../../domain/law/earlier.ts'), async () => {
  const { GOVERNMENT_RULES } = await import('../../domain/law/rules/government.ts');
  const then = GOVERNMENT_RULES.filter(({ id }) => id === 'gp-award-decide').map((row) => ({ ...row, amount: 10 }));
  return { EARLIER_RULEBOOKS: [{ version: '2020.1', rules: then }] };
});

const clock = handClock('2026-03-01');
let db: TestDatabase;
let who: People;
beforeEach(async () => {
  clock.set('2026-02-01');
  db = await temporaryDatabase({ machineClock: clock.read });
  who = await people(db, 3);
});
afterEach(() => db.close());

/** Until when the purchaser may decide, of a tender that was launched under a version. */
async function decidesUntil(version: string): Promise<{ dueAt: number | null; cited: string }> {
  const { id: procurementId } = await publishedTender(db, clock, who, 'government');
  expect((await procurementById(db.read, procurementId)).rulebookVersion).toBe(RULEBOOK_VERSION);
  await db.transaction(async (tx) => {
    await tx.q.update(procurements).set({ rulebookVersion: version });
  });
  clock.set('2026-03-18T10:00+08:00');
  const bids = [];
  for (const index of [0, 1, 2]) bids.push(await bid(db, who, index, procurementId));
  clock.set('2026-04-08T09:30+08:00');
  await advance(db, procurementId);
  clock.set('2026-04-09T10:00+08:00');
  await decide(db, who.asPurchaser, {
    ...{ procurementId, lotNo: 1, kind: 'report' },
    payload: reportOn(bids, at('2026-04-08T17:00+08:00')),
  });
  const award = await findMilestone(db.read, { procurementId, lotNo: 1 }, 'award');
  return { dueAt: award?.dueAt ?? null, cited: award?.rules[0]?.id ?? '' };
}

// From Thursday 9 April: 10, 13, 14, 15, 16; and 17, 20, 21, 22, 23.
it.each([
  [RULEBOOK_VERSION, 'five', '2026-04-16T23:59:59.999+08:00'],
  ['2020.1', 'ten', '2026-04-23T23:59:59.999+08:00'],
])(
  'launched under %s, the purchaser has %s working days to its end (政府采购法实施条例 43)',
  async (version, _, until) => {
    expect(await decidesUntil(version)).toEqual({ dueAt: at(until), cited: 'gp-award-decide' });
  },
);

it('a definition is looked up by its version, and a rule of a version that nobody knows is none', () => {
  const key = { regime: 'government', procedure: 'open-tender', stage: 'evaluation' } as const;
  const { awardDecision = '' } = procedureOf({ ...key, rulebookVersion: '2020.1' }).rules;
  expect(getRule(awardDecision)).toMatchObject({ id: 'gp-award-decide', amount: 10 });
  expect(getRule(tenderOf('government').rules.awardDecision ?? '')).toMatchObject({ amount: 5 });
  // A draft is judged by the rules in use.
  expect(procedureOf({ ...key, stage: 'draft', rulebookVersion: '2020.1' })).toBe(tenderOf('government'));
  expect(pinnedRule('gp-award-decide', RULEBOOK_VERSION)).toBe('gp-award-decide');
  // A pin is made by the platform: what somebody types in its form names no rule.
  for (const typed of [
    `gp-award-decide@${RULEBOOK_VERSION}`,
    'gp-award-decide@2020.1@',
    '@2020.1',
    'gp-award-decide@',
  ]) {
    expect(() => getRule(typed), typed).toThrow(expect.objectContaining({ code: 'unknown-rule' }));
  }
  expect(() => procedureOf({ ...key, rulebookVersion: '1999.1' })).toThrow(
    expect.objectContaining({ code: 'rulebook-unknown' }),
  );
});
