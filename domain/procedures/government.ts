import type { CommitteeDefinition } from '../committees/definition.ts';
import type { ContractDefinition } from '../contracts/definition.ts';
import type { RecheckDefinition } from './after-report.ts';
import type { CorrectionDefinition } from './correction.ts';
import type { RuleId } from '../law/rulebook.ts';
import type { Bilingual } from '../law/timeline.ts';
import type { LotStage } from '../stages.ts';
import type { MilestoneKey } from '../law/milestones.ts';
import { duty, type MilestoneDefinition, type Procedure, type ProcedureRules } from './procedure.ts';
import { actsOf, stagesOf } from './stages.ts';
import type { ProcedureWords } from './words.ts';

// What procedures under 政府采购法 have in common.

export const QUERIES_LAPSE: Bilingual = {
  zh: '逾期质疑不予受理；未质疑不得投诉（94令10、19）',
  en: 'Later queries are not accepted, and without a query there is no complaint (94令 art. 10, 19)',
};

/** 财库〔2016〕198号 12–17, whatever the procedure. */
export const GOVERNMENT_COMMITTEE: CommitteeDefinition = {
  random: 'gp-expert-random-198',
  // 省级以上人民政府财政部门设立的评审专家库.
  poolLevels: ['provincial'],
  direct: { rule: 'gp-expert-selfselect', needs: 'consent' },
  secret: 'gp-expert-list-secret',
  window: 'gp-expert-draw-window',
  replacement: { rule: 'gp-expert-shortfall' },
  shortfall: 'gp-expert-shortfall',
  bars: {
    qualification: 'gp-expert-qualify',
    kin: 'gp-expert-recuse',
    interest: 'gp-expert-recuse',
    recent: 'gp-recusal-3y',
    purchaser: 'gp-expert-own-unit',
    agency: 'gp-agent-not-evaluator',
  },
};

/** 政府采购合同 (政府采购法 41, 47–50, 政府采购法实施条例 45, 48), whatever the procedure. */
export const GOVERNMENT_CONTRACT: ContractDefinition = {
  contents: {
    rule: 'need-contract-fields',
    terms: [
      'subjectZh',
      'quantity',
      'quality',
      'period',
      'place',
      'acceptance',
      'warrantyZh',
      'breachZh',
      'disputesZh',
    ],
  },
  acceptancePlan: 'need-acceptance-plan',
  reservedLabel: 'sme-contract-label',
  bond: { noMore: 'gp-performance-bond' },
  changes: {
    rule: 'gp-contract-no-unilateral',
    kinds: ['supplement', 'variation', 'suspension', 'resumption', 'termination'],
    grounds: ['public-interest', 'ruling', 'by-law'],
    supplement: 'gp-supplement',
    notice: 'gp-contract-change-announce',
  },
  acceptance: { rule: 'gp-acceptance', publicService: 'gp-acceptance' },
  payment: { smallFirm: { period: 'gp-pay-sme', most: 'gp-pay-sme-max' }, invoice: 'gp-pay-invoice' },
};

type Needed =
  | 'amendment'
  | 'termination'
  | 'reportDelivery'
  | 'awardDecision'
  | 'contract'
  | 'contractPublication'
  | 'contractFiling'
  | 'depositsLosers'
  | 'depositsWinner'
  | 'archive'
  | 'resultGrievanceReply';
type GovernmentRules = ProcedureRules & Readonly<Record<Needed, RuleId>>;

/** The order, with the rules and words of one of them. */
export const governmentStages = (rules: GovernmentRules, words: ProcedureWords): Procedure['stages'] =>
  stagesOf(words, {
    opening: rules.opening,
    report: rules.reportDelivery,
    award: rules.awardDecision,
    awardZh: `确定${words.winner}`,
    contract: rules.contract,
    performance: { zh: '合同公告、备案、退保证金', en: 'contract published and filed, deposits' },
    termination: rules.termination,
  });

/** Where a report is delivered and no contract signed: what a recheck may still change. */
export const AFTER_REPORT: readonly LotStage[] = ['award', 'contract', 'evaluation'];

/** Neither is a winner deemed chosen, nor a contract signed, while the committee looks again. */
export const RECHECK_SUSPENDS: RecheckDefinition['suspends'] = { award: 'award', contract: 'contract' };

export const governmentActs = (
  rules: GovernmentRules,
  own: Readonly<Record<'recheck' | 'refuse-award' | 'replace-winner', RuleId>>,
): Procedure['acts'] =>
  actsOf(
    {
      amend: rules.amendment,
      terminate: rules.termination,
      report: rules.reportDelivery,
      award: rules.awardDecision,
      contract: rules.contract,
      'publish-contract': rules.contractPublication,
      'performance-bond': rules.performanceBond,
      'change-contract': GOVERNMENT_CONTRACT.changes.rule,
      deliver: rules.contract,
      accept: 'gp-acceptance',
      pay: 'gp-pay-invoice',
      duty: rules.contractFiling,
      reply: rules.resultGrievanceReply,
      correct: rules.amendment,
      ...own,
    },
    ['award', 'contract'],
  );

/** What was announced is put right by the article that asks for its notice. */
const CORRECTED_BY = {
  award: 'gp-award-fields',
  contract: 'gp-contract-announce',
  'grievance-reply': 'gp-challenge-reply',
} as const;

/**
 * Queries run from the end of the notice of the result (政府采购法实施条例 53, 财政部令94号 11): from that of the corrected one.
 * @param own `periods`: what is counted from the notice of the award; `rules`: of other kinds of notices
 */
export const governmentCorrections = (
  rules: GovernmentRules,
  own: { readonly periods: readonly MilestoneKey[]; readonly rules: CorrectionDefinition['rules'] },
): CorrectionDefinition => ({
  rule: rules.amendment,
  rules: { ...CORRECTED_BY, ...own.rules },
  restarts: {
    award: { from: 'award-notice', milestones: own.periods, stages: ['contract', 'performance', 'archived'] },
  },
});

/** The duties from the notice of the award to the archive. */
export const afterAwardNotice = (rules: GovernmentRules): readonly MilestoneDefinition[] => [
  duty('deposits-losers', 'award-notice', rules.depositsLosers),
  duty('contract', 'award-notice', rules.contract),
  duty('contract-publication', 'contract', rules.contractPublication),
  duty('contract-filing', 'contract', rules.contractFiling),
  duty('deposits-winner', 'contract', rules.depositsWinner),
  {
    key: 'archive-until',
    counts: [{ rule: rules.archive, from: 'contract', effect: 'earliest', compare: 'day' }],
    otherwise: 'end',
    window: true,
    atArchive: true,
    ifNobodyActs: 'breach',
  },
];
