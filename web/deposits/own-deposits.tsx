import type * as z from 'zod';
import type { ownDepositSchema } from '../../api/deposits/views.ts';
import type { procurementSchema } from '../../api/procurements/views.ts';
import { wordFor } from '../../domain/fields/field.ts';
import { actHref, readHref } from '../acts/links.ts';
import { ownTenders } from '../bids/own-tenders.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page, type PageContext } from '../http/page.ts';
import { messageIn } from '../http/language.ts';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Money } from '../parts/money.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';

type OwnDeposit = z.infer<typeof ownDepositSchema>;
type Procurement = z.infer<typeof procurementSchema>;
type Lot = Procurement['lots'][number];

const MESSAGES = {
  zh: {
    title: '投标保证金',
    none: '本单位参与的项目都没有要求投标保证金。',
    lot: (no: number) => `第${no}标段（包）`,
    due: '应交金额',
    account: '收款账户',
    reference: '汇款附言',
    referenceHint: '须原样填写；不得告知他人',
    until: '到账截止',
    guaranteeUntil: '保函有效期至少至',
    held: '已足额提交',
    notHeld: '尚未足额提交',
    form: '形式',
    amount: '金额',
    arrived: '到账（提交）时间',
    left: '尚未退还',
    refund: '最迟退还',
    document: '保函文件',
    upload: '上传',
    see: '查看',
    empty: '还没有收到。',
    guarantee: '提交保函、保险',
    claim: '认领未写附言的汇款',
    request: '取得收款账户和汇款附言',
  },
  en: {
    title: 'Deposits',
    none: 'No procurement that your organisation takes part in asks for a deposit.',
    lot: (no: number) => `Lot ${no}`,
    due: 'Amount due',
    account: 'Pay to',
    reference: 'Quote this reference',
    referenceHint: 'exactly as it stands; tell nobody',
    until: 'To arrive by',
    guaranteeUntil: 'A guarantee is valid at least until',
    held: 'paid in full',
    notHeld: 'not paid in full',
    form: 'Form',
    amount: 'Amount',
    arrived: 'Arrived',
    left: 'Not yet back',
    refund: 'Back by',
    document: 'Document',
    upload: 'Upload',
    see: 'Read',
    empty: 'Nothing has arrived yet.',
    guarantee: 'Submit a guarantee or an insurance',
    claim: 'Claim a payment without a reference',
    request: 'Get the account and the reference to quote',
  },
};

