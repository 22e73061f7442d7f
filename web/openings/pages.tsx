import type * as z from 'zod';
import type { openingStatusSchema } from '../../api/openings/views.ts';
import { readHref } from '../acts/links.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { stageText } from '../console/pages.tsx';
import { civilDayOf, formatDay } from '../../domain/civil-time.ts';
import { wordFor } from '../../domain/fields/field.ts';
import { liveHref } from '../live/pages.ts';
import { page } from '../http/page.ts';
import type { Lang } from '../http/language.ts';
import { TextField } from '../parts/field.tsx';
import { Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Table } from '../parts/table.tsx';

interface Due {
  readonly procurementId: string;
  readonly title: string;
  readonly stage: string;
  readonly at: string;
}
type Status = z.infer<typeof openingStatusSchema>;

const MESSAGES = {
  zh: {
    title: '当日开标',
    day: '日期',
    show: '查看',
    none: '当日没有开标。',
    tender: '项目',
    at: '开标时间',
    state: '状态',
    custodians: '保管人',
    opened: '已开启',
    of: (opened: number, all: number) => `${opened} / ${all}`,
    record: '开标记录',
    checkIn: '签到',
    released: { waiting: '待交', released: '已交', refused: '拒绝', missing: '未到' },
    states: {
      suspended: '已暂停',
      'under-way': '进行中',
      paused: '监督部门暂停',
      'waiting-for-custodians': '待保管人交出份额',
      'waiting-for-bidders': '待投标人解密',
      concluded: '已结束',
    },
  },
  en: {
    title: 'Openings of the day',
    day: 'Day',
    show: 'Show',
    none: 'Nothing is opened on this day.',
    tender: 'Procurement',
    at: 'Opening',
    state: 'State',
    custodians: 'Custodians',
    opened: 'Opened',
    of: (opened: number, all: number) => `${opened} of ${all}`,
    record: 'Record',
    checkIn: 'Check-in',
    released: { waiting: 'waiting', released: 'released', refused: 'refused', missing: 'missing' },
    states: {
      suspended: 'suspended',
      'under-way': 'under way',
      paused: 'paused by the supervisor',
      'waiting-for-custodians': 'waiting for custodians',
      'waiting-for-bidders': 'waiting for bidders to decrypt',
      concluded: 'concluded',
    },
  },
};

/** Beyond it the state of each is one step away. */
const MOST_SHOWN = 30;

const custodiansText = (status: Status, lang: Lang): string =>
  status.custodians
    .map(
      ({ custodian, state }) =>
        `${lang === 'zh' ? wordFor('custodian', custodian) : custodian}：${MESSAGES[lang].released[state]}`,
    )
    .join('；');

/** How many of the bids could be opened: known once the record of their lot is out. */
function openedText({ items }: Status, lang: Lang): string {
  const entries = items.flatMap((record) => record.entries);
  if (entries.length === 0) return '';
  return MESSAGES[lang].of(entries.filter(({ state }) => state === null || state === 'opened').length, entries.length);
}

/** The openings of a day as they go: countdown, custodians, what was decrypted. */
export const openingPages = [
  page({
    path: '/console/openings',
    for: 'person',
    handle: async (context) => {
      const { lang, view } = context;
      const t = MESSAGES[lang];
      const given = context.query('day');
      const day = /^\d{4}-\d{2}-\d{2}$/.test(given) ? given : formatDay(civilDayOf(view.now));
      const told = await context.ask({ method: 'get', path: `/openings?day=${day}` });
      const due = (told.body as { items?: Due[] } | undefined)?.items ?? [];
      const rows = await Promise.all(
        due.map(async (each, index) => {
          if (each.stage === 'bidding' || index >= MOST_SHOWN) return { ...each, status: null };
          const { body, problem } = await context.ask({
            method: 'get',
            path: `/procurements/${each.procurementId}/opening`,
          });
          return { ...each, status: problem ? null : (body as Status) };
        }),
      );
      return {
        title: t.title,
        status: told.problem?.status ?? 200,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <form class="filter" method="get" action={context.href('/console/openings')}>
              <TextField name="day" label={t.day} type="date" value={day} />
              <button type="submit">{t.show}</button>
            </form>
            <Refusal problem={told.problem} />
            <div id="openings" data-live={liveHref(null)}>
              <Table
                rows={rows}
                empty={t.none}
                columns={[
                  { head: t.at, cell: (row) => <Instant at={row.at} countdown /> },
                  {
                    head: t.tender,
                    cell: (row) => <a href={context.href(`/console/tenders/${row.procurementId}`)}>{row.title}</a>,
                  },
                  {
                    head: t.state,
                    cell: (row) => (
                      <span class="tag">{row.status ? t.states[row.status.state] : stageText(row.stage, lang)}</span>
                    ),
                  },
                  { head: t.custodians, cell: (row) => (row.status ? custodiansText(row.status, lang) : '') },
                  { head: t.opened, cell: (row) => (row.status ? openedText(row.status, lang) : '') },
                  {
                    head: t.record,
                    cell: (row) =>
                      row.status ? (
                        <a
                          href={context.href(
                            readHref(`/procurements/${row.procurementId}/opening`, '/console/openings'),
                          )}
                        >
                          {t.record}
                        </a>
                      ) : (
                        ''
                      ),
                  },
                  {
                    head: t.checkIn,
                    cell: (row) => (
                      <a
                        href={context.href(`/console/openings/${row.procurementId}`)}
                        aria-label={`${t.checkIn}：${row.title}`}
                      >
                        {t.checkIn}
                      </a>
                    ),
                  },
                ]}
              />
            </div>
          </ConsoleFrame>
        ),
      };
    },
  }),
];
