import type { Notice } from '../../db/notices.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { evaluationOf } from '../../domain/notices/contents.ts';
import { PARTICULARS, type CONSORTIUM, type ParticularKey } from '../../domain/notices/particulars.ts';
import { Content, instantText } from './content.ts';
import type { Block, Fact, NoticeDocument } from './document.ts';

// The first template. Notices that were published with it are always rendered with it: a fix here changes their bytes
// and breaks the golden hashes of its tests; make it in a new file (template-2.ts).

const REGIMES: Readonly<Record<string, string>> = { tendering: '招标投标法', government: '政府采购法' };
const PROCEDURES: Readonly<Record<string, string>> = {
  'open-tender': '公开招标',
  'invited-tender': '邀请招标',
  negotiation: '竞争性谈判',
  consultation: '竞争性磋商',
  inquiry: '询价',
  'single-source': '单一来源采购',
  framework: '框架协议采购',
  listing: '挂牌',
  auction: '拍卖',
};
const KINDS: Readonly<Record<string, string>> = { works: '工程', goods: '货物', services: '服务' };
const KIND_NAMES: Readonly<Record<string, string>> = {
  tender: '招标公告',
  amendment: '澄清（更正）公告',
  clarification: '答疑公告',
  'opening-record': '开标记录',
  'lot-stopped': '招标失败（废标）公告',
  candidates: '中标候选人公示',
  award: '中标结果公告',
  'grievance-reply': '异议（质疑）答复',
  contract: '合同公告',
  termination: '终止公告',
};
const CHOICES: Readonly<Record<(typeof CONSORTIUM)[number], string>> = {
  accepted: '接受联合体投标',
  refused: '不接受联合体投标',
};
const OUTCOMES: Readonly<Record<string, string>> = { rejected: '不成立（驳回）', upheld: '成立' };
const EFFECTS: Readonly<Record<string, string>> = {
  none: '继续进行',
  're-evaluate': '重新评标',
  retender: '重新招标（采购）',
};
const GROUNDS: Readonly<Record<string, string>> = {
  'force-majeure': '不可抗力',
  'task-cancelled': '因重大变故采购任务取消',
  'no-longer-fits': '因情况变化不再符合采购方式的适用情形',
  'unfair-conduct': '出现影响采购公正的违法、违规行为',
};

const heading = (text: string): Block => ({ type: 'heading', text });
const paragraph = (text: string | null): Block[] => (text === null ? [] : [{ type: 'paragraph', text }]);
const table = (head: readonly string[], rows: readonly (readonly string[])[]): Block[] =>
  rows.length === 0 ? [] : [{ type: 'table', head, rows }];

/** Fields without a value are not shown. */
const facts = (...given: readonly (readonly [string, string | null])[]): Block[] => {
  const known = given.filter((each): each is Fact => each[1] !== null);
  return known.length === 0 ? [] : [{ type: 'facts', facts: known }];
};

const section = (text: string, ...blocks: readonly Block[][]): Block[] => {
  const within = blocks.flat();
  return within.length === 0 ? [] : [heading(text), ...within];
};

const named = (names: Readonly<Record<string, string>>, value: string | null): string | null =>
  value === null ? null : (names[value] ?? value);

function told(content: Content, key: ParticularKey): readonly [string, string | null] {
  const { zh, kind } = PARTICULARS[key];
  if (key === 'documentsPriceFen' && content.raw(key) === 0) return [zh, '免费'];
  if (key === 'consortium') return [zh, named(CHOICES, content.text(key))];
  return [zh, kind === 'fen' ? content.yuan(key) : content.text(key)];
}

const parties = (content: Content): Block[] =>
  facts(
    ['招标人（采购人）', content.text('purchaser')],
    told(content, 'purchaserAddress'),
    told(content, 'purchaserContact'),
    told(content, 'purchaserTelephone'),
    ['代理机构', content.text('agency')],
    told(content, 'agencyAddress'),
    told(content, 'agencyContact'),
    told(content, 'agencyTelephone'),
    told(content, 'projectContact'),
    told(content, 'projectTelephone'),
    told(content, 'supervisor'),
  );

