import { describe, expect, it } from 'vitest';
import { getRule } from '../../domain/law/rulebook.ts';
import {
  missingContents,
  missingInReport,
  missingParticulars,
  type NoticeSubject,
} from '../../domain/notices/contents.ts';
import type { NoticeKind } from '../../domain/notices/kinds.ts';
import { storedNotice } from '../setup/tenders/notices.ts';
import { candidateTold, PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';

const WORKS: NoticeSubject = {
  regime: 'tendering',
  procedure: 'open-tender',
  kind: 'works',
  mandatory: true,
  agencyId: 'a',
};
const GOODS: NoticeSubject = {
  regime: 'government',
  procedure: 'open-tender',
  kind: 'goods',
  mandatory: true,
  agencyId: 'a',
};

/** Every notice as it is published when nothing is left out. */
const COMPLETE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  tender: { ...storedNotice('tender').content, noticeUntil: '2026-03-24T23:59:59.999+08:00' },
  candidates: storedNotice('candidates').content,
  award: {
    ...storedNotice('award').content,
    agencyAddress: PARTICULARS_TOLD.agencyAddress,
    agencyTelephone: PARTICULARS_TOLD.agencyTelephone,
  },
};

/**
 * The rulebook's lists, item by item in its own words, and where a notice's content has each. An empty list: the item is
 * asked for only if there is such a thing, or points to other law.
 */
const LISTS: readonly {
  rule: string;
  kind: NoticeKind;
  subject: NoticeSubject;
  article: string;
  items: Readonly<Record<string, readonly string[]>>;
}[] = [
  {
    rule: 'works-notice-fields-law',
    article: '16',
    kind: 'tender',
    subject: WORKS,
    items: {
      招标人名称和地址: ['purchaser', 'purchaserAddress'],
      '项目性质、数量': ['nature', 'quantity'],
      实施地点和时间: ['place', 'period'],
      获取招标文件的办法: ['documentsMethod'],
    },
  },
  {
    rule: 'works-notice-fields-construction',
    article: '14,18',
    kind: 'tender',
    subject: WORKS,
    items: {
      招标人的名称和地址: ['purchaser', 'purchaserAddress'],
      '内容、规模、资金来源': ['contentZh', 'scale', 'fundingSource'],
      实施地点和工期: ['place', 'period'],
      获取招标文件或资格预审文件的地点和时间: ['documentsPlace', 'documentsFrom', 'documentsUntil'],
      文件收取的费用: ['documentsPriceFen'],
      对投标人的资质等级要求: ['qualifications'],
    },
  },
  {
    rule: 'ann-tender-fields',
    article: '5',
    kind: 'tender',
    subject: WORKS,
    items: {
      '招标项目名称、内容、范围、规模、资金来源': ['title', 'contentZh', 'scope', 'scale', 'fundingSource'],
      投标资格能力要求及是否接受联合体: ['qualifications', 'consortium'],
      '获取资格预审文件/招标文件的时间、方式': ['documentsFrom', 'documentsUntil', 'documentsMethod'],
      '递交截止时间、方式': ['bidDeadline', 'submissionMethod'],
      '招标人及代理机构名称、地址、联系人、联系方式': [
        ...['purchaser', 'purchaserAddress', 'purchaserContact', 'purchaserTelephone'],
        ...['agency', 'agencyAddress', 'agencyContact', 'agencyTelephone'],
      ],
      电子招标投标方式的交易平台地址和方法: ['platform'],
      其他依法应载明的内容: [],
    },
  },
  {
    rule: 'ann-candidate-fields',
    article: '6',
    kind: 'candidates',
    subject: WORKS,
    items: {
      '中标候选人排序、名称、投标报价、质量、工期(交货期)及评标情况': [
        ...['candidates', 'candidates[0].rank', 'candidates[1].supplier', 'candidates[2].priceFen'],
        ...['candidates[0].quality', 'candidates[1].period', 'candidates[0].evaluationZh'],
      ],
      按招标文件要求承诺的项目负责人姓名及证书名称编号: ['candidates[0].projectLead', 'candidates[0].leadCertificate'],
      响应招标文件要求的资格能力条件: ['candidates[2].qualification'],
      提出异议的渠道和方式: ['objectionChannel'],
      招标文件规定公示的其他内容: [],
    },
  },
  {
    rule: 'ann-award-fields',
    article: '6',
    kind: 'award',
    subject: WORKS,
    items: { 中标人名称: ['winner'] },
  },
  {
    rule: 'gp-open-notice-fields',
    article: '13',
    kind: 'tender',
    subject: GOODS,
    items: {
      '采购人及代理机构名称、地址、联系方法': [
        ...['purchaser', 'purchaserAddress', 'purchaserTelephone'],
        ...['agency', 'agencyAddress', 'agencyTelephone'],
      ],
      '项目名称、预算金额、最高限价(如设)': ['title', 'budgetFen'],
      采购需求: ['requirements'],
      投标人资格要求: ['qualifications'],
      '获取招标文件的时间期限、地点、方式、售价': [
        ...['documentsFrom', 'documentsUntil', 'documentsPlace', 'documentsMethod', 'documentsPriceFen'],
      ],
      公告期限: ['noticeUntil'],
      '投标截止时间、开标时间及地点': ['bidDeadline', 'opening', 'openingPlace'],
      项目联系人姓名和电话: ['projectContact', 'projectTelephone'],
    },
  },
  {
    rule: 'gp-award-fields',
    article: '43',
    kind: 'award',
    subject: GOODS,
    items: {
      '采购人和代理机构名称、地址、联系方式': [
        ...['purchaser', 'purchaserAddress', 'purchaserTelephone'],
        ...['agency', 'agencyAddress', 'agencyTelephone'],
      ],
      项目名称和编号: ['title', 'projectNumber'],
      '中标/成交供应商名称、地址、金额': ['winner', 'winnerAddress', 'priceFen'],
      '主要标的名称、规格型号、数量、单价、服务要求': [
        ...['items', 'items[0].name', 'items[0].specification', 'items[0].quantity'],
        ...['items[0].unitPriceFen', 'items[0].service'],
      ],
      评审专家名单: ['committee'],
      // Of 财政部令87号 69 as the list says; below, by the row of that article.
      '(87令69) 中标公告期限': [],
      '(87令69) 招标文件同时公告': ['documents'],
      // Invited tenders only.
      '(87令69) 书面推荐的供应商名单和理由': [],
      // Only where the winner was preferred as a small firm, which nobody but the committee knows.
      '(46号13) 中小企业声明函': [],
    },
  },
];

