import { evaluationOf } from '../../../domain/notices/evaluation.ts';
import type { Content } from '../content.ts';
import type { Part, Section } from './document.ts';
import {
  contacts,
  group,
  inCapitals,
  lines,
  list,
  lotOf,
  paragraph,
  projectSection,
  section,
  stated,
  table,
  until,
  type Reading,
} from './parts.ts';

// 中标候选人公示, 中标（成交）结果公告.

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const evaluated = (candidate: Content): string | null =>
  evaluationOf({
    score: numberOf(candidate.raw('score')),
    evaluationZh: candidate.text('evaluationZh') ?? undefined,
  });

export function candidates(reading: Reading): Section[] {
  const { content, words: w } = reading;
  const all = content.list('candidates');
  const rows = all.map((each) => [
    each.text('rank') ?? '',
    each.text('supplier') ?? '',
    each.yuan('priceFen') ?? '',
    evaluated(each) ?? '',
  ]);
  return [
    ...own(reading),
    ...section(
      `${w.award}候选人`,
      table(['排序', `${w.award}候选人`, `${w.bidding}报价`, `${w.evaluation}情况`], rows),
      ...all.map((each) => detailsOf(each, reading)),
    ),
    ...section('公示期', paragraph(until(content.instant('publicityUntil')))),
    ...section('提出异议的渠道和方式', paragraph(content.text('objectionChannel'))),
  ];
}

/** The project, by what the notice itself states of it. */
function own(reading: Reading): Section[] {
  reading.content.raw('lotTitle');
  reading.content.raw('title');
  return projectSection(reading);
}

function detailsOf(candidate: Content, { words: w }: Reading): Part[] {
  const [rank, supplier] = [candidate.text('rank') ?? '', candidate.text('supplier') ?? ''];
  return group(
    `第${rank}${w.award}候选人：${supplier}`,
    lines(
      ['地址', candidate.text('address')],
      [`${w.bidding}报价`, inCapitals(candidate.raw('priceFen'))],
      ['质量', candidate.text('quality')],
      ['工期（交货期）', candidate.text('period')],
      ['项目负责人', candidate.text('projectLead')],
      ['项目负责人证书名称和编号', candidate.text('leadCertificate')],
      [`响应${w.documents}要求的资格能力条件`, candidate.text('qualification')],
      ['中小企业声明函', candidate.text('smeDeclarationZh')],
      ...candidate.rest(),
    ),
  );
}

export function award(reading: Reading): Section[] {
  const { content, words: w } = reading;
  content.raw('lotTitle');
  return [
    ...stated('项目编号', content.text('projectNumber') ?? reading.project?.text('number') ?? null),
    ...stated('项目名称', content.text('title'), lines(lotOf(reading))),
    ...section(`${w.award}信息`, lines(...winnerOf(reading))),
    ...section(
      '主要标的信息',
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
    ...section('公告期限', paragraph(until(content.instant('noticeUntil')))),
  ];
}

function winnerOf({ content, words: w }: Reading): [string, string | null][] {
  const deemed = content.raw('deemed') === true;
  return [
    [w.winner, content.text('winner')],
    ['地址', content.text('winnerAddress')],
    [`${w.award}金额`, inCapitals(content.raw('priceFen'))],
    ['评审排序', content.text('rank')],
    ['确定时间', content.instant('determinedAt')],
    [
      '确定方式',
      deemed
        ? `${w.purchaser}逾期未确定，视同确定${w.evaluation}报告推荐的排名第一的${w.award}候选人为${w.winner}`
        : null,
    ],
    ['说明', content.text('reasonZh')],
  ];
}

/** After whom to ask: what is attached. */
export function afterAward(reading: Reading): Section[] {
  const { content, words: w } = reading;
  const recommended = content
    .list('recommendations')
    .map((each) => [each.text('supplier') ?? '', each.text('reasonZh') ?? '']);
  const documents = content.list('documents').map((document) => {
    document.raw('id');
    return `${document.text('name') ?? ''}（SHA-256：${document.text('sha256') ?? ''}）`;
  });
  return [
    ...contacts(reading),
    ...section(
      '附件',
      group(w.documents, list(documents)),
      group('书面推荐的供应商名单和推荐理由', table(['供应商', '推荐理由'], recommended)),
      group('中小企业声明函', paragraph(content.text('smeDeclarationZh'))),
    ),
  ];
}