const TEMPLATES: Readonly<Record<string, (content: Content) => Block[]>> = {
  tender: (content) => [
    ...section(
      '项目概况',
      facts(
        ['项目名称', content.text('title')],
        told(content, 'projectNumber'),
        ['法律依据', named(REGIMES, content.text('regime'))],
        ['采购方式', named(PROCEDURES, content.text('procedure'))],
        ['项目类别', named(KINDS, content.text('kind'))],
        ['预算金额', content.yuan('budgetFen')],
        told(content, 'ceilingPriceFen'),
        told(content, 'nature'),
        ['招标内容', content.text('contentZh')],
        told(content, 'scope'),
        told(content, 'scale'),
        told(content, 'quantity'),
        told(content, 'fundingSource'),
        told(content, 'place'),
        told(content, 'period'),
        told(content, 'requirements'),
      ),
    ),
    ...section(
      '标段（包）',
      table(
        ['序号', '名称', '预算金额', '投标保证金'],
        content
          .list('lots')
          .map((lot) => [
            lot.text('no') ?? '',
            lot.text('title') ?? '',
            lot.yuan('budgetFen') ?? '',
            lot.yuan('bidBondFen') ?? '—',
          ]),
      ),
    ),
    ...section('投标人资格要求', paragraph(content.text('qualifications')), facts(told(content, 'consortium'))),
    ...section(
      '获取招标文件',
      facts(
        ['开始时间', content.instant('documentsFrom')],
        ['截止时间', content.instant('documentsUntil')],
        told(content, 'documentsMethod'),
        told(content, 'documentsPlace'),
        told(content, 'documentsPriceFen'),
      ),
    ),
    ...section(
      '提交投标文件与开标',
      facts(
        ['投标截止时间', content.instant('bidDeadline')],
        ['开标时间', content.instant('opening')],
        told(content, 'submissionMethod'),
        told(content, 'openingPlace'),
        told(content, 'platform'),
        ['投标有效期', days(content.text('bidValidityDays'))],
      ),
    ),
    ...section('公告期限', paragraph(until(content.instant('noticeUntil')))),
    ...section('提出异议', paragraph(content.text('objectionChannel'))),
    ...section('联系方式', parties(content)),
  ],

  amendment: (content) => [
    ...section('更正内容', paragraph(content.text('textZh'))),
    ...section(
      '投标截止时间',
      facts(
        ['原投标截止时间', content.instant('bidDeadlineBefore')],
        ['现投标截止时间', content.instant('bidDeadline')],
        ['是否可能影响投标文件编制', content.raw('affectsBids') === true ? '是' : '否'],
      ),
    ),
    ...section('补充文件编号', paragraph(lines(content.strings('documentIds')))),
  ],

  clarification: (content) => {
    content.raw('questionId');
    return [
      ...section('疑问', paragraph(content.text('questionZh'))),
      ...section('答复', paragraph(content.text('answerZh'))),
    ];
  },

  'opening-record': (content) => [
    ...section('开标', facts(['开标时间', content.instant('opened')])),
    ...section(
      '投标人',
      table(
        ['投标人', '递交时间', '文件大小（字节）', '文件 SHA-256'],
        content
          .list('bidders')
          .map((bidder) => [
            bidder.text('supplier') ?? '',
            bidder.instant('receivedAt') ?? '',
            bidder.text('size') ?? '',
            bidder.text('sha256') ?? '',
          ]),
      ),
    ),
  ],

  'lot-stopped': (content) => {
    content.raw('rule');
    content.raw('reasonEn');
    return [
      ...section('原因', paragraph(content.text('reasonZh')), facts(['依据', source(content)])),
      ...section(
        '后续处理',
        table(
          ['处理', '依据'],
          content.list('nextSteps').map((step) => [step.text('zh') ?? '', source(step) ?? '']),
        ),
      ),
    ];
  },

  candidates: (content) => {
    const candidates = content.list('candidates').map((each) => ({
      rank: each.text('rank') ?? '',
      supplier: each.text('supplier') ?? '',
      price: each.yuan('priceFen') ?? '',
      evaluation:
        evaluationOf({ score: numberOf(each.raw('score')), evaluationZh: each.text('evaluationZh') ?? undefined }) ??
        '',
      details: facts(
        ['地址', each.text('address')],
        ['质量', each.text('quality')],
        ['工期（交货期）', each.text('period')],
        ['项目负责人', each.text('projectLead')],
        ['项目负责人证书名称和编号', each.text('leadCertificate')],
        ['响应招标文件要求的资格能力条件', each.text('qualification')],
        ['中小企业声明函', each.text('smeDeclarationZh')],
        ...each.rest(),
      ),
    }));
    return [
      ...section('项目', facts(['项目名称', content.text('title')], ['标段', content.text('lotTitle')])),
      ...section(
        '中标候选人',
        table(
          ['排序', '中标候选人', '投标报价', '评标情况'],
          candidates.map(({ rank, supplier, price, evaluation }) => [rank, supplier, price, evaluation]),
        ),
      ),
      ...candidates.flatMap(({ rank, supplier, details }) => section(`第${rank}中标候选人：${supplier}`, details)),
      ...section('公示期', paragraph(until(content.instant('publicityUntil')))),
      ...section('提出异议的渠道和方式', paragraph(content.text('objectionChannel'))),
      ...section('联系方式', parties(content)),
    ];
  },

  award: (content) => [
    ...section(
      '项目',
      facts(['项目名称', content.text('title')], told(content, 'projectNumber'), ['标段', content.text('lotTitle')]),
    ),
    ...section(
      '中标结果',
      facts(
        ['中标人', content.text('winner')],
        ['地址', content.text('winnerAddress')],
        ['中标金额', content.yuan('priceFen')],
        ['评审排序', content.text('rank')],
        ['确定时间', content.instant('determinedAt')],
        [
          '确定方式',
          content.raw('deemed') === true
            ? '采购人逾期未确定，视同确定评标报告推荐的排名第一的中标候选人为中标人'
            : null,
        ],
        ['说明', content.text('reasonZh')],
      ),
    ),
    ...section(
      '主要标的',
      table(
        ['名称', '规格型号', '数量', '单价', '服务要求'],
        content
          .list('items')
          .map((item) => [
            item.text('name') ?? '',
            item.text('specification') ?? '',
            item.text('quantity') ?? '',
            item.yuan('unitPriceFen') ?? '',
            item.text('service') ?? '',
          ]),
      ),
    ),
    ...section('评审专家（评标委员会）名单', paragraph(content.strings('committee').join('、') || null)),
    ...section('中小企业声明函', paragraph(content.text('smeDeclarationZh'))),
    ...section(
      '招标文件',
      table(
        ['文件', 'SHA-256'],
        content.list('documents').map((document) => {
          document.raw('id');
          return [document.text('name') ?? '', document.text('sha256') ?? ''];
        }),
      ),
    ),
    ...section('公告期限', paragraph(until(content.instant('noticeUntil')))),
    ...section('联系方式', parties(content)),
  ],

  'grievance-reply': (content) => [
    ...section(
      '处理结果',
      facts(
        ['针对', named({ documents: '招标文件', result: '评标（中标）结果' }, content.text('target'))],
        ['结果', named(OUTCOMES, content.text('outcome'))],
        ['后续', named(EFFECTS, content.text('effect'))],
      ),
    ),
    ...section('答复', paragraph(content.text('replyZh'))),
  ],

  contract: (content) => [
    ...section(
      '合同',
      facts(
        ['供应商（承包人）', content.text('supplier')],
        ['合同金额', content.yuan('amountFen')],
        ['签订时间', content.instant('signedAt')],
        ['合同文件编号', content.text('documentId')],
      ),
    ),
    ...section('主要内容', paragraph(content.text('textZh'))),
  ],

  termination: (content) => [
    ...section(
      '终止原因',
      facts(['情形', named(GROUNDS, content.text('ground'))], ['依据', source(content)]),
      paragraph(content.text('reasonZh')),
    ),
  ],
};

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const until = (instant: string | null): string | null => (instant === null ? null : `至 ${instant} 止`);
const days = (count: string | null): string | null => (count === null ? null : `自投标截止之日起 ${count} 日`);
const lines = (texts: readonly string[]): string | null => (texts.length === 0 ? null : texts.join('\n'));

function source(content: Content): string | null {
  const law = content.text('law');
  const article = content.text('article');
  if (law === null) return null;
  return article === null || article === '—' ? law : `${law}第${article}条`;
}

/** The document of a notice of the first template. Fields without a label are shown as stored. */
export function template1(notice: Notice): NoticeDocument {
  const { template: _template, drill, ...stored } = notice.content;
  const content = new Content(stored);
  const blocks = TEMPLATES[notice.kind]?.(content) ?? [];
  return {
    title: notice.titleZh,
    drill: drill === true,
    blocks: [...blocks, ...section('其他事项', facts(...content.rest()))],
    colophon: [
      ['公告类型', KIND_NAMES[notice.kind] ?? notice.kind],
      ['发布时间', instantText(formatInstant(notice.publishedAt))],
      ['法定发布时间', instantText(formatInstant(notice.legalAt))],
      ['公告编号', notice.id],
      ...(notice.corrects === null ? [] : ([['更正的公告', notice.corrects]] as const)),
      ['版次', String(notice.version)],
    ],
    hash: notice.hash,
  };
}
