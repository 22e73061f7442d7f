import type { Notice } from '../../db/notices.ts';
import { ANY_TENDER_WORDS, type ProcedureWords } from '../../domain/procedures/words.ts';
import { Content } from './content.ts';
import type { Block, Fact, NoticeDocument } from './document.ts';
import { headingOf, OPENING_KEYS, presenceOf } from './opening-record.ts';
import { template1 } from './template-1.ts';

// The second template: the tender notice and the record of an opening where bids are sealed to custodians. Every other
// notice is as in the first. What was published with it is always rendered with it (see template-1.ts).

const custodiansIn = (w: ProcedureWords): Readonly<Record<string, string>> => ({
  centre: '交易中心',
  purchaser: w.purchaser,
  supervisor: '行政监督部门',
});
const CUSTODIAN_STATES: Readonly<Record<string, string>> = {
  released: '已交出份额',
  refused: '未交出可用份额',
  missing: '未到',
};
const BID_STATES: Readonly<Record<string, string>> = {
  opened: '已开启',
  broken: '文件有误，未能开启',
  revoked: '未解密，视为撤销',
  returned: '未解密，视为撤回',
};
const FORMS: Readonly<Record<string, string>> = { transfer: '转账', guarantee: '保函', insurance: '保险' };

const named = (names: Readonly<Record<string, string>>, value: string | null): string =>
  value === null ? '—' : (names[value] ?? value);
const section = (text: string, ...blocks: readonly Block[]): Block[] => [{ type: 'heading', text }, ...blocks];
const tableOf = (text: string, head: readonly string[], rows: readonly (readonly string[])[]): Block[] =>
  rows.length === 0 ? [] : section(text, { type: 'table', head, rows });

export function sealing(stored: unknown, objectionMinutes: unknown, w: ProcedureWords): Block[] {
  const custodians = custodiansIn(w);
  const terms = new Content(stored as Record<string, unknown>);
  const window = terms.text('bidderWindowMinutes');
  const facts: Fact[] = [
    ['密封格式', `${terms.text('format') ?? ''} ${terms.text('suite') ?? ''}`],
    ...terms
      .list('custodians')
      .map((each): Fact => [`保管人公钥：${named(custodians, each.text('custodian'))}`, each.text('recipient') ?? '']),
    ['解密时限', window === null ? `${w.bidder}不留份额` : `${w.opening}后 ${window} 分钟内，由${w.bidder}解密`],
    [
      `对${w.opening}的异议`,
      typeof objectionMinutes === 'number'
        ? `${w.opening}记录公布后 ${objectionMinutes} 分钟内提出`
        : `${w.opening}当日提出`,
    ],
  ];
  return section(`${w.bid}的密封`, { type: 'facts', facts });
}

function depositOf(bidder: Content): string {
  const raw = bidder.raw('deposit');
  if (typeof raw !== 'object' || raw === null) return '—';
  const deposit = new Content(raw as Record<string, unknown>);
  if (deposit.raw('held') !== true) {
    const required = deposit.yuan('requiredFen');
    return required === null ? '未到账' : `部分到账：${deposit.yuan('amountFen') ?? ''}（要求 ${required}）`;
  }
  return `${deposit.yuan('amountFen') ?? ''} ${named(FORMS, deposit.text('form'))}`;
}

const fileHead = (w: ProcedureWords): string[] => [w.bidder, '递交时间', '文件大小（字节）', '文件 SHA-256'];
const fileRow = (bidder: Content): string[] => [
  bidder.text('supplier') ?? '',
  bidder.instant('receivedAt') ?? '',
  bidder.text('size') ?? '',
  bidder.text('sha256') ?? '',
];

/** 唱标: what came out of sealed bids, and those of which nothing did. */
function calledOut(bidders: readonly Content[], w: ProcedureWords): Block[] {
  const unopened = bidders.filter((bidder) => bidder.text('state') !== 'opened');
  return [
    ...tableOf(
      '唱标',
      [w.bidder, '结果', `${w.bidding}报价`, '工期（交货期）', '质量承诺', w.deposit],
      bidders.map((bidder) => [
        bidder.text('supplier') ?? '',
        named(BID_STATES, bidder.text('state')),
        bidder.yuan('priceFen') ?? '—',
        bidder.text('periodDays') === null ? '—' : `${bidder.text('periodDays') ?? ''} 日`,
        bidder.text('quality') ?? '—',
        depositOf(bidder),
      ]),
    ),
    ...tableOf(
      `未开启的${w.bid}`,
      [w.bidder, '原因'],
      unopened.map((bidder) => [bidder.text('supplier') ?? '', bidder.text('reasonZh') ?? '—']),
    ),
  ];
}

