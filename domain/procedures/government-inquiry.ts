import { governmentAward } from '../notices/lists.ts';
import {
  AFTER_REPORT,
  afterAwardNotice,
  GOVERNMENT_COMMITTEE,
  GOVERNMENT_CONTRACT,
  governmentActs,
  governmentCorrections,
  governmentStages,
  QUERIES_LAPSE,
  RECHECK_SUSPENDS,
} from './government.ts';
import { GOVERNMENT_OPEN_TENDER } from './government-open-tender.ts';
import { INQUIRY_SCHEME } from './government-scheme.ts';
import { duty, type Procedure, type ProcedureRules } from './procedure.ts';
import { INQUIRY_WORDS } from './words.ts';

const RULES = {
  intention: 'gp-intention-30d',
  documentsWithResult: 'gp-award-fields',
  lotBudgets: 'gp-budget-disclosure',
  bidPreparation: 'inq-response-min',
  amendment: 'inq-clarify',
  objectionDocuments: 'gp-challenge-file-docs',
  objectionDocumentsReply: 'gp-challenge-reply',
  minBidders: 'neg-inq-suppliers-min',
  minQualified: 'neg-inq-suppliers-min',
  minConforming: 'neg-inq-suppliers-min',
  committeeMin: 'inq-group-min',
  committeeMinOpenFigure: 'neg-inq-group-min-5',
  committeeOdd: 'inq-group-min',
  committeeExperts: 'neg-inq-group-experts',
  candidatesMin: 'inq-candidates-min',
  reportDelivery: 'inq-report-deliver',
  resultGrievance: 'gp-challenge-file',
  resultGrievanceReply: 'gp-challenge-reply',
  awardDecision: 'inq-award-decide',
  award: 'inq-award-decide',
  awardAnnounce: 'neg-inq-announce',
  contract: 'neg-inq-contract',
  contractPublication: 'gp-contract-announce',
  contractFiling: 'gp-contract-file',
  depositsLosers: 'neg-inq-bond-refund-losers',
  depositsWinner: 'neg-inq-bond-refund-winner',
  termination: 'inq-terminate-grounds',
  archive: 'gp-archive',
  bidBondShare: 'neg-inq-bond',
  performanceBond: 'gp-performance-bond',
  bidValidity: 'neg-inq-contract',
  allRejected: 'inq-terminate-grounds',
  resultInvalid: 'gp-challenge-outcomes',
  contractSuspension: 'gp-challenge-suspend-contract',
  openingPause: 'gp-complaint-suspend-effect',
  agencyMandate: 'gp-agency-mandate',
  purchaserNotBid: 'gp-recusal-3y',
  agencyNotBid: 'gp-recusal-3y',
  relatedBidders: 'gp-related-suppliers',
  // No article on late offers was read: these are refused by the one that their deadline is of.
  lateBid: 'inq-response-min',
  incompleteBid: 'inq-response-min',
  // What is offered once and not changed is not taken back after the deadline (74令46).
  lateWithdrawal: 'inq-one-shot-price',
} as const satisfies ProcedureRules;

/**
 * 询价 (财政部令74号), for goods: 询价通知书 to at least three suppliers, from each one offer whose price is not changed, and the lowest
 * that meets the needs. There is no public opening.
 */