/** The deposit of the visitor's organisation for a lot; nothing where none is asked for. */
export async function depositSection(
  context: PageContext,
  tender: Pick<Procurement, 'id' | 'stage'>,
  lot: Pick<Lot, 'no' | 'bidBondFen'>,
  back: string,
) {
  if ((lot.bidBondFen ?? 0) === 0) return null;
  const { lang, href } = context;
  const t = MESSAGES[lang];
  const path = `/procurements/${tender.id}/lots/${lot.no}/deposit`;
  const told = await context.ask({ method: 'get', path });
  if (told.problem) return null;
  const own = told.body as OwnDeposit;
  const { account } = own;
  return (
    <section>
      <h3>
        {t.title}{' '}
        <span class={own.standing.held ? 'tag good' : 'tag warn'}>{own.standing.held ? t.held : t.notHeld}</span>
      </h3>
      <Facts
        rows={[
          [t.due, <Money fen={own.amountFen} />],
          [t.until, <Instant at={own.bidDeadline} countdown={tender.stage === 'bidding'} />],
          ...(account ? [[t.account, `${account.holder}，${account.bank}，${account.number}`] as const] : []),
          ...(own.reference
            ? [
                [
                  t.reference,
                  <>
                    <code>{own.reference}</code> <span class="soft small">{t.referenceHint}</span>
                  </>,
                ] as const,
              ]
            : []),
          ...(own.guaranteeUntil ? [[t.guaranteeUntil, <Instant at={own.guaranteeUntil} bare />] as const] : []),
        ]}
      />
      {own.suspended ? <Note kind="warn">{messageIn(lang, asMessage(own.suspended))}</Note> : null}
      {own.standing.faults.map((fault) => (
        <Note kind="warn">{messageIn(lang, asMessage(fault))}</Note>
      ))}
      <Table
        rows={own.deposits}
        empty={t.empty}
        columns={[
          { head: t.form, cell: (row) => (lang === 'zh' ? wordFor('form', row.form) : row.form) },
          { head: t.amount, cell: (row) => <Money fen={row.amountFen} /> },
          { head: t.arrived, cell: (row) => <Instant at={row.arrivedAt} bare /> },
          { head: t.left, cell: (row) => <Money fen={row.leftFen} /> },
          { head: t.refund, cell: (row) => (row.refund.dueAt ? <Instant at={row.refund.dueAt} bare /> : '') },
          {
            head: t.document,
            cell: (row) =>
              row.form === 'transfer' ? (
                ''
              ) : (
                <a
                  href={href(
                    row.document
                      ? readHref(`${path}/${row.depositId}/document`, back)
                      : actHref('post', `${path}/${row.depositId}/document`, back),
                  )}
                >
                  {row.document ? t.see : t.upload}
                </a>
              ),
          },
        ]}
      />
      {tender.stage === 'bidding' ? (
        <p class="buttons">
          <a class="button plain" href={href(actHref('post', `${path}/guarantee`, back))}>
            {t.guarantee}
          </a>
          <a class="button plain" href={href(actHref('post', `${path}/claim`, back))}>
            {t.claim}
          </a>
        </p>
      ) : null}
    </section>
  );
}

/** To the deposit of a lot, for who does not take part yet; nothing where none is asked for. */
export function depositLink(
  { lang, href }: PageContext,
  { id }: Pick<Procurement, 'id'>,
  { bidBondFen }: Pick<Lot, 'bidBondFen'>,
) {
  const t = MESSAGES[lang];
  return (bidBondFen ?? 0) === 0 ? null : (
    <p>
      {t.title}：<Money fen={bidBondFen ?? 0} /> · <a href={href(`/console/deposits?tender=${id}`)}>{t.request}</a>
    </p>
  );
}

const asMessage = ({ zh, en }: { readonly zh: string; readonly en: string }) => ({ messageZh: zh, messageEn: en });

export const ownDepositPages = [
  page({
    path: '/console/deposits',
    for: 'person',
    handle: async (context) => {
      const t = MESSAGES[context.lang];
      const { problem, tenders } = await ownTenders(context);
      const wanted = /^[0-9a-f-]{36}$/.exec(context.query('tender'))?.[0];
      const ids = [...new Set([...(wanted === undefined ? [] : [wanted]), ...tenders.map(({ id }) => id)])];
      const shown = await Promise.all(
        ids.map(async (id) => {
          const { body } = await context.ask({ method: 'get', path: `/procurements/${id}` });
          const tender = body as Procurement | undefined;
          const sections = await Promise.all(
            (tender?.lots ?? []).map(async (lot) => ({
              lot,
              section: await depositSection(context, tender as Procurement, lot, '/console/deposits'),
            })),
          );
          return { id, title: tender?.title ?? '', sections: sections.filter(({ section }) => section !== null) };
        }),
      );
      const some = shown.filter(({ sections }) => sections.length > 0);
      return {
        title: t.title,
        status: problem?.status ?? 200,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <Refusal problem={problem} />
            {some.length === 0 ? <Empty>{t.none}</Empty> : null}
            {some.map(({ id, title, sections }) => (
              <section class="card">
                <h2>
                  <a href={context.href(`/console/tenders/${id}`)}>{title}</a>
                </h2>
                {sections.map(({ lot, section }) => (
                  <>
                    <p class="soft">{t.lot(lot.no)}</p>
                    {section}
                  </>
                ))}
              </section>
            ))}
          </ConsoleFrame>
        ),
      };
    },
  }),
];
