import type * as z from 'zod';
import type { listedDepositSchema } from '../../api/deposits/list.ts';
import type { procurementSchema, summarySchema } from '../../api/procurements/views.ts';
import { addressWith, listed, typedIn } from '../http/listed.ts';
import { page } from '../http/page.ts';
import { SelectField, TextField } from '../parts/field.tsx';
import { errorsOf, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Money } from '../parts/money.tsx';
import { NextPage, Table } from '../parts/table.tsx';
import { DepositFrame, depositsOfHref, EXPECTED, RECEIVED } from './centre-frame.tsx';
import { depositFormText, DepositState } from './deposit-words.tsx';

type Listed = z.infer<typeof listedDepositSchema>;
type Summary = z.infer<typeof summarySchema>;
type Procurement = z.infer<typeof procurementSchema>;

const MESSAGES = {
  zh: {
    title: '已开标的保证金',
    q: '项目名称、编号，或者完整的流水号（保函编号）、汇款附言',
    state: '显示',
    all: '全部',
    states: { left: '未结清', due: '待退还', overdue: '逾期未退', settled: '已结清' },
    show: '查看',
    clear: '查看全部',
    tender: '项目',
    lot: (no: number) => `第${no}标段（包）`,
    supplier: '投标人',
    form: '形式',
    number: '流水号（保函编号）',
    amount: '金额',
    left: '尚未退还',
    arrived: '到账（提交）时间',
    standing: '状态',
    none: '没有符合条件的保证金。开标后的保证金才列在这里。',
    more: '更早的',
    expected: '未开标的项目',
    due: '应交金额',
    until: '到账截止',
    locked: '开标前保密',
    noLots: '现在没有要求投标保证金的在投项目。',
    later: '更早公告的项目',
  },
  en: {
    title: 'Deposits of opened tenders',
    q: 'Title or number of the procurement; or a whole number of the bank or the guarantee, or the reference that was quoted',
    state: 'Show',
    all: 'all',
    states: { left: 'not settled', due: 'to be refunded', overdue: 'not refunded in time', settled: 'settled' },
    show: 'Show',
    clear: 'Show all',
    tender: 'Procurement',
    lot: (no: number) => `lot ${no}`,
    supplier: 'Bidder',
    form: 'Form',
    number: 'Number',
    amount: 'Amount',
    left: 'Not back yet',
    arrived: 'Arrived',
    standing: 'State',
    none: 'No deposit fits. Deposits are listed here once their tender is opened.',
    more: 'Earlier ones',
    expected: 'Tenders not opened yet',
    due: 'Amount due',
    until: 'To arrive by',
    locked: 'secret until the opening',
    noLots: 'No procurement that is open for bids asks for a deposit.',
    later: 'Procurements announced earlier',
  },
};

const STATES = ['left', 'due', 'overdue', 'settled'] as const;

/** Deposits over all tenders: of those that were opened each, of the others what each lot asks for. */
export const receivedDepositPages = [
  page({
    path: RECEIVED,
    for: 'person',
    handle: async (context) => {
      const { lang, href } = context;
      const t = MESSAGES[lang];
      const typed = typedIn(context, ['q', 'state']);
      const { items, next, problem, status } = await listed<Listed>(context, '/deposits', {
        ...{ ...typed, limit: 25, cursor: context.query('cursor') },
      });
      const errors = errorsOf(problem, lang);
      return {
        title: t.title,
        status,
        content: (
          <DepositFrame>
            <h2>{t.title}</h2>
            <Refusal problem={problem} />
            <form class="filter" method="get" action={href(RECEIVED)} role="search">
              <TextField name="q" label={t.q} type="search" value={typed.q} errors={errors} />
              <SelectField
                name="state"
                label={t.state}
                empty={t.all}
                value={typed.state}
                choices={STATES.map((value) => ({ value, text: t.states[value] }))}
                errors={errors}
              />
              <button type="submit">{t.show}</button>
              {typed.q === '' && typed.state === '' ? null : <a href={href(RECEIVED)}>{t.clear}</a>}
            </form>
            <Table
              rows={items}
              empty={t.none}
              columns={[
                {
                  head: t.tender,
                  cell: (row) => (
                    <>
                      <a href={href(depositsOfHref(row.procurementId))}>{row.title}</a>{' '}
                      <span class="soft">{t.lot(row.lotNo)}</span>
                    </>
                  ),
                },
                { head: t.supplier, cell: (row) => <span lang="zh-CN">{row.supplier}</span> },
                { head: t.form, cell: (row) => depositFormText(row.form, lang) },
                { head: t.number, cell: (row) => <code>{row.transactionId}</code> },
                { head: t.amount, number: true, cell: (row) => <Money fen={row.amountFen} /> },
                { head: t.left, number: true, cell: (row) => <Money fen={row.leftFen} /> },
                { head: t.arrived, cell: (row) => <Instant at={row.arrivedAt} bare /> },
                { head: t.standing, cell: (row) => <DepositState leftFen={row.leftFen} refund={row.refund} /> },
              ]}
            />
            <NextPage href={next && href(addressWith(RECEIVED, { ...typed, cursor: next }))} text={t.more} />
          </DepositFrame>
        ),
      };
    },
  }),
  page({
    path: EXPECTED,
    for: 'person',
    handle: async (context) => {
      const { lang, href, view, ask } = context;
      const t = MESSAGES[lang];
      const { items, next, problem, status } = await listed<Summary>(context, '/procurements', {
        ...{ stage: 'bidding', limit: 15, cursor: context.query('cursor') },
      });
      // Who may read the deposits of tenders, and no other, finds the list of them here.
      const allowed = await ask({ method: 'get', path: '/deposits?limit=1' });
      const refused = allowed.problem ?? problem;
      const tenders = refused
        ? []
        : await Promise.all(
            items.map(async ({ id }) => {
              const { body, problem: hidden } = await ask({ method: 'get', path: `/procurements/${id}` });
              return hidden ? null : (body as Procurement);
            }),
          );
      const rows = tenders.flatMap((tender) =>
        (tender?.lots ?? [])
          .filter(({ bidBondFen }) => (bidBondFen ?? 0) > 0)
          .map((lot) => ({ id: tender?.id ?? '', title: tender?.title ?? '', deadline: tender?.bidDeadline, lot })),
      );
      return {
        title: t.expected,
        status: allowed.problem ? allowed.status : status,
        content: (
          <DepositFrame>
            <h2>{t.expected}</h2>
            <Refusal problem={refused} />
            <Table
              rows={rows}
              empty={t.noLots}
              columns={[
                {
                  head: t.tender,
                  cell: (row) => (
                    <>
                      <a href={href(`/console/tenders/${row.id}`)}>{row.title}</a>{' '}
                      <span class="soft">{t.lot(row.lot.no)}</span>
                    </>
                  ),
                },
                { head: t.due, number: true, cell: (row) => <Money fen={row.lot.bidBondFen ?? 0} /> },
                {
                  head: t.until,
                  cell: (row) =>
                    row.deadline ? <Instant at={row.deadline} countdown={Date.parse(row.deadline) > view.now} /> : '',
                },
                { head: t.standing, cell: () => <span class="tag">{t.locked}</span> },
              ]}
            />
            <NextPage href={next && href(addressWith(EXPECTED, { cursor: next }))} text={t.later} />
          </DepositFrame>
        ),
      };
    },
  }),
];
