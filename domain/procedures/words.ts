/** The words of a procedure (采购方式) in its notices and messages. English has the same words for all of them. */
export interface ProcedureWords {
  /** 中标, 成交. */
  readonly award: string;
  /** 中标人, 成交供应商. */
  readonly winner: string;
  /** 招标失败, 废标, 终止: of a lot that cannot go on. */
  readonly failure: string;
  /** 异议, 质疑. */
  readonly grievance: string;
  /** 招标, 采购: what is done with a project or a lot. */
  readonly tendering: string;
  /** 重新招标（采购）: what is ordered where a result does not stand. */
  readonly again: string;
  /** 招标投标活动, 采购活动. */
  readonly activity: string;
  /** The notice that begins it: 招标公告, 投标邀请书. */
  readonly notice: { readonly zh: string; readonly en: string };
  /** 招标文件, 询价通知书. */
  readonly documents: string;
  /** 投标文件, 响应文件. */
  readonly bid: string;
  /** 投标, 响应: before 截止时间, 有效期, 报价. */
  readonly bidding: string;
  /** 投标人, 供应商. */
  readonly bidder: string;
  /** 投标保证金, 保证金. */
  readonly deposit: string;
  /** 招标人, 采购人. */
  readonly purchaser: string;
  /** 开标, 响应文件开启. */
  readonly opening: string;
  /** 评标, 评审. */
  readonly evaluation: string;
  /** 评标委员会, 询价小组. */
  readonly committee: string;
  /** 标段, 包: what is awarded separately. */
  readonly lot: string;
  /** How the sections of what it begins with are headed, as in the official forms. */
  readonly headings: CallHeadings;
}

interface CallHeadings {
  /** 招标条件: where the funds come from, in a section of its own; null where the project has it. */
  readonly conditions: string | null;
  readonly project: string;
  readonly qualifications: string;
  readonly documents: string;
  readonly submission: string;
  /** Whom to ask, also in later notices. */
  readonly contacts: string;
}

/** As in the notices of 标准施工招标文件. */
const TENDERING_HEADINGS: CallHeadings = {
  conditions: '招标条件',
  project: '项目概况与招标范围',
  qualifications: '投标人资格要求',
  documents: '招标文件的获取',
  submission: '投标文件的递交与开标',
  contacts: '联系方式',
};

/** As in 政府采购公告和公示信息格式规范（2020年版）. */
const GOVERNMENT_HEADINGS: CallHeadings = {
  conditions: null,
  project: '项目基本情况',
  qualifications: '申请人的资格要求',
  documents: '获取招标文件',
  submission: '提交投标文件截止时间、开标时间和地点',
  contacts: '凡对本公告内容提出询问，请按以下方式联系',
};

/** What every tender has in common (招标). */
const TENDER = {
  award: '中标',
  winner: '中标人',
  tendering: '招标',
  again: '重新招标（采购）',
  activity: '招标投标活动',
  notice: { zh: '招标公告', en: 'tender notice' },
  documents: '招标文件',
  bid: '投标文件',
  bidding: '投标',
  bidder: '投标人',
  deposit: '投标保证金',
  opening: '开标',
  evaluation: '评标',
  committee: '评标委员会',
} as const;

/** 招标投标法. */
export const TENDERING_WORDS: ProcedureWords = {
  ...TENDER,
  failure: '招标失败',
  grievance: '异议',
  purchaser: '招标人',
  lot: '标段',
  headings: TENDERING_HEADINGS,
};

/** 政府采购法, 财政部令87号. */
export const GOVERNMENT_TENDER_WORDS: ProcedureWords = {
  ...TENDER,
  failure: '废标',
  grievance: '质疑',
  purchaser: '采购人',
  lot: '包',
  headings: GOVERNMENT_HEADINGS,
};

/** 财政部令74号: neither a tender nor bids. */
export const INQUIRY_WORDS: ProcedureWords = {
  award: '成交',
  winner: '成交供应商',
  failure: '采购终止',
  grievance: '质疑',
  tendering: '采购',
  again: '重新采购',
  activity: '采购活动',
  notice: { zh: '询价通知书', en: 'letter of inquiry' },
  documents: '询价通知书',
  bid: '响应文件',
  bidding: '响应',
  bidder: '供应商',
  deposit: '保证金',
  purchaser: '采购人',
  opening: '响应文件开启',
  evaluation: '评审',
  committee: '询价小组',
  lot: '包',
  headings: {
    ...GOVERNMENT_HEADINGS,
    documents: '获取询价通知书',
    submission: '提交响应文件截止时间、开启时间和地点',
  },
};

/** Where it begins with invitations. */
export const INVITATION = { zh: '投标邀请书', en: 'invitation to bid' } as const;

/** Where the procedure does not matter, or is one of several. */
export const ANY_TENDER_WORDS: ProcedureWords = {
  ...TENDER,
  failure: '招标失败（废标）',
  grievance: '异议（质疑）',
  purchaser: '招标人（采购人）',
  lot: '标段（包）',
  headings: TENDERING_HEADINGS,
};
