import type { Notice } from '../../../db/notices.ts';
import { parseInstant } from '../../../domain/civil-time.ts';
import { buildNotice, type NoticeData, type NoticeKind } from '../../../domain/notices/kinds.ts';
import type { Particulars } from '../../../domain/notices/particulars.ts';
import type { ProcedureWords } from '../../../domain/procedures/words.ts';
import { storedNotice, DEPOSIT_CONTENT, SEALED_CONTENTS } from './notices.ts';
import { CANDIDATE_TOLD, PARTICULARS_TOLD } from './particulars.ts';

// One of each kind of notice, made as it is published now, with all that it may hold.

const at = (text: string): number => parseInstant(`${text}+08:00`);
const DAY_MS = 86_400_000;

export const FORM_PARTIES = { purchaser: '万安县工业园区管委会', agency: '江西某招标代理有限公司' };
const TITLE = '工业园区尾水提升达标处理厂工程（二期）';
const LOT_TITLE = '主干管网';

/** In the words of a procedure, since people write what they enter for it. */
export function formData(words: ProcedureWords): { readonly [K in NoticeKind]: readonly NoticeData[K][] } {
  const call: NoticeData['tender'] = {
    tender: {
      regime: words.grievance === '异议' ? 'tendering' : 'government',
      procedure: 'open-tender',
      kind: words.grievance === '异议' ? 'works' : 'goods',
      budgetFen: 1_624_699_149,
      contentZh: '尾水提升达标处理厂二期管网工程施工。\n工程量清单及图纸详见采购文件。',
      lots: [
        { no: 1, title: LOT_TITLE, budgetFen: 800_000_000, bidBondFen: 16_000_000, performanceBondPermille: 50 },
        { no: 2, title: '支管网', budgetFen: 824_699_149, bidBondFen: null },
      ],
      particulars: PARTICULARS_TOLD,
      documentsFrom: at('2026-03-30T09:00:00'),
      documentsUntil: at('2026-04-07T17:00:00'),
      bidDeadline: at('2026-04-20T09:00:00'),
      bidValidityDays: 90,
      sealing: SEALED_CONTENTS.tender['sealing'] as object,
      objectionMinutes: 60,
    },
    noticeUntil: at('2026-04-03T23:59:59.999'),
    deposit: { deposit: DEPOSIT_CONTENT },
  };
  return {
    tender: [call],
    invitation: [call],
    amendment: [
      {
        because: 'documents',
        textZh: '管材规格调整，详见补充文件。',
        affectsBids: true,
        documentIds: ['0198c0de-0000-7000-8000-0000000000d1'],
        bidDeadlineBefore: at('2026-04-20T09:00:00'),
        bidDeadline: at('2026-04-27T09:00:00'),
      },
      { because: 'resumed', bidDeadlineBefore: at('2026-04-20T09:00:00'), bidDeadline: at('2026-04-24T09:00:00') },
      {
        because: 'calendar',
        sourceZh: '国办发明电〔2026〕1号',
        sourceUrl: 'https://www.example.cn/gongbao/2026/holidays-of-the-year-2027-with-a-very-long-address.html',
        changes: [
          {
            key: 'bid-deadline',
            nameZh: `${words.bidding}截止`,
            before: at('2026-04-20T09:00:00'),
            after: at('2026-04-21T09:00:00'),
          },
        ],
      },
      { because: 'opening-resumed', pausedAt: at('2026-04-20T09:00:00'), resumedAt: at('2026-04-21T09:00:00') },
      { because: 'result-changed' },
      { because: 'publicity-resumed', before: at('2026-05-06T23:59:59.999'), after: at('2026-05-08T23:59:59.999') },
      { because: 'rechecked', before: at('2026-05-06T23:59:59.999'), after: at('2026-05-08T23:59:59.999') },
    ],
    suspension: [
      {
        ...{ milestone: 'bid-deadline', before: at('2026-04-20T09:00:00'), since: at('2026-04-09T10:00:07.200') },
        ...{ replyDueAt: at('2026-04-13T23:59:59.999'), whyZh: `对${words.documents}的${words.grievance}尚未答复` },
        ...{ nextZh: '答复后继续，截止时间顺延。', law: '招标投标法实施条例', article: '22' },
      },
    ],
    clarification: [
      { questionId: 'q', questionZh: '管材可否用球墨铸铁？', answerZh: '可以，执行国家标准。', affectsBids: false },
    ],
    'opening-record': [true, false].map((sealed) => recordData(sealed)),
    'lot-failed': [
      {
        ...{ rule: 'works-min-bidders', law: '招标投标法', article: '28', reasonZh: `${words.bidder}少于三个` },
        reasonEn: 'Fewer than three bidders',
        nextSteps: [{ action: 'retender', zh: '依法重新组织', law: '招标投标法', article: '28' }, { zh: '终止' }],
      },
    ],
    candidates: [
      {
        candidates: [1, 2, 3].map((rank) => ({
          ...CANDIDATE_TOLD,
          items: [...CANDIDATE_TOLD.items],
          ...{ bidId: `b${rank}`, rank, priceFen: 780_000_000 + rank, score: 95 - rank, supplier: `赣建${rank}公司` },
        })),
        publicityUntil: at('2026-05-06T23:59:59.999'),
      },
    ],
    award: [
      {
        winner: '赣建1公司',
        candidate: {
          ...{ priceFen: 780_000_001, rank: 1, address: CANDIDATE_TOLD.address, items: [...CANDIDATE_TOLD.items] },
          smeDeclarationZh: '本公司为小型企业。',
        },
        noticeUntil: at('2026-05-11T23:59:59.999'),
        documents: [{ id: 'd', name: '采购文件.pdf', sha256: 'b2'.repeat(32) }],
        ...{ determinedAt: at('2026-05-08T23:59:59.999'), deemed: true, reasonZh: '排名第一' },
        recommendations: [{ supplier: '赣建1公司', reasonZh: '同类项目业绩' }],
        committee: ['专家甲', '专家乙', '专家丙', '专家丁', '采购人代表'].map((name) => ({ name })),
      },
    ],
    'grievance-reply': [
      {
        ...{ target: 'result', outcome: 'rejected', effect: 'none', replyZh: '经核查，业绩属实。' },
        answered: {
          projectNumber: PARTICULARS_TOLD.projectNumber,
          questions: ['第一候选人的业绩不实', '评审未按办法进行'],
          filedAt: at('2026-05-01T10:00:00'),
          repliedAt: at('2026-05-04T16:00:00'),
          factsZh: '业绩合同和验收证明原件相符。',
          lawZh: '招标投标法实施条例第五十四条',
          respondent: FORM_PARTIES.purchaser,
          complaint: {
            zh: '对答复不服的，可以依法向监督部门投诉。',
            ...{ law: '招标投标法实施条例', article: '60', until: at('2026-05-14T23:59:59.999') },
          },
        },
      },
    ],
    contract: [
      {
        ...{ supplier: '赣建1公司', amountFen: 780_000_001, signedAt: at('2026-05-12T00:00:00') },
        ...{ textZh: '工期 180 日历天，质量合格。', documentId: '0198c0de-0000-7000-8000-0000000000d1' },
      },
    ],
    'contract-change': [
      {
        ...{ supplier: '赣建1公司', change: 'supplement', ground: null, reasonZh: '新增一段管网。' },
        ...{ amountBeforeFen: 780_000_001, amountFen: 800_000_001, signedAt: at('2026-06-12T10:00:00'), version: 2 },
        documentId: '0198c0de-0000-7000-8000-0000000000d1',
      },
    ],
    acceptance: [
      {
        ...{ supplier: '赣建1公司', instalment: 1, passed: false, acceptedAt: at('2026-12-01T10:00:00') },
        parties: [
          { name: '王某', role: 'purchaser', organisation: FORM_PARTIES.purchaser },
          { name: '李某', role: 'served', organisation: null },
        ],
        items: [
          { nameZh: '出水水质', met: true, noteZh: null },
          { nameZh: '噪声', met: false, noteZh: '超过 2 分贝' },
        ],
        ...{ opinionZh: '限期整改后复验。', consequenceZh: '整改期间不付款。' },
        rectifyBy: at('2026-12-20T23:59:59.999'),
      },
    ],
    termination: [
      {
        ...{ ground: 'force-majeure', reasonZh: '地震', law: '招标投标法实施条例', article: '31' },
        ...{ lots: [{ no: 2, title: '支管网' }], inPart: true },
      },
    ],
    correction: [
      {
        of: {
          ...{ kind: 'candidates', id: '0198c0de-0000-7000-8000-0000000000c1', hash: 'c3'.repeat(32) },
          ...{ titleZh: `${TITLE}候选人公示`, publishedAt: at('2026-04-28T10:00:00') },
        },
        changes: [
          {
            field: 'candidates[0].period',
            nameZh: '赣建1公司：工期（交货期）',
            before: '18 日历天',
            after: '180 日历天',
          },
          { field: 'items[0].unitPriceFen', nameZh: '第 1 项：单价', before: null, after: 1_200_000 },
        ],
        ...{ textZh: '业绩表补充公示如下。', reasonZh: '录入时漏写一位数字。', law: '10号令', article: '16' },
        unchanged: { candidates: [{ rank: 1, supplier: '赣建1公司', priceFen: 780_000_001 }] },
        periods: [{ key: 'publicity-end', nameZh: '候选人公示结束', until: at('2026-05-06T23:59:59.999') }],
      },
    ],
  };
}