export const GOVERNMENT_INQUIRY: Procedure = {
  regime: 'government',
  procedure: 'inquiry',
  scope: 'inquiry',
  words: INQUIRY_WORDS,
  entry: {
    by: 'invitation',
    min: 'neg-inq-suppliers-min',
    sources: ['database', 'recommended-by-purchaser', 'recommended-by-expert'],
    grounds: 'inq-grounds',
    recommendedShare: 'neg-inq-recommend-share',
    conflict: 'gp-recusal-3y',
  },
  offers: { replaceable: false, rule: 'inq-one-shot-price' },
  publicOpening: false,
  evaluation: {
    methods: ['lowest-price'],
    rule: 'neg-award-rule',
    order: {},
    rejection: { rule: 'neg-award-rule' },
    overPrice: { rule: 'inq-terminate-grounds', budget: true },
    correction: { rule: 'inq-one-shot-price', steps: [] },
    scheme: INQUIRY_SCHEME,
  },
  committee: GOVERNMENT_COMMITTEE,
  contract: GOVERNMENT_CONTRACT,
  notices: ['invitation', 'opening-record', 'award', 'contract'],
  noticeContents: { award: governmentAward },
  corrections: governmentCorrections(RULES, {
    periods: ['query-result-end'],
    rules: { award: RULES.awardAnnounce, 'lot-failed': RULES.termination, termination: RULES.termination },
  }),
  rules: RULES,
  milestones: [
    { key: 'notice', otherwise: 'given' },
    {
      key: 'intention',
      counts: [{ rule: RULES.intention, from: 'notice', effect: 'latest' }],
      otherwise: 'latest',
      proposed: true,
      window: true,
    },
    {
      key: 'objection-documents-end',
      counts: [{ rule: RULES.objectionDocuments, from: 'notice', effect: 'ends' }],
      otherwise: 'latest-end',
      window: true,
      ifNobodyActs: QUERIES_LAPSE,
    },
    {
      key: 'bid-deadline',
      counts: [{ rule: RULES.bidPreparation, from: 'notice', effect: 'earliest' }],
      otherwise: { officeHour: 9, notBefore: ['notice'], as: 'opening' },
      proposed: true,
      ifNobodyActs: {
        zh: '提交响应文件的供应商不足三家的，终止询价采购活动（74令50）',
        en: 'With fewer than three offers the inquiry is ended (74令 art. 50)',
      },
    },
    {
      key: 'amendment-latest',
      counts: [{ rule: RULES.amendment, from: 'bid-deadline', effect: 'latest' }],
      otherwise: 'latest',
      window: true,
      ifNobodyActs: {
        zh: '此后的澄清、修改可能影响响应文件编制的，应当顺延提交响应文件的截止时间（74令45）',
        en: 'Later amendments that affect the offers must move the deadline (74令 art. 45)',
      },
    },
    { key: 'opening', otherwise: { at: 'bid-deadline' } },
    {
      key: 'committee',
      // The window of the draw; that nobody is left to evaluate stops the evaluation.
      counts: [{ rule: 'gp-expert-draw-window', from: 'opening', effect: 'earliest' }],
      otherwise: { at: 'opening' },
      ifNobodyActs: {
        zh: '无法及时补足评审专家的，立即停止评审，重新组建询价小组（财库〔2016〕198号17）',
        en: 'A committee that cannot be completed in time: the evaluation stops, and another is made (财库〔2016〕198号 art. 17)',
      },
    },
    {
      key: 'evaluation-report',
      // No article limits the evaluation itself: assumed to end on the day of the opening.
      counts: [{ rule: RULES.reportDelivery, from: { endOfDayOf: 'opening' }, effect: 'latest' }],
      otherwise: 'latest',
    },
    {
      key: 'award',
      counts: [{ rule: RULES.awardDecision, from: 'evaluation-report', effect: 'latest' }],
      otherwise: 'latest',
      ifNobodyActs: {
        zh: '采购人逾期未确定成交供应商且不提出异议的，视为确定评审报告提出的报价最低的供应商为成交供应商（74令49）',
        en: 'Silent and without an objection, the purchaser is deemed to have chosen the lowest offer (74令 art. 49)',
      },
    },
    duty('award-notice', 'award', RULES.awardAnnounce),
    {
      key: 'query-result-end',
      counts: [{ rule: RULES.resultGrievance, from: 'award-notice', effect: 'ends' }],
      otherwise: 'latest-end',
      window: true,
      ifNobodyActs: QUERIES_LAPSE,
    },
    ...afterAwardNotice(RULES),
  ],
  stages: governmentStages(RULES, INQUIRY_WORDS),
  acts: governmentActs(RULES, {
    ...{ recheck: 'neg-inq-rereview', 'refuse-award': 'neg-inq-refuse-sign-next' },
    'replace-winner': 'neg-inq-refuse-sign-next',
  }),
  termination: {
    grounds: ['no-longer-fits', 'unfair-conduct'],
    rule: RULES.termination,
    zh: '除不再符合询价适用情形、出现影响采购公正的违法违规行为外，不得终止询价',
    en: 'only when its case no longer applies or an unlawful act affects fairness',
  },
  grievances: {
    ...GOVERNMENT_OPEN_TENDER.grievances,
    documents: { ...GOVERNMENT_OPEN_TENDER.grievances.documents, rule: RULES.objectionDocuments },
  },
  // The lowest offer that meets the needs, and no other (财政部令74号 49).
  otherThanFirst: [],
  recheck: {
    grounds: {
      qualification: { rule: 'neg-inq-rereview', stages: AFTER_REPORT, about: 'review' },
      price: { rule: 'neg-inq-rereview', stages: AFTER_REPORT, excludedHere: true },
    },
    only: 'neg-inq-rereview',
    onGrievance: 'neg-inq-rereview',
    suspends: RECHECK_SUSPENDS,
    report: 'gp-rereview-report',
  },
  replacement: {
    grounds: { declined: 'neg-inq-refuse-sign-next', 'unlawful-conduct': 'gp-challenge-outcome-process' },
    rule: 'neg-inq-refuse-sign-next',
    keepsDeposit: { declined: 'contract-refused' },
    enough: { 'unlawful-conduct': 'gp-challenge-outcome-process' },
    report: 'gp-challenge-outcomes',
    barred: 'neg-inq-refuse-sign-barred',
    consequences: { declined: ['neg-inq-bond-kept', 'neg-inq-refuse-sign-barred'] },
  },
  deposits: {
    invalidWithout: 'neg-inq-bond',
    before: 'gp-bid-bond-deadline',
    forfeit: { 'contract-refused': 'neg-inq-bond-kept' },
    interest: {},
  },
  failure: {
    rule: RULES.termination,
    decides: true,
    next: [
      {
        action: 'retender',
        zh: '发布项目终止公告并说明原因，重新开展采购活动',
        en: 'Publish the end with its reason, and procure again',
      },
    ],
  },
};
