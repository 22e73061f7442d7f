import { tenderingAward, tenderingCandidates, tenderingTender } from '../notices/lists.ts';
import { AWARD_GROUNDS } from '../decisions.ts';
import { duty, type Procedure, type ProcedureRules } from './procedure.ts';
import { actsOf, stagesOf } from './stages.ts';
import { TENDERING_SCHEME } from './tendering-scheme.ts';
import { TENDERING_WORDS } from './words.ts';

const RULES = {
  documents: 'works-doc-sale-min',
  documentsPrice: 'works-doc-price',
  bidPreparation: 'works-bid-prep-min',
  amendment: 'works-clarify-tender-docs',
  opening: 'works-opening-same-time',
  objectionDocuments: 'works-objection-tender-docs',
  objectionDocumentsReply: 'works-objection-reply-docs',
  minBidders: 'works-min-bidders',
  fewConforming: 'works-lt3-valid-after-rejection',
  committeeMin: 'works-committee-min',
  committeeOdd: 'works-committee-odd',
  committeeExperts: 'works-committee-experts',
  candidatesMax: 'works-candidates-max',
  publicityStart: 'works-candidate-publicity-start',
  publicity: 'works-candidate-publicity-min',
  resultGrievance: 'works-result-objection-window',
  resultGrievanceReply: 'works-result-objection-reply',
  award: 'works-award-rank1',
  awardNotice: 'works-award-notice-losers',
  contract: 'works-contract-sign',
  writtenReport: 'works-written-report',
  writtenReportAlso: 'works-written-report-30ling',
  depositsLosers: 'works-bond-refund-after-contract',
  depositsWinner: 'works-bond-refund-after-contract',
  withdrawalRefund: 'works-withdrawal-refund',
  termination: 'works-termination-refund',
  archive: 'tender-archive-15y',
  bidBondShare: 'works-bid-bond-pct',
  performanceBond: 'works-performance-bond',
  bidValidity: 'works-eval-in-bid-validity',
  bidValiditySet: 'works-bid-validity-set',
  allRejected: 'works-all-rejected-retender',
  resultInvalid: 'works-invalid-81',
  lateBid: 'works-reject-late',
  lateWithdrawal: 'works-withdraw-before-deadline',
  unsealedBid: 'e-encrypt',
  incompleteBid: 'e-incomplete-upload',
  notDecrypted: 'e-decrypt-fault',
  openingObjection: 'works-opening-objection',
  openingPause: 'works-complaint-suspend',
  openingRecord: 'e-opening-record',
  contractInValidity: 'works-contract-in-validity',
  contractTerms: 'works-contract-consistent',
  agencyMandate: 'works-agency-mandate',
  purchaserNotBid: 'works-interested-barred',
  agencyNotBid: 'works-agent-not-bid',
  operatorNotBid: 'e-operator-not-bid',
  relatedBidders: 'works-conflict-bidders',
  deemedCollusion: 'works-deemed-collusion',
} as const satisfies ProcedureRules;

