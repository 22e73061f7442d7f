import type { Kind, Procedure, TenderRegime } from '../law/facts.ts';
import { citeEn, citeZh, type Rule } from '../law/rule.ts';
import { getRule, type RuleId } from '../law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../law/violation.ts';
import { findProcedure, tenderOf } from '../procedures/index.ts';
import { ANY_TENDER_WORDS, type ProcedureWords } from '../procedures/words.ts';
import { evaluationOf, type Evaluated } from './evaluation.ts';
import { NOTICE_KINDS, noticeName, type NoticeKind } from './kinds.ts';
import { particularsIn, type ParticularKey, type Particulars } from './particulars.ts';

/** The facts of a tender that decide what its notice must contain. */
export interface NoticeSubject {
  readonly regime: TenderRegime;
  readonly procedure: Procedure;
  readonly kind: Kind;
  /** 依法必须招标: 10号令 5 and 6 apply to such tenders only; for others they advise. */
  readonly mandatory: boolean;
  readonly agencyId: string | null;
}

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
const CONSTRUCTION = 'works-notice-fields-construction';
const TENDER_RECALLED = 'ann-tender-fields';
const CANDIDATES_RECALLED = 'ann-candidate-fields';
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

function tenderingTender(words: ProcedureWords): readonly ContentField[] {
  const { PURCHASER, DOCUMENTS_FROM, DOCUMENTS_UNTIL, BID_DEADLINE } = sharedIn(words);
  const particular = particularIn(words);
  return [
    { ...TITLE, rules: [TENDER_RECALLED] },
    { ...PURCHASER, rules: [LAW, CONSTRUCTION, TENDER_RECALLED] },
    particular('purchaserAddress', [LAW, CONSTRUCTION, TENDER_RECALLED]),
    particular('purchaserContact', [TENDER_RECALLED]),
    particular('purchaserTelephone', [TENDER_RECALLED]),
    { ...AGENCY, rules: [TENDER_RECALLED] },
    particular('agencyAddress', [TENDER_RECALLED]),
    particular('agencyContact', [TENDER_RECALLED]),
    particular('agencyTelephone', [TENDER_RECALLED]),
    particular('nature', [LAW]),
    { key: 'contentZh', zh: `${words.tendering}内容`, en: 'what is tendered', rules: [CONSTRUCTION, TENDER_RECALLED] },
    particular('scope', [TENDER_RECALLED]),
    particular('scale', [CONSTRUCTION, TENDER_RECALLED]),
    particular('quantity', [LAW]),
    particular('fundingSource', [CONSTRUCTION, TENDER_RECALLED]),
    particular('place', [LAW, CONSTRUCTION]),
    particular('period', [LAW, CONSTRUCTION]),
    particular('qualifications', [CONSTRUCTION, TENDER_RECALLED]),
    particular('consortium', [TENDER_RECALLED]),
    particular('documentsMethod', [LAW, TENDER_RECALLED]),
    particular('documentsPlace', [CONSTRUCTION]),
    { ...DOCUMENTS_FROM, rules: [CONSTRUCTION, TENDER_RECALLED] },
    { ...DOCUMENTS_UNTIL, rules: [CONSTRUCTION, TENDER_RECALLED] },
    particular('documentsPriceFen', [CONSTRUCTION]),
    { ...BID_DEADLINE, rules: [TENDER_RECALLED] },
    particular('submissionMethod', [TENDER_RECALLED]),
    particular('platform', [TENDER_RECALLED]),
  ];
}

