import type * as z from 'zod';
import type { bidderDepositSchema } from '../../api/deposits/views.ts';
import type { procurementSchema } from '../../api/procurements/views.ts';
import { readHref } from '../acts/links.ts';
import { wordFor } from '../../domain/fields/field.ts';
import { permission } from '../../domain/roles.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { messageIn } from '../http/language.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { Empty } from '../parts/empty.tsx';
import { Facts, type FactRow } from '../parts/facts.tsx';
import { Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Money } from '../parts/money.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { depositsOfHref, RECEIVED } from './centre-frame.tsx';
import { depositFormText, DepositState } from './deposit-words.tsx';
import { CheckForm, ForfeitForm, RefundForm, settle, settledText, type SentSettlement } from './settling.tsx';

type Deposit = z.infer<typeof bidderDepositSchema>;
type Procurement = z.infer<typeof procurementSchema>;

const MESSAGES = {
  zh: {
    title: '项目的保证金',
    deposits: '保证金',
    tender: '项目',
    none: '该项目没有收到保证金。',
    lot: (no: number) => `第${no}标段（包）`,
    standing: '是否足额提交',
    held: '已足额提交',
    notHeld: '未足额提交',
    form: '形式',
    number: '流水号（保函编号）',
    amount: '金额',
    left: '尚未退还',
    arrived: '到账（提交）时间',
    payer: '汇款人',
    issuer: '开立人',
    valid: '有效期至',
    state: '状态',
    interest: '现在退还应付的利息',
    document: '保函（保险单）文件',
    see: '查看',
    conflicts: '另有单位提交了同一保函（保险）：',
    movements: '变动',
    kind: '事项',
    kinds: {
      replaced: '被替换',
      confirmed: '核验：真实有效',
      rejected: '核验：不予认可',
      refunded: '退还',
      forfeited: '不予退还',
      overdue: '逾期未退，已记录',
    },
    ofInterest: '利息',
    at: '时间',
    reference: '银行流水号',
    reason: '理由',
    noMovements: '还没有变动。',
  },
  en: {
    title: 'Deposits of a procurement',
    deposits: 'Deposits',
    tender: 'Procurement',
    none: 'No deposit was received.',
    lot: (no: number) => `Lot ${no}`,
    standing: 'Paid in full',
    held: 'yes',
    notHeld: 'no',
    form: 'Form',
    number: 'Number',
    amount: 'Amount',
    left: 'Not back yet',
    arrived: 'Arrived',
    payer: 'Payer',
    issuer: 'Issuer',
    valid: 'Valid until',
    state: 'State',
    interest: 'Interest that is owed if it goes back now',
    document: 'Document of the guarantee',
    see: 'Read it',
    conflicts: 'Others submitted the same guarantee: ',
    movements: 'Movements',
    kind: 'What',
    kinds: {
      replaced: 'replaced',
      confirmed: 'checked: valid',
      rejected: 'checked: not accepted',
      refunded: 'refunded',
      forfeited: 'kept',
      overdue: 'on record as not refunded in time',
    },
    ofInterest: 'Interest',
    at: 'When',
    reference: 'Number of the bank',
    reason: 'Reason',
    noMovements: 'None yet.',
  },
};

async function shown(context: PageContext, sent: SentSettlement | null): Promise<Outcome> {
  const { lang, href, ask, view } = context;
  const t = MESSAGES[lang];
  const id = context.param('procurementId');
  const [tender, told] = await Promise.all([
    ask({ method: 'get', path: `/procurements/${encodeURIComponent(id)}` }),
    ask({ method: 'get', path: `/procurements/${encodeURIComponent(id)}/deposits` }),
  ]);
  const role = view.acting?.role ?? 'public';
  const crumbs = role === 'centre' ? ([[RECEIVED, t.deposits]] as const) : ([['/console/tenders', t.tender]] as const);
  if (told.problem)
    return {
      title: t.title,
      status: told.status,
      content: (
        <ConsoleFrame crumbs={crumbs}>
          <Refusal problem={told.problem} alone />
        </ConsoleFrame>
      ),
    };
  const { items } = told.body as { items: Deposit[] };
  const title = tender.problem ? '' : (tender.body as Procurement).title;
  const problem = sent?.told.problem ?? null;
  return {
    title: `${t.title}：${title}`,
    status: problem?.status ?? 200,
    content: (
      <ConsoleFrame crumbs={crumbs}>
        <h1>{t.title}</h1>
        <p>
          <a href={href(`/console/tenders/${id}`)}>{title}</a>
        </p>
        <Refusal problem={problem} />
        {sent && !problem ? <Note kind="good" title={settledText(sent, lang)} /> : null}
        {items.length === 0 ? <Empty>{t.none}</Empty> : null}
        {items.map((deposit) => (
          <DepositCard deposit={deposit} action={depositsOfHref(id)} sent={sent} />
        ))}
      </ConsoleFrame>
    ),
  };
}

