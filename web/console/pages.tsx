import { ROUTES } from '../../api/routes.ts';
import type { summarySchema } from '../../api/procurements/views.ts';
import type { notificationSchema } from '../../api/notifications/views.ts';
import type * as z from 'zod';
import { actHref, readHref } from '../acts/links.ts';
import { isPossible } from '../acts/possible.ts';
import { page } from '../http/page.ts';
import type { Lang } from '../http/language.ts';
import { wordFor } from '../../domain/fields/field.ts';
import { Instant } from '../parts/instant.tsx';
import { NextPage, Table } from '../parts/table.tsx';
import { Empty } from '../parts/empty.tsx';
import { Form } from '../parts/form.tsx';
import { ConsoleFrame } from './frame.tsx';
import { NoteLine } from './note-line.tsx';

type Summary = z.infer<typeof summarySchema>;
type Notification = z.infer<typeof notificationSchema>;

const MESSAGES = {
  zh: {
    running: '项目',
    title: '项目名称',
    stage: '阶段',
    deadline: '投标（响应）截止',
    purchaser: '招标人（采购人）',
    noTenders: '还没有项目。公告见公告栏。',
    more: '更多',
    all: '全部事项',
    allHint: '与某一项目无关、您的身份可以办理和查看的事项。',
    acts: '办理',
    reads: '查看',
    notifications: '通知',
    noNotifications: '还没有通知。',
    markRead: '全部标为已读',
  },
  en: {
    running: 'Procurements',
    title: 'Title',
    stage: 'Stage',
    deadline: 'Bid deadline',
    purchaser: 'Purchaser',
    noTenders: 'No procurements yet. The notices are on the board.',
    more: 'More',
    all: 'Everything else',
    allHint: 'What your role may do and read beside the procurements.',
    acts: 'Do',
    reads: 'Read',
    notifications: 'Notifications',
    noNotifications: 'No notifications yet.',
    markRead: 'Mark all as read',
  },
};

export const stageText = (stage: string, lang: Lang): string => (lang === 'zh' ? wordFor('stage', stage) : stage);

export const consolePages = [
  page({
    path: '/console/notifications',
    for: 'person',
    handle: async (context) => {
      const { lang } = context;
      const t = MESSAGES[lang];
      const cursor = context.query('cursor');
      const told = await context.ask({
        method: 'get',
        path: `/notifications?limit=50${cursor ? `&cursor=${cursor}` : ''}`,
      });
      const { items = [], next = null } = (told.body ?? {}) as { items?: Notification[]; next?: string | null };
      return {
        title: t.notifications,
        content: (
          <ConsoleFrame>
            <h1>{t.notifications}</h1>
            {items.length === 0 ? (
              <Empty>{t.noNotifications}</Empty>
            ) : (
              <ul class="plain card">
                {items.map((note) => (
                  <NoteLine note={note} />
                ))}
              </ul>
            )}
            <NextPage href={next && context.href(`/console/notifications?cursor=${next}`)} text={t.more} />
            {items.some(({ readAt }) => readAt === null) ? (
              <Form action="/console/notifications/read" submit={t.markRead} guard={false} />
            ) : null}
          </ConsoleFrame>
        ),
      };
    },
  }),
  page({
    path: '/console/tenders',
    for: 'person',
    handle: async (context) => {
      const { lang, view } = context;
      const t = MESSAGES[lang];
      const role = view.acting?.role ?? 'public';
      const mine = role === 'purchaser' || role === 'agency';
      const cursor = context.query('cursor');
      const told = await context.ask({
        method: 'get',
        path: `/procurements?limit=50&mine=${mine}${cursor ? `&cursor=${cursor}` : ''}`,
      });
      const { items = [], next = null } = (told.body ?? {}) as { items?: Summary[]; next?: string | null };
      return {
        title: t.running,
        content: (
          <ConsoleFrame>
            <h1>{t.running}</h1>
            <Table
              rows={items}
              empty={t.noTenders}
              columns={[
                { head: t.title, cell: (row) => <a href={context.href(`/console/tenders/${row.id}`)}>{row.title}</a> },
                { head: t.purchaser, cell: (row) => row.purchaser.name },
                { head: t.stage, cell: (row) => <span class="tag">{stageText(row.stage, lang)}</span> },
                { head: t.deadline, cell: (row) => (row.bidDeadline ? <Instant at={row.bidDeadline} /> : '') },
              ]}
            />
            <NextPage href={next && context.href(`/console/tenders?cursor=${next}`)} text={t.more} />
          </ConsoleFrame>
        ),
      };
    },
  }),
  page({
    path: '/console/acts',
    for: 'person',
    handle: async (context) => {
      const { lang, view } = context;
      const t = MESSAGES[lang];
      const role = view.acting?.role ?? 'public';
      const own = ROUTES.filter(
        ({ path, at, tag, method }) =>
          !path.includes('{') &&
          at === 'anywhere' &&
          !/prepared|dossier|^\/session$|^\/invitations|callback|head|options/.test(path + method) &&
          tag !== 'law',
      ).filter((spec) => isPossible(spec, role, { stage: 'draft' }));
      const listed = (title: string, some: typeof own, href: (spec: (typeof own)[number]) => string) =>
        some.length === 0 ? null : (
          <>
            <h2>{title}</h2>
            <ul class="plain card">
              {some.map((spec) => (
                <li>
                  <a href={context.href(href(spec))}>{spec[lang]}</a>
                </li>
              ))}
            </ul>
          </>
        );
      return {
        title: t.all,
        content: (
          <ConsoleFrame>
            <h1>{t.all}</h1>
            <p class="soft">{t.allHint}</p>
            {listed(
              t.acts,
              own.filter(({ method }) => method !== 'get'),
              ({ method, path }) => actHref(method, path, '/console/acts'),
            )}
            {listed(
              t.reads,
              own.filter(({ method }) => method === 'get'),
              ({ path }) => readHref(path, '/console/acts'),
            )}
          </ConsoleFrame>
        ),
      };
    },
  }),
];
