import type * as z from 'zod';
import type { listedDrawSchema } from '../../api/committees/list.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { DRAW_STATES } from '../../domain/committees/state.ts';
import { DRAW_PARTIES, type DrawParty } from '../../domain/draws/terms.ts';
import type { Lang } from '../http/language.ts';
import { addressWith, listed } from '../http/listed.ts';
import { page } from '../http/page.ts';
import { Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { NextPage, Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { drawPartyText, drawStateText, drawTag } from './draw-words.ts';

type Listed = z.infer<typeof listedDrawSchema>;

const MESSAGES = {
  zh: {
    title: '专家抽取',
    lead: '每个标段最近的一次抽取。谁被抽中，在中标（成交）结果确定前不在此列。',
    views: '按状态查看',
    unsettled: '进行中',
    all: '全部',
    tender: '项目',
    lot: (no: number) => `第${no}标段（包）`,
    state: '状态',
    next: '接下来',
    turns: { commit: '本方应提交承诺，截止', reveal: '本方应交出随机数，截止' },
    waits: {
      committing: '等待其他各方提交承诺，截止',
      revealing: '等待其他各方交出随机数，截止',
      calling: '等待专家答复；评审开始',
    },
    committed: '已提交承诺',
    revealed: '已交出随机数',
    nobody: '无',
    seats: '席位',
    of: (confirmed: number, seats: number) => `已确认 ${confirmed} / ${seats}`,
    evaluation: '评审开始',
    none: { unsettled: '现在没有进行中的抽取。', other: '没有。' },
    more: '更早的抽取',
  },
  en: {
    title: 'Draws of experts',
    lead: 'The last draw of each lot. Who was drawn is not shown before the award.',
    views: 'By state',
    unsettled: 'under way',
    all: 'all',
    tender: 'Procurement',
    lot: (no: number) => `lot ${no}`,
    state: 'State',
    next: 'Next',
    turns: { commit: 'Your commitment is due by', reveal: 'Your part of the seed is due by' },
    waits: {
      committing: 'Waits for the commitments of others, until',
      revealing: 'Waits for the parts of others, until',
      calling: 'Waits for the answers of experts; the evaluation begins',
    },
    committed: 'Committed',
    revealed: 'Part handed in',
    nobody: 'nobody',
    seats: 'Seats',
    of: (confirmed: number, seats: number) => `${confirmed} of ${seats} confirmed`,
    evaluation: 'Evaluation',
    none: { unsettled: 'No draw is under way.', other: 'None.' },
    more: 'Earlier draws',
  },
};

export const DRAWS = '/console/draws';
/** In the order of the tabs; the first is shown without a choice. */
const VIEWS = ['unsettled', 'formed', 'ended', 'void', 'all'] as const;

const partiesText = (parties: readonly DrawParty[], lang: Lang): string =>
  DRAW_PARTIES.filter((each) => parties.includes(each))
    .map((each) => drawPartyText(each, lang))
    .join(lang === 'zh' ? '、' : ', ');

/** The draws that a party takes part in, or watches. */
export const drawListPages = [
  page({
    path: DRAWS,
    for: 'person',
    handle: async (context) => {
      const { lang, href } = context;
      const t = MESSAGES[lang];
      const view = VIEWS.find((each) => each === context.query('view')) ?? 'unsettled';
      const { items, next, problem, status } = await listed<Listed>(context, '/draws', {
        unsettled: view === 'unsettled' ? 'true' : '',
        state: DRAW_STATES.find((each) => each === view),
        ...{ limit: 25, cursor: context.query('cursor') },
      });
      const own = view === 'unsettled' ? '' : view;
      const named = (each: (typeof VIEWS)[number]): string =>
        each === 'unsettled' || each === 'all' ? t[each] : drawStateText(each, lang);
      return {
        title: t.title,
        status,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <p class="soft">{t.lead}</p>
            <Refusal problem={problem} />
            <nav class="tabs" aria-label={t.views}>
              <ul>
                {VIEWS.map((each) => (
                  <li>
                    <a
                      href={href(addressWith(DRAWS, { view: each === 'unsettled' ? '' : each }))}
                      aria-current={each === view ? 'page' : undefined}
                    >
                      {named(each)}
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
            <Table
              rows={items}
              empty={view === 'unsettled' ? t.none.unsettled : t.none.other}
              columns={[
                {
                  head: t.tender,
                  cell: (row) => (
                    <>
                      <a href={href(`${DRAWS}/${row.procurementId}/${row.lotNo}`)}>{row.title}</a>{' '}
                      <span class="soft">{t.lot(row.lotNo)}</span>
                    </>
                  ),
                },
                {
                  head: t.state,
                  cell: (row) => <span class={`tag ${drawTag(row.state)}`}>{drawStateText(row.state, lang)}</span>,
                },
                { head: t.next, cell: (row) => <DrawNext draw={row} /> },
                { head: t.committed, cell: (row) => partiesText(row.committed, lang) || t.nobody },
                { head: t.revealed, cell: (row) => partiesText(row.revealed, lang) || t.nobody },
                { head: t.seats, cell: (row) => t.of(row.confirmed, row.seats) },
                { head: t.evaluation, cell: (row) => <Instant at={row.evaluationAt} bare /> },
              ]}
            />
            <NextPage href={next && href(addressWith(DRAWS, { view: own, cursor: next }))} text={t.more} />
          </ConsoleFrame>
        ),
      };
    },
  }),
];

/** What the reader's party has to do in a draw, and until when; or whom it waits for. */
export function DrawNext({ draw }: { readonly draw: Listed }) {
  const { t: say } = useView();
  const t = say(MESSAGES);
  if (draw.turn)
    return (
      <strong>
        {t.turns[draw.turn.act]} <Instant at={draw.turn.until} countdown />
      </strong>
    );
  switch (draw.state) {
    case 'committing':
      return waits(t.waits.committing, draw.commitUntil);
    case 'revealing':
      return waits(t.waits.revealing, draw.revealUntil);
    case 'calling':
      return waits(t.waits.calling, draw.evaluationAt);
    default:
      return null;
  }
}

const waits = (text: string, until: string) => (
  <>
    {text} <Instant at={until} countdown />
  </>
);
