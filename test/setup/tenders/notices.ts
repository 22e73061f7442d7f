import { hashOf } from '../../../db/audit.ts';
import type { Notice } from '../../../db/notices.ts';
import { parseInstant } from '../../../domain/civil-time.ts';
import { CANDIDATE_TOLD, PARTICULARS_TOLD } from './particulars.ts';

/** The hashes of old templates are of notices that state no method. */
const { evaluationMethod: _left, ...PARTICULARS } = PARTICULARS_TOLD;
const PARTIES = { purchaser: '万安县工业园区管委会', agency: '江西某招标代理有限公司' };
const LOT = { title: '工业园区尾水提升达标处理厂工程（二期）', lotTitle: '一标段' };

/** What is stored of one notice of each kind, as its activity publishes it. */
const CONTENTS: Readonly<Record<Notice['kind'], Record<string, unknown>>> = {
  tender: {
    ...PARTICULARS,
    ...PARTIES,
    title: LOT.title,
    regime: 'tendering',
    procedure: 'open-tender',
    kind: 'works',
    budgetFen: 1_624_699_149,
    contentZh: '尾水提升达标处理厂二期管网工程施工。\n工程量清单及图纸详见招标文件。',
    lots: [
      { no: 1, title: '主干管网', budgetFen: 800_000_000, bidBondFen: 16_000_000 },
      { no: 2, title: '支管网', budgetFen: 824_699_149, bidBondFen: null },
    ],
    documentsFrom: '2026-03-30T09:00:00+08:00',
    documentsUntil: '2026-04-07T17:00:00+08:00',
    noticeUntil: null,
    bidDeadline: '2026-04-20T09:00:00+08:00',
    opening: '2026-04-20T09:00:00+08:00',
    bidValidityDays: 90,
  },
  invitation: {
    ...PARTICULARS,
    ...PARTIES,
    title: LOT.title,
    regime: 'tendering',
    procedure: 'invited-tender',
    kind: 'works',
    budgetFen: 300_000_000,
    contentZh: '管网工程施工。',
    lots: [{ no: 1, title: '主干管网', budgetFen: 300_000_000, bidBondFen: null }],
    documentsFrom: '2026-03-30T09:00:00+08:00',
    documentsUntil: '2026-04-07T17:00:00+08:00',
    noticeUntil: null,
    bidDeadline: '2026-04-20T09:00:00+08:00',
    opening: '2026-04-20T09:00:00+08:00',
    bidValidityDays: 90,
  },
  amendment: {
    textZh: '管材规格调整，详见补充文件。',
    affectsBids: true,
    documentIds: ['0198c0de-0000-7000-8000-0000000000d1'],
    bidDeadlineBefore: '2026-04-20T09:00:00+08:00',
    bidDeadline: '2026-04-27T09:00:00+08:00',
  },
  suspension: {
    milestone: 'bid-deadline',
    milestoneZh: '投标截止',
    before: '2026-04-20T09:00:00+08:00',
    since: '2026-04-09T10:00:07.200+08:00',
    replyDueAt: '2026-04-13T23:59:59.999+08:00',
    whyZh: '对招标文件的异议尚未答复',
    nextZh: '招标人最迟于 2026-04-13 24:00 答复',
    law: '招标投标法实施条例',
    article: '22',
  },
  clarification: { questionId: 'q', questionZh: '管材可否用球墨铸铁？', answerZh: '可以，执行国家标准。' },
  'opening-record': {
    opened: '2026-04-27T09:00:00+08:00',
    bidders: [
      { supplier: '赣建一公司', sha256: 'a1'.repeat(32), size: 2_345_678, receivedAt: '2026-04-24T08:00:00.123+08:00' },
    ],
  },
  'lot-failed': {
    rule: 'works-min-bidders',
    law: '招标投标法',
    article: '28',
    reasonZh: '投标人少于三个',
    reasonEn: 'Fewer than three bidders',
    nextSteps: [{ action: 'retender', zh: '依法重新招标', en: 'tender again', law: '招标投标法', article: '28' }],
  },
  candidates: {
    ...PARTIES,
    ...LOT,
    objectionChannel: PARTICULARS_TOLD.objectionChannel,
    supervisor: PARTICULARS_TOLD.supervisor,
    publicityUntil: '2026-05-06T23:59:59.999+08:00',
    candidates: [1, 2, 3].map((rank) => ({
      address: CANDIDATE_TOLD.address,
      quality: CANDIDATE_TOLD.quality,
      period: CANDIDATE_TOLD.period,
      projectLead: CANDIDATE_TOLD.projectLead,
      leadCertificate: CANDIDATE_TOLD.leadCertificate,
      qualification: CANDIDATE_TOLD.qualification,
      rank,
      priceFen: 780_000_000 + rank,
      score: 95 - rank,
      evaluationZh: `评审得分 ${95 - rank} 分`,
      supplier: `赣建${rank}公司`,
    })),
  },
  award: {
    ...PARTIES,
    ...LOT,
    purchaserAddress: PARTICULARS_TOLD.purchaserAddress,
    purchaserTelephone: PARTICULARS_TOLD.purchaserTelephone,
    projectNumber: PARTICULARS_TOLD.projectNumber,
    winner: '赣建1公司',
    winnerAddress: CANDIDATE_TOLD.address,
    priceFen: 780_000_001,
    rank: 1,
    items: CANDIDATE_TOLD.items,
    determinedAt: '2026-05-08T23:59:59.999+08:00',
    deemed: true,
    reasonZh: null,
    committee: ['专家1', '专家2', '专家3', '专家4', '采购人代表'],
    noticeUntil: '2026-05-11T23:59:59.999+08:00',
    documents: [{ id: 'd', name: '招标文件.pdf', sha256: 'b2'.repeat(32) }],
  },
  'grievance-reply': { target: 'result', outcome: 'rejected', effect: 'none', replyZh: '经核查，业绩属实。' },
  contract: {
    supplier: '赣建1公司',
    amountFen: 780_000_001,
    signedAt: '2026-05-12T00:00:00+08:00',
    textZh: '合同主要内容公告。',
    documentId: null,
  },
  'contract-change': {
    supplier: '赣建1公司',
    change: 'supplement',
    ground: null,
    reasonZh: '新增一段管网。',
    amountBeforeFen: 780_000_001,
    amountFen: 800_000_001,
    signedAt: '2026-06-12T00:00:00+08:00',
    version: 2,
    documentId: '0198c0de-0000-7000-8000-0000000000d1',
  },
  acceptance: {
    supplier: '赣建1公司',
    instalment: null,
    passed: false,
    acceptedAt: '2026-12-01T10:00:00+08:00',
    parties: [
      { name: '王某', role: 'purchaser', organisation: '万安县工业园区管委会' },
      { name: '李某', role: 'served', organisation: null },
    ],
    items: [
      { nameZh: '出水水质', met: true, noteZh: null },
      { nameZh: '噪声', met: false, noteZh: '超过 2 分贝' },
    ],
    opinionZh: '限期整改后复验。',
    consequenceZh: '整改期间不付款。',
    rectifyBy: '2026-12-20T23:59:59.999+08:00',
  },
  termination: { ground: 'force-majeure', reasonZh: '地震', law: '招标投标法实施条例', article: '31' },
  correction: {
    of: {
      kind: 'candidates',
      id: '0198c0de-0000-7000-8000-0000000000c1',
      titleZh: `${LOT.title}中标候选人公示`,
      publishedAt: '2026-04-28T10:00:00+08:00',
      hash: 'c3'.repeat(32),
    },
    changes: [
      { field: 'candidates[0].period', nameZh: '赣建1公司：工期（交货期）', before: '18 日历天', after: '180 日历天' },
      { field: 'candidates[1].address', nameZh: '赣建2公司：地址', before: null, after: '南昌市' },
    ],
    textZh: '第二候选人的业绩表补充公示如下。',
    reasonZh: '录入时漏写一位数字。',
    law: '10号令',
    article: '16',
    unchanged: { candidates: [{ rank: 1, supplier: '赣建1公司', priceFen: 780_000_001 }] },
    periods: [{ key: 'publicity-end', nameZh: '中标候选人公示结束', until: '2026-05-06T23:59:59.999+08:00' }],
  },
};

