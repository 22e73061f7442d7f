import type * as z from 'zod';
import { parseDate, startOfDay } from '../../domain/civil-time.ts';
import type { calendarPreviewSchema } from '../../api/calendar/views.ts';
import type { Child } from '#jsx';
import { dayText, Instant } from '../parts/instant.tsx';
import { Facts } from '../parts/facts.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import { useView } from '../parts/view.ts';
import { messageIn, type Lang } from '../http/language.ts';

export type Preview = z.infer<typeof calendarPreviewSchema>;

type Ends = Preview['changing'][number]['dates'][number]['before'];

const MESSAGES = {
  zh: {
    title: (year: number) => `预览：${year} 年`,
    outcomes: { new: '新导入的年份', correction: '更正已载入的年份', same: '与已载入的相同，无须导入' },
    outcome: '导入后',
    source: '来源',
    horizon: '已知的日期',
    tenders: '检查的在办项目',
    days: '变动的日期',
    noDays: '没有日期变动。',
    day: '日期',
    festival: '节日',
    before: '原来',
    after: '导入后',
    kinds: { workday: '工作日', rest: '休息日', unknown: '未知' },
    changing: '期限因此变动的项目',
    none: '没有项目的期限变动。',
    what: '期限',
    moves: '说明',
    kept: '不缩短，故保留',
    notice: '将发布时间变更公告',
    passed: '按新日历已过',
    unset: '未定',
    provisional: '暂定',
    more: (count: number) => `另有 ${count} 个项目未列出；全部可用命令 kaibiao calendar 查看。`,
    resting: '既定时间因此落在休息日的项目',
    restingWhy: '系统不移动这些时间，由招标人（采购人）决定是否变更。',
    failing: '不能计算的项目',
    lot: (no: number) => `第${no}标段（包）：`,
  },
  en: {
    title: (year: number) => `Preview of ${year}`,
    outcomes: {
      new: 'a year that was not loaded',
      correction: 'corrects a year that is loaded',
      same: 'the same as loaded: there is nothing to import',
    },
    outcome: 'The import',
    source: 'Source',
    horizon: 'Known days',
    tenders: 'Running procurements checked',
    days: 'Days that change',
    noDays: 'No day changes.',
    day: 'Day',
    festival: 'Festival',
    before: 'Before',
    after: 'After',
    kinds: { workday: 'workday', rest: 'day off', unknown: 'not known' },
    changing: 'Procurements with periods that move',
    none: 'No period of a procurement moves.',
    what: 'Period',
    moves: 'Remark',
    kept: 'stays, since it would be shortened',
    notice: 'a notice of change will be published',
    passed: 'already passed by the new calendar',
    unset: 'none',
    provisional: 'provisional',
    more: (count: number) => `${count} more are not listed; the command kaibiao calendar lists all.`,
    resting: 'Procurements with a set time that becomes a day off',
    restingWhy: 'The system does not move these times; their purchasers decide.',
    failing: 'Procurements that cannot be calculated',
    lot: (no: number) => `Lot ${no}: `,
  },
};

const dayOf = (text: string, lang: Lang): string => dayText(startOfDay(parseDate(text)), lang);

/** What an import would change: by the day, and which periods of which procurements move. */
export function CalendarPreview({ preview }: { readonly preview: Preview }) {
  const { lang, href, t: say } = useView();
  const t = say(MESSAGES);
  const { year, outcome, sourceZh, horizon, tenders, days, changing, more, resting, failing } = preview;
  return (
    <section class="card" aria-labelledby="preview">
      <h2 id="preview">{t.title(year)}</h2>
      <Facts
        rows={[
          [t.outcome, t.outcomes[outcome]],
          [t.source, <span lang="zh-CN">{sourceZh}</span>],
          [t.horizon, `${dayOf(horizon.from, lang)} – ${dayOf(horizon.to, lang)}`],
          [t.tenders, String(tenders)],
        ]}
      />
      <h3>{t.days}</h3>
      <Table
        rows={days}
        empty={t.noDays}
        columns={[
          { head: t.day, cell: (row) => <span class="nowrap">{dayOf(row.day, lang)}</span> },
          { head: t.festival, cell: (row) => <span lang="zh-CN">{row.nameZh ?? ''}</span> },
          { head: t.before, cell: (row) => t.kinds[row.before] },
          { head: t.after, cell: (row) => <strong>{t.kinds[row.after]}</strong> },
        ]}
      />
      <h3>{t.changing}</h3>
      {changing.length === 0 ? <p class="soft">{t.none}</p> : null}
      {changing.map(({ procurementId, title, dates }) => (
        <>
          <p>
            <a href={href(`/console/tenders/${procurementId}`)}>{title}</a>
          </p>
          <Table
            rows={dates}
            empty=""
            columns={[
              {
                head: t.what,
                cell: (row) => `${row.lotNo > 0 ? t.lot(row.lotNo) : ''}${lang === 'zh' ? row.nameZh : row.nameEn}`,
              },
              { head: t.before, cell: (row) => <EndsText ends={row.before} /> },
              { head: t.after, cell: (row) => <EndsText ends={row.after} /> },
              {
                head: t.moves,
                cell: (row) =>
                  [
                    ...(row.kept ? [t.kept] : []),
                    ...(row.notice ? [t.notice] : []),
                    ...(row.passed ? [t.passed] : []),
                  ].join(lang === 'zh' ? '；' : '; '),
              },
            ]}
          />
        </>
      ))}
      {more > 0 ? <p class="soft">{t.more(more)}</p> : null}
      {resting.length > 0 ? (
        <Note kind="warn" title={t.resting}>
          <p>{t.restingWhy}</p>
          <ul>
            {resting.map(({ procurementId, title, milestones }) => (
              <li>
                <a href={href(`/console/tenders/${procurementId}`)}>{title}</a>
                <ul>
                  {milestones.map((each) => (
                    <li>
                      {each.lotNo > 0 ? t.lot(each.lotNo) : ''}
                      {lang === 'zh' ? each.nameZh : each.nameEn} · <Instant at={each.at} bare />
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        </Note>
      ) : null}
      {failing.length > 0 ? (
        <Note kind="fault" title={t.failing}>
          <ul>
            {failing.map((each) => (
              <li>
                <a href={href(`/console/tenders/${each.procurementId}`)}>{each.procurementId}</a>：
                {messageIn(lang, each)}
              </li>
            ))}
          </ul>
        </Note>
      ) : null}
    </section>
  );
}

/** The end of a period, or the earliest and the latest that it may turn out to be. */
function EndsText({ ends }: { readonly ends: Ends }): Child {
  const { t: say } = useView();
  const t = say(MESSAGES);
  const { dueAt, earliest, latest, provisional } = ends;
  if (provisional && earliest !== null && latest !== null && earliest !== latest)
    return (
      <>
        <Instant at={earliest} bare /> – <Instant at={latest} bare /> <span class="tag warn">{t.provisional}</span>
      </>
    );
  return dueAt === null ? <span class="soft">{t.unset}</span> : <Instant at={dueAt} bare />;
}