function recordData(sealed: boolean): NoticeData['opening-record'] {
  const bid = (no: number, name: string) => ({
    ...{ bidId: `b${no}`, supplierId: `s${no}`, supplier: name, sha256: `a${no}`.repeat(32), size: 2_345_678 + no },
    receivedAt: at('2026-04-24T08:00:00.123') + no * DAY_MS,
    ...(sealed
      ? {
          unsealed: {
            ...{ state: 'opened', priceFen: 780_000_000 + no, periodDays: 180, quality: '合格', reasonZh: null },
            sameAs: [],
          },
        }
      : {}),
    deposit: { held: true, amountFen: 16_000_000, form: 'guarantee' },
  });
  return {
    openedAt: at('2026-04-27T09:00:00.120'),
    sealed,
    bids: [
      bid(1, '赣建1公司'),
      bid(2, '江西省第二建筑工程集团有限责任公司万安分公司'),
      bid(3, '中国某某建设集团（江西）市政工程有限公司'),
    ],
    incidents: {
      custodians: [{ custodian: 'purchaser', state: 'released', reason: null, at: at('2026-04-27T09:00:01') }],
      pauses: [],
      outages: [{ from: at('2026-04-27T08:10:00'), until: at('2026-04-27T08:12:00') }],
      faults: [{ bidId: null, minutes: 10, reasonZh: '断网', at: at('2026-04-27T09:10:00') }],
      objections: [
        {
          lotNo: 1,
          ...{ textZh: '报价有误', filedAt: at('2026-04-27T09:20:00'), answerZh: '以清单所载为准' },
          answeredAt: at('2026-04-27T09:21:00'),
        },
      ],
      attendance: [
        { capacity: 'bidder', organisationId: 's1', organisation: '赣建1公司', name: '陈某' },
        { capacity: 'purchaser', organisationId: null, organisation: FORM_PARTIES.purchaser, name: '王某' },
      ],
      signatures: [{ lotNo: 1, organisation: '赣建1公司', role: 'supplier', signedAt: at('2026-04-27T10:00:00') }],
    },
    heading: {
      ...{ projectNumber: PARTICULARS_TOLD.projectNumber, place: PARTICULARS_TOLD.openingPlace },
      ...{ lotTitle: LOT_TITLE, ceilingFen: 800_000_000 },
    },
    absentAccept: true,
  };
}