/** The content without what lies at a path. */
function without(content: Readonly<Record<string, unknown>>, path: string): Record<string, unknown> {
  const copy = structuredClone(content) as Record<string, unknown>;
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  const last = steps.pop() as string;
  const holder = steps.reduce<Record<string, unknown>>((inner, step) => inner[step] as Record<string, unknown>, copy);
  holder[last] = undefined;
  return copy;
}

describe.each(LISTS)('$rule, art. $article, of the $kind notice', ({ rule, article, kind, subject, items }) => {
  const content = COMPLETE[kind] ?? {};
  const { status, law, items: listed } = getRule(rule);

  it('is covered item by item', () => {
    expect(getRule(rule).article).toBe(article);
    expect(Object.keys(items)).toEqual(listed);
  });

  it.each(Object.values(items).flat())('wants %s', (path) => {
    expect(missingContents(kind, subject, content)).toEqual([]);
    const found = missingContents(kind, subject, without(content, path));
    expect(found.map(({ field }) => field)).toEqual([path]);
    const [only] = found;
    // The strictest rule is the one cited; the others that want the same are named beside it.
    expect(`${only?.rule} ${only?.messageZh}`).toContain(only?.rule === rule ? rule : law);
    if (status === 'VERIFIED') expect(only?.severity).toBe('block');
    if (only?.rule === rule) {
      expect([only.law, only.article, only.severity]).toEqual([law, article, status === 'VERIFIED' ? 'block' : 'warn']);
      expect(only.messageEn).toContain(`${law} art. ${article}`);
    }
  });
});