function DepositCard({
  deposit,
  action,
  sent,
}: {
  readonly deposit: Deposit;
  readonly action: string;
  readonly sent: SentSettlement | null;
}) {
  const { lang, acting, href, t: say } = useView();
  const t = say(MESSAGES);
  const { depositId, leftFen, form, interest, standing, conflicts, warnings, movements } = deposit;
  const role = acting?.role ?? 'public';
  const may = (what: 'deposit.refund' | 'deposit.record'): boolean => 'scope' in permission(role, what, {});
  const given = { action, depositId, leftFen, interestFen: interest?.fen, sent };
  const optional = (label: string, value: string | null): readonly FactRow[] =>
    value === null ? [] : [[label, value]];
  return (
    <section class="card" id={`deposit-${depositId}`}>
      <h2>
        <span lang="zh-CN">{deposit.supplier}</span> · {t.lot(deposit.lotNo)}
      </h2>
      {warnings.map(({ zh, en }) => (
        <Note kind="warn">{messageIn(lang, { messageZh: zh, messageEn: en })}</Note>
      ))}
      {conflicts.length > 0 ? (
        <Note kind="warn">
          {t.conflicts}
          {conflicts.map(({ supplier }) => supplier).join('、')}
        </Note>
      ) : null}
      <Facts
        rows={[
          [t.state, <DepositState leftFen={leftFen} refund={deposit.refund} />],
          ...(standing
            ? ([
                [
                  t.standing,
                  <span class={`tag ${standing.held ? 'good' : 'warn'}`}>{standing.held ? t.held : t.notHeld}</span>,
                ],
              ] as readonly FactRow[])
            : []),
          [t.form, depositFormText(form, lang)],
          [t.number, <code>{deposit.transactionId}</code>],
          [t.amount, <Money fen={deposit.amountFen} />],
          [t.left, <Money fen={leftFen} />],
          [t.arrived, <Instant at={deposit.arrivedAt} bare />],
          ...optional(t.payer, deposit.payer),
          ...optional(t.issuer, deposit.issuer),
          ...(deposit.validUntil === null
            ? []
            : ([[t.valid, <Instant at={deposit.validUntil} bare />]] as readonly FactRow[])),
          ...(interest === null
            ? []
            : ([
                [t.interest, interest.fen === null ? (interest.missing?.[lang] ?? '') : <Money fen={interest.fen} />],
              ] as readonly FactRow[])),
          ...(deposit.document === null
            ? []
            : ([
                [t.document, <a href={href(readHref(`/deposits/${depositId}/document`, action))}>{t.see}</a>],
              ] as readonly FactRow[])),
        ]}
      />
      <Table
        caption={t.movements}
        rows={movements}
        empty={t.noMovements}
        columns={[
          { head: t.kind, cell: (row) => t.kinds[row.kind] },
          { head: t.amount, number: true, cell: (row) => <Money fen={row.amountFen} /> },
          { head: t.ofInterest, number: true, cell: (row) => <Money fen={row.interestFen} /> },
          { head: t.at, cell: (row) => <Instant at={row.at} bare /> },
          { head: t.reference, cell: (row) => row.bankReference ?? '' },
          {
            head: t.reason,
            cell: (row) =>
              [row.ground && (lang === 'zh' ? wordFor('ground', row.ground, ['forfeit']) : row.ground), row.reasonZh]
                .filter(Boolean)
                .join('：'),
          },
        ]}
      />
      {leftFen > 0 && may('deposit.refund') ? (
        <>
          <RefundForm {...given} />
          <ForfeitForm {...given} />
        </>
      ) : null}
      {leftFen > 0 && form !== 'transfer' && may('deposit.record') ? <CheckForm {...given} /> : null}
    </section>
  );
}

/** The deposits of one tender, after its opening: how each stands, and what is done with it. */
export const depositsOfTenderPages = [
  page({ path: '/console/deposits/of/:procurementId', for: 'person', handle: (context) => shown(context, null) }),
  page({
    path: '/console/deposits/of/:procurementId',
    method: 'post',
    for: 'person',
    handle: async (context) => shown(context, await settle(context)),
  }),
];
