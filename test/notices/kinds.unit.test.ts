import { describe, expect, it } from 'vitest';
import { NOTICE_TEMPLATE, type Notice } from '../../db/notices.ts';
import { parseInstant } from '../../domain/civil-time.ts';
import { checkBidderCount, checkCandidates, checkCommittee } from '../../domain/law/limits.ts';
import { milestoneName, MILESTONES } from '../../domain/law/milestones.ts';
import { buildNotice, NOTICE_KINDS, noticeName, type NoticeData, type NoticeKind } from '../../domain/notices/kinds.ts';
import { particularsIn, type ParticularKey } from '../../domain/notices/particulars.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { tenderOf } from '../../domain/procedures/index.ts';
import { INQUIRY_WORDS, type ProcedureWords } from '../../domain/procedures/words.ts';
import { noticeHtml } from '../../web/notices/html.ts';
import { documentOf } from '../../web/notices/templates.ts';
import { storedNotice } from '../setup/tenders/notices.ts';

const TENDERING = tenderOf('tendering').words;
const GOVERNMENT = tenderOf('government').words;

/** What belongs to a tender only. */
const OF_A_TENDER = /中标|招标|投标|评标|开标|废标|流标/;

const at = parseInstant('2026-04-20T09:00:00+08:00');
const parties = { purchaser: '某市财政局', agency: '某代理公司' };
const particulars = {
  projectNumber: 'XJ-1',
  purchaserAddress: '某路1号',
  scope: '办公家具',
  qualifications: '独立承担民事责任',
  consortium: 'refused',
  documentsMethod: '网上下载',
  documentsPlace: '某路2号',
  documentsPriceFen: 0,
  submissionMethod: '网上递交',
  openingPlace: '某路3号',
} as const;

const project = { particulars, parties, lotTitle: '办公家具' };

const resumed: NoticeData['amendment'] = { because: 'resumed', bidDeadlineBefore: at, bidDeadline: at + 86_400_000 };

/** What a procurement begins with, and no word of a tender. */
const CALL: NoticeData['tender'] = {
  tender: {
    regime: 'government',
    procedure: 'inquiry',
    kind: 'goods',
    budgetFen: 1_000_000,
    contentZh: '办公家具',
    lots: [{ no: 1, title: '办公家具', budgetFen: 1_000_000, bidBondFen: 10_000 }],
    particulars,
    documentsFrom: at,
    documentsUntil: at,
    bidDeadline: at,
    bidValidityDays: 60,
    sealing: { format: 'KB-SEAL-1', suite: 'age-x25519', custodians: [], bidderWindowMinutes: null },
    objectionMinutes: null,
  },
  noticeUntil: at,
  deposit: {
    deposit: {
      decides: true,
      deadline: '2026-04-20T09:00:00+08:00',
      forms: ['transfer', 'guarantee'],
      guaranteeUntil: null,
      account: null,
      refunds: [
        {
          whose: ['withdrawn', 'lost', 'won', 'terminated'],
          fromEvent: '采购合同签订之日',
          amount: 5,
          unit: 'working_day',
          law: '财政部令74号',
          article: '20',
        },
      ],
    },
  },
};

