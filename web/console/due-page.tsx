import type * as z from 'zod';
import type { notificationSchema } from '../../api/notifications/views.ts';
import { permission } from '../../domain/roles.ts';
import { CALENDAR, maySubscribe } from '../accounts/calendar-page.tsx';
import { page } from '../http/page.ts';
import { Empty } from '../parts/empty.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { useView } from '../parts/view.ts';
import { calendarOfDue } from '../procurements/calendar-file.ts';
import { dueItems, type DueItem } from './due.ts';
import { ConsoleFrame } from './frame.tsx';
import { NoteLine } from './note-line.tsx';

type Notification = z.infer<typeof notificationSchema>;

const MESSAGES = {
  zh: {
    due: '待办',
    overdue: '已逾期',
    mine: '本单位应办',
    confirm: '待我复核',
    next: '接下来',
    unread: '未读通知',
    nothing: '现在没有待办事项。',
    start: '新建采购项目',
    tenders: '查看项目',
    nobody: '如无人办理：',
    provisional: '暂定',
    lot: (no: number) => `第${no}标段（包）`,
    choose: '请先选择身份。',
    everywhere: '全部逾期事项',
    calendar: '存为日历文件（.ics）',
    subscribe: '用日历程序订阅',
  },
  en: {
    due: 'What is due',
    overdue: 'Overdue',
    mine: 'For you to do',
    confirm: 'Waiting for your confirmation',
    next: 'What comes next',
    unread: 'Unread notifications',
    nothing: 'Nothing is due now.',
    start: 'Start a procurement',
    tenders: 'See the procurements',
    nobody: 'If nobody acts: ',
    provisional: 'provisional',
    lot: (no: number) => `lot ${no}`,
    choose: 'Choose for whom you act first.',
    everywhere: 'All that is late',
    calendar: 'Save as a calendar file (.ics)',
    subscribe: 'Subscribe with a calendar program',
  },
};

/** What is due first, and then what was notified. */
export const duePages = [
  page({
    path: '/console',
    for: 'person',
    handle: async (context) => {
      const { lang, view } = context;
      const t = MESSAGES[lang];
      if (!view.acting && (view.person?.memberships.length ?? 0) > 1) return { redirect: '/console/acting' };
      const groups = await dueItems(context);
      const notes = await context.ask({ method: 'get', path: '/notifications?limit=20' });
      const unread = ((notes.body as { items?: Notification[] } | undefined)?.items ?? []).filter(
        ({ readAt }) => readAt === null,
      );
      const shown = (['overdue', 'mine', 'confirm', 'next'] as const).filter((name) => groups[name].length > 0);
      const watches = view.acting !== null && 'scope' in permission(view.acting.role, 'oversight.read', {});
      const runs = view.acting?.role === 'purchaser' || view.acting?.role === 'agency';
      return {
        title: t.due,
        content: (
          <ConsoleFrame>
            <h1>{t.due}</h1>
            {view.acting ? null : <Note kind="warn">{t.choose}</Note>}
            {shown.map((name) => (
              <section>
                <h2>{t[name]}</h2>
                <DueList items={groups[name]} late={name === 'overdue'} />
                {name === 'overdue' && watches ? (
                  <p>
                    <a href={context.href('/console/oversight?late=true')}>{t.everywhere}</a>
                  </p>
                ) : null}
              </section>
            ))}
            {shown.length > 0 ? (
              <p>
                <a href={context.href('/console/due.ics')}>{t.calendar}</a>
                {maySubscribe(context) ? (
                  <>
                    {' · '}
                    <a href={context.href(CALENDAR)}>{t.subscribe}</a>
                  </>
                ) : null}
              </p>
            ) : null}
            {shown.length === 0 && unread.length === 0 ? (
              <Empty>
                <p>{t.nothing}</p>
                <p>
                  <a href={context.href(runs ? '/console/launch' : '/console/tenders')}>{runs ? t.start : t.tenders}</a>
                </p>
              </Empty>
            ) : null}
            {unread.length > 0 ? (
              <section>
                <h2>{t.unread}</h2>
                <ul class="plain card">
                  {unread.map((note) => (
                    <NoteLine note={note} />
                  ))}
                </ul>
              </section>
            ) : null}
          </ConsoleFrame>
        ),
      };
    },
  }),
  page({
    path: '/console/due.ics',
    for: 'person',
    handle: async (context) => {
      const { overdue, mine, confirm, next } = await dueItems(context);
      return {
        type: 'text/calendar; charset=utf-8',
        text: calendarOfDue([...overdue, ...mine, ...confirm, ...next], context, context.view.site),
        name: 'due.ics',
      };
    },
  }),
];

function DueList({ items, late }: { readonly items: readonly DueItem[]; readonly late: boolean }) {
  const { t: say, href } = useView();
  const t = say(MESSAGES);
  return (
    <ul class="plain card due">
      {items.map(({ what, tender, at, provisional, ifNobodyActs, act }) => (
        <li>
          <div>
            <strong>{what}</strong> {late ? <span class="tag fault">{t.overdue}</span> : null}
            {provisional ? <span class="tag warn">{t.provisional}</span> : null}
            {tender ? (
              <p>
                <a href={href(`/console/tenders/${tender.id}`)}>{tender.title}</a>
                {tender.lotNo > 0 ? <span class="soft"> · {t.lot(tender.lotNo)}</span> : null}
              </p>
            ) : null}
            {at === null ? null : (
              <p>
                <Instant at={at} countdown />
              </p>
            )}
            {ifNobodyActs === null ? null : (
              <p class="soft small">
                {t.nobody}
                {ifNobodyActs}
              </p>
            )}
          </div>
          {act ? (
            <a class="button plain" href={href(act.path)} aria-label={`${act.text}：${what}`}>
              {act.text}
            </a>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
