import { describe, expect, it } from 'vitest';
import { getRule } from '../../domain/law/rulebook.ts';
import { PROCEDURE_DEFINITIONS } from '../../domain/procedures/index.ts';
import { outOfStage, stageConflict, stageRuleOf, type StagedAction } from '../../domain/procedures/out-of-stage.ts';
import { stageWordsOf, type StageWords } from '../../domain/procedures/stage-words.ts';
import { PERMISSIONS, type Action } from '../../domain/roles.ts';
import { LOT_STAGES, PROCUREMENT_STAGES, type LotStage, type ProcurementStage } from '../../domain/stages.ts';

interface Stages {
  readonly stages?: readonly ProcurementStage[];
  readonly lotStages?: readonly LotStage[];
}
const STAGED = (Object.keys(PERMISSIONS) as Action[]).flatMap((action): [StagedAction, Stages][] => {
  const grant = PERMISSIONS[action] as Stages;
  return grant.stages || grant.lotStages ? [[action as StagedAction, grant]] : [];
});

/** By the law: who is late, or early, for what, in each proceeding. */
const ARTICLES: readonly [action: StagedAction, tendering: string, government: string, inquiry: string][] = [
  ['bid.submit', '招标投标法实施条例 36', '财政部令87号 33', '财政部令74号 45'],
  ['bid.withdraw', '招标投标法 29', '财政部令87号 34', '财政部令74号 46'],
  ['question.ask', '招标投标法实施条例 21', '政府采购法实施条例 31', '财政部令74号 45'],
  ['document.upload', '招标投标法实施条例 21', '政府采购法实施条例 31', '财政部令74号 45'],
  ['procurement.launch', '招标投标法实施条例 21', '政府采购法实施条例 31', '财政部令74号 45'],
  ['procurement.withdraw-launch', '招标投标法实施条例 31', '财政部令87号 29', '财政部令74号 50'],
  ['grievance.file', '招标投标法实施条例 22', '财政部令94号 11', '财政部令94号 11'],
  ['opening.object', '招标投标法实施条例 44', '财政部令87号 42', '政府采购法 52'],
  ['opening.pause', '招标投标法实施条例 62', '财政部令94号 28', '财政部令94号 28'],
  ['opening.fault', '20号令 31', '财政部令87号 39', '财政部令74号 45'],
  ['lot.retender', '招标投标法实施条例 44', '财政部令87号 43', '财政部令74号 50'],
];

describe.each(PROCEDURE_DEFINITIONS.map((each) => [`${each.regime} / ${each.procedure}`, each] as const))(
  '%s',
  (_, definition) => {
    it('every action that is tied to stages has an article of its own law', () => {
      for (const [action] of STAGED) {
        const rule = getRule(stageRuleOf(definition, action));
        expect(rule.appliesTo, `${action} ${rule.id}`).toContain(definition.scope);
      }
      const column = definition.procedure === 'inquiry' ? 3 : definition.regime === 'government' ? 2 : 1;
      const invited = definition.regime === 'government' && definition.procedure === 'invited-tender';
      for (const row of ARTICLES) {
        const { law, article } = getRule(stageRuleOf(definition, row[0]));
        const expected = invited && row[0] === 'lot.retender' ? '政府采购法 37' : row[column];
        expect([row[0], `${law} ${article}`.replace(/\(.*$/, '')]).toEqual([row[0], expected]);
      }
    });

    it('at every stage that does not allow it the refusal says the stage, the lawful ones and what is next, in words', () => {
      const { stages } = definition;
      for (const [action, grant] of STAGED) {
        for (const what of ['procurement', 'lot'] as const) {
          const wanted: readonly string[] = (what === 'lot' ? grant.lotStages : grant.stages) ?? [];
          const words: Readonly<Record<string, StageWords>> = stageWordsOf(definition)[what];
          const known = stages[what].map(({ stage }) => ({ stage, name: (words[stage] as StageWords).name }));
          for (const { stage, name } of known.filter((each) => !wanted.includes(each.stage))) {
            const refused = outOfStage(definition, { what, stage, wanted, action } as never);
            const lawful = known.filter((each) => wanted.includes(each.stage));
            expect(refused.zh).toContain(`「${name.zh}」`);
            expect(refused.en).toContain(`"${name.en}"`);
            for (const each of lawful) expect(refused.zh).toContain(`「${each.name.zh}」`);
            expect(refused.zh).toMatch(/（[^（）]*\d.*）；下一步：.{4}/u);
            expect(refused.zh, action).not.toMatch(/[a-z]{2}/);
            expect(refused.details.lawfulStages.map((each) => each.stage)).toEqual(lawful.map((each) => each.stage));
          }
        }
      }
    });

    it('says whether a lawful stage can still come', () => {
      const ahead = (stage: ProcurementStage, wanted: ProcurementStage[]) =>
        outOfStage(definition, { what: 'procurement', stage, wanted, action: 'question.ask' }).details.ahead;
      expect([ahead('draft', ['bidding']), ahead('launched', ['bidding'])]).toEqual([true, true]);
      expect([ahead('launched', ['draft']), ahead('bidding', ['draft'])]).toEqual([true, false]);
      expect([ahead('evaluation', ['bidding']), ahead('terminated', ['bidding'])]).toEqual([false, false]);
      const lot = (stage: LotStage, wanted: LotStage[]) =>
        outOfStage(definition, { what: 'lot', stage, wanted, action: 'award.decide' }).details.ahead;
      expect([lot('evaluation', ['award']), lot('performance', ['award']), lot('failed', ['award'])]).toEqual([
        true,
        false,
        false,
      ]);
    });
  },
);

it('every stage of each list is one of a procedure, and a conflict names both for machines', () => {
  const [definition] = PROCEDURE_DEFINITIONS;
  if (!definition) throw new Error('there is a procedure');
  const { procurement, lot } = definition.stages;
  expect(procurement.map(({ stage }) => stage)).toEqual([...PROCUREMENT_STAGES]);
  expect(LOT_STAGES).toEqual(expect.arrayContaining(lot.map(({ stage }) => stage)));
  const { code, details } = stageConflict(definition, {
    ...{ what: 'procurement', stage: 'terminated', wanted: ['bidding'], action: 'question.ask' },
  });
  expect([code, details?.['stage'], details?.['wanted']]).toEqual(['stage-conflict', 'terminated', ['bidding']]);
});