/** A notice of each kind, with all that it may hold and no word of a tender. */
const DATA: { readonly [K in NoticeKind]: readonly NoticeData[K][] } = {
  tender: [CALL],
  invitation: [CALL],
  amendment: [
    {
      because: 'documents',
      textZh: '规格调整',
      affectsBids: true,
      documentIds: ['d'],
      bidDeadlineBefore: at,
      bidDeadline: at,
    },
    resumed,
    { because: 'publicity-resumed', before: at, after: at + 86_400_000 },
    {
      because: 'calendar',
      sourceZh: '国办发明电〔2026〕1号',
      sourceUrl: null,
      changes: MILESTONES.map((key) => ({
        key,
        nameZh: milestoneName(key, INQUIRY_WORDS).zh,
        before: at,
        after: at + 86_400_000,
      })).filter(({ key }) => key !== 'written-report'),
    },
  ],
  suspension: [
    {
      ...{ milestone: 'contract', before: at, since: at, replyDueAt: at },
      ...{ whyZh: '质疑尚未答复', nextZh: '答复后继续', law: '政府采购法实施条例', article: '54' },
    },
  ],
  clarification: [{ questionId: 'q', questionZh: '颜色？', answerZh: '白色。', affectsBids: false }],
  'opening-record': [
    {
      openedAt: at,
      sealed: true,
      bids: [
        {
          bidId: 'b',
          supplier: '甲',
          sha256: 'a',
          size: 1,
          receivedAt: at,
          unsealed: { state: 'opened', sameAs: ['c'] },
        },
        { bidId: 'c', supplier: '乙', sha256: 'b', size: 1, receivedAt: at, unsealed: { state: 'broken', sameAs: [] } },
      ],
      incidents: {
        custodians: [{ custodian: 'purchaser', state: 'released', reason: null, at }],
        pauses: [],
        outages: [{ from: at, until: at }],
        faults: [{ bidId: null, minutes: 10, reasonZh: '断网', at }],
        objections: [{ lotNo: 1, textZh: '有误', filedAt: at, answerZh: '无误', answeredAt: at }],
      },
    },
  ],
  'lot-failed': [
    {
      rule: 'r',
      law: '财政部令74号',
      article: '50',
      reasonZh: '响应文件不足三份',
      reasonEn: 'too few',
      nextSteps: [{ zh: '重新采购' }],
    },
  ],
  candidates: [
    {
      candidates: [
        { bidId: 'b', rank: 2, priceFen: 2, score: 80, qualification: '符合', supplier: '乙' },
        { bidId: 'a', rank: 1, priceFen: 1, score: 90, qualification: '符合', supplier: '甲' },
      ],
      publicityUntil: at,
    },
  ],
  award: [
    {
      winner: '甲',
      candidate: { priceFen: 1, rank: 1, address: '某路4号', items: [{ name: '桌' }] },
      noticeUntil: at,
      documents: [{ id: 'd', name: '文件.pdf', sha256: 'a' }],
      determinedAt: at,
      deemed: true,
      reasonZh: null,
      recommendations: [{ supplier: '甲', reasonZh: '同类项目业绩' }],
      committee: [{ name: '张三' }],
    },
  ],
  'grievance-reply': (['documents', 'result'] as const).flatMap((target) =>
    (['none', 're-evaluate', 'retender'] as const).map((effect) => ({
      ...{ target, effect },
      outcome: 'upheld' as const,
      replyZh: '属实。',
    })),
  ),
  contract: [{ supplier: '甲', amountFen: 1, signedAt: at, textZh: '合同。', documentId: 'd' }],
  'contract-change': [
    {
      ...{ supplier: '甲', change: 'supplement', ground: null, reasonZh: '增购', documentId: 'd' },
      ...{ amountBeforeFen: 10, amountFen: 11, signedAt: at, version: 2 },
    },
  ],
  acceptance: [
    {
      ...{ supplier: '甲', instalment: null, passed: true, acceptedAt: at, opinionZh: '合格' },
      parties: [{ name: '丙', role: 'purchaser', organisation: null }],
      items: [{ nameZh: '承重', met: true, noteZh: null }],
      ...{ consequenceZh: null, rectifyBy: null },
    },
  ],
  termination: [{ ground: 'task-cancelled', reasonZh: '任务取消', law: '政府采购法', article: '36' }],
  correction: [
    {
      of: { kind: 'award', id: 'n', titleZh: '办公家具的公告', publishedAt: at, hash: 'a' },
      changes: [{ field: 'items[0].unitPriceFen', nameZh: '第 1 项：单价', before: 1, after: 2 }],
      textZh: null,
      reasonZh: '录入错误',
      law: '财政部令74号',
      article: '18',
      unchanged: { winner: '甲', priceFen: 1 },
      periods: [{ key: 'query-result-end', nameZh: '对结果提出质疑截止', until: at }],
    },
  ],
};

const LOT_NO: Readonly<Record<NoticeKind, number>> = {
  tender: 0,
  invitation: 0,
  amendment: 0,
  suspension: 0,
  clarification: 0,
  'opening-record': 1,
  'lot-failed': 1,
  candidates: 1,
  award: 1,
  'grievance-reply': 1,
  contract: 1,
  'contract-change': 1,
  acceptance: 1,
  termination: 0,
  correction: 1,
};

const made = <K extends NoticeKind>(kind: K, words: ProcedureWords) =>
  DATA[kind].map((data) => buildNotice(kind, { title: '办公家具', lotNo: LOT_NO[kind], words, project }, data));

const titles = (words: ProcedureWords): string[] =>
  NOTICE_KINDS.flatMap((kind) => made(kind, words).map(({ titleZh }) => titleZh.replace('办公家具', '')));

function page({ titleZh, content }: ReturnType<typeof buildNotice>, kind: NoticeKind): string {
  const stored = { ...content, template: NOTICE_TEMPLATE };
  const notice: Notice = storedNotice(kind, { titleZh, content: JSON.parse(JSON.stringify(stored)) as typeof stored });
  return noticeHtml(documentOf(notice), { url: 'https://x.cn/1', pdf: '/1.pdf', json: '/1' });
}

