import { formatInstant, formatMinute, instantOrNull as instant } from '../civil-time.ts';
import { milestoneName } from '../law/milestones.ts';
import type { Bilingual } from '../law/timeline.ts';
import { ANY_TENDER_WORDS, type ProcedureWords } from '../procedures/words.ts';
import type { NoticeData, NoticeKind } from './data.ts';
import { evaluationOf } from './evaluation.ts';
import { openingRecord } from './opening-record.ts';
import { projectContent, type NoticeProject } from './project.ts';

export type { NoticeData, NoticeKind } from './data.ts';

/** The place of a notice. */
export interface NoticePlace {
  /** The name of the project. */
  readonly title: string;
  /** 0: the procurement as a whole. */
  readonly lotNo: number;
  readonly words: ProcedureWords;
  readonly project: NoticeProject;
}

type Content = Readonly<Record<string, unknown>>;

interface NoticeDefinition<K extends NoticeKind> {
  /** What it is called. */
  readonly name: (words: ProcedureWords) => Bilingual;
  /** What it is about: the procurement as a whole, a lot, or one of the two. */
  readonly of: 'procurement' | 'lot' | 'either';
  /** Of which kind the newest notice at its place is corrected by it, where there is one. */
  readonly corrects?: (lotNo: number) => NoticeKind;
  /** How its title ends; absent: by its name. */
  readonly ending?: (data: NoticeData[K], words: ProcedureWords) => string | undefined;
  /** Its title does not say of which lot it is. */
  readonly lotUnnamed?: true;
  readonly content: (data: NoticeData[K], place: NoticePlace) => Content;
}

/** 第1、3标段, 第1包. */
export const lotNumbersZh = (lots: readonly { readonly no: number }[], { lot }: Pick<ProcedureWords, 'lot'>): string =>
  `第${lots.map(({ no }) => no).join('、')}${lot}`;

/** What a procurement begins with: 招标公告, or 投标邀请书, 询价通知书 to invited suppliers only. */
const CALL: NoticeDefinition<'tender' | 'invitation'> = {
  name: ({ notice }) => notice,
  of: 'procurement',
  content: ({ tender, noticeUntil, deposit }, { title, project }) => ({
    ...tender.particulars,
    ...project.parties,
    title,
    regime: tender.regime,
    procedure: tender.procedure,
    kind: tender.kind,
    budgetFen: tender.budgetFen,
    contentZh: tender.contentZh,
    lots: tender.lots.map(({ no, title: lotTitle, budgetFen, bidBondFen, performanceBondPermille }) => ({
      no,
      title: lotTitle,
      budgetFen,
      bidBondFen,
      // A notice of one without it is as it was.
      ...(typeof performanceBondPermille === 'number' ? { performanceBondPermille } : {}),
    })),
    documentsFrom: instant(tender.documentsFrom),
    documentsUntil: instant(tender.documentsUntil),
    noticeUntil: instant(noticeUntil),
    bidDeadline: instant(tender.bidDeadline),
    opening: instant(tender.bidDeadline),
    bidValidityDays: tender.bidValidityDays,
    ...deposit,
    ...(tender.sealing === null ? {} : { sealing: tender.sealing, objectionMinutes: tender.objectionMinutes }),
  }),
};