describe('what a notice must hold', () => {
  it('财政部令87号 69: the notice of award says how long it stands', () => {
    const [found] = missingContents('award', GOODS, without(COMPLETE.award ?? {}, 'noticeUntil'));
    expect([found?.rule, found?.law, found?.article, found?.severity]).toEqual([
      'gp-award-notice-period',
      '财政部令87号',
      '69',
      'block',
    ]);
  });

  it('is not about an agency where there is none', () => {
    const content = { ...COMPLETE.tender, agency: null, agencyAddress: undefined, agencyTelephone: undefined };
    expect(missingContents('tender', { ...GOODS, agencyId: null }, content)).toEqual([]);
    expect(missingContents('tender', GOODS, content).map(({ field }) => field)).toEqual([
      'agency',
      'agencyAddress',
      'agencyTelephone',
    ]);
  });

  it('30号令 is about construction: goods tendered under 招标投标法 answer to its art. 16', () => {
    const content = { ...COMPLETE.tender, documentsPlace: ' ', fundingSource: '' };
    expect(missingContents('tender', WORKS, content).map(({ rule, severity }) => [rule, severity])).toEqual([
      ['works-notice-fields-construction', 'block'],
      ['works-notice-fields-construction', 'block'],
    ]);
    expect(
      missingContents('tender', { ...WORKS, kind: 'goods' }, content).map(({ rule, severity }) => [rule, severity]),
    ).toEqual([['ann-tender-fields', 'block']]);
  });

  it('10号令 blocks, but never a tender that need not be held', () => {
    const content = without(COMPLETE.tender ?? {}, 'platform');
    const severities = (mandatory: boolean) =>
      missingContents('tender', { ...WORKS, mandatory }, content).map(({ severity }) => severity);
    expect([severities(true), severities(false)]).toEqual([['block'], ['warn']]);
  });

  it('10号令 had not been read when rulebook 2026.3 was in use: it warns a tender of then, unless it is confirmed', () => {
    const content = without(COMPLETE.tender ?? {}, 'platform');
    const severities = (stage: string, ids?: ReadonlySet<string>) =>
      missingContents('tender', { ...WORKS, stage, rulebookVersion: '2026.3' }, content, ids).map(
        ({ severity, status }) => [severity, status],
      );
    expect(severities('bidding')).toEqual([['warn', 'RECALLED']]);
    expect(severities('bidding', new Set(['ann-tender-fields']))).toEqual([['block', 'RECALLED']]);
    // A draft is judged by the rules in use.
    expect(severities('draft')).toEqual([['block', 'VERIFIED']]);
  });

  it.each([
    ['works-consortium-stated', '37(1)', WORKS],
    ['gp-consortium-stated', '19', GOODS],
  ])(
    '%s (%s): whether consortia are taken; a tender of rulebook 2026.3 is not held to it',
    (rule, article, subject) => {
      const content = without(COMPLETE.tender ?? {}, 'consortium');
      expect(missingContents('tender', subject, content)).toMatchObject([
        { field: 'consortium', rule, article, severity: 'block' },
      ]);
      const then = { ...subject, stage: 'launched', rulebookVersion: '2026.3' };
      expect(missingContents('tender', then, content).filter(({ severity }) => severity === 'block')).toEqual([]);
    },
  );

  it('财政部令87号 19 wants it of 投标邀请书 too', () => {
    const invited = { ...GOODS, procedure: 'invited-tender' } as const;
    expect(missingContents('invitation', invited, {})).toMatchObject([
      { field: 'consortium', rule: 'gp-consortium-stated', severity: 'block' },
    ]);
    expect(missingContents('invitation', invited, { consortium: 'accepted' })).toEqual([]);
  });

  it('财政部令87号 69 wants the documents with the result beside 条例 43', () => {
    const [found] = missingContents('award', GOODS, without(COMPLETE.award ?? {}, 'documents'));
    expect(found?.messageZh).toContain('另见财政部令87号 69(1)');
    expect(getRule('gp-award-docs-published')).toMatchObject({ law: '财政部令87号', article: '69(1)' });
  });

  it('is nothing for a kind that the law gives no list for', () => {
    for (const kind of [
      'amendment',
      'clarification',
      'lot-failed',
      'contract',
      'termination',
      'opening-record',
    ] as const) {
      expect(missingContents(kind, WORKS, {})).toEqual([]);
    }
  });

  it('free of charge is a price', () => {
    expect(missingContents('tender', WORKS, { ...COMPLETE.tender, documentsPriceFen: 0 })).toEqual([]);
  });
});

describe('what is wanted later is asked for before it is too late', () => {
  it('a draft without particulars is told everything that its notices, the last one included, will lack', () => {
    const fields = missingParticulars(GOODS, { particulars: {}, documents: [] }).map(({ field }) => field);
    // 条例 43 wants the project's number and the documents with the result.
    expect(fields).toContain('particulars.projectNumber');
    expect(fields).toContain('documents');
    expect(new Set(fields).size).toBe(fields.length);
    expect(missingParticulars(GOODS, { particulars: PARTICULARS_TOLD, documents: ['one'] })).toEqual([]);
    expect(missingParticulars(WORKS, { particulars: PARTICULARS_TOLD })).toEqual([]);
    // 10号令 6 wants the channel for objections among the candidates' publicity.
    expect(missingParticulars(WORKS, { particulars: { ...PARTICULARS_TOLD, objectionChannel: '' } })).toMatchObject([
      { field: 'particulars.objectionChannel', rule: 'ann-candidate-fields', severity: 'block' },
    ]);
  });

  it('a report is told what the notice of its result will lack, candidate by candidate', () => {
    const candidate = { rank: 1, priceFen: 1, score: 90, ...candidateTold() };
    const report = {
      candidates: [candidate, { ...candidate, address: undefined, items: [{ name: '终端', quantity: '1 台' }] }],
    };
    expect(missingInReport(GOODS, report).map(({ field, article }) => [field, article])).toEqual([
      ['candidates[1].address', '43'],
      ['candidates[1].items[0].specification', '43'],
      ['candidates[1].items[0].unitPriceFen', '43'],
      ['candidates[1].items[0].service', '43'],
    ]);
    const bare = { ...candidate, items: [] };
    expect(missingInReport(GOODS, { candidates: [bare] }).map(({ field }) => field)).toEqual(['candidates[0].items']);
    // 评标情况 is told by the score, or, where the lowest evaluated price wins, in words.
    expect(missingInReport(WORKS, { candidates: [candidate] })).toEqual([]);
    expect(missingInReport(WORKS, { candidates: [{ ...candidate, score: null }] }).map(({ field }) => field)).toEqual([
      'candidates[0].evaluationZh',
    ]);
    expect(
      missingInReport(WORKS, { candidates: [{ ...candidate, score: null, evaluationZh: '经评审价最低' }] }),
    ).toEqual([]);
  });
});
