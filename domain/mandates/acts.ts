import type { Action } from '../roles.ts';

/**
 * 委托事项: what an agency may be mandated to do, each with the actions of the role table that it covers. Reading, and adding
 * documents, need a mandate in force for the procurement, whatever its acts.
 */
export const MANDATE_ACTS = {
  prepare: {
    zh: '编制项目',
    actions: ['procurement.draft', 'procurement.copy', 'procurement.retender', 'lot.retender', 'scheme.state'],
  },
  launch: { zh: '发起项目', actions: ['procurement.launch', 'procurement.withdraw-launch'] },
  change: {
    zh: '澄清、修改、更正、终止、答疑',
    actions: ['procurement.amend', 'procurement.terminate', 'question.answer', 'notice.correct'],
  },
  opening: { zh: '开标', actions: ['opening.answer', 'opening.attend', 'opening.sign'] },
  evaluation: {
    zh: '组织评标（评审）',
    actions: [
      'report.submit',
      'draw.open',
      'draw.plan',
      'draw.part',
      'committee.replace',
      'evaluation.qualify',
      'evaluation.extend',
      'recheck.refer',
    ],
  },
  contract: {
    zh: '合同公告等法定事项',
    actions: ['contract.publish', 'contract.bond', 'contract.deliver', 'contract.accept', 'duty.perform'],
  },
  deposits: { zh: '退还保证金', actions: ['deposit.refund'] },
  grievances: { zh: '答复异议、质疑', actions: ['grievance.reply'] },
} as const satisfies Record<string, { readonly zh: string; readonly actions: readonly Action[] }>;

export type MandateAct = keyof typeof MANDATE_ACTS;
export const MANDATE_ACT_NAMES = Object.keys(MANDATE_ACTS) as readonly MandateAct[];

/** The act that covers an action; null: any mandate in force does. */
export const mandateActOf = (action: Action): MandateAct | null =>
  MANDATE_ACT_NAMES.find((act) => (MANDATE_ACTS[act].actions as readonly Action[]).includes(action)) ?? null;
