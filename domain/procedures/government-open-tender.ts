import { governmentAward, governmentTender } from '../notices/lists.ts';
import { AWARD_GROUNDS } from '../decisions.ts';
import type { Bilingual } from '../law/timeline.ts';
import {
  AFTER_REPORT,
  afterAwardNotice,
  GOVERNMENT_CONTRACT,
  GOVERNMENT_COMMITTEE,
  governmentActs,
  governmentCorrections,
  governmentStages,
  QUERIES_LAPSE,
  RECHECK_SUSPENDS,
} from './government.ts';
import { GOVERNMENT_SCHEME } from './government-scheme.ts';
import { duty, type Procedure, type ProcedureRules } from './procedure.ts';
import { GOVERNMENT_TENDER_WORDS } from './words.ts';

const RULES = {
  intention: 'gp-intention-30d',
  noticePeriod: 'gp-notice-period',
  documents: 'gp-doc-provide-min',
  documentsFromIssue: 'gp-doc-provide-min-reg',
  documentsWithResult: 'gp-award-docs-published',
  documentsPrice: 'gp-doc-price',
  lotBudgets: 'gp-budget-disclosure',
  ceiling: 'gp-no-min-price',
  bidPreparation: 'gp-bid-prep-min',
  amendment: 'gp-clarify-tender-docs',
  opening: 'gp-opening-same-time',
  objectionDocuments: 'gp-challenge-file-docs',
  objectionDocumentsReply: 'gp-challenge-reply',
  minBidders: 'gp-open-min-bidders',
  minQualified: 'gp-qualified-min',
  minConforming: 'gp-conforming-min',
  committeeMin: 'gp-committee-min',
  committeeMin7: 'gp-committee-min-7',
  committee7Budget: 'gp-committee-7-budget',
  committeeOdd: 'gp-committee-min',
  committeeExperts: 'gp-committee-experts',
  reportDelivery: 'gp-report-deliver',
  resultGrievance: 'gp-challenge-file',
  resultGrievanceReply: 'gp-challenge-reply',
  awardDecision: 'gp-award-decide',
  award: 'gp-award-silent-default',
  awardAnnounce: 'gp-award-announce',
  awardNoticePeriod: 'gp-award-notice-period',
  contract: 'gp-contract-sign',
  contractPublication: 'gp-contract-announce',
  contractFiling: 'gp-contract-file',
  depositsLosers: 'gp-bond-refund-losers',
  depositsWinner: 'gp-bond-refund-winner',
  withdrawalRefund: 'gp-bond-refund-withdraw',
  termination: 'gp-termination-refund',
  archive: 'gp-archive',
  bidBondShare: 'gp-bid-bond-pct',
  performanceBond: 'gp-performance-bond',
  bidValidity: 'gp-bid-validity-start',
  bidValiditySet: 'gp-doc-required-items',
  allRejected: 'gp-void-grounds',
  resultInvalid: 'gp-challenge-outcomes',
  lateBid: 'gp-reject-late',
  lateWithdrawal: 'gp-bid-supplement-withdraw',
  unsealedBid: 'gp-reject-late',
  incompleteBid: 'gp-reject-late',
  openingObjection: 'gp-opening-query-onspot',
  openingRecord: 'gp-opening-record',
  committeeNotAtOpening: 'gp-eval-not-at-opening',
  absentAtOpening: 'gp-opening-absent-accept',
  contractTerms: 'gp-contract-no-change',
  contractSuspension: 'gp-challenge-suspend-contract',
  openingPause: 'gp-complaint-suspend-effect',
  agencyMandate: 'gp-agency-mandate',
  purchaserNotBid: 'gp-recusal-3y',
  agencyNotBid: 'gp-agency-not-bid',
  relatedBidders: 'gp-related-suppliers',
  deemedCollusion: 'gp-deemed-collusion',
} as const satisfies ProcedureRules;

/**
 * 财政部令87号 18 counts the five working days from the notice, 条例 31 from the issue of the documents. In practice notices
 * start to issue on the day after the notice and count that day, which meets the first count and is one day short of
 * the second; the first binds, the second advises, and a proposed end meets both.
 */
const SECOND_COUNT: Bilingual = {
  zh: '自招标文件开始发出之日起算（开始当日不计）的口径更严，实务多自公告之日起算，仅作提示',
  en: 'the stricter count, from the issue of the documents; practice counts from the notice, so this one only advises',
};