/** Every kind of notice (公告、公示): its name, its place and how it is made. */
const NOTICES: { readonly [K in NoticeKind]: NoticeDefinition<K> } = {
  tender: CALL,
  invitation: CALL,
  amendment: {
    name: () => ({ zh: '澄清（更正）公告', en: 'amendment' }),
    of: 'either',
    corrects: (lotNo) => (lotNo === 0 ? 'tender' : 'candidates'),
    ending: ({ because }, { award, tendering, opening }) =>
      ({
        documents: undefined,
        resumed: `恢复${tendering}及延期公告`,
        'publicity-resumed': '恢复公示及延期公告',
        rechecked: '恢复公示及延期公告',
        'result-changed': `${award}结果变更公告`,
        'opening-resumed': `恢复${opening}公告`,
        calendar: '时间变更公告',
      })[because],
    content: amendment,
  },
  suspension: {
    name: () => ({ zh: '暂停公告', en: 'notice of a suspension' }),
    of: 'either',
    corrects: (lotNo) => (lotNo === 0 ? 'tender' : 'candidates'),
    content: ({ milestone, before, since, replyDueAt, whyZh, nextZh, law, article }, { words }) => ({
      milestone,
      milestoneZh: milestoneName(milestone, words).zh,
      before: instant(before),
      since: instant(since),
      replyDueAt: instant(replyDueAt),
      whyZh,
      nextZh,
      law,
      article,
    }),
  },
  clarification: {
    name: () => ({ zh: '答疑公告', en: 'answer to a question' }),
    of: 'procurement',
    content: ({ questionId, questionZh, answerZh, affectsBids }) => ({ questionId, questionZh, answerZh, affectsBids }),
  },
  'opening-record': {
    name: ({ opening }) => ({ zh: `${opening}记录`, en: 'record of the opening' }),
    of: 'lot',
    corrects: () => 'opening-record',
    content: openingRecord,
  },
  'lot-failed': {
    name: ({ failure }) => ({ zh: `${failure}公告`, en: 'notice of a failed lot' }),
    of: 'lot',
    content: ({ rule, law, article, reasonZh, reasonEn, nextSteps }) => ({
      rule,
      law,
      article,
      reasonZh,
      reasonEn,
      nextSteps,
    }),
  },
  candidates: {
    name: ({ award }) => ({ zh: `${award}候选人公示`, en: 'publicity of the candidates' }),
    of: 'lot',
    content: ({ candidates, publicityUntil }, { title, project: { parties, particulars, lotTitle } }) => ({
      ...parties,
      title,
      lotTitle,
      objectionChannel: particulars?.objectionChannel,
      supervisor: particulars?.supervisor,
      candidates: candidates
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ bidId: _bidId, items: _items, confirmation: _confirmation, ...candidate }) => ({
          ...candidate,
          evaluationZh: evaluationOf(candidate),
        })),
      publicityUntil: instant(publicityUntil),
    }),
  },
  award: {
    name: ({ award }) => ({ zh: `${award}结果公告`, en: 'notice of the result' }),
    of: 'lot',
    // Another winner, in the place of one that lost the award.
    corrects: () => 'award',
    content: (data, { title, project: { parties, particulars, lotTitle } }) => ({
      ...parties,
      purchaserAddress: particulars?.purchaserAddress,
      purchaserTelephone: particulars?.purchaserTelephone,
      agencyAddress: particulars?.agencyAddress,
      agencyTelephone: particulars?.agencyTelephone,
      projectContact: particulars?.projectContact,
      title,
      projectNumber: particulars?.projectNumber,
      lotTitle,
      winner: data.winner,
      winnerAddress: data.candidate?.address,
      items: data.candidate?.items,
      smeDeclarationZh: data.candidate?.smeDeclarationZh,
      noticeUntil: instant(data.noticeUntil),
      documents: data.documents.map(({ id, name, sha256 }) => ({ id, name, sha256 })),
      priceFen: data.candidate?.priceFen,
      rank: data.candidate?.rank,
      determinedAt: formatInstant(data.determinedAt),
      deemed: data.deemed,
      reasonZh: data.reasonZh,
      // The committee's names are confidential until here and public from here (招标投标法 37, 财政部令87号 69).
      committee: data.committee?.map(({ name }) => name),
      ...(data.recommendations.length > 0 ? { recommendations: data.recommendations } : {}),
    }),
  },
  'grievance-reply': {
    name: ({ grievance }) => ({ zh: `${grievance}答复`, en: 'reply to a grievance' }),
    of: 'either',
    lotUnnamed: true,
    content: ({ target, outcome, effect, replyZh, answered }, { title }) => ({
      ...{ target, outcome, effect, replyZh },
      ...(answered ? { title, ...answeredContent(answered) } : {}),
    }),
  },
  contract: {
    name: () => ({ zh: '合同公告', en: 'notice of the contract' }),
    of: 'lot',
    content: ({ supplier, amountFen, signedAt, textZh, documentId, reserved }) => ({
      supplier,
      amountFen,
      signedAt: instant(signedAt),
      textZh,
      documentId,
      ...(reserved === true ? { reserved } : {}),
    }),
  },
  'contract-change': {
    name: () => ({ zh: '合同变更公告', en: 'notice of a change of the contract' }),
    of: 'lot',
    corrects: () => 'contract',
    content: ({ signedAt, ...data }) => ({ ...data, signedAt: formatInstant(signedAt) }),
  },
  acceptance: {
    name: () => ({ zh: '履约验收结果公告', en: 'notice of the acceptance' }),
    of: 'lot',
    content: ({ acceptedAt, rectifyBy, ...data }) => ({
      ...data,
      acceptedAt: formatInstant(acceptedAt),
      rectifyBy: instant(rectifyBy),
    }),
  },
  termination: {
    name: () => ({ zh: '终止公告', en: 'notice of termination' }),
    of: 'procurement',
    ending: ({ lots = [], inPart }, words) => (inPart ? `${lotNumbersZh(lots, words)}终止公告` : undefined),
    content: ({ ground, reasonZh, law, article, lots = [], inPart = false }) => ({
      ...{ ground, reasonZh, law, article },
      ...(lots.length > 0 ? { lots: lots.map(({ no, title }) => ({ no, title })), inPart } : {}),
    }),
  },
  correction: {
    name: () => ({ zh: '更正公告', en: 'correction of a notice' }),
    of: 'either',
    ending: ({ of }, words) => `${noticeName(of.kind, words).zh}的更正公告`,
    content: ({ of, changes, textZh, reasonZh, law, article, unchanged, periods }) => ({
      of: { ...of, publishedAt: formatInstant(of.publishedAt) },
      changes,
      textZh,
      reasonZh,
      law,
      article,
      ...(Object.keys(unchanged).length > 0 ? { unchanged } : {}),
      ...(periods.length > 0 ? { periods: periods.map((each) => ({ ...each, until: instant(each.until) })) } : {}),
    }),
  },
};

