import { DomainError } from '../errors.ts';
import type { Bilingual } from '../law/timeline.ts';
import { citationOf, type RuleId } from '../law/rulebook.ts';
import { PERMISSIONS, type Action } from '../roles.ts';
import type { DecisionKind } from '../decisions.ts';
import type { LotStage, ProcurementStage } from '../stages.ts';
import type { Procedure, StageDefinition } from './procedure.ts';
import { stageWordsOf, type StageWords } from './stage-words.ts';

// What everybody is refused with who acts at a stage that does not allow it: the stage in words, where the act is lawful,
// by which article, and what comes next. All of it is the procedure's.

/** Where an act was tried, the stages in which it is lawful, and by which rule, or what action it is. */
export type StageRefused = (
  | {
      readonly what: 'procurement';
      readonly stage: ProcurementStage;
      readonly wanted: readonly ProcurementStage[];
    }
  | { readonly what: 'lot'; readonly stage: LotStage; readonly wanted: readonly LotStage[] }
) &
  ({ readonly rule: RuleId } | { readonly action: StagedAction });

type Named = { readonly stage: string } & Bilingual;

/** A refusal by stage in words, and for machines. */
export interface OutOfStage extends Bilingual {
  readonly details: {
    readonly present: Named;
    /** Those that the procedure has. */
    readonly lawfulStages: readonly Named[];
    /** Whether one of them can still come. */
    readonly ahead: boolean;
    readonly next: Bilingual;
    readonly rule?: string;
    readonly law?: string;
    readonly article?: string;
  };
}

const PLACE: Readonly<Record<StageRefused['what'], Bilingual>> = {
  procurement: { zh: '项目', en: 'the procurement' },
  lot: { zh: '标段（包）', en: 'the lot' },
};

/** What a procedure says to an act that a stage refuses. */
export function outOfStage(definition: Procedure, refused: StageRefused): OutOfStage {
  const words: Readonly<Record<string, StageWords>> = stageWordsOf(definition)[refused.what];
  const all = (definition.stages[refused.what] as readonly StageDefinition<string>[]).map(({ stage, next }) => ({
    ...{ stage, leadsTo: next },
    ...(words[stage] as StageWords),
  }));
  const present = all.find(({ stage }) => stage === refused.stage);
  if (!present) throw new Error(`unknown stage ${refused.stage}`);
  const lawful = all.filter(({ stage }) => (refused.wanted as readonly string[]).includes(stage));
  const reachable = reachableFrom(all, present);
  const ahead = lawful.some(({ stage }) => reachable.has(stage));
  const { zh, en, details } = citationOf('rule' in refused ? refused.rule : stageRuleOf(definition, refused.action));
  const place = PLACE[refused.what];
  const lawfulZh = lawful.map(({ name }) => `「${name.zh}」`).join('');
  const lawfulEn = lawful.map(({ name }) => `"${name.en}"`).join(', ');
  const when = ahead ? WHEN.ahead : WHEN.past;
  return {
    zh: `${place.zh}现处于「${present.name.zh}」阶段，${lawful.length === 0 ? '该采购方式没有可以办理的阶段' : `只能在${lawfulZh}阶段办理，${when.zh}`}${zh}；下一步：${present.next.zh}`,
    en: `${place.en} is at the stage "${present.name.en}"; ${lawful.length === 0 ? 'the procedure has no stage for it' : `it is done only at the stage ${lawfulEn}, ${when.en}`}${en}; next: ${present.next.en}`,
    details: {
      present: namedOf(present),
      lawfulStages: lawful.map(namedOf),
      ahead,
      next: present.next,
      ...details,
    },
  };
}

const WHEN = {
  ahead: { zh: '进入该阶段后方可办理', en: 'which can still come' },
  past: { zh: '该阶段已过', en: 'which has passed' },
} as const;

interface InWords extends StageWords {
  readonly stage: string;
  readonly leadsTo: readonly string[];
}

const namedOf = ({ stage, name }: InWords): Named => ({ stage, zh: name.zh, en: name.en });