/** 公开招标 under 政府采购法, from intention to archive. */
export const GOVERNMENT_OPEN_TENDER: Procedure = {
  regime: 'government',
  procedure: 'open-tender',
  scope: 'gp_open',
  words: GOVERNMENT_TENDER_WORDS,
  entry: { by: 'notice' },
  offers: { replaceable: true },
  publicOpening: true,
  evaluation: {
    methods: ['lowest-evaluated', 'comprehensive'],
    rule: 'gp-methods',
    stated: { rule: 'gp-doc-items-reg' },
    order: { comprehensive: 'gp-ranking-tie' },
    equalScores: 'price',
    // (三) 资格, (四) 报价超过预算金额或者最高限价.
    rejection: { rule: 'gp-invalid-grounds', deposit: 1, unqualified: 3, onlyOverPrice: 4 },
    overPrice: { rule: 'gp-invalid-grounds', budget: true },
    correction: {
      ...{ rule: 'gp-price-correction', steps: ['opening-list', 'words', 'decimal', 'sum'] },
      unconfirmed: 'invalid',
    },
    scheme: GOVERNMENT_SCHEME,
  },
  committee: {
    ...GOVERNMENT_COMMITTEE,
    random: 'gp-expert-random',
    direct: { rule: 'gp-expert-self-selected', needs: 'consent' },
    secret: 'gp-committee-secret',
    purchaserNotLeader: 'gp-committee-leader',
    replacement: { rule: 'gp-committee-replacement' },
    shortfall: 'gp-committee-replacement',
    bars: { ...GOVERNMENT_COMMITTEE.bars, purchaser: 'gp-expert-own-unit-87', again: 'gp-recommittee-bar' },
  },
  contract: {
    ...GOVERNMENT_CONTRACT,
    contents: {
      rule: 'gp-contract-fields',
      terms: ['subjectZh', 'quantity', 'quality', 'period', 'place', 'acceptance', 'breachZh', 'disputesZh'],
    },
    payment: {
      ...GOVERNMENT_CONTRACT.payment,
      smallFirm: { period: 'gp-pay-sme', most: 'gp-pay-sme-max', interest: 'gp-pay-sme-late-interest' },
    },
  },
  notices: ['tender', 'opening-record', 'award', 'contract'],
  noticeContents: { tender: governmentTender, award: governmentAward },
  corrections: governmentCorrections(RULES, {
    periods: ['award-notice-end', 'query-result-end'],
    rules: { award: 'gp-award-fields-87', 'lot-failed': 'gp-void-notify', termination: RULES.termination },
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
      key: 'notice-end',
      counts: [{ rule: RULES.noticePeriod, from: 'notice', effect: 'ends' }],
      otherwise: 'end',
      window: true,
    },
    { key: 'documents-from', otherwise: { at: 'notice' }, window: true },
    {
      key: 'documents-until',
      counts: [
        { rule: RULES.documents, from: 'notice', effect: 'earliest', compare: 'day' },
        {
          rule: RULES.documentsFromIssue,
          from: 'documents-from',
          effect: 'earliest',
          compare: 'day',
          advisory: SECOND_COUNT,
        },
      ],
      otherwise: { officeHour: 17, notBefore: ['documents-from'] },
      proposed: true,
      window: true,
    },
    {
      key: 'objection-documents-end',
      // 条例53, 94令11: from obtaining the documents or the end of the notice period, whichever is later for the supplier.
      counts: [{ rule: RULES.objectionDocuments, from: { later: ['notice-end', 'documents-until'] }, effect: 'ends' }],
      otherwise: 'latest-end',
      window: true,
      ifNobodyActs: QUERIES_LAPSE,
    },
    {
      key: 'bid-deadline',
      counts: [{ rule: RULES.bidPreparation, from: 'documents-from', effect: 'earliest' }],
      otherwise: { officeHour: 9, notBefore: ['documents-from', 'documents-until'], as: 'opening' },
      proposed: true,
      ifNobodyActs: {
        zh: '逾期送达的投标文件不予接收；投标人不足法定家数的，不得开标（87令41）',
        en: 'Later bids are not taken; with too few bidders there is no opening (87令 art. 41)',
      },
    },
    {
      key: 'amendment-latest',
      counts: [{ rule: RULES.amendment, from: 'bid-deadline', effect: 'latest' }],
      otherwise: 'latest',
      window: true,
      ifNobodyActs: {
        zh: '此后的澄清、修改可能影响投标文件编制的，应当顺延提交投标文件的截止时间（条例31）',
        en: 'Later amendments that affect the bids must move the deadline (条例 art. 31)',
      },
    },
    {
      key: 'opening',
      counts: [{ rule: RULES.opening, from: 'bid-deadline', effect: 'exact' }],
      otherwise: 'earliest',
      proposed: true,
    },
    {
      key: 'committee',
      // The window of the draw; that nobody is left to evaluate stops the evaluation.
      counts: [{ rule: 'gp-expert-draw-window', from: 'opening', effect: 'earliest' }],
      otherwise: { at: 'opening' },
      ifNobodyActs: {
        zh: '评标委员会不能及时补足的，停止评标活动，封存投标文件，重新组建（87令49）',
        en: 'A committee that cannot be completed in time: the evaluation stops, and another is made (87令 art. 49)',
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
        zh: '采购人逾期未确定中标人又不能说明合法理由的，视同确定排名第一的中标候选人为中标人（87令68）',
        en: 'The first-ranked candidate is deemed to be the winner unless there is a lawful reason (87令 art. 68)',
      },
    },
    duty('award-notice', 'award', RULES.awardAnnounce),
    {
      key: 'award-notice-end',
      counts: [{ rule: RULES.awardNoticePeriod, from: 'award-notice', effect: 'ends' }],
      otherwise: 'end',
      window: true,
    },
    {
      key: 'query-result-end',
      counts: [{ rule: RULES.resultGrievance, from: 'award-notice-end', effect: 'ends' }],
      otherwise: 'latest-end',
      window: true,
      ifNobodyActs: QUERIES_LAPSE,
    },
    ...afterAwardNotice(RULES),
  ],
  stages: governmentStages(RULES, GOVERNMENT_TENDER_WORDS),
  acts: governmentActs(RULES, {
    ...{ recheck: 'gp-rereview-grounds', 'refuse-award': 'gp-award-binding' },
    'replace-winner': 'gp-refuse-sign-next',
  }),
  termination: {
    grounds: ['task-cancelled'],
    rule: RULES.termination,
    zh: '除因重大变故采购任务取消外，不得终止招标',
    en: 'only a major change that cancels the task does',
  },
  grievances: {
    kind: 'query',
    // A query suspends only the signing of the contract (政府采购法实施条例 54).
    suspends: 'contract',
    letter: {
      rule: 'gp-challenge-letter-fields',
      evidence: 'gp-challenge-evidence',
      authorisation: 'gp-proxy-authorisation',
      authorised: 'gp-proxy-submit',
      notRefused: 'gp-challenge-no-refusal',
    },
    replyContents: 'gp-challenge-reply-fields',
    complaint: {
      rule: 'gp-complaint-file',
      from: 'reply-end',
      zh: '对答复不满意，或者采购人、采购代理机构未在规定时间内作出答复的，可以向财政部门提起投诉',
      en: 'Who is not satisfied, or was not answered in time, may complain to the finance department',
    },
    documents: {
      rule: RULES.objectionDocuments,
      who: 'gp-challenge-docs-who',
      reply: RULES.objectionDocumentsReply,
      suspends: 'contract',
      suspension: RULES.contractSuspension,
      // A query may come after the opening: it runs from when the supplier obtained the documents (财政部令94号 11).
      stages: ['bidding', 'opening', 'evaluation'],
      fromObtaining: true,
    },
    result: {
      rule: RULES.resultGrievance,
      who: 'gp-challenge-who',
      reply: RULES.resultGrievanceReply,
      suspends: 'contract',
      suspension: RULES.contractSuspension,
      window: 'query-result-end',
      stage: 'contract',
    },
  },
  otherThanFirst: AWARD_GROUNDS,
  recheck: {
    // 87令 64: nobody changes a result on another ground.
    grounds: {
      sum: { rule: 'gp-rereview-sum', stages: AFTER_REPORT, excludedHere: true },
      range: { rule: 'gp-rereview-range', stages: AFTER_REPORT, about: 'marks', excludedHere: true },
      objective: { rule: 'gp-rereview-objective', stages: AFTER_REPORT, about: 'marks', excludedHere: true },
      outlier: { rule: 'gp-rereview-outlier', stages: AFTER_REPORT, about: 'marks', found: true },
    },
    only: 'gp-rereview-grounds',
    onGrievance: 'gp-rereview-on-challenge',
    suspends: RECHECK_SUSPENDS,
    report: 'gp-rereview-report',
  },
  replacement: {
    grounds: { declined: 'gp-refuse-sign-next', 'unlawful-conduct': 'gp-challenge-outcome-process' },
    rule: 'gp-refuse-sign-next',
    keepsDeposit: {},
    enough: { 'unlawful-conduct': 'gp-challenge-outcome-process' },
    report: 'gp-challenge-outcomes',
  },
  deposits: {
    invalidWithout: 'gp-invalid-grounds',
    before: 'gp-bid-bond-deadline',
    forms: 'gp-bond-noncash',
    forfeit: { 'withdrawn-after-deadline': 'gp-bid-revoke-bond', 'as-documents-say': 'gp-doc-required-items' },
    sharedAccount: 'gp-deemed-collusion',
    // 孳息 after a termination (财政部令87号 29), 超期资金占用费 for each day late (38).
    interest: { termination: 'gp-termination-refund', late: 'gp-bond-late-interest' },
  },
  failure: {
    rule: 'gp-failed-tender-handling',
    next: [
      {
        action: 'retender',
        zh: '招标文件存在不合理条款或者招标程序不符合规定的，改正后依法重新招标',
        en: 'Where the documents or the procedure were at fault: put them right and tender again',
      },
      {
        action: 'change-of-method',
        zh: '招标文件没有不合理条款、招标程序符合规定，需要采用其他采购方式的，依法报财政部门批准',
        en: 'Where they were not: another method, with the approval of the finance department',
      },
    ],
  },
};