/** Which notices are of a lot. */
const OF_LOT: ReadonlySet<NoticeKind> = new Set<NoticeKind>([
  ...(['opening-record', 'lot-failed', 'candidates', 'award', 'grievance-reply'] as const),
  ...(['contract', 'contract-change', 'acceptance', 'correction'] as const),
]);

/** The notices of a kind as they are published now, their bytes fixed. */
export function formNotices(
  kind: NoticeKind,
  words: ProcedureWords,
  change: { readonly particulars?: Particulars; readonly title?: string; readonly drill?: boolean } = {},
): Notice[] {
  return formData(words)[kind].map((data, index) => {
    const lotNo = OF_LOT.has(kind) ? 1 : 0;
    const project = {
      particulars: change.particulars ?? PARTICULARS_TOLD,
      parties: FORM_PARTIES,
      lotTitle: lotNo === 0 ? null : LOT_TITLE,
    };
    const place = { title: change.title ?? TITLE, lotNo, words, project };
    // Each is of its kind.
    const { titleZh, content } = buildNotice(kind, place, data);
    return storedNotice(kind, {
      id: `0198c0de-0000-7000-8000-00000000000${index}`,
      lotNo,
      titleZh: change.drill ? `【演练】${titleZh}` : titleZh,
      content: JSON.parse(
        JSON.stringify({ ...content, template: 6, ...(change.drill ? { drill: true } : {}) }),
      ) as Record<string, unknown>,
    });
  });
}
