import type { Acceptance, BondStep, ContractChange, Delivery, Payment } from './contracts/acts.ts';
import type { AwardItem, ContractTerms, Deviation } from './contracts/stated.ts';
import type { StatedScheme } from './evaluation/scheme/statement.ts';

export type { AwardItem } from './contracts/stated.ts';

/**
 * What people decide in a running procurement. A decision is judged once, in the transaction of its request, at that
 * instant, and is final; the workflows read what follows from the database.
 */
export interface DecisionPayloads {
  /** 澄清或修改 (招标投标法实施条例 21, 政府采购法实施条例 31). */
  amend: {
    textZh: string;
    affectsBids: boolean;
    bidDeadline: number | null;
    documentIds: string[];
    /** The notice that it puts right; absent: the one that the tender began with. */
    corrects?: string | null;
    /** 评标办法 of lots, in the place of those before. */
    schemes?: readonly StatedScheme[];
  };
  /** 终止招标 (招标投标法实施条例 31, 财政部令87号 29). */
  terminate: {
    ground: TerminationGround;
    reasonZh: string;
    /** Only these; absent: all that have not ended. */
    lotNos?: number[] | undefined;
  };
  /** 评标报告 (招标投标法 40, 财政部令87号 58). */
  report: ReportPayload;
  /** 确定中标人 (招标投标法实施条例 55, 财政部令87号 68). */
  award: {
    bidId: string;
    /** Why not the first-ranked, and what happened. */
    ground: AwardGround | null;
    reasonZh: string | null;
    /** The same of each candidate ranked between the first and the chosen one. */
    passedOver?: PassedOver[] | undefined;
  };
  /** 复核: what is referred to the committee again (招标投标法实施条例 54, 56; 财政部令87号 64). */
  recheck: Recheck;
  /** 中标人放弃中标、拒绝签订合同: its own statement. */
  'refuse-award': { bidId: string; reasonZh: string };
  /** 取消中标资格 and what follows: the next-ranked, or a new tender (招标投标法实施条例 55; 政府采购法实施条例 49). */
  'replace-winner': WinnerReplaced;
  /** 签订合同 (招标投标法 46, 政府采购法 46). */
  contract: {
    amountFen: number;
    signedAt: number;
    documentId: string | null;
    /** 合同主要条款; absent: only the price is compared, and nothing of the performance is timed. */
    terms?: ContractTerms | undefined;
    /** What it says in other words than the documents or the bid, and why; computed. */
    deviations?: readonly Deviation[] | undefined;
  };
  /** 合同公告 (政府采购法实施条例 50). */
  'publish-contract': { textZh: string; documentId: string | null };
  /** 履约保证金, 工程款支付担保 (招标投标法实施条例 58, 政府采购法实施条例 48, 30号令 62). */
  'performance-bond': BondStep;
  /** 变更, 补充, 中止, 终止 (政府采购法 49, 50). */
  'change-contract': ContractChange;
  /** 交付, 收到发票: what payments are counted from. */
  deliver: Delivery;
  /** 履约验收 (政府采购法 41, 政府采购法实施条例 45). */
  accept: Acceptance;
  /** 支付合同款项 (保障中小企业款项支付条例 9, 财库〔2019〕38号 三). */
  pay: Payment;
  /** A statutory duty done outside the platform and recorded here: filing, written report, deposits returned. */
  duty: { key: DutyKey; noteZh: string | null };
  /** 答复异议 / 质疑. */
  reply: {
    outcome: 'rejected' | 'upheld';
    effect: GrievanceEffect;
    textZh: string;
    /** Of a new evaluation: on which ground, and by when. */
    recheck?: { ground: RecheckGround; dueAt: number } | undefined;
    /** 事实依据, 法律依据. */
    factsZh?: string | undefined;
    lawZh?: string | undefined;
  };
  /** 更正: a published notice is put right by one that names it (招标公告和公示信息发布管理办法 16). */
  correct: CorrectionPayload;
}

export interface CorrectionPayload {
  /** The notice that is corrected. */
  noticeId: string;
  changes: CorrectedField[];
  /** What it has no field for. */
  textZh: string | null;
  reasonZh: string;
  /** The notice that was published. */
  correctionId?: string;
}

/** A field of a notice by its path in the content (`candidates[0].period`), and what it should have stated. */
export interface CorrectedField {
  field: string;
  after: string | number;
}

export type DecisionKind = keyof DecisionPayloads;

export interface ReportPayload {
  /** When the committee ended its evaluation (epoch ms); the delivery limit runs from it. */
  evaluationEndedAt: number;
  committee: { name: string; kind: 'expert' | 'purchaser' }[];
  candidates: Candidate[];
  /** 其他有效投标: valid, and not recommended. */
  others: Valued[];
  rejected: Rejection[];
  /** Whether enough competition is left with fewer than the lawful number (12号令 27: the committee's discretion). */
  competition: 'sufficient' | 'insufficient';
  documentId: string | null;
  /** Of one that follows a recheck: what the committee found. */
  findingZh?: string | null | undefined;
  /** Of one that follows a recheck: what the platform found by comparing it with the report before. */
  recheck?: RecheckResult;
  /** `here`: from the marks that were entered on this platform; `outside`: typed from a report on paper. */
  made?: 'here' | 'outside';
}

/** A valid bid as the committee valued it. */
export interface Valued {
  bidId: string;
  /** The price of the opened bid, or what its corrections made of it. */
  priceFen: number;
  /** 评标价, where preferences or the documents make it another one than the price. */
  evaluatedFen?: number | undefined;
  /** Why, and by how much. */
  evaluatedZh?: string | undefined;
  score: number | null;
  /** 同品牌: the bid of its brand that is recommended in its place (财政部令87号 31). */
  brandBehind?: string | undefined;
  corrections?: PriceCorrection[] | undefined;
  /** That the bidder has confirmed the corrected price: by whom, and when (epoch ms). */
  confirmation?: { by: string; at: number } | undefined;
}

