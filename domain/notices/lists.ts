import type { RuleId } from '../law/rulebook.ts';
import type { ProcedureWords } from '../procedures/words.ts';
import type { NoticeKind } from './data.ts';
import { particularsIn, type ParticularKey } from './particulars.ts';

/** One thing that the law requires in a notice. */
export interface ContentField {
  /**
   * Its path in the notice's content; `items[].name` of each item. A path through an empty list finds nothing: the
   * list has a field of its own.
   */
  readonly key: string;
  readonly zh: string;
  readonly en: string;
  /** The rules that require it. */
  readonly rules: readonly RuleId[];
  /**
   * Where people enter it: `particulars.…` or `documents` before the launch, `candidates[].…` with the evaluation
   * report. Absent: the platform knows it.
   */
  readonly given?: string;
  /** Only where an agency runs the tender. */
  readonly withAgency?: true;
}

const LAW = 'works-notice-fields-law';
/** 30号令 is for construction only. */
export const CONSTRUCTION = 'works-notice-fields-construction';
/** 10号令 is about tenders that must be held. */
const TENDER_10 = 'ann-tender-fields';
const CANDIDATES_10 = 'ann-candidate-fields';
const OPEN = 'gp-open-notice-fields';
const AWARD = 'gp-award-fields';

type Field = (key: ParticularKey, rules: readonly RuleId[]) => ContentField;

function particularIn(words: ProcedureWords): Field {
  const particulars = particularsIn(words);
  return (key, rules) => {
    const { zh, en } = particulars[key];
    const withAgency = key.startsWith('agency') ? ({ withAgency: true } as const) : {};
    return { key, zh, en, rules, given: `particulars.${key}`, ...withAgency };
  };
}

const TITLE = { key: 'title', zh: '项目名称', en: 'name of the project' } as const;
const AGENCY = { key: 'agency', zh: '代理机构名称', en: "agency's name", withAgency: true } as const;
const NOTICE_UNTIL = { key: 'noticeUntil', zh: '公告期限', en: 'how long the notice stands' };

/** The fields that more than one list has. */
const sharedIn = ({ purchaser, documents, bidding }: ProcedureWords) => ({
  PURCHASER: { key: 'purchaser', zh: `${purchaser}名称`, en: "purchaser's name" },
  DOCUMENTS_FROM: { key: 'documentsFrom', zh: `获取${documents}的开始时间`, en: 'from when documents are issued' },
  DOCUMENTS_UNTIL: { key: 'documentsUntil', zh: `获取${documents}的截止时间`, en: 'until when documents are issued' },
  BID_DEADLINE: { key: 'bidDeadline', zh: `${bidding}截止时间`, en: 'bid deadline' },
});

/** 招标公告, 投标邀请书 (招标投标法 16, 30号令 14, 招标投标法实施条例 37, 10号令 5). */
export function tenderingTender(words: ProcedureWords): readonly ContentField[] {
  const { PURCHASER, DOCUMENTS_FROM, DOCUMENTS_UNTIL, BID_DEADLINE } = sharedIn(words);
  const particular = particularIn(words);
  return [
    { ...TITLE, rules: [TENDER_10] },
    { ...PURCHASER, rules: [LAW, CONSTRUCTION, TENDER_10] },
    particular('purchaserAddress', [LAW, CONSTRUCTION, TENDER_10]),
    particular('purchaserContact', [TENDER_10]),
    particular('purchaserTelephone', [TENDER_10]),
    { ...AGENCY, rules: [TENDER_10] },
    particular('agencyAddress', [TENDER_10]),
    particular('agencyContact', [TENDER_10]),
    particular('agencyTelephone', [TENDER_10]),
    particular('nature', [LAW]),
    { key: 'contentZh', zh: `${words.tendering}内容`, en: 'what is tendered', rules: [CONSTRUCTION, TENDER_10] },
    particular('scope', [TENDER_10]),
    particular('scale', [CONSTRUCTION, TENDER_10]),
    particular('quantity', [LAW]),
    particular('fundingSource', [CONSTRUCTION, TENDER_10]),
    particular('place', [LAW, CONSTRUCTION]),
    particular('period', [LAW, CONSTRUCTION]),
    particular('qualifications', [CONSTRUCTION, TENDER_10]),
    particular('consortium', ['works-consortium-stated', TENDER_10]),
    particular('documentsMethod', [LAW, TENDER_10]),
    particular('documentsPlace', [CONSTRUCTION]),
    { ...DOCUMENTS_FROM, rules: [CONSTRUCTION, TENDER_10] },
    { ...DOCUMENTS_UNTIL, rules: [CONSTRUCTION, TENDER_10] },
    particular('documentsPriceFen', [CONSTRUCTION]),
    { ...BID_DEADLINE, rules: [TENDER_10] },
    particular('submissionMethod', [TENDER_10]),
    particular('platform', [TENDER_10]),
  ];
}

