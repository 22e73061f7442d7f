import type * as z from 'zod';
import type { receiptSchema } from '../../api/bids/views.ts';
import { actHref, readHref } from '../acts/links.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { page, type PageContext } from '../http/page.ts';
import type { Lang } from '../http/language.ts';
import { Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Table } from '../parts/table.tsx';

export type Receipt = z.infer<typeof receiptSchema>;

const MESSAGES = {
  zh: {
    title: '投标与回执',
    hint: '本单位递交、替换、撤回的全部投标（响应）文件。只有本单位看得到。',
    none: '本单位还没有递交过投标（响应）文件。在“项目”中打开一个项目，可以封装并递交。',
    tender: '项目',
    lot: '标段（包）',
    version: '份次',
    received: '收到时间',
    state: '状态',
    receipt: '回执',
    json: '可离线核验的回执',
    withdraw: '撤回',
    states: { standing: '有效', replaced: '已被替换', withdrawn: '已撤回' },
  },
  en: {
    title: 'Bids and receipts',
    hint: 'All bids that your organisation submitted, replaced or withdrew. Only your organisation sees them.',
    none: 'Your organisation has submitted no bid yet. Open a procurement to seal and submit one.',
    tender: 'Procurement',
    lot: 'Lot',
    version: 'Version',
    received: 'Received',
    state: 'State',
    receipt: 'Receipt',
    json: 'to check off-line',
    withdraw: 'Withdraw',
    states: { standing: 'standing', replaced: 'replaced', withdrawn: 'withdrawn' },
  },
};

const TAGS = { standing: 'tag good', replaced: 'tag', withdrawn: 'tag warn' } as const;

/** Receipts with what can be done with each. @param titles of the tenders; null: all are of the tender of the page */
export function ReceiptTable({
  context: { lang, href, view },
  receipts,
  titles,
  back,
  empty,
}: {
  readonly context: PageContext;
  readonly receipts: readonly Receipt[];
  readonly titles: ReadonlyMap<string, string> | null;
  readonly back: string;
  readonly empty: string;
}) {
  const t = MESSAGES[lang];
  return (
    <Table
      rows={receipts}
      empty={empty}
      columns={[
        ...(titles
          ? [
              {
                head: t.tender,
                cell: (row: Receipt) => (
                  <a href={href(`/console/tenders/${row.procurementId}`)}>
                    {titles.get(row.procurementId) ?? row.procurementId}
                  </a>
                ),
              },
              { head: t.lot, cell: (row: Receipt) => row.lotNo, number: true },
            ]
          : []),
        { head: t.version, cell: (row) => row.version, number: true },
        { head: t.received, cell: (row) => <Instant at={row.receivedAt} bare /> },
        { head: t.state, cell: (row) => <span class={TAGS[row.state]}>{t.states[row.state]}</span> },
        {
          head: t.receipt,
          cell: (row) => (
            <>
              <a href={href(readHref(`/receipts/${row.bidId}/receipt.pdf`, back))}>PDF</a>{' '}
              <a href={`/api/receipts/${row.bidId}`} download={`receipt-${row.bidId}.json`}>
                JSON <span class="visually-hidden">{t.json}</span>
              </a>
            </>
          ),
        },
        {
          head: t.withdraw,
          cell: (row) =>
            row.state === 'standing' && (row.deadline === null || Date.parse(row.deadline) > view.now) ? (
              <a
                href={href(actHref('post', `/procurements/${row.procurementId}/lots/${row.lotNo}/bids/withdraw`, back))}
              >
                {t.withdraw}
              </a>
            ) : (
              ''
            ),
        },
      ]}
    />
  );
}

/** All receipts of the organisation that the visitor acts for, newest first. */
export async function ownReceipts(context: PageContext) {
  const told = await context.ask({ method: 'get', path: '/receipts' });
  return { problem: told.problem, receipts: (told.body as { items?: Receipt[] } | undefined)?.items ?? [] };
}

/** The titles of tenders, as far as the visitor may see them. */
export async function titlesOf(context: PageContext, ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    [...new Set(ids)].map(async (id) => {
      const { body } = await context.ask({ method: 'get', path: `/procurements/${id}` });
      const { title } = (body ?? {}) as { title?: string };
      return [id, title ?? id] as const;
    }),
  );
  return new Map(found);
}

export const ownBidsTitle = (lang: Lang): string => MESSAGES[lang].title;

export const ownBidPages = [
  page({
    path: '/console/bids',
    for: 'person',
    handle: async (context) => {
      const t = MESSAGES[context.lang];
      const { problem, receipts } = await ownReceipts(context);
      const titles = await titlesOf(
        context,
        receipts.map(({ procurementId }) => procurementId),
      );
      return {
        title: t.title,
        status: problem?.status ?? 200,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <Refusal problem={problem} />
            <p class="soft">{t.hint}</p>
            <ReceiptTable context={context} receipts={receipts} titles={titles} back="/console/bids" empty={t.none} />
          </ConsoleFrame>
        ),
      };
    },
  }),
];
