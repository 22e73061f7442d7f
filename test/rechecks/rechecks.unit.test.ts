import { describe, expect, it } from 'vitest';
import type { ReportPayload } from '../../domain/decisions.ts';
import type { CommitteeAct, RecordedAct } from '../../domain/evaluation/acts.ts';
import { Proceedings } from '../../domain/evaluation/proceedings.ts';
import { beyondScope, changesBetween, firstOf } from '../../domain/evaluation/recheck.ts';
import { actsInForce } from '../../domain/evaluation/reopened.ts';
import { lawOf } from '../../domain/evaluation/scheme/law.ts';
import { templateOf } from '../../domain/evaluation/scheme/templates.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { procedureOf, PROCEDURE_DEFINITIONS } from '../../domain/procedures/index.ts';
import { nextOfLot, type Standing } from '../../domain/procedures/order.ts';

const candidate = (bidId: string, rank: number, score = 90 - rank, priceFen = 100) => ({
  bidId,
  rank,
  score,
  priceFen,
});
const report = (change: Partial<ReportPayload> = {}): ReportPayload => ({
  ...{ evaluationEndedAt: 1, committee: [], others: [], rejected: [], competition: 'sufficient', documentId: null },
  candidates: [candidate('a', 1), candidate('b', 2), candidate('c', 3)],
  ...change,
});
const rejected = (bidId: string) => ({ bidId, ground: 3, reasonZh: '资格' });

describe('what a recheck made of a report', () => {
  it('is compared: nothing, where only words and times differ', () => {
    expect(changesBetween(report(), report({ evaluationEndedAt: 2, documentId: 'x', findingZh: '维持' }))).toEqual([]);
    const turned = report({ candidates: [candidate('b', 1, 89), candidate('a', 2, 88), candidate('c', 3)] });
    expect(changesBetween(report(), turned).map(({ bidId }) => bidId)).toEqual(['a', 'b']);
    expect([firstOf(report()), firstOf(turned), firstOf({ candidates: [] })]).toEqual(['a', 'b', null]);
  });

  it('changes of bids that were not referred neither their standing nor their price; a rank follows from others', () => {
    const without = report({ candidates: [candidate('b', 1, 88), candidate('c', 2, 87)], rejected: [rejected('a')] });
    expect(beyondScope(changesBetween(report(), without), { bidIds: ['a'] })).toEqual([]);
    expect(beyondScope(changesBetween(report(), without), { bidIds: ['b'] }).map(({ bidId }) => bidId)).toEqual(['a']);
    const priced = report({ candidates: [candidate('a', 1, 89, 99), candidate('b', 2), candidate('c', 3)] });
    expect(beyondScope(changesBetween(report(), priced), { bidIds: ['b'] })).toHaveLength(1);
  });
});

describe('the grounds of a recheck, as each law has them', () => {
  const groundsOf = (regime: string, procedure: string) => {
    const found = PROCEDURE_DEFINITIONS.find((each) => each.regime === regime && each.procedure === procedure);
    return Object.entries(found?.recheck.grounds ?? {}).map(([ground, { rule }]) => {
      const { law, article } = getRule(rule);
      return `${ground} ${law} ${article}`;
    });
  };
  it.each(['open-tender', 'invited-tender'])('%s', (procedure) => {
    expect(groundsOf('tendering', procedure)).toEqual([
      'grievance 招标投标法实施条例 54',
      'circumstances 招标投标法实施条例 56',
    ]);
    expect(groundsOf('government', procedure)).toEqual([
      'sum 财政部令87号 64(1)(一)',
      'range 财政部令87号 64(1)(二)',
      'objective 财政部令87号 64(1)(三)',
      'outlier 财政部令87号 64(1)(四)',
    ]);
  });

  it('of an inquiry are two (74令21), a refusal leads to another supplier or a new procurement (22), and keeps the deposit (20)', () => {
    expect(groundsOf('government', 'inquiry')).toEqual(['qualification 财政部令74号 21', 'price 财政部令74号 21']);
    const { replacement, deposits } = procedureOf({ regime: 'government', procedure: 'inquiry' });
    expect(getRule(replacement.rule)).toMatchObject({ id: 'neg-inq-refuse-sign-next', article: '22(2)' });
    expect(deposits.forfeit['contract-refused']).toBe('neg-inq-bond-kept');
    expect(getRule('neg-inq-bond-kept').article).toBe('20(2)');
  });
});