/** 公开招标公告 (财政部令87号 13, 19). */
export function governmentTender(words: ProcedureWords): readonly ContentField[] {
  const { PURCHASER, DOCUMENTS_FROM, DOCUMENTS_UNTIL, BID_DEADLINE } = sharedIn(words);
  const particular = particularIn(words);
  return [
    { ...PURCHASER, rules: [OPEN] },
    particular('purchaserAddress', [OPEN]),
    particular('purchaserTelephone', [OPEN]),
    { ...AGENCY, rules: [OPEN] },
    particular('agencyAddress', [OPEN]),
    particular('agencyTelephone', [OPEN]),
    { ...TITLE, rules: [OPEN] },
    { key: 'budgetFen', zh: '预算金额', en: 'budget', rules: [OPEN] },
    particular('requirements', [OPEN]),
    particular('qualifications', [OPEN]),
    particular('consortium', ['gp-consortium-stated']),
    { ...DOCUMENTS_FROM, rules: [OPEN] },
    { ...DOCUMENTS_UNTIL, rules: [OPEN] },
    particular('documentsPlace', [OPEN]),
    particular('documentsMethod', [OPEN]),
    particular('documentsPriceFen', [OPEN]),
    { ...NOTICE_UNTIL, rules: [OPEN] },
    { ...BID_DEADLINE, rules: [OPEN] },
    { key: 'opening', zh: `${words.opening}时间`, en: 'instant of the opening', rules: [OPEN] },
    particular('openingPlace', [OPEN]),
    particular('projectContact', [OPEN]),
    particular('projectTelephone', [OPEN]),
  ];
}

/** 投标邀请书 under 政府采购法 (财政部令87号 19). */
export const governmentInvitation = (words: ProcedureWords): readonly ContentField[] => [
  particularIn(words)('consortium', ['gp-consortium-stated']),
];

const candidate = (key: string, zh: string, en: string): ContentField => ({
  key: `candidates[].${key}`,
  zh,
  en,
  rules: [CANDIDATES_10],
  given: `candidates[].${key}`,
});

/** 中标候选人公示 (10号令 6). */
export function tenderingCandidates(words: ProcedureWords): readonly ContentField[] {
  const { award, bidding, documents, evaluation } = words;
  const particular = particularIn(words);
  return [
    { key: 'candidates', zh: `${award}候选人`, en: 'the candidates', rules: [CANDIDATES_10] },
    candidate('rank', `${award}候选人排序`, "candidate's rank"),
    {
      key: 'candidates[].supplier',
      zh: `${award}候选人名称`,
      en: "candidate's name",
      rules: [CANDIDATES_10],
    },
    candidate('priceFen', `${bidding}报价`, 'bid price'),
    candidate('quality', '质量', 'quality'),
    candidate('period', '工期（交货期）', 'time of performance'),
    candidate('evaluationZh', `${evaluation}情况`, 'how the bid was evaluated'),
    candidate('projectLead', '项目负责人姓名', 'name of the project lead'),
    candidate('leadCertificate', '项目负责人证书名称和编号', "name and number of the project lead's certificate"),
    candidate(
      'qualification',
      `响应${documents}要求的资格能力条件`,
      'how the bidder meets the qualification requirements',
    ),
    particular('objectionChannel', [CANDIDATES_10]),
  ];
}

const item = (key: string, zh: string, en: string): ContentField => ({
  key: `items[].${key}`,
  zh: `主要标的的${zh}`,
  en: `${en} of a main item`,
  rules: [AWARD],
  given: `candidates[].items[].${key}`,
});

/** 中标结果公告, 成交结果公告 (财政部令87号 69). */
export function governmentAward(words: ProcedureWords): readonly ContentField[] {
  const { award, documents } = words;
  const { PURCHASER } = sharedIn(words);
  const particular = particularIn(words);
  return [
    { ...PURCHASER, rules: [AWARD] },
    particular('purchaserAddress', [AWARD]),
    particular('purchaserTelephone', [AWARD]),
    { ...AGENCY, rules: [AWARD] },
    particular('agencyAddress', [AWARD]),
    particular('agencyTelephone', [AWARD]),
    { ...TITLE, rules: [AWARD] },
    particular('projectNumber', [AWARD]),
    { key: 'winner', zh: `${award}供应商名称`, en: "winner's name", rules: [AWARD] },
    {
      key: 'winnerAddress',
      zh: `${award}供应商地址`,
      en: "winner's address",
      rules: [AWARD],
      given: 'candidates[].address',
    },
    { key: 'priceFen', zh: `${award}金额`, en: 'price of the award', rules: [AWARD], given: 'candidates[].priceFen' },
    {
      key: 'items',
      zh: `主要${award}标的`,
      en: 'main items of the award',
      rules: [AWARD],
      given: 'candidates[].items',
    },
    item('name', '名称', 'name'),
    item('specification', '规格型号', 'specification'),
    item('quantity', '数量', 'quantity'),
    item('unitPriceFen', '单价', 'unit price'),
    item('service', '服务要求', 'service requirements'),
    { key: 'committee', zh: '评审专家名单', en: 'names of the evaluators', rules: [AWARD] },
    { ...NOTICE_UNTIL, rules: ['gp-award-notice-period'] },
    {
      key: 'documents',
      zh: `${documents}（随${award}结果同时公告）`,
      en: 'tender documents, announced with the result',
      rules: [AWARD, 'gp-award-docs-published'],
      given: 'documents',
    },
  ];
}

/** By kind of notice, what the law requires in it, in the words of a procedure. */
export type ContentLists = Readonly<Partial<Record<NoticeKind, (words: ProcedureWords) => readonly ContentField[]>>>;

/** 中标结果公示 (10号令 6). */
export const tenderingAward = ({ winner }: ProcedureWords): readonly ContentField[] => [
  { key: 'winner', zh: `${winner}名称`, en: "winner's name", rules: ['ann-award-fields'] },
];