/** In the order of a tender. */
export const NOTICE_KINDS = Object.keys(NOTICES) as readonly NoticeKind[];

/** What a kind is called; a kind of a later release by its key. */
export function noticeName(kind: string, words: ProcedureWords = ANY_TENDER_WORDS): Bilingual {
  const known = NOTICE_KINDS.find((each) => each === kind);
  return known ? NOTICES[known].name(words) : { zh: kind, en: kind };
}

/** A notice ready to be published. */
export interface BuiltNotice {
  readonly titleZh: string;
  readonly content: Content;
  /** It corrects the newest notice of this kind at its place, where there is one. */
  readonly corrects?: NoticeKind;
}

/**
 * Makes a notice of a kind from its data. Its content names the words of its procedure and its project, for those who
 * show it.
 * @throws Error where notices of that kind are not about such a place
 */
export function buildNotice<K extends NoticeKind>(kind: K, place: NoticePlace, data: NoticeData[K]): BuiltNotice {
  const { name, of, ending, lotUnnamed, content, corrects } = NOTICES[kind];
  const { title, lotNo, words, project } = place;
  if (of !== 'either' && (of === 'lot') !== lotNo > 0) throw new Error(`a notice ${kind} of lot ${lotNo}`);
  const lot = lotNo === 0 || lotUnnamed ? '' : lotNumbersZh([{ no: lotNo }], words);
  const own = content(data, place);
  return {
    titleZh: `${title}${lot}${ending?.(data, words) ?? name(words).zh}`,
    content: { ...own, project: projectContent(project, place, 'purchaser' in own), words },
    ...(corrects ? { corrects: corrects(lotNo) } : {}),
  };
}

function amendment(data: NoticeData['amendment'], { words }: NoticePlace): Content {
  switch (data.because) {
    case 'documents':
      return {
        textZh: data.textZh,
        affectsBids: data.affectsBids,
        documentIds: data.documentIds,
        bidDeadlineBefore: formatInstant(data.bidDeadlineBefore),
        bidDeadline: instant(data.bidDeadline),
      };
    case 'resumed':
      return {
        textZh: `对${words.documents}的${words.grievance}已经答复，${words.activity}恢复，${words.bidding}截止时间按暂停的时间顺延。`,
        affectsBids: false,
        documentIds: [],
        bidDeadlineBefore: instant(data.bidDeadlineBefore),
        bidDeadline: formatInstant(data.bidDeadline),
      };
    case 'result-changed':
      return {
        textZh: `经原${words.committee}重新${words.evaluation}，${words.evaluation}结果改变，已公告的${words.award}结果不再有效，将依法另行确定${words.winner}并公告。`,
        affectsBids: false,
        documentIds: [],
      };
    case 'rechecked':
    case 'publicity-resumed':
      return {
        textZh: `${data.because === 'rechecked' ? `原${words.committee}复核后维持${words.evaluation}结果` : `对${words.award}结果的${words.grievance}已经答复`}，公示期继续，截止时间按暂停的时间顺延。`,
        affectsBids: false,
        documentIds: [],
        changes: [
          {
            key: 'publicity-end',
            nameZh: milestoneName('publicity-end', words).zh,
            before: instant(data.before),
            after: instant(data.after),
          },
        ],
      };
    case 'opening-resumed':
      return {
        textZh: `监督部门自 ${formatMinute(data.pausedAt)} 起责令暂停的${words.opening}，已于 ${formatMinute(data.resumedAt)} 恢复；${words.bidding}截止时间不变。`,
        affectsBids: false,
        documentIds: [],
      };
    case 'calendar': {
      const deadline = data.changes.find(({ key }) => key === 'bid-deadline');
      return {
        textZh: `根据${data.sourceZh}，按新的放假安排重新计算法定期限，下列时间顺延；其余时间不变，原定时间不缩短。`,
        reasonZh: data.sourceZh,
        sourceUrl: data.sourceUrl,
        affectsBids: false,
        documentIds: [],
        changes: data.changes.map(({ key, nameZh, before, after }) => ({
          key,
          nameZh,
          before: instant(before),
          after: instant(after),
        })),
        ...(deadline ? { bidDeadlineBefore: instant(deadline.before), bidDeadline: instant(deadline.after) } : {}),
      };
    }
  }
}

type Answered = NonNullable<NoticeData['grievance-reply']['answered']>;
const answeredContent = ({ filedAt, repliedAt, complaint, ...answered }: Answered): Content => ({
  ...answered,
  filedAt: instant(filedAt),
  repliedAt: instant(repliedAt),
  complaint: { ...complaint, until: instant(complaint.until) },
});
