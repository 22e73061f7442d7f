import type { Notice } from '../../db/notices.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { evaluationOf } from '../../domain/notices/evaluation.ts';
import { noticeName } from '../../domain/notices/kinds.ts';
import { particularsIn, type ParticularKey } from '../../domain/notices/particulars.ts';
import { ANY_TENDER_WORDS, type ProcedureWords } from '../../domain/procedures/words.ts';
import { facts, named, paragraph, section, table } from './blocks.ts';
import { Content, instantText } from './content.ts';
import { correctionBlocks } from './correction.ts';
import type { Block, NoticeDocument } from './document.ts';
import { GROUNDS, KINDS, METHODS, PROCEDURES, REGIMES } from './names.ts';
import { headingOf, presenceOf } from './opening-record.ts';
import { PERFORMANCE } from './performance.ts';
import { complaintIn } from './right-to-complain.ts';

// The first template. Notices that were published with it are always rendered with it: a fix here changes their bytes
// and breaks the golden hashes of its tests; make it in a new file (template-2.ts). The words are those of any open
// tender, and in the fourth template those of the notice.

export const OUTCOMES: Readonly<Record<string, string>> = { rejected: '不成立（驳回）', upheld: '成立' };
export const effectsIn = (w: ProcedureWords): Readonly<Record<string, string>> => ({
  none: '继续进行',
  're-evaluate': `重新${w.evaluation}`,
  retender: w.again,
});

export type Told = (key: ParticularKey) => readonly [string, string | null];

export function toldOf(content: Content, w: ProcedureWords): Told {
  const particulars = particularsIn(w);
  return (key) => {
    const { zh, kind } = particulars[key];
    if (key === 'documentsPriceFen' && content.raw(key) === 0) return [zh, '免费'];
    if (key === 'consortium') return [zh, named(particulars.consortium.choices, content.text(key))];
    if (key === 'evaluationMethod') return [zh, named(METHODS, content.text(key))];
    return [zh, kind === 'fen' ? content.yuan(key) : content.text(key)];
  };
}

const parties = (content: Content, told: Told, w: ProcedureWords): Block[] =>
  facts(
    [w.purchaser, content.text('purchaser')],
    told('purchaserAddress'),
    told('purchaserContact'),
    told('purchaserTelephone'),
    ['代理机构', content.text('agency')],
    told('agencyAddress'),
    told('agencyContact'),
    told('agencyTelephone'),
    told('projectContact'),
    told('projectTelephone'),
    told('supervisor'),
  );