describe('a lot whose committee looks again', () => {
  const standing = (stage: 'publicity' | 'award' | 'evaluation', overdue: boolean): Standing => {
    const recheck = { key: 'recheck', dueAt: 500, overdue } as const;
    return {
      definition: procedureOf({ regime: 'tendering', procedure: 'open-tender' }),
      procurement: { stage: 'evaluation', noticeAt: 0, bidDeadline: 1 },
      lots: [{ no: 1, stage }],
      milestone: (_no, key) => (key === 'recheck' ? recheck : { key, dueAt: 100, overdue: false }),
      outstanding: () => [recheck],
      isSuspended: () => true,
    };
  };
  it.each(['publicity', 'award', 'evaluation'] as const)(
    'waits in %s for the end of its time, once, while the clock of the stage stands still',
    (stage) => {
      expect(nextOfLot(standing(stage, false), 1)).toEqual({ ended: false, at: 501, act: 'review-duties' });
      expect(nextOfLot(standing(stage, true), 1).at).toBeNull();
    },
  );
});

describe('sheets that a recheck has reopened', () => {
  let seq = 0;
  const acted = (by: string, act: CommitteeAct): RecordedAct => ({ id: String((seq += 1)), by, act, at: seq });
  const reopen = (change: object = {}): RecordedAct =>
    acted('purchaser', {
      ...{ kind: 'reopen', recheckId: 'r', from: 'technical', bidIds: ['a'], items: ['plan'], found: false },
      ...change,
    });

  it('count no more, from the reopened part on; what was decided counts', () => {
    const acts = [
      acted('m', { kind: 'leader', memberId: 'm' }),
      acted('m', { kind: 'part', part: 'review', hash: 'h' }),
      acted('m', { kind: 'part', part: 'technical', hash: 'h' }),
      acted('m', { kind: 'part', part: 'commercial', hash: 'h' }),
      acted('m', { kind: 'signature', as: 'signed', reasonsZh: null, hash: 'h' }),
      acted('m', { kind: 'close', until: 0 }),
    ];
    expect(actsInForce(acts)).toEqual(acts);
    const after = acted('m', { kind: 'part', part: 'technical', hash: 'i' });
    const inForce = actsInForce([...acts, reopen(), after]).map(({ act }) => ('part' in act ? act.part : act.kind));
    expect(inForce).toEqual(['leader', 'review', 'reopen', 'technical']);
    expect(actsInForce([...acts, reopen({ from: 'review' })]).map(({ act }) => act.kind)).toEqual(['leader', 'reopen']);
  });

  const definition = procedureOf({ regime: 'government', procedure: 'open-tender' });
  const facts = { kind: 'goods', noticeAt: Date.parse('2026-04-01T09:00:00+08:00') } as const;
  const scheme = templateOf(definition, 'comprehensive', facts);
  if (!scheme) throw new Error('there is no template');
  const item = String(scheme.criteria.find(({ kind }) => kind === 'subjective')?.key);
  const members = ['expert-1', 'expert-2', 'expert-3'];
  const proceedings = (acts: readonly RecordedAct[]) =>
    new Proceedings({
      ...{ definition, scheme, acts, now: 9, limits: { budgetFen: 100, ceilingFen: null } },
      law: lawOf(definition, scheme, facts),
      seats: members.map((memberId) => ({ memberId, kind: 'expert', replaced: false, cleared: true })),
      sheets: members.flatMap((memberId) =>
        ['a', 'b', 'c'].map((bidId) => ({ memberId, bidId, entries: [{ item, points: '1' }] })),
      ),
      bids: ['a', 'b', 'c'].map((bidId) => ({ bidId, priceFen: 1 })),
      drawn: ['a', 'b', 'c'],
    });
  const fixed = (acts: readonly RecordedAct[], memberId: string, bidId = 'a', of = item): boolean => {
    const found = proceedings(acts);
    const technical = found.parts.find(({ part }) => part !== 'review');
    if (!technical) throw new Error('there is no such part');
    return found.isFixed(memberId, bidId, technical, of);
  };

  it('a mark that is too high or too low is changed by its member once the committee has found it so (87令64(四))', () => {
    const found = [reopen({ from: 'review', items: null, found: true })];
    expect(fixed(found, 'expert-1')).toBe(true);
    const motion = { on: 'outlier', bidId: 'a', item, memberId: 'expert-1', reasonZh: '明显偏离' } as const;
    const moved = acted('expert-2', { kind: 'motion', motion });
    // One of three is no majority.
    expect(fixed([...found, moved], 'expert-1')).toBe(true);
    const decided = [...found, moved, acted('expert-3', { kind: 'vote', motionId: moved.id, yes: true })];
    expect([fixed(decided, 'expert-1'), fixed(decided, 'expert-2'), fixed(decided, 'expert-1', 'b')]).toEqual([
      ...[false, true, true],
    ]);
  });

  it('what was referred may be changed, nothing else, and what nobody has entered may be entered', () => {
    const acts = [reopen({ from: 'review', items: [item] })];
    expect([fixed(acts, 'expert-1'), fixed(acts, 'expert-1', 'b'), fixed(acts, 'expert-1', 'b', 'other')]).toEqual([
      ...[false, true, false],
    ]);
  });
});
