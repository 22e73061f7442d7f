import { calendarView } from '../../api/calendar/views.ts';
import { importedYears } from '../../db/calendar.ts';
import { page } from '../http/page.ts';
import { Facts } from '../parts/facts.tsx';
import { Table } from '../parts/table.tsx';

const MESSAGES = {
  zh: {
    title: '工作日日历',
    about: '期限按国务院办公厅每年的放假安排计算；尚未公布的年份不猜测，只给出最早和最晚。',
    known: '已知的日期',
    outlook: '暂定日期可算至',
    year: (year: number) => `${year} 年`,
    source: '来源',
    corrected: '已更正',
    partial: '只载入了部分安排',
    holiday: '节日',
    daysOff: (year: number) => `${year} 年放假安排`,
    from: '放假自',
    to: '至',
    makeup: '调休上班',
    none: '没有',
  },
  en: {
    title: 'Calendar of working days',
    about:
      'Periods are counted by the holiday notice of each year. A year without its notice is not guessed: it has an earliest and a latest.',
    known: 'Known days',
    outlook: 'Provisional dates until',
    year: (year: number) => String(year),
    source: 'Source',
    corrected: 'corrected',
    partial: 'loaded in part',
    holiday: 'Holiday',
    daysOff: (year: number) => `Holidays of ${year}`,
    from: 'Off from',
    to: 'to',
    makeup: 'Worked instead',
    none: 'none',
  },
};

/** The holiday calendar in force, year by year, each with its source. */
export const calendarPages = [
  page({
    path: '/calendar',
    for: 'public',
    handle: async ({ db, lang }) => {
      const t = MESSAGES[lang];
      const { horizon, outlookTo, years } = calendarView(await db.calendar(), await importedYears(db.read));
      return {
        title: t.title,
        about: { description: t.about },
        content: (
          <>
            <h1>{t.title}</h1>
            <p class="soft">{t.about}</p>
            <Facts
              rows={[
                [t.known, `${horizon.from} – ${horizon.to}`],
                [t.outlook, outlookTo],
              ]}
            />
            {years.toReversed().map(({ year, sourceZh, url, correction, partial, off, makeup }) => (
              <section>
                <h2>
                  {t.year(year)} {correction ? <span class="tag warn">{t.corrected}</span> : null}
                  {partial ? <span class="tag warn">{t.partial}</span> : null}
                </h2>
                <p class="small">
                  {t.source}
                  {lang === 'zh' ? '：' : ': '}
                  <span lang="zh-CN">{url === null ? sourceZh : <a href={url}>{sourceZh}</a>}</span>
                </p>
                <Table
                  caption={t.daysOff(year)}
                  rows={off}
                  empty={t.none}
                  columns={[
                    { head: t.holiday, cell: ({ nameZh }) => <span lang="zh-CN">{nameZh}</span> },
                    { head: t.from, cell: ({ from }) => from },
                    { head: t.to, cell: ({ to }) => to },
                  ]}
                />
                <p class="small">
                  {t.makeup}
                  {lang === 'zh' ? '：' : ': '}
                  {makeup.length === 0 ? t.none : makeup.join(', ')}
                </p>
              </section>
            ))}
          </>
        ),
      };
    },
  }),
];
