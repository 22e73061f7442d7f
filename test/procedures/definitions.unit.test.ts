import { describe, expect, test } from 'vitest';
import { bidLate, withdrawalLate } from '../../domain/bids/refusals.ts';
import { MILESTONES } from '../../domain/law/milestones.ts';
import { nothingSetUp, type CatalogueView } from '../../domain/law/catalogue.ts';
import { getRule, isRuleId } from '../../domain/law/rulebook.ts';
import { lawfulProcedures } from '../../domain/procedures/choice/lawful.ts';
import { NOTICE_KINDS } from '../../domain/notices/kinds.ts';
import { callKindOf } from '../../domain/procedures/entry.ts';
import { PROCEDURE_DEFINITIONS, tenderOf } from '../../domain/procedures/index.ts';
import { GOING_LOT_STAGES } from '../../domain/procedures/order.ts';
import type { From, Otherwise, StageDefinition } from '../../domain/procedures/procedure.ts';
import { FINAL_LOT_STAGES, LOT_STAGES, PROCUREMENT_STAGES } from '../../domain/stages.ts';

import { NOTICES } from '../faults/story.ts';

// What a definition must keep, whoever writes the next one: nothing is cited that is not of its law, and nothing is
// counted from what comes later.

/** Cited for a regime although they are written for more, or for another part of it. */
const OF_ALL = ['all', 'platform'];

/** Every rule that a part of a definition names. */
const rulesIn = (part: unknown): string[] =>
  typeof part === 'string'
    ? [part].filter(isRuleId)
    : typeof part === 'object' && part !== null
      ? Object.values(part).flatMap(rulesIn)
      : [];

const FIGURES = { level: null, openFen: 10_000_000_00, limitFen: 1, from: '2026-01-01', source: '测试虚构' };