function governmentTender(words: ProcedureWords): readonly ContentField[] {
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

const candidate = (key: string, zh: string, en: string): ContentField => ({
  key: `candidates[].${key}`,
  zh,
  en,
  rules: [CANDIDATES_RECALLED],
  given: `candidates[].${key}`,
});

function tenderingCandidates(words: ProcedureWords): readonly ContentField[] {
  const { award, bidding, documents, evaluation } = words;
  const particular = particularIn(words);
  return [
    { key: 'candidates', zh: `${award}候选人`, en: 'the candidates', rules: [CANDIDATES_RECALLED] },
    candidate('rank', `${award}候选人排序`, "candidate's rank"),
    {
      key: 'candidates[].supplier',
      zh: `${award}候选人名称`,
      en: "candidate's name",
      rules: [CANDIDATES_RECALLED],
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
    particular('objectionChannel', [CANDIDATES_RECALLED]),
  ];
}

const item = (key: string, zh: string, en: string): ContentField => ({
  key: `items[].${key}`,
  zh: `主要标的的${zh}`,
  en: `${en} of a main item`,
  rules: [AWARD],
  given: `candidates[].items[].${key}`,
});

function governmentAward(words: ProcedureWords): readonly ContentField[] {
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
      rules: [AWARD],
      given: 'documents',
    },
  ];
}

type Lists = Readonly<Partial<Record<NoticeKind, (words: ProcedureWords) => readonly ContentField[]>>>;

/** By regime and kind of notice. For a kind that is not listed the law has no list. */
const NOTICE_CONTENTS: Readonly<Record<TenderRegime, Lists>> = {
  tendering: {
    tender: tenderingTender,
    // 30号令 14 requires the same of 投标邀请书.
    invitation: tenderingTender,
    candidates: tenderingCandidates,
    award: ({ winner }) => [{ key: 'winner', zh: `${winner}名称`, en: "winner's name", rules: ['ann-award-fields'] }],
  },
  government: { tender: governmentTender, award: governmentAward },
};

/** What the law requires in a notice, in the words of a procedure. */
export const contentFields = (regime: TenderRegime, kind: NoticeKind, words: ProcedureWords): readonly ContentField[] =>
  NOTICE_CONTENTS[regime][kind]?.(words) ?? [];

const wordsOf = (subject: NoticeSubject): ProcedureWords => findProcedure(subject)?.words ?? ANY_TENDER_WORDS;

/** Whether a procurement of this procedure has such a notice: it begins with a tender notice or with invitations. */
function hasNotice(kind: NoticeKind, subject: NoticeSubject): boolean {
  if (kind !== 'tender' && kind !== 'invitation') return true;
  return (findProcedure(subject) ?? tenderOf(subject.regime)).notices.includes(kind);
}

/** Ids of RECALLED rules that the installation confirms: they block. */
type Confirmed = ReadonlySet<string> | undefined;

/** Whether the law has a list of what a notice of this kind must contain. */
export const hasContentList = (kind: NoticeKind): boolean =>
  Object.values(NOTICE_CONTENTS).some((lists) => lists[kind] !== undefined);

/** The missing content of a notice, each with the article that requires it; RECALLED lists warn. */
export function missingContents(
  kind: NoticeKind,
  subject: NoticeSubject,
  content: Readonly<Record<string, unknown>>,
  confirmed?: Confirmed,
): Violation[] {
  return contentFields(subject.regime, kind, wordsOf(subject)).flatMap((field) =>
    missing(kind, field, field.key, subject, content, confirmed),
  );
}

/**
 * What a draft lacks for its notices, the later ones (候选人公示, 结果公告) included.
 * @param given `documents`: the number of tender documents; absent: not checked, as for a draft that is not saved
 */
export function missingParticulars(
  subject: NoticeSubject,
  given: { readonly particulars: Particulars; readonly documents?: readonly unknown[] },
  confirmed?: Confirmed,
): Violation[] {
  const asked = ({ given: path }: ContentField): boolean =>
    path?.startsWith('particulars.') === true || (path === 'documents' && given.documents !== undefined);
  return firstOfEach(inLists(subject, asked, given, confirmed));
}

