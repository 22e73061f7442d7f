import type { StatedScheme } from './evaluation/scheme/statement.ts';
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
  /** 签订合同 (招标投标法 46, 政府采购法 46). */
  contract: { amountFen: number; signedAt: number; documentId: string | null };
  /** 合同公告 (政府采购法实施条例 50). */
  'publish-contract': { textZh: string; documentId: string | null };
  /** A statutory duty done outside the platform and recorded here: filing, written report, deposits returned. */
  duty: { key: DutyKey; noteZh: string | null };
  /** 答复异议 / 质疑. */
  reply: {
    outcome: 'rejected' | 'upheld';
    effect: GrievanceEffect;
    textZh: string;
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

export interface AwardItem {
  name: string;
  specification?: string | undefined;
  quantity?: string | undefined;
  unitPriceFen?: number | undefined;
  service?: string | undefined;
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

/** A candidate that is ranked before the chosen one, and is not the first. */
export interface PassedOver {
  bidId: string;
  ground: AwardGround;
  reasonZh: string;
}

export const DUTY_KEYS = ['contract-filing', 'written-report', 'deposits-losers', 'deposits-winner'] as const;
export type DutyKey = (typeof DUTY_KEYS)[number];

export const GRIEVANCE_EFFECTS = ['none', 're-evaluate', 'retender'] as const;
export type GrievanceEffect = (typeof GRIEVANCE_EFFECTS)[number];
