import { mandateActOf, type MandateAct } from '../mandates/acts.ts';
import type { Action } from '../roles.ts';

/**
 * 经办、复核: the acts that can be prepared by one person and confirmed by another. An act is its actions of the role table,
 * which says who may prepare and who may confirm it; one entry here is all that an act needs. What undoes an act that two
 * people did, or has its effect, is an action of it.
 */
export const PREPARABLE_ACTS = {
  launch: {
    zh: '发起项目、撤回发起',
    en: 'the launch, or its withdrawal',
    actions: ['procurement.launch', 'procurement.withdraw-launch'],
  },
  amendment: {
    zh: '澄清、修改采购文件，答复疑问',
    en: 'an amendment, or the answer to a question',
    // An answer is published to all, and what it says of the documents binds as they do.
    actions: ['procurement.amend', 'question.answer'],
  },
  correction: { zh: '更正公告', en: 'a correction', actions: ['notice.correct'] },
  report: { zh: '评标（评审）报告', en: 'a report', actions: ['report.submit'], afterwards: 'committee.read' },
  award: { zh: '确定中标人（成交供应商）', en: 'an award', actions: ['award.decide', 'award.replace'] },
  termination: { zh: '终止项目', en: 'the termination', actions: ['procurement.terminate'] },
  ruling: {
    zh: '答复异议（含对开标的异议）、质疑',
    en: 'the reply to a grievance, or to an objection to the opening',
    actions: ['grievance.reply', 'opening.answer'],
  },
  contract: {
    zh: '登记合同签订、变更',
    en: 'a contract, or a change of it',
    actions: ['contract.sign', 'contract.change'],
  },
} as const satisfies Record<string, Preparable>;

interface Preparable {
  readonly zh: string;
  readonly en: string;
  readonly actions: readonly [Action, ...Action[]];
  /** Who may read the request once it waits no more; absent: both parties. Whoever is to confirm it reads it. */
  readonly afterwards?: Action;
}

export type PreparableAct = keyof typeof PREPARABLE_ACTS;
export const PREPARABLE_ACT_NAMES = Object.keys(PREPARABLE_ACTS) as [PreparableAct, ...PreparableAct[]];

/** The act that an action is; undefined for one that nobody prepares. */
export const preparableActOf = (action: Action): PreparableAct | undefined =>
  PREPARABLE_ACT_NAMES.find((name) => (PREPARABLE_ACTS[name].actions as readonly Action[]).includes(action));

/** Who may read what was prepared once it waits no more; undefined: both parties. */
export const readAfterwardsBy = (act: PreparableAct): Action | undefined =>
  (PREPARABLE_ACTS[act] as Preparable).afterwards;

/** The acts of a mandate that cover it, or a part of it; none: an agency cannot be mandated to do it. */
export const mandateActsFor = (act: PreparableAct): readonly MandateAct[] => [
  ...new Set(PREPARABLE_ACTS[act].actions.flatMap((action) => mandateActOf(action) ?? [])),
];