/** Bids that nobody sealed on the platform: it has the files, and no outcome of its own for each. */
function takenAsHandedIn(bidders: readonly Content[], w: ProcedureWords): Block[] {
  if (bidders.length === 0) return [];
  const deposits = bidders.some((bidder) => bidder.raw('deposit') !== undefined);
  return section(
    w.bid,
    { type: 'paragraph', text: `${w.bid}未经平台密封，平台没有逐份解密的结果；下列为截止前递交的文件。` },
    {
      type: 'table',
      head: [...fileHead(w), ...(deposits ? [w.deposit] : [])],
      rows: bidders.map((bidder) => [...fileRow(bidder), ...(deposits ? [depositOf(bidder)] : [])]),
    },
  );
}

export function record(content: Content, w: ProcedureWords, sealed: boolean): Block[] {
  const custodians = custodiansIn(w);
  const bidders = content.list('bidders');
  const alike = bidders.filter((bidder) => bidder.strings('sameAs').length > 0);
  const supplierOf = new Map(bidders.map((bidder) => [bidder.text('bidId'), bidder.text('supplier') ?? '']));
  return [
    ...section(w.opening, ...headingOf(content, w)),
    ...(sealed ? calledOut(bidders, w) : takenAsHandedIn(bidders, w)),
    ...tableOf(
      `文件或内容完全相同的${w.bidding}（由${w.committee}判断）`,
      [w.bidder, '与之相同的'],
      alike.map((bidder) => [
        bidder.text('supplier') ?? '',
        bidder
          .strings('sameAs')
          .map((bidId) => supplierOf.get(bidId) ?? bidId)
          .join('、'),
      ]),
    ),
    ...(sealed ? tableOf(w.bid, fileHead(w), bidders.map(fileRow)) : []),
    ...tableOf(
      '保管人',
      ['保管人', '情况', '时间', '说明'],
      content
        .list('custodians')
        .map((each) => [
          named(custodians, each.text('custodian')),
          named(CUSTODIAN_STATES, each.text('state')),
          each.instant('at') ?? '',
          each.text('reason') ?? '—',
        ]),
    ),
    ...tableOf(
      '暂停',
      ['理由', '自', '至'],
      content
        .list('pauses')
        .map((each) => [each.text('reasonZh') ?? '', each.instant('from') ?? '', each.instant('until') ?? '—']),
    ),
    ...tableOf(
      '平台中断（由平台自动记录）',
      ['自', '至'],
      content.list('outages').map((each) => [each.instant('from') ?? '', each.instant('until') ?? '—']),
    ),
    ...tableOf(
      `${w.bidder}之外的原因`,
      ['时间', '情况', '延长解密时限（分钟）', `所涉${w.bidding}`],
      content
        .list('faults')
        .map((each) => [
          each.instant('at') ?? '',
          each.text('reasonZh') ?? '',
          each.text('minutes') ?? '',
          supplierOf.get(each.text('bidId')) ?? '全部',
        ]),
    ),
    ...tableOf(
      `${w.opening}异议及答复`,
      ['异议', '提出时间', '答复', '答复时间'],
      content
        .list('objections')
        .map((each) => [
          each.text('textZh') ?? '',
          each.instant('filedAt') ?? '',
          each.text('answerZh') ?? '—',
          each.instant('answeredAt') ?? '—',
        ]),
    ),
    ...presenceOf(content, w),
  ];
}

/** Fields that sealed bids added to notices; the first template would show them as stored. */
const SEALED_KEYS = ['sealing', 'objectionMinutes'] as const;
export const RECORD_KEYS = [
  ...['opened', 'bidders', 'custodians', 'pauses', 'outages', 'faults', 'objections'],
  ...OPENING_KEYS,
] as const;

/**
 * The document of a notice of the second template.
 * @param sealed false: of a record of bids that were not sealed, as the fifth template has it
 */
export function template2(notice: Notice, w: ProcedureWords = ANY_TENDER_WORDS, sealed = true): NoticeDocument {
  const { content } = notice;
  const without = (keys: readonly string[]): Notice => ({
    ...notice,
    content: Object.fromEntries(Object.entries(content).filter(([key]) => !keys.includes(key))),
  });
  if (notice.kind === 'tender' && content.sealing) {
    const document = template1(without(SEALED_KEYS), w);
    return { ...document, blocks: [...document.blocks, ...sealing(content.sealing, content.objectionMinutes, w)] };
  }
  if (notice.kind === 'opening-record' && Array.isArray(content.custodians)) {
    const document = template1(without(RECORD_KEYS), w);
    return { ...document, blocks: [...record(new Content(content), w, sealed), ...document.blocks] };
  }
  return template1(notice, w);
}
