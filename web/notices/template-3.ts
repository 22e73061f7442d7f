import type { Notice } from '../../db/notices.ts';
import { ANY_TENDER_WORDS, type ProcedureWords } from '../../domain/procedures/words.ts';
import { Content } from './content.ts';
import type { Block, Fact, NoticeDocument } from './document.ts';
import { template2 } from './template-2.ts';

// The third template: the tender notice says on which terms deposits are paid and refunded. Every other notice is as
// in the second. What was published with it is always rendered with it (see template-1.ts).

const FORMS: Readonly<Record<string, string>> = {
  transfer: '转账（非现金）',
  guarantee: '保函',
  insurance: '保证保险',
};
const whoseIn = (w: ProcedureWords): Readonly<Record<string, string>> => ({
  withdrawn: `${w.bidding}截止前撤回${w.bidding}的`,
  lost: `未${w.award}的${w.bidder}`,
  won: w.winner,
  terminated: `终止${w.tendering}的`,
});
const UNITS: Readonly<Record<string, string>> = { calendar_day: '日', working_day: '个工作日' };

const named = (names: Readonly<Record<string, string>>, value: string): string => names[value] ?? value;

function contentOf(stored: unknown): Content | null {
  return typeof stored === 'object' && stored !== null ? new Content(stored as Record<string, unknown>) : null;
}

/** 自…后几日内; 及时 where the law sets no number. */
function termOf(refund: Content): string {
  const amount = refund.text('amount');
  if (amount === null) return '及时退还';
  const from = refund.text('fromEvent')?.replace(/之日$/, '') ?? '';
  return `${from}后 ${amount} ${named(UNITS, refund.text('unit') ?? '')}内退还`;
}

const paidTo = (account: Content | null, w: ProcedureWords, lot: string): Fact[] => [
  ...(account
    ? ([
        ['收款户名', account.text('holder') ?? ''],
        ['开户银行', account.text('bank') ?? ''],
        ['收款账号', account.text('number') ?? ''],
      ] satisfies Fact[])
    : []),
  ['汇款附言', `${w.bidder}登录后取得的保证金编号，每个${lot}各不相同`],
];

/** @param lot what is awarded separately, as the notice calls it */
export function depositBlocks(deposit: Content, w: ProcedureWords, lot = '标段'): Block[] {
  const whose = whoseIn(w);
  const forms = deposit.strings('forms');
  const until = deposit.instant('guaranteeUntil');
  const facts: Fact[] = [
    ['到账（提交）截止时间', deposit.instant('deadline') ?? ''],
    ['形式', forms.map((form) => named(FORMS, form)).join('、')],
  ];
  if (forms.includes('transfer')) facts.push(...paidTo(contentOf(deposit.raw('account')), w, lot));
  if (until !== null) facts.push(['保函（保险）有效期', `至少至 ${until}`]);
  if (deposit.raw('decides') === true) {
    facts.push(['未按要求提交的后果', `截止时间前未足额到账（提交）的，其${w.bidding}无效`]);
  }
  const refunds = deposit.list('refunds').map((refund) => [
    refund
      .strings('whose')
      .map((each) => named(whose, each))
      .join('、'),
    termOf(refund),
    `${refund.text('law') ?? ''}第${refund.text('article') ?? ''}条`,
  ]);
  return [
    { type: 'heading', text: w.deposit },
    { type: 'facts', facts },
    { type: 'table', head: [`${w.deposit}的退还`, '期限', '依据'], rows: refunds },
  ];
}

/** The document of a notice of the third template. */
export function template3(notice: Notice, w: ProcedureWords = ANY_TENDER_WORDS): NoticeDocument {
  const { deposit: stored, ...content } = notice.content;
  const deposit = notice.kind === 'tender' ? contentOf(stored) : null;
  if (!deposit) return template2(notice, w);
  const document = template2({ ...notice, content }, w);
  return { ...document, blocks: [...document.blocks, ...depositBlocks(deposit, w)] };
}