/** 报价修正: a step that the law allows, the price that it leads to, and what was corrected. */
export interface PriceCorrection {
  step: CorrectionStep;
  toFen: number;
  noteZh: string;
}

/**
 * `opening-list`: 开标一览表 before the other parts; `words`: 大写 before 小写; `decimal`: a misplaced point in a unit price, by the total;
 * `sum`: the total by unit prices; `unit-price`: the sum of an item by its unit price.
 */
export const CORRECTION_STEPS = ['opening-list', 'words', 'decimal', 'sum', 'unit-price'] as const;
export type CorrectionStep = (typeof CORRECTION_STEPS)[number];

/** 否决投标, 投标无效. */
export interface Rejection {
  bidId: string;
  /** The item of the article, from 1: domain/procedures. */
  ground: number;
  reasonZh: string;
}

/** 中标候选人. Some fields are optional, but the notices that follow must state them: domain/notices/contents.ts. */
export interface Candidate extends Valued {
  rank: number;
  /** 并列的先后: what orders it among equal bids, where the marks of this platform say so. */
  tieZh?: string | undefined;
  /** 地址. */
  address?: string | undefined;
  quality?: string | undefined;
  /** 工期（交货期）. */
  period?: string | undefined;
  /** 评标情况; absent: the score shows it. */
  evaluationZh?: string | undefined;
  /** 项目负责人 as promised in the bid, and its certificate's name and number. */
  projectLead?: string | undefined;
  leadCertificate?: string | undefined;
  /** 响应招标文件要求的资格能力条件. */
  qualification?: string | undefined;
  /** 主要标的. */
  items?: AwardItem[] | undefined;
  /** 中小企业声明函, published with the result where its preference was used (财库〔2020〕46号 13). */
  smeDeclarationZh?: string | undefined;
}

/**
 * Works: only force majeure (30号令 15). Government: only where a major change cancels the task (87号令 29); an inquiry,
 * where its case no longer applies, or an unlawful act affects fairness (74号令 50).
 */
export const TERMINATION_GROUNDS = ['force-majeure', 'task-cancelled', 'no-longer-fits', 'unfair-conduct'] as const;
export type TerminationGround = (typeof TERMINATION_GROUNDS)[number];

/** Why a candidate other than the first-ranked is chosen (招标投标法实施条例 55). */
export const AWARD_GROUNDS = ['declined', 'force-majeure', 'no-performance-bond', 'unlawful-conduct'] as const;
export type AwardGround = (typeof AWARD_GROUNDS)[number];

/**
 * Why the committee looks again. `grievance`: an objection or a query is referred to it; `circumstances`: a candidate's business or
 * finances changed greatly, or it acted unlawfully, which may impair its performance (招标投标法实施条例 56); `sum`, `range`, `objective`,
 * `outlier`: 财政部令87号 64; `qualification`, `price`: 财政部令74号 21.
 */
export const RECHECK_GROUNDS = [
  'grievance',
  'circumstances',
  'sum',
  'range',
  'objective',
  'outlier',
  'qualification',
  'price',
] as const;
export type RecheckGround = (typeof RECHECK_GROUNDS)[number];

export interface Recheck {
  ground: RecheckGround;
  grievanceId: string | null;
  /** What is looked at again; nothing else of the report may change. */
  bidIds: string[];
  /** Items of the scheme; null: all that the ground is about. */
  items: string[] | null;
  reasonZh: string;
  documentId: string | null;
  /** By when the committee is to have finished (epoch ms). */
  dueAt: number;
  /** The rule that sets it; null: whoever refers it set it. */
  dueRule?: string | null;
}

/** What a recheck made of a report. */
export interface RecheckResult {
  /** The decisions that referred it, and that delivered the report before. */
  recheckId: string;
  formerId: string;
  result: 'kept' | 'changed';
  changes: ReportChange[];
}

/** A bid as two reports have it. */
export interface ReportChange {
  bidId: string;
  before: ReportedBid;
  after: ReportedBid;
}

export interface ReportedBid {
  as: 'candidate' | 'other' | 'rejected';
  rank: number | null;
  priceFen: number | null;
  score: number | null;
}

/** Why a winner loses the award, and what the purchaser chooses. */
export interface WinnerReplaced {
  ground: AwardGround;
  reasonZh: string;
  /** What shows it, where the platform has no record of it. */
  documentId: string | null;
  /** The grievance that was upheld, of `unlawful-conduct`. */
  grievanceId?: string | undefined;
  then: 'next' | 'retender';
  /** Recorded by the platform: who has lost the award, and who has it now. */
  lostBidId?: string;
  nextBidId?: string | null;
  /** Recorded by the platform: what else the law has follow for who has lost it. */
  consequences?: readonly { rule: string; law: string; article: string; zh: string }[];
}

/** A candidate that is ranked before the chosen one, and is not the first. */
export interface PassedOver {
  bidId: string;
  ground: AwardGround;
  reasonZh: string;
}

export const DUTY_KEYS = [
  'contract-filing',
  'written-report',
  'recheck-report',
  'deposits-losers',
  'deposits-winner',
] as const;
export type DutyKey = (typeof DUTY_KEYS)[number];

export const GRIEVANCE_EFFECTS = ['none', 're-evaluate', 'retender'] as const;
export type GrievanceEffect = (typeof GRIEVANCE_EFFECTS)[number];