describe('an open tender has the titles it always had', () => {
  it.each([
    ['招标失败', '异议', '标段', TENDERING],
    ['废标', '质疑', '包', GOVERNMENT],
  ] as const)('%s, %s, %s', (failure, grievance, lot, words) => {
    expect([...new Set(titles(words))]).toEqual([
      '招标公告',
      '澄清（更正）公告',
      '恢复招标及延期公告',
      '恢复公示及延期公告',
      '时间变更公告',
      '暂停公告',
      '答疑公告',
      `第1${lot}开标记录`,
      `第1${lot}${failure}公告`,
      `第1${lot}中标候选人公示`,
      `第1${lot}中标结果公告`,
      `${grievance}答复`,
      `第1${lot}合同公告`,
      `第1${lot}合同变更公告`,
      `第1${lot}履约验收结果公告`,
      '终止公告',
      `第1${lot}中标结果公告的更正公告`,
    ]);
  });

  it('says on its page what kind of notice it is, for any of the two', () => {
    expect(NOTICE_KINDS.filter((kind) => kind !== 'invitation').map((kind) => noticeName(kind).zh)).toEqual([
      '招标公告',
      '澄清（更正）公告',
      '暂停公告',
      '答疑公告',
      '开标记录',
      '招标失败（废标）公告',
      '中标候选人公示',
      '中标结果公告',
      '异议（质疑）答复',
      '合同公告',
      '合同变更公告',
      '履约验收结果公告',
      '终止公告',
      '更正公告',
    ]);
  });
});

describe('财政部令74号: a procedure that ends in 成交 has no notice of a tender', () => {
  it('has titles in its own words', () => {
    expect(titles(INQUIRY_WORDS)).toEqual(
      expect.arrayContaining([
        '询价通知书',
        '恢复采购及延期公告',
        '第1包响应文件开启记录',
        '第1包采购终止公告',
        '第1包成交候选人公示',
        '第1包成交结果公告',
        '质疑答复',
      ]),
    );
  });

  it.each(NOTICE_KINDS)('%s: neither in its title, nor in its content, nor on its page', (kind) => {
    for (const notice of made(kind, INQUIRY_WORDS)) {
      expect(notice.titleZh).not.toMatch(OF_A_TENDER);
      expect(JSON.stringify(notice.content)).not.toMatch(OF_A_TENDER);
      const shown = page(notice, kind);
      expect(shown).toContain(noticeName(kind, INQUIRY_WORDS).zh);
      expect(shown).not.toMatch(OF_A_TENDER);
      expect(shown).not.toMatch(/undefined|<th scope="row">(words|award)/);
    }
  });

  it.each(NOTICE_KINDS)('%s: nor in what its content must state', (kind) => {
    for (const { key, zh } of GOVERNMENT_INQUIRY.noticeContents[kind]?.(INQUIRY_WORDS) ?? []) {
      expect(`${key} ${zh}`).not.toMatch(OF_A_TENDER);
    }
  });

  it('its particulars and its milestones are named in its words', () => {
    const names = particularsIn(INQUIRY_WORDS);
    for (const key of Object.keys(names) as ParticularKey[]) {
      // 电子招标投标办法: that platform is a tender's.
      if (key !== 'platform') expect(names[key].zh).not.toMatch(OF_A_TENDER);
    }
    for (const key of MILESTONES) {
      // 招标投标法 47: only a tender is reported on.
      if (key !== 'written-report') expect(milestoneName(key, INQUIRY_WORDS).zh).not.toMatch(OF_A_TENDER);
    }
    expect(milestoneName('award', INQUIRY_WORDS).zh).toBe('确定成交供应商');
    expect(milestoneName('award', TENDERING).zh).toBe('确定中标人');
  });

  it('its bidders, committee and candidates are counted in its words', () => {
    const inquiry = { ...tenderOf('tendering'), words: INQUIRY_WORDS };
    const found = [
      ...checkBidderCount(inquiry, 2),
      ...checkBidderCount(inquiry, 2, { stage: 'conforming' }),
      ...checkCommittee(inquiry, { members: 4, experts: 1, budgetFen: 1 }),
      ...checkCandidates(inquiry, 9),
    ];
    // The articles cited here are those of a tender.
    const said = found.map(({ messageZh }) => messageZh.replace(/（[^（]*第[^（]*条）$/, ''));
    expect(said).toHaveLength(6);
    for (const each of said) expect(each).not.toMatch(OF_A_TENDER);
    expect(said).toEqual(expect.arrayContaining(['供应商为 2 个，少于 3 个', '成交候选人 9 个，超过 3 个']));
  });
});

describe('the place of a notice', () => {
  it('a notice of a lot is not built for the whole, nor one of the whole for a lot', () => {
    for (const kind of ['award', 'tender'] as const) {
      const elsewhere = { title: '某项目', lotNo: 1 - LOT_NO[kind], words: TENDERING, project };
      expect(() => buildNotice(kind, elsewhere, DATA[kind][0] as never)).toThrow(
        /a notice (award of lot 0|tender of lot 1)/,
      );
    }
  });

  it('what changes a date corrects the notice that had it: of the tender, or of the candidates of a lot', () => {
    const correctedAt = (lotNo: number) =>
      buildNotice('amendment', { title: '甲', lotNo, words: TENDERING, project }, resumed);
    expect(correctedAt(0)).toMatchObject({ corrects: 'tender', titleZh: '甲恢复招标及延期公告' });
    expect(correctedAt(2)).toMatchObject({ corrects: 'candidates', titleZh: '甲第2标段恢复招标及延期公告' });
    expect(made('contract', TENDERING)[0]).not.toHaveProperty('corrects');
  });
});
