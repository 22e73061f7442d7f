// 合同主要条款, as people state them.

/** 主要标的: an item of what is bought. */
export interface AwardItem {
  name: string;
  specification?: string | undefined;
  quantity?: string | undefined;
  unitPriceFen?: number | undefined;
  service?: string | undefined;
}

/** What a payment waits for. */
export const PAYMENT_EVENTS = ['signing', 'delivery', 'acceptance'] as const;

/** 分期付款. */
export interface Instalment {
  no: number;
  nameZh: string;
  amountFen: number;
  after: (typeof PAYMENT_EVENTS)[number];
  /** Agreed period from that event, in calendar days; null: none is agreed. */
  days: number | null;
}

/** 履约验收方案 (财库〔2021〕22号 24): 主体、时间、方式、程序、内容和验收标准. */
export interface AcceptancePlan {
  bodyZh: string;
  /** Agreed period from the delivery, in calendar days. */
  withinDays: number;
  methodZh: string;
  procedureZh: string;
  contentZh: string;
  standardZh: string;
}

export interface ContractTerms {
  /** 标的. */
  subjectZh?: string | undefined;
  /** 主要标的, item by item. */
  items: AwardItem[];
  quantity?: string | undefined;
  quality?: string | undefined;
  /** 履行期限. */
  period?: string | undefined;
  place?: string | undefined;
  projectLead?: string | undefined;
  acceptance?: AcceptancePlan | undefined;
  /** 质量保修范围和保修期. */
  warrantyZh?: string | undefined;
  /** 违约责任. */
  breachZh?: string | undefined;
  /** 解决争议的方法. */
  disputesZh?: string | undefined;
  payments: Instalment[];
  /** The bond goes back within so many calendar days of the acceptance; null: no period is agreed. */
  bondReleaseDays: number | null;
  /** The supplier is a small or medium firm (中小企业), and must be paid as one: so it is where its bid declared it. */
  smallFirm: boolean;
  /** It says of itself that it is 中小企业预留合同; absent: not stated. */
  reservedLabel?: boolean | undefined;
  /** 约定的逾期利率, in millionths a day, and 1年期贷款市场报价利率 of the signing, in millionths a year; absent: that of the law. */
  lateInterest?: { dailyPpm: number; lprPpm: number | null } | null | undefined;
  /** 政府向社会公众提供的公共服务项目 (政府采购法实施条例 45). */
  publicService: boolean;
  /** Why a term is in other words than in the documents or the bid. */
  explanations: { field: string; reasonZh: string }[];
}

/** Terms as people type them: whether the supplier is a small firm the platform knows where its bid declared it. */
export type TypedTerms = Omit<ContractTerms, 'smallFirm'> & { smallFirm?: boolean | undefined };

/** The terms that a law may ask for. */
export type TermKey =
  'subjectZh' | 'quantity' | 'quality' | 'period' | 'place' | 'acceptance' | 'warrantyZh' | 'breachZh' | 'disputesZh';

/** A term in other words than the documents or the bid: explained, and on record. */
export interface Deviation {
  readonly field: string;
  readonly given: string;
  readonly known: string;
  readonly of: 'bid' | 'documents';
  readonly reasonZh: string | null;
}
