import type * as z from 'zod';
import type { bookingSchema, roomSchema } from '../../api/venues/views.ts';
import { actHref } from '../acts/links.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { civilDayOf, DAY_MS, formatDay, parseDate, startOfDay, timeOfDay, MINUTE_MS } from '../../domain/civil-time.ts';
import { wordFor } from '../../domain/fields/field.ts';
import { page, type PageContext } from '../http/page.ts';
import { TextField } from '../parts/field.tsx';
import { Refusal } from '../parts/form.tsx';
import { dayText } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';

type Booking = z.infer<typeof bookingSchema>;
type Room = z.infer<typeof roomSchema>;

const MESSAGES = {
  zh: {
    title: '场地',
    lead: '预订自开标时间起算：开标时间变动，预订随之变动。',
    day: '日期',
    show: '查看',
    room: '场地',
    seats: '座位',
    purposes: '用途',
    add: '登记场地',
    retire: '停用',
    none: '还没有登记场地。先登记开标室、评标室，再在项目中预订。',
    free: '空闲',
    clash: '与先订的预订冲突，请改订',
    clashes: '因开标时间变动而冲突的预订',
    cancel: '取消',
    earlier: '前一周',
    later: '后一周',
  },
  en: {
    title: 'Rooms',
    lead: 'A booking is counted from the opening: it moves with it.',
    day: 'Day',
    show: 'Show',
    room: 'Room',
    seats: 'Seats',
    purposes: 'For',
    add: 'Register a room',
    retire: 'Retire',
    none: 'No rooms yet. Register rooms for openings and evaluations, then book them for a procurement.',
    free: 'free',
    clash: 'runs into an earlier booking: book another room',
    clashes: 'Bookings that run into another since an opening moved',
    cancel: 'Cancel',
    earlier: 'A week earlier',
    later: 'A week later',
  },
};

const DAYS = 7;

const minute = (ms: number): string => {
  const minutes = Math.floor(timeOfDay(ms) / MINUTE_MS);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
};

const firstDay = ({ query, view }: PageContext): number => {
  const given = query('day');
  return /^\d{4}-\d{2}-\d{2}$/.test(given) ? parseDate(given) : civilDayOf(view.now);
};

/** The rooms of a week: what stands in them, what has run into something, what is free. */
export const venuePages = [
  page({
    path: '/console/venues',
    for: 'person',
    handle: async (context) => {
      const { lang, view } = context;
      const t = MESSAGES[lang];
      const first = firstDay(context);
      const [from, until] = [formatDay(first), formatDay(first + DAYS - 1)];
      const [told, schedule] = await Promise.all([
        context.ask({ method: 'get', path: '/rooms' }),
        context.ask({ method: 'get', path: `/bookings?from=${from}&until=${until}` }),
      ]);
      const problem = told.problem ?? schedule.problem;
      const rooms = (told.body as { items?: Room[] } | undefined)?.items ?? [];
      const bookings = (schedule.body as { items?: Booking[] } | undefined)?.items ?? [];
      const manages = view.acting?.role === 'centre';
      const clashes = bookings.filter(({ clashesWith }) => clashesWith !== null);
      const week = (days: number): string => context.href(`/console/venues?day=${formatDay(first + days)}`);
      return {
        title: t.title,
        status: problem?.status ?? 200,
        content: (
          <ConsoleFrame>
            <h1>{t.title}</h1>
            <p class="soft">{t.lead}</p>
            <Refusal problem={problem} />
            {clashes.length > 0 ? (
              <Note kind="warn" title={t.clashes}>
                <ul>
                  {clashes.map((each) => (
                    <li>
                      {each.room.name} ·{' '}
                      <a href={context.href(`/console/tenders/${each.procurementId}`)}>{each.title}</a>
                    </li>
                  ))}
                </ul>
              </Note>
            ) : null}
            <form class="filter" method="get" action={context.href('/console/venues')}>
              <TextField name="day" label={t.day} type="date" value={from} />
              <button type="submit">{t.show}</button>
              <a href={week(-DAYS)}>{t.earlier}</a>
              <a href={week(DAYS)}>{t.later}</a>
            </form>
            <Table
              rows={rooms}
              empty={t.none}
              columns={[
                {
                  head: t.room,
                  cell: (room: Room) => (
                    <>
                      <strong>{room.name}</strong>
                      <div class="soft small">
                        {room.venue} · {t.seats} {room.seats} ·{' '}
                        {room.purposes.map((each) => (lang === 'zh' ? wordFor('purpose', each) : each)).join('、')}
                      </div>
                      {manages ? (
                        <a
                          class="small"
                          href={context.href(actHref('post', `/rooms/${room.id}/retirement`, '/console/venues'))}
                        >
                          {t.retire}
                        </a>
                      ) : null}
                    </>
                  ),
                },
                ...Array.from({ length: DAYS }, (_, index) => ({
                  head: dayText(startOfDay(first + index), lang),
                  cell: (room: Room) => (
                    <Day
                      context={context}
                      day={first + index}
                      bookings={bookings.filter((each) => each.room.id === room.id)}
                    />
                  ),
                })),
              ]}
            />
            {manages ? (
              <p class="buttons">
                <a class="button" href={context.href(actHref('post', '/rooms', '/console/venues'))}>
                  {t.add}
                </a>
              </p>
            ) : null}
          </ConsoleFrame>
        ),
      };
    },
  }),
];

function Day({
  context,
  day,
  bookings,
}: {
  readonly context: PageContext;
  readonly day: number;
  readonly bookings: readonly Booking[];
}) {
  const { lang } = context;
  const t = MESSAGES[lang];
  const begins = startOfDay(day);
  const own = bookings.filter(
    ({ from, until }) =>
      from !== null && until !== null && Date.parse(from) < begins + DAY_MS && Date.parse(until) > begins,
  );
  if (own.length === 0) return <span class="soft small">{t.free}</span>;
  return (
    <ul class="plain small">
      {own.map((each) => (
        <li>
          {minute(Math.max(begins, Date.parse(each.from ?? '')))}–
          {minute(Math.min(begins + DAY_MS - 1, Date.parse(each.until ?? '')))}{' '}
          <a href={context.href(`/console/tenders/${each.procurementId}`)}>{each.title}</a> <Purpose booking={each} />
          {each.clashesWith === null ? null : <span class="tag warn">{t.clash}</span>}
          {context.view.acting?.role === 'centre' ? (
            <>
              {' '}
              <a
                href={context.href(
                  actHref(
                    'post',
                    `/procurements/${each.procurementId}/bookings/${each.id}/cancellation`,
                    '/console/venues',
                  ),
                )}
              >
                {t.cancel}
              </a>
            </>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** What a room is booked for; to an opening leads the page where people check in. */
function Purpose({ booking: { purpose, procurementId } }: { readonly booking: Booking }) {
  const { lang, href } = useView();
  const text = lang === 'zh' ? wordFor('purpose', purpose) : purpose;
  return purpose === 'opening' ? <a href={href(`/console/openings/${procurementId}`)}>{text}</a> : <>{text}</>;
}