const TEMPLATES: Readonly<Record<string, (content: Content, w: ProcedureWords, told: Told) => Block[]>> = {
  tender: (content, w, told) => [
    ...section(
      '项目概况',
      facts(
        ['项目名称', content.text('title')],
        told('projectNumber'),
        ['法律依据', named(REGIMES, content.text('regime'))],
        ['采购方式', named(PROCEDURES, content.text('procedure'))],
        ['项目类别', named(KINDS, content.text('kind'))],
        ['预算金额', content.yuan('budgetFen')],
        told('ceilingPriceFen'),
        told('nature'),
        [`${w.tendering}内容`, content.text('contentZh')],
        told('scope'),
        told('scale'),
        told('quantity'),
        told('fundingSource'),
        told('place'),
        told('period'),
        told('requirements'),
      ),
    ),
    ...section(
      '标段（包）',
      table(
        ['序号', '名称', '预算金额', w.deposit],
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
    ...section(`${w.bidder}资格要求`, paragraph(content.text('qualifications')), facts(told('consortium'))),
    ...section(
      `获取${w.documents}`,
      facts(
        ['开始时间', content.instant('documentsFrom')],
        ['截止时间', content.instant('documentsUntil')],
        told('documentsMethod'),
        told('documentsPlace'),
        told('documentsPriceFen'),
      ),
    ),
    ...section(
      `提交${w.bid}与${w.opening}`,
      facts(
        [`${w.bidding}截止时间`, content.instant('bidDeadline')],
        [`${w.opening}时间`, content.instant('opening')],
        told('submissionMethod'),
        told('openingPlace'),
        ...[told('platform'), told('evaluationMethod')],
        [`${w.bidding}有效期`, days(content.text('bidValidityDays'), w)],
      ),
    ),
    ...section('公告期限', paragraph(until(content.instant('noticeUntil')))),
    ...section('提出异议', paragraph(content.text('objectionChannel'))),
    ...section('联系方式', parties(content, told, w)),
  ],

  amendment: (content, w) => [
    ...section('更正内容', paragraph(content.text('textZh'))),
    ...section(
      `${w.bidding}截止时间`,
      facts(
        [`原${w.bidding}截止时间`, content.instant('bidDeadlineBefore')],
        [`现${w.bidding}截止时间`, content.instant('bidDeadline')],
        [`是否可能影响${w.bid}编制`, content.raw('affectsBids') === true ? '是' : '否'],
      ),
    ),
    ...section('补充文件编号', paragraph(lines(content.strings('documentIds')))),
  ],

  suspension: (content) => {
    content.raw('milestone');
    return [
      ...section(
        '暂停事项',
        paragraph(content.text('whyZh')),
        facts(
          ['暂停计算的期限', content.text('milestoneZh')],
          ['原定时间', content.minute('before')],
          ['暂停自', content.minute('since')],
          ['最迟答复时间', content.minute('replyDueAt')],
          ['依据', source(content)],
        ),
      ),
      ...section('后续安排', paragraph(content.text('nextZh'))),
    ];
  },

  clarification: (content, w) => {
    content.raw('questionId');
    const said = named({ true: '是', false: '否' }, content.text('affectsBids'));
    return [
      ...section('疑问', paragraph(content.text('questionZh'))),
      ...section('答复', paragraph(content.text('answerZh')), facts([`是否可能影响${w.bid}编制`, said])),
    ];
  },

  'opening-record': (content, w) => [
    ...section(w.opening, headingOf(content, w)),
    ...section(
      w.bidder,
      table(
        [w.bidder, '递交时间', '文件大小（字节）', '文件 SHA-256'],
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
    ...section(
      '平台中断（由平台自动记录）',
      table(
        ['自', '至'],
        content.list('outages').map((each) => [each.instant('from') ?? '', each.instant('until') ?? '记录时尚未恢复']),
      ),
    ),
    ...presenceOf(content, w),
  ],

  'lot-failed': (content) => {
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

  candidates: (content, w, told) => {
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
        [`响应${w.documents}要求的资格能力条件`, each.text('qualification')],
        ['中小企业声明函', each.text('smeDeclarationZh')],
        ...each.rest(),
      ),
    }));
    return [
      ...section('项目', facts(['项目名称', content.text('title')], ['标段', content.text('lotTitle')])),
      ...section(
        `${w.award}候选人`,
        table(
          ['排序', `${w.award}候选人`, `${w.bidding}报价`, `${w.evaluation}情况`],
          candidates.map(({ rank, supplier, price, evaluation }) => [rank, supplier, price, evaluation]),
        ),
      ),
      ...candidates.flatMap(({ rank, supplier, details }) =>
        section(`第${rank}${w.award}候选人：${supplier}`, details),
      ),
      ...section('公示期', paragraph(until(content.instant('publicityUntil')))),
      ...section('提出异议的渠道和方式', paragraph(content.text('objectionChannel'))),
      ...section('联系方式', parties(content, told, w)),
    ];
  },

  award: (content, w, told) => [
    ...section(
      '项目',
      facts(['项目名称', content.text('title')], told('projectNumber'), ['标段', content.text('lotTitle')]),
    ),
    ...section(
      `${w.award}结果`,
      facts(
        [w.winner, content.text('winner')],
        ['地址', content.text('winnerAddress')],
        [`${w.award}金额`, content.yuan('priceFen')],
        ['评审排序', content.text('rank')],
        ['确定时间', content.instant('determinedAt')],
        [
          '确定方式',
          content.raw('deemed') === true
            ? `采购人逾期未确定，视同确定${w.evaluation}报告推荐的排名第一的${w.award}候选人为${w.winner}`
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
    ...section(`评审专家（${w.committee}）名单`, paragraph(content.strings('committee').join('、') || null)),
    ...section(
      '书面推荐的供应商名单和推荐理由',
      table(
        ['供应商', '推荐理由'],
        content.list('recommendations').map((each) => [each.text('supplier') ?? '', each.text('reasonZh') ?? '']),
      ),
    ),
    ...section('中小企业声明函', paragraph(content.text('smeDeclarationZh'))),
    ...section(
      w.documents,
      table(
        ['文件', 'SHA-256'],
        content.list('documents').map((document) => {
          document.raw('id');
          return [document.text('name') ?? '', document.text('sha256') ?? ''];
        }),
      ),
    ),
    ...section('公告期限', paragraph(until(content.instant('noticeUntil')))),
    ...section('联系方式', parties(content, told, w)),
  ],

  'grievance-reply': (content, w, told) => [
    ...section(
      '项目',
      facts(['项目名称', content.text('title')], told('projectNumber'), [
        `收到${w.grievance}的时间`,
        content.instant('filedAt'),
      ]),
    ),
    ...section(`${w.grievance}事项`, paragraph(lines(content.strings('questions')))),
    ...section(
      '处理结果',
      facts(
        [
          '针对',
          named({ documents: w.documents, result: `${w.evaluation}（${w.award}）结果` }, content.text('target')),
        ],
        ['结果', named(OUTCOMES, content.text('outcome'))],
        ['后续', named(effectsIn(w), content.text('effect'))],
      ),
    ),
    ...section(
      '答复',
      paragraph(content.text('replyZh')),
      facts(
        ['事实依据', content.text('factsZh')],
        ['法律依据', content.text('lawZh')],
        ['答复人', content.text('respondent')],
        ['答复时间', content.instant('repliedAt')],
      ),
    ),
    ...complaintIn(content),
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
    ...section(
      '终止的标段（包）',
      table(
        ['序号', '名称'],
        content.list('lots').map((lot) => [lot.text('no') ?? '', lot.text('title') ?? '']),
      ),
      paragraph(content.raw('inPart') === true ? '其余标段（包）继续进行。' : null),
    ),
  ],

  ...PERFORMANCE,
  correction: correctionBlocks,
};

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const until = (instant: string | null): string | null => (instant === null ? null : `至 ${instant} 止`);
export const days = (count: string | null, w: ProcedureWords): string | null =>
  count === null ? null : `自${w.bidding}截止之日起 ${count} 日`;
const lines = (texts: readonly string[]): string | null => (texts.length === 0 ? null : texts.join('\n'));

export function source(content: Content): string | null {
  const law = content.text('law');
  const article = content.text('article');
  if (law === null) return null;
  return article === null || article === '—' ? law : `${law}第${article}条`;
}

/** The document of a notice of the first template, in these words. Fields without a label are shown as stored. */
export function template1(notice: Notice, w: ProcedureWords = ANY_TENDER_WORDS): NoticeDocument {
  const { template: _template, drill, ...stored } = notice.content;
  const content = new Content(stored);
  const blocks = TEMPLATES[notice.kind]?.(content, w, toldOf(content, w)) ?? [];
  return {
    title: notice.titleZh,
    drill: drill === true,
    blocks: [...blocks, ...section('其他事项', facts(...content.rest()))],
    colophon: [
      ['公告类型', noticeName(notice.kind, w).zh],
      ['发布时间', instantText(formatInstant(notice.publishedAt))],
      ['法定发布时间', instantText(formatInstant(notice.legalAt))],
      ['公告编号', notice.id],
      ...(notice.corrects === null ? [] : ([['更正的公告', notice.corrects]] as const)),
      ['版次', String(notice.version)],
    ],
    hash: notice.hash,
  };
}
