import type * as z from 'zod';
import type { listedDepositSchema } from '../../api/deposits/list.ts';
import type { refundDutySchema } from '../../api/deposits/views.ts';
import { formHref } from '../acts/links.ts';
import type { DepositForm } from '../../domain/law/facts.ts';
import { addressWith, listed } from '../http/listed.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { Refusal } from '../parts/form.tsx';
import { Money } from '../parts/money.tsx';
import { Note } from '../parts/note.tsx';
import { NextPage, Table } from '../parts/table.tsx';
import { DepositFrame, depositsOfHref, REFUNDS } from './centre-frame.tsx';
import { depositFormText, DepositState } from './deposit-words.tsx';
import { RefundForm, settle, settledText, type SentSettlement } from './settling.tsx';

interface Due {
  readonly depositId: string;
  readonly transactionId: string;
  readonly form: DepositForm;
  readonly leftFen: number;
  readonly refund: z.infer<typeof refundDutySchema>;
}
type Listed = z.infer<typeof listedDepositSchema>;

const MESSAGES = {
  zh: {
    title: '退还保证金',
    before: '开标前应当退还的',
    beforeLead: '投标人撤回、项目终止的，开标前即应退还：按流水号原路退回，不显示投标人和项目。',
    noneBefore: '现在没有开标前应当退还的保证金。',
    after: '已开标项目应当退还的',
    views: '按期限查看',
    due: '全部待退还',
    overdue: '只看逾期的',
    noneAfter: '没有。',
    tender: '项目',
    lot: (no: number) => `第${no}标段（包）`,
    supplier: '投标人',
    form: '形式',
    number: '流水号（保函编号）',
    left: '尚未退还',
    state: '状态',
    act: '办理',
    go: '登记退还',
    more: '更早的',
    rates: '登记保证金利率',
  },
  en: {
    title: 'Refunds of deposits',
    before: 'To go back before an opening',
    beforeLead:
      'What a bidder that withdrew, or a tender that was terminated, leaves goes back before the opening: by the number of the bank, the way it came; neither bidder nor tender is shown.',
    noneBefore: 'Nothing has to go back before an opening now.',
    after: 'To go back in opened tenders',
    views: 'By the time',
    due: 'all that is due',
    overdue: 'late only',
    noneAfter: 'None.',
    tender: 'Procurement',
    lot: (no: number) => `lot ${no}`,
    supplier: 'Bidder',
    form: 'Form',
    number: 'Number',
    left: 'Not back yet',
    state: 'State',
    act: 'Do',
    go: 'Record the refund',
    more: 'Earlier ones',
    rates: 'Record rates of interest',
  },
};

async function shown(context: PageContext, sent: SentSettlement | null): Promise<Outcome> {
  const { lang, href } = context;
  const t = MESSAGES[lang];
  const late = context.query('view') === 'overdue';
  const [before, after] = await Promise.all([
    listed<Due>(context, '/deposits/due'),
    listed<Listed>(context, '/deposits', {
      ...{ state: late ? 'overdue' : 'due', limit: 25, cursor: context.query('cursor') },
    }),
  ]);
  const problem = sent?.told.problem ?? before.problem ?? after.problem;
  return {
    title: t.title,
    status: problem?.status ?? 200,
    content: (
      <DepositFrame>
        <Refusal problem={problem} />
        {sent && !problem ? <Note kind="good" title={settledText(sent, lang)} /> : null}
        <h2>{t.before}</h2>
        <p class="soft">{t.beforeLead}</p>
        <Table
          rows={before.items}
          empty={t.noneBefore}
          columns={[
            { head: t.number, cell: (row) => <code>{row.transactionId}</code> },
            { head: t.form, cell: (row) => depositFormText(row.form, lang) },
            { head: t.left, number: true, cell: (row) => <Money fen={row.leftFen} /> },
            { head: t.state, cell: (row) => <DepositState leftFen={row.leftFen} refund={row.refund} /> },
            {
              head: t.act,
              cell: (row) => (
                <RefundForm action={REFUNDS} depositId={row.depositId} leftFen={row.leftFen} sent={sent} />
              ),
            },
          ]}
        />
        <h2>{t.after}</h2>
        <nav class="tabs" aria-label={t.views}>
          <ul>
            {([false, true] as const).map((each) => (
              <li>
                <a
                  href={href(addressWith(REFUNDS, { view: each ? 'overdue' : '' }))}
                  aria-current={each === late ? 'page' : undefined}
                >
                  {each ? t.overdue : t.due}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Table
          rows={after.items}
          empty={t.noneAfter}
          columns={[
            {
              head: t.tender,
              cell: (row) => (
                <>
                  {row.title} <span class="soft">{t.lot(row.lotNo)}</span>
                </>
              ),
            },
            { head: t.supplier, cell: (row) => <span lang="zh-CN">{row.supplier}</span> },
            { head: t.number, cell: (row) => <code>{row.transactionId}</code> },
            { head: t.left, number: true, cell: (row) => <Money fen={row.leftFen} /> },
            { head: t.state, cell: (row) => <DepositState leftFen={row.leftFen} refund={row.refund} /> },
            {
              head: t.act,
              cell: (row) => (
                <a
                  href={`${href(depositsOfHref(row.procurementId))}#deposit-${row.depositId}`}
                  aria-label={`${t.go}：${row.supplier}，${row.title}`}
                >
                  {t.go}
                </a>
              ),
            },
          ]}
        />
        <NextPage
          href={after.next && href(addressWith(REFUNDS, { view: late ? 'overdue' : '', cursor: after.next }))}
          text={t.more}
        />
        <p>
          <a href={href(formHref('post', '/deposits/rates', REFUNDS))}>{t.rates}</a>
        </p>
      </DepositFrame>
    ),
  };
}

/** What has to go back: before any opening without a name, after it by tender. */
export const refundPages = [
  page({ path: REFUNDS, for: 'person', handle: (context) => shown(context, null) }),
  page({
    path: REFUNDS,
    method: 'post',
    for: 'person',
    handle: async (context) => shown(context, await settle(context)),
  }),
];