/** What an evaluation report lacks for the notices that follow from it. */
export function missingInReport(
  subject: NoticeSubject,
  report: { readonly candidates: readonly (object & Evaluated)[] },
  confirmed?: Confirmed,
): Violation[] {
  const asked = ({ given: path }: ContentField): boolean => path?.startsWith('candidates[]') === true;
  const candidates = report.candidates.map((each) => ({ ...each, evaluationZh: evaluationOf(each) }));
  return firstOfEach(inLists(subject, asked, { candidates }, confirmed));
}

function inLists(
  subject: NoticeSubject,
  asked: (field: ContentField) => boolean,
  source: object,
  confirmed: Confirmed,
): Violation[] {
  const words = wordsOf(subject);
  return NOTICE_KINDS.filter((kind) => hasNotice(kind, subject)).flatMap((kind) =>
    contentFields(subject.regime, kind, words)
      .filter(asked)
      .flatMap((field) => missing(kind, field, field.given ?? field.key, subject, source, confirmed)),
  );
}

/** What two notices require is reported once, for the stricter one. */
function firstOfEach(violations: readonly Violation[]): Violation[] {
  const byField = new Map<string, Violation>();
  for (const violation of violations) {
    const held = byField.get(violation.field);
    if (!held || (held.severity === 'warn' && violation.severity === 'block')) byField.set(violation.field, violation);
  }
  return [...byField.values()];
}

function missing(
  kind: NoticeKind,
  field: ContentField,
  path: string,
  subject: NoticeSubject,
  source: object,
  confirmed: Confirmed,
): Violation[] {
  if (field.withAgency && subject.agencyId === null) return [];
  const [rule, ...others] = field.rules
    .filter((id) => applies(id, subject))
    .map((id) => getRule(id))
    .sort((a, b) => rankOf(a, confirmed) - rankOf(b, confirmed));
  if (!rule) return [];
  const name = noticeName(kind, wordsOf(subject));
  const alsoZh = others.map((other) => citeZh(other)).join('、');
  const alsoEn = others.map((other) => citeEn(other)).join(', ');
  return absentIn(source, path).map((where) =>
    breachOf(rule, advises(rule, subject) ? 'warn' : severityOf(rule, confirmed), {
      field: where,
      given: null,
      messageZh: `${name.zh}应当载明${field.zh}，未填写${alsoZh && `；另见${alsoZh}`}`,
      messageEn: `The ${name.en} must state: ${field.en}; it is not given${alsoEn && `; see also ${alsoEn}`}`,
    }),
  );
}

/** A rule for other procedures asks nothing of this one, and 30号令 is for construction. */
const applies = (id: RuleId, subject: NoticeSubject): boolean =>
  getRule(id).appliesTo.includes((findProcedure(subject) ?? tenderOf(subject.regime)).scope) &&
  (id !== CONSTRUCTION || subject.kind === 'works');

/** 10号令 binds tenders that are mandatory. */
const advises = ({ law }: Rule, { mandatory }: NoticeSubject): boolean => law === '10号令' && !mandatory;

const rankOf = (rule: Rule, confirmed: Confirmed): number => (severityOf(rule, confirmed) === 'block' ? 0 : 1);

/** The places of a path without a value: null, a blank text, an empty list. Zero is a value. */
function absentIn(source: unknown, path: string, at = ''): string[] {
  const [, name = '', list, rest = ''] = /^([^.[]+)(\[\])?\.?(.*)$/.exec(path) ?? [];
  const value = (source as Readonly<Record<string, unknown>>)[name];
  const here = at === '' ? name : `${at}.${name}`;
  if (!list && rest !== '') return absentIn(value ?? {}, rest, here);
  if (list) {
    return Array.isArray(value) ? value.flatMap((each, index) => absentIn(each, rest, `${here}[${index}]`)) : [];
  }
  const given =
    typeof value === 'string'
      ? value.trim() !== ''
      : Array.isArray(value)
        ? value.length > 0
        : value !== null && value !== undefined;
  return given ? [] : [here];
}