describe.each(PROCEDURE_DEFINITIONS.map((each) => [`${each.regime}, ${each.procedure}`, each] as const))(
  '%s',
  (_, definition) => {
    const {
      milestones,
      rules,
      acts,
      grievances,
      failure,
      deposits,
      scope,
      stages,
      termination,
      entry,
      offers,
      evaluation,
      corrections,
    } = definition;
    const cited = [
      corrections.rule,
      ...Object.values(corrections.rules ?? {}),
      ...(Object.values(rules) as string[]),
      ...milestones.flatMap(({ counts = [] }) => counts.map(({ rule }) => rule)),
      ...Object.values(acts).map(({ rule }) => rule),
      ...[grievances.documents, grievances.result].flatMap(({ rule, reply, who }) => [rule, reply, who]),
      failure.rule,
      failure.nextRule,
      ...Object.values(deposits.forfeit),
      ...Object.values(deposits.caps ?? {}),
      termination.rule,
      evaluation.rule,
      ...rulesIn(evaluation.scheme),
      ...[...stages.procurement, ...stages.lot].flatMap(({ rule }) => rule ?? []),
      ...[deposits.invalidWithout, deposits.before, deposits.validity, deposits.forms, deposits.sharedAccount],
      deposits.baseAccount,
      ...Object.values(deposits.interest),
      ...(offers.replaceable ? [] : [offers.rule]),
      ...(entry.by === 'invitation' ? [entry.min, entry.grounds, entry.conflict, entry.recommendedShare] : []),
    ];

    test('states a scheme for each of its methods, and no other', () => {
      expect(Object.keys(evaluation.scheme.methods).toSorted()).toEqual([...evaluation.methods].toSorted());
    });

    test('begins with one notice, and has each of the others once', () => {
      expect(definition.notices[0]).toBe(callKindOf(definition));
      expect(new Set(definition.notices).size).toBe(definition.notices.length);
      const order = definition.notices.map((kind) => NOTICE_KINDS.indexOf(kind));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(order).not.toContain(-1);
    });

    test('restarts by a correction what is counted from its notice, while the lot is where it can be', () => {
      for (const { from, milestones: restarted, stages: while_, stage } of Object.values(corrections.restarts)) {
        const counted = new Set<string>([from]);
        for (const { key, counts = [] } of milestones) {
          if ((restarted as readonly string[]).includes(key) && counted.has(counts[0]?.from as string))
            counted.add(key);
        }
        expect([...counted]).toEqual([from, ...restarted]);
        for (const each of while_) {
          const known = stages.lot.find((one) => one.stage === each);
          expect(known, each).toBeDefined();
          if (stage !== undefined && each !== stage) expect(known?.next).toContain(stage);
        }
      }
    });

    test('cites rules of its own law only', () => {
      for (const id of new Set(cited.filter((each) => each !== undefined))) {
        const { appliesTo } = getRule(id);
        expect(
          appliesTo.some((each) => each === scope || OF_ALL.includes(each)),
          `${id} applies to ${appliesTo.join(', ')}`,
        ).toBe(true);
      }
    });

    test('is chosen by the grounds that the choice of procedures asks for, of which it knows each case that it names', () => {
      if (entry.by === 'notice') return;
      const facts = { regime: definition.regime, kind: 'goods', amountFen: 10_000_000_00 } as const;
      // A threshold of 1000 万元 made up for the test, so that the amount reaches it.
      const view = { ...nothingSetUp('2026-03-02'), threshold: { ...FIGURES, kind: 'goods' } } as CatalogueView;
      const answer = lawfulProcedures(facts, view).procedures.find((each) => each.procedure === definition.procedure);
      expect(answer).toMatchObject({ verdict: 'needs-ground', grounds: [entry.grounds] });
      const cases = getRule(entry.grounds).items?.length ?? 1;
      for (const each of entry.approvedCases ?? []) expect(each).toBeLessThanOrEqual(cases);
      expect(entry.sources.length).toBeGreaterThan(0);
      expect(getRule(entry.min)).toMatchObject({ bound: 'min', amount: 3 });
    });

    test('computes each milestone once, from those above it', () => {
      const above = new Set<string>();
      const neededBy = (from: From | Otherwise): readonly string[] => {
        if (typeof from === 'string') return (MILESTONES as readonly string[]).includes(from) ? [from] : [];
        // What may be given in its place need not be there yet.
        const named: unknown[] = Object.entries(from).flatMap(([name, value]) => (name === 'as' ? [] : value));
        return named.filter((each) => typeof each === 'string');
      };
      for (const { key, counts = [], otherwise } of milestones) {
        const needed = [
          ...counts.flatMap(({ from, endOf }) => [...neededBy(from), ...(endOf ? [endOf] : [])]),
          ...neededBy(otherwise),
        ];
        expect([...above], key).toEqual(expect.arrayContaining(needed));
        expect(above.has(key), key).toBe(false);
        above.add(key);
      }
    });

    test('has the opening after all that comes before it in time, so that the rest runs from what is done', () => {
      const keys = milestones.map(({ key }) => key);
      const order = (key: string) => (MILESTONES as readonly string[]).indexOf(key);
      const [before, after] = [keys.slice(0, keys.indexOf('opening')), keys.slice(keys.indexOf('opening') + 1)];
      expect(before.every((key) => order(key) < order('opening'))).toBe(true);
      expect(after.every((key) => order(key) > order('opening'))).toBe(true);
    });

    test.each(['procurement', 'lot'] as const)('reaches and leaves each stage of a %s, in its order', (what) => {
      const order: readonly StageDefinition<string>[] = stages[what];
      const names = order.map(({ stage }) => stage);
      expect(new Set(names).size).toBe(names.length);
      const reached = new Set(names.slice(0, 1));
      for (const { stage, ends, next } of order) {
        expect(reached.has(stage), `${stage} is reached from a stage above it`).toBe(true);
        for (const each of next) expect(names, `${stage} leads to ${each}`).toContain(each);
        for (const each of next) reached.add(each);
        const isLast = ends.by === 'nothing' || (ends.by === 'duties' && ends.then === 'ended');
        expect(next.length === 0, `${stage} is left, unless it is an end`).toBe(isLast);
        if ('of' in ends) expect(milestones.map(({ key }) => key)).toContain(ends.of);
      }
    });

    test('has a lot carried by a workflow where it waits, and nowhere else', () => {
      for (const { stage, ends } of stages.lot) {
        expect(GOING_LOT_STAGES.includes(stage), stage).toBe(!['procurement', 'nothing'].includes(ends.by));
        expect(FINAL_LOT_STAGES.includes(stage), stage).toBe(ends.by === 'nothing');
      }
    });

    test('lets people act where only they end a stage', () => {
      const acted = (what: 'procurement' | 'lot') => new Set(Object.values(acts).flatMap((act) => act[what] ?? []));
      for (const { stage, ends } of stages.lot) if (ends.by === 'people') expect(acted('lot')).toContain(stage);
      for (const what of ['procurement', 'lot'] as const) {
        for (const stage of acted(what)) expect(stages[what].map((each): string => each.stage)).toContain(stage);
      }
    });

    test('lets each act be done at some stage, and each wait for people end by a person', () => {
      for (const [name, { procurement = [], lot = [] }] of Object.entries(acts)) {
        if (name === 'reply') continue;
        expect(procurement.length + lot.length, name).toBeGreaterThan(0);
        expect(procurement.every((stage) => PROCUREMENT_STAGES.includes(stage))).toBe(true);
        expect(lot.every((stage) => LOT_STAGES.includes(stage))).toBe(true);
      }
      const acted = new Set(Object.values(acts).flatMap(({ lot = [] }) => lot));
      for (const stage of ['evaluation', 'award', 'contract', 'performance'] as const) {
        expect(acted.has(stage), stage).toBe(true);
      }
    });
  },
);