export const KINDS = Object.keys(CONTENTS) as Notice['kind'][];

/** A stored notice whose every byte is fixed. */
export function storedNotice(kind: Notice['kind'], change: Partial<Notice> & { drill?: boolean } = {}): Notice {
  const { drill, ...rest } = change;
  const row = {
    id: '0198c0de-0000-7000-8000-000000000001',
    procurementId: '0198c0de-0000-7000-8000-0000000000aa',
    lotNo: 1,
    kind,
    version: 1,
    corrects: null,
    titleZh: `${drill ? '【演练】' : ''}${LOT.title}${kind}`,
    content: { ...CONTENTS[kind], template: 1, ...(drill ? { drill: true } : {}) },
    legalAt: parseInstant('2026-03-27T09:00:00+08:00'),
    publishedAt: parseInstant('2026-03-27T09:00:00.250+08:00'),
    ...rest,
  };
  return { ...row, hash: hashOf(row) };
}

/** The two notices that the second template shows in its own way. */
export const SEALED_CONTENTS: Readonly<Record<'tender' | 'opening-record', Record<string, unknown>>> = {
  tender: {
    ...CONTENTS.tender,
    sealing: {
      format: 'KB-SEAL-1',
      suite: 'age-x25519',
      custodians: ['centre', 'purchaser', 'supervisor'].map((custodian) => ({
        custodian,
        recipient: `age1${custodian}`,
      })),
      bidderWindowMinutes: 30,
    },
    objectionMinutes: 60,
  },
  'opening-record': {
    opened: '2026-04-27T09:00:00.120+08:00',
    bidders: [
      {
        bidId: 'one',
        supplier: '赣建一公司',
        sha256: 'a1'.repeat(32),
        size: 2_345_678,
        receivedAt: '2026-04-24T08:00:00.123+08:00',
        state: 'opened',
        priceFen: 780_000_000,
        periodDays: 300,
        quality: '合格',
        reasonZh: null,
        reasonEn: null,
        sameAs: ['two'],
        deposit: { held: true, amountFen: 16_000_000, form: 'guarantee' },
      },
      {
        bidId: 'two',
        supplier: '赣建二公司',
        sha256: 'b2'.repeat(32),
        size: 2_345_679,
        receivedAt: '2026-04-24T09:00:00.123+08:00',
        state: 'revoked',
        priceFen: null,
        periodDays: null,
        quality: null,
        reasonZh: '投标人未在解密时限内解密，视为撤销其投标文件（20号令第31条）',
        reasonEn: 'not released',
        sameAs: ['one'],
        deposit: { held: false, amountFen: 0, form: null },
      },
    ],
    custodians: [
      { custodian: 'centre', state: 'released', reason: null, at: '2026-04-27T09:00:01+08:00' },
      { custodian: 'supervisor', state: 'missing', reason: null, at: '2026-04-27T09:00:21+08:00' },
    ],
    pauses: [{ reasonZh: '收到举报', from: '2026-04-27T09:10:00+08:00', until: '2026-04-27T09:20:00+08:00' }],
    faults: [{ bidId: null, minutes: 20, reasonZh: '平台断网', at: '2026-04-27T09:15:00+08:00' }],
    objections: [
      {
        textZh: '唱标价格有误',
        filedAt: '2026-04-27T09:25:00+08:00',
        answerZh: '以清单所载为准',
        answeredAt: '2026-04-27T09:26:00+08:00',
      },
    ],
  },
};

/** What the third template shows of a tender's deposits, as it is published. */
export const DEPOSIT_CONTENT = {
  decides: true,
  deadline: '2026-04-20T09:00:00+08:00',
  forms: ['transfer', 'guarantee', 'insurance'],
  guaranteeUntil: '2026-07-19T23:59:59.999+08:00',
  account: { holder: '某市公共资源交易中心', bank: '某银行某支行', number: '6222000011112222' },
  refunds: [
    {
      whose: ['withdrawn'],
      fromEvent: '收到书面撤回通知之日',
      amount: 5,
      unit: 'calendar_day',
      rule: 'works-withdrawal-refund',
      law: '招标投标法实施条例',
      article: '35',
    },
    {
      whose: ['lost', 'won'],
      fromEvent: '书面合同签订',
      amount: 5,
      unit: 'calendar_day',
      rule: 'works-bond-refund-after-contract',
      law: '招标投标法实施条例',
      article: '57',
    },
    {
      whose: ['terminated'],
      fromEvent: '终止决定',
      amount: null,
      unit: null,
      rule: 'works-termination-refund',
      law: '招标投标法实施条例',
      article: '31',
    },
  ],
};