/** The stages that can still come after one. */
function reachableFrom(all: readonly InWords[], from: InWords): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...from.leadsTo];
  for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
    if (found.has(stage)) continue;
    found.add(stage);
    open.push(...(all.find((each) => each.stage === stage)?.leadsTo ?? []));
  }
  return found;
}

/** An act at a stage that does not allow it. */
export function stageConflict(definition: Procedure, refused: StageRefused): DomainError {
  const { zh, en, details } = outOfStage(definition, refused);
  return new DomainError('stage-conflict', {
    messageZh: `不能办理：${zh}`,
    messageEn: `This cannot be done: ${en}`,
    details: { field: 'stage', stage: refused.stage, wanted: refused.wanted, ...details },
  });
}

type Grants = typeof PERMISSIONS;
/** An action that is tied to stages. */
export type StagedAction = {
  [A in Action]: Grants[A] extends { readonly stages: unknown } | { readonly lotStages: unknown } ? A : never;
}[Action];
type Act = { [A in Action]: Grants[A] extends { readonly act: unknown } ? A : never }[Action];

/** What is public is so from the notice on. */
const published = ({ rules }: Procedure): RuleId => rules.noticePeriod ?? rules.documents ?? rules.bidPreparation;
/** What was announced is changed by an amendment only. */
const amended = ({ rules }: Procedure): RuleId => rules.amendment;
const unsealed = ({ rules }: Procedure): RuleId => rules.notDecrypted ?? rules.opening ?? rules.bidPreparation;
const objectedAtOpening = ({ rules }: Procedure): RuleId => rules.openingObjection ?? rules.resultGrievance;
const drawn = ({ rules }: Procedure): RuleId => rules.committeeMin;
const evaluated = ({ evaluation }: Procedure): RuleId => evaluation.rule;
const paused = ({ rules }: Procedure): RuleId => rules.openingPause;
const failed = ({ failure }: Procedure): RuleId => failure.nextRule ?? failure.rule;
const secured = ({ deposits }: Procedure): RuleId => deposits.before ?? deposits.invalidWithout;

/** By which article of a procedure an action belongs to its stages. */
const RULES: Readonly<Record<Exclude<StagedAction, Act>, (definition: Procedure) => RuleId>> = {
  'procurement.draft': amended,
  'procurement.launch': amended,
  'procurement.withdraw-launch': ({ rules }) => rules.termination,
  'procurement.read-draft': amended,
  'procurement.read': published,
  'document.upload': amended,
  'document.obtain': published,
  'document.evaluate': published,
  'document.published': published,
  'question.ask': amended,
  'question.answer': amended,
  'bid.submit': ({ rules }) => rules.lateBid,
  'bid.withdraw': ({ rules }) => rules.lateWithdrawal,
  'bid.release-share': unsealed,
  'opening.pause': paused,
  'opening.resume': paused,
  'opening.fault': unsealed,
  'opening.object': objectedAtOpening,
  'opening.answer': objectedAtOpening,
  'deposit.own': secured,
  'deposit.hand-in': secured,
  'lot.retender': failed,
  'procurement.retender': failed,
  'grievance.file': ({ grievances }) => grievances.documents.rule,
  'scheme.state': amended,
  'scheme.read': published,
  'evaluation.serve': evaluated,
  'evaluation.qualify': evaluated,
  'evaluation.extend': evaluated,
  'evaluation.answer': evaluated,
  'presence.record': evaluated,
  'draw.open': drawn,
  'draw.plan': drawn,
  'draw.part': drawn,
  'draw.read': drawn,
  'committee.replace': drawn,
  'committee.nominate': drawn,
  'committee.choose': drawn,
  'dossier.make': ({ rules }) => rules.archive ?? rules.termination,
};

/** The rule by which an action belongs to its stages. */
export function stageRuleOf(definition: Procedure, action: StagedAction): RuleId {
  const { act } = PERMISSIONS[action] as { readonly act?: DecisionKind };
  return act ? definition.acts[act].rule : RULES[action as Exclude<StagedAction, Act>](definition);
}