/** 公开招标 under 招标投标法, from notice to archive. */
export const TENDERING_OPEN_TENDER: Procedure = {
  regime: 'tendering',
  procedure: 'open-tender',
  scope: 'works_open',
  words: TENDERING_WORDS,
  entry: { by: 'notice' },
  offers: { replaceable: true },
  publicOpening: true,
  evaluation: {
    methods: ['lowest-evaluated', 'comprehensive'],
    rule: 'works-method-list',
    // What they do not state cannot be used (条例 49); no article that was read asks for it at the launch.
    stated: { rule: 'works-unlisted-criteria', warns: true },
    order: {},
    // (二) 联合体协议, (三) 资格, (五) 低于成本或者高于最高投标限价.
    rejection: { rule: 'works-reject-grounds', consortium: 2, unqualified: 3 },
    overPrice: { rule: 'works-reject-grounds', budget: false },
    correction: { rule: 'works-price-correction', steps: ['words', 'unit-price'], unconfirmed: 'not-binding' },
    scheme: TENDERING_SCHEME,
  },
  committee: {
    random: 'works-expert-random',
    direct: { rule: 'works-special-project', needs: 'reason' },
    secret: 'works-committee-secret',
    beforeOpening: 'works-committee-before-opening',
    moreTime: 'works-eval-time-extension',
    replacement: { rule: 'works-member-replace-grounds', void: 'works-replaced-member-void' },
    shortfall: 'works-member-replace-grounds',
    bars: {
      qualification: 'works-expert-qualification',
      kin: 'works-bar-kin',
      interest: 'works-bar-interest',
      authority: 'works-bar-authority',
    },
  },
  contract: {
    // 合同的标的、价款、质量、履行期限等主要条款 (招标投标法实施条例 57).
    contents: { rule: RULES.contractTerms, terms: ['subjectZh', 'quality', 'period'] },
    bond: { noMore: 'works30-no-bond-raise', paymentGuarantee: { rule: 'works-payment-guarantee', kinds: ['works'] } },
    changes: {
      rule: RULES.contractTerms,
      kinds: ['variation', 'suspension', 'resumption', 'termination'],
      grounds: ['agreed', 'ruling', 'by-law', 'public-interest'],
    },
    acceptance: {},
    payment: {
      smallFirm: { period: 'gp-pay-sme', most: 'gp-pay-sme-max', interest: 'gp-pay-sme-late-interest' },
    },
  },
  notices: ['tender', 'opening-record', 'candidates', 'award'],
  noticeContents: { tender: tenderingTender, candidates: tenderingCandidates, award: tenderingAward },
  corrections: {
    rule: 'ann-correction-request',
    restarts: {
      // 条例 54: what is right stands public for the whole period before anybody is awarded.
      candidates: {
        from: 'publicity-start',
        milestones: ['publicity-end'],
        stages: ['publicity', 'award'],
        stage: 'publicity',
      },
    },
  },
  rules: RULES,
  milestones: [
    { key: 'intention', otherwise: 'given', window: true },
    { key: 'notice', otherwise: 'given' },
    { key: 'documents-from', otherwise: { at: 'notice' }, window: true },
    {
      key: 'documents-until',
      counts: [
        { rule: RULES.documents, from: 'documents-from', effect: 'earliest', compare: 'day', arguableRoll: true },
      ],
      otherwise: { officeHour: 17, notBefore: ['documents-from'] },
      proposed: true,
      window: true,
    },
    {
      key: 'bid-deadline',
      counts: [{ rule: RULES.bidPreparation, from: 'documents-from', effect: 'earliest', bindsMandatory: true }],
      otherwise: { officeHour: 9, notBefore: ['documents-from', 'documents-until'], as: 'opening' },
      proposed: true,
      ifNobodyActs: {
        zh: '逾期送达的投标文件应当拒收（条例36）；投标人不足法定家数的，不得开标，重新招标（条例44）',
        en: 'Later bids must be refused (条例 art. 36); with too few bidders there is no opening (条例 art. 44)',
      },
    },
    {
      key: 'objection-documents-end',
      counts: [{ rule: RULES.objectionDocuments, from: 'bid-deadline', effect: 'ends' }],
      otherwise: 'end',
      window: true,
      ifNobodyActs: {
        zh: '此后对招标文件的异议不再受理；未提异议的，不得就招标文件投诉（条例60）',
        en: 'Objections to the tender documents lapse, and with them the complaint (条例 art. 60)',
      },
    },
    {
      key: 'amendment-latest',
      counts: [{ rule: RULES.amendment, from: 'bid-deadline', effect: 'latest' }],
      otherwise: 'latest',
      window: true,
      ifNobodyActs: {
        zh: '此后的澄清、修改可能影响投标文件编制的，应当顺延投标截止时间（条例21）',
        en: 'Later amendments that affect the bids must move the deadline (条例 art. 21)',
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
      otherwise: { at: 'opening' },
      ifNobodyActs: {
        zh: '评标委员会成员名单一般应于开标前确定（12号令8）；未组成的，记入审计记录，监督部门可查',
        en: 'The members are usually settled before the opening (12号令 art. 8); that they are not is recorded for the supervisors',
      },
    },
    // Only the bid validity limits the evaluation: projected to the day of the opening.
    { key: 'evaluation-report', otherwise: { endOfDayOf: 'opening' } },
    {
      key: 'publicity-start',
      counts: [{ rule: RULES.publicityStart, from: 'evaluation-report', effect: 'latest', bindsMandatory: true }],
      otherwise: 'latest',
      ifNobodyActs: 'breach',
    },
    {
      key: 'publicity-end',
      counts: [
        { rule: RULES.publicity, from: 'publicity-start', effect: 'earliest', compare: 'day', bindsMandatory: true },
      ],
      otherwise: 'end',
      ifNobodyActs: {
        zh: '公示期内未提出异议的，不得就评标结果投诉（条例60）；招标人应当确定排名第一的中标候选人为中标人（条例55）',
        en: 'Without an objection there is no complaint about the result (条例 art. 60); the first-ranked candidate is to be awarded (条例 art. 55)',
      },
    },
    {
      key: 'award',
      counts: [
        {
          rule: RULES.publicity,
          from: 'publicity-start',
          effect: 'earliest',
          bindsMandatory: true,
          endOf: 'publicity-end',
        },
      ],
      otherwise: { after: 'publicity-end' },
    },
    {
      key: 'award-notice',
      counts: [{ rule: RULES.awardNotice, from: 'award', effect: 'latest' }],
      otherwise: { at: 'award' },
      ifNobodyActs: 'breach',
    },
    {
      key: 'written-report',
      // Two texts count the same duty from two events; the earlier end is kept, both are named.
      counts: [
        { rule: RULES.writtenReport, from: 'award', effect: 'latest', bindsMandatory: true },
        { rule: RULES.writtenReportAlso, from: 'award-notice', effect: 'latest', bindsMandatory: true },
      ],
      otherwise: 'latest',
      ifNobodyActs: 'breach',
    },
    duty('contract', 'award-notice', RULES.contract),
    duty('deposits-losers', 'contract', RULES.depositsLosers),
    duty('deposits-winner', 'contract', RULES.depositsWinner),
    {
      key: 'archive-until',
      counts: [{ rule: RULES.archive, from: 'contract', effect: 'earliest', compare: 'day' }],
      otherwise: 'end',
      window: true,
      atArchive: true,
    },
  ],
  stages: stagesOf(TENDERING_WORDS, {
    opening: RULES.opening,
    report: 'works-report-signature',
    publicity: RULES.publicity,
    award: RULES.award,
    awardZh: '定标',
    contract: RULES.contract,
    performance: { zh: '书面报告、退保证金', en: 'written report, deposits' },
    termination: RULES.termination,
  }),
  acts: actsOf(
    {
      amend: 'works-clarify-law-15',
      terminate: RULES.termination,
      report: 'works-report-signature',
      award: RULES.award,
      contract: RULES.contract,
      'publish-contract': RULES.contract,
      'performance-bond': RULES.performanceBond,
      'change-contract': RULES.contractTerms,
      deliver: RULES.contractTerms,
      accept: RULES.contractTerms,
      pay: RULES.contractTerms,
      duty: RULES.writtenReport,
      reply: RULES.resultGrievanceReply,
      correct: 'ann-correction-request',
      recheck: 'works-capability-recheck',
      'refuse-award': 'works-winner-refuses',
      'replace-winner': RULES.award,
    },
    ['publicity', 'award'],
  ),
  termination: {
    // 30号令 15 knows force majeure only, 条例 31 a termination with refunds.
    grounds: ['force-majeure'],
    disputed: ['task-cancelled'],
    rule: 'works30-no-termination',
    zh: '除不可抗力外，招标公告发布后不得终止招标',
    en: 'after the notice only force majeure ends a tender',
  },
  grievances: {
    kind: 'objection',
    // 条例 22, 54: an objection suspends the activity.
    suspends: 'activity',
    suspensionNotice: 'ann-change-suspend-terminate',
    interested: 'wcomp-who',
    complaint: {
      rule: 'works-complaint-file',
      from: 'knowledge',
      zh: '认为招标投标活动不符合法律、行政法规规定的，可以向有关行政监督部门投诉，异议答复期间不计算在期限内',
      en: 'Who finds the activity unlawful may complain to the supervising department; the time for the reply does not count',
    },
    documents: {
      rule: RULES.objectionDocuments,
      reply: RULES.objectionDocumentsReply,
      suspends: 'bid-deadline',
      suspension: RULES.objectionDocumentsReply,
      stages: ['bidding'],
      fromObtaining: false,
    },
    result: {
      rule: RULES.resultGrievance,
      reply: RULES.resultGrievanceReply,
      suspends: 'publicity-end',
      suspension: RULES.resultGrievanceReply,
      window: 'publicity-end',
      stage: 'publicity',
    },
  },
  otherThanFirst: AWARD_GROUNDS,
  recheck: {
    grounds: {
      // 条例 54: an objection to the result is looked into before it is replied to.
      grievance: { rule: RULES.resultGrievanceReply, stages: ['publicity', 'evaluation'], ofGrievance: true },
      circumstances: { rule: 'works-capability-recheck', stages: ['publicity', 'award'], about: 'review' },
    },
    only: 'works30-award-from-candidates',
    suspends: { publicity: 'publicity-end' },
  },
  replacement: {
    // 条例 55: one after the other, in the order of the candidates, or a new tender.
    grounds: {
      declined: RULES.award,
      'force-majeure': RULES.award,
      'no-performance-bond': RULES.award,
      'unlawful-conduct': RULES.award,
    },
    rule: RULES.award,
    keepsDeposit: { declined: 'contract-refused', 'no-performance-bond': 'contract-refused' },
    consequences: { declined: ['works-winner-refuses'], 'no-performance-bond': ['works-winner-refuses'] },
  },
  deposits: {
    invalidWithout: 'works-major-deviation',
    validity: 'works-bid-bond-validity',
    forms: 'bond-kinds-four',
    forfeit: {
      'withdrawn-after-deadline': 'works-withdraw-before-deadline',
      'not-decrypted': 'e-decrypt-fault',
      'contract-refused': 'works-winner-refuses',
    },
    sharedAccount: 'works-deemed-collusion',
    baseAccount: 'works-bid-bond-base-account',
    caps: { works: 'works-bid-bond-cap-construction', goods: 'goods27-bond-cap', services: 'design2-bond-cap' },
    // With the refund after the contract and after a termination (条例 57, 31); not stated for a withdrawal (35).
    interest: {
      contract: 'works-bond-refund-after-contract',
      termination: 'works-termination-refund',
    },
  },
  failure: {
    rule: RULES.minBidders,
    next: [
      {
        action: 'retender',
        zh: '分析失败原因并采取相应措施后，依法重新招标',
        en: 'Find out why it failed, mend it, and tender again',
      },
    ],
    second: {
      rule: 'works30-second-failure',
      kinds: ['works'],
      action: 'no-tender',
      zh: '重新招标后投标人仍少于三个的：属于必须审批、核准的工程建设项目，报经原审批、核准部门批准后可以不再进行招标；其他工程建设项目，可自行决定不再进行招标',
      en: 'Too few again: with the approval of the authority that approved the project, or of the purchaser’s own choice where none did, it need not be tendered any more',
    },
  },
};