test('a whole tender, played through faults, has the notices of its definition', () => {
  for (const regime of ['tendering', 'government'] as const) {
    expect(NOTICES[regime]).toEqual(expect.arrayContaining([...tenderOf(regime).notices]));
  }
});

test('the methods of evaluation are those of its law (12号令29, 87令53, 74令49)', () => {
  const methods = PROCEDURE_DEFINITIONS.map(({ scope, evaluation }) => [scope, evaluation.rule, evaluation.methods]);
  const both = ['lowest-evaluated', 'comprehensive'];
  expect(methods).toEqual([
    ['works_open', 'works-method-list', both],
    ['works_invited', 'works-method-list', both],
    ['gp_open', 'gp-methods', both],
    ['gp_invited', 'gp-methods', both],
    ['inquiry', 'neg-award-rule', ['lowest-price']],
  ]);
});

test('what may follow a failed lot has the article of its procedure (条例44, 87令43, 政府采购法37, 74令50)', () => {
  const next = PROCEDURE_DEFINITIONS.map(({ scope, failure }) => {
    const { id, law, article, appliesTo } = getRule(failure.nextRule ?? failure.rule);
    return [scope, id, `${law} ${article}`, appliesTo.includes(scope)];
  });
  expect(next).toEqual([
    ['works_open', 'works-min-bidders', '招标投标法实施条例 44', true],
    ['works_invited', 'works-min-bidders', '招标投标法实施条例 44', true],
    ['gp_open', 'gp-failed-tender-handling', '财政部令87号 43', true],
    ['gp_invited', 'gp-void-next', '政府采购法 37', true],
    ['inquiry', 'inq-terminate-grounds', '财政部令74号 50', true],
  ]);
});

test('a late offer, and a late withdrawal, is refused by an article of its own procedure', () => {
  for (const { regime, procedure, scope } of PROCEDURE_DEFINITIONS) {
    const tender = { regime, procedure };
    for (const late of [bidLate, withdrawalLate]) {
      const { details, messageZh } = late(tender, 0, 1);
      const { law, article, appliesTo } = getRule(String(details?.['rule']));
      expect([details?.['law'], details?.['article']], procedure).toEqual([law, article]);
      expect(appliesTo, `${procedure} ${messageZh}`).toContain(scope);
      expect(messageZh).toContain(`（${law}`);
    }
  }
  // 财政部令74号 45: 提交响应文件截止之日.
  const inquiry = bidLate({ regime: 'government', procedure: 'inquiry' }, 0, 1);
  expect(inquiry.messageZh).toContain('（财政部令74号第45条）');
});
