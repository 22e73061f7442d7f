import { page, type PageContext } from '../http/page.ts';
import { boardOfOpenings, type BoardPlace } from '../../db/board/procurements.ts';
import { correctingNotices } from '../../db/notices.ts';
import { organisationsById } from '../../db/organisations.ts';
import { suspendedOf } from '../../services/tender/suspended.ts';
import type { ProcurementRow } from '../../db/procurements.ts';
import type { NoticePlace } from '../../db/board/notices.ts';
import { searchDocuments } from '../../services/board/documents.ts';
import { searchNotices, searchProcurements } from '../../services/board/search.ts';
import { Empty } from '../parts/empty.tsx';
import { Note } from '../parts/note.tsx';
import { Filters } from './filters.tsx';
import { NoticeList, ProcurementList, type ListedProcurement } from './lists.tsx';
import { MENU } from './menu.ts';
import { addressOf, placeIn, placeText, searchOf, type Search } from './query.ts';

const MESSAGES = {
  zh: {
    title: '公告公示',
    menu: '栏目',
    more: '下一页',
    further: '继续查找更早的',
    stopped: '更早的项目还未比对。',
    first: '回到第一页',
    empty: '这里还没有内容。',
    emptySearch: '没有符合条件的。可以减少条件，或者换一个栏目。',
    unread: '有的条件不能识别，没有使用：',
    clear: '清除条件',
    feeds: '订阅与下载',
    feed: '订阅（Atom）',
    csv: '下载（CSV）',
    about: '公共采购与招标投标的公告、开标记录、结果和合同，每一日期都注明法律依据，每一事实都可以核验。',
    names: {
      q: '检索',
      stage: '阶段',
      regime: '法律体系',
      kind: '类别',
      procedure: '采购方式',
      purchaser: '招标人（采购人）',
      least: '预算不低于',
      most: '预算不高于',
      from: '公告日期自',
      until: '公告日期至',
    },
  },
  en: {
    title: 'Notices',
    menu: 'Sections',
    more: 'Next page',
    further: 'Search earlier ones',
    stopped: 'Earlier procurements have not been compared yet.',
    first: 'First page',
    empty: 'Nothing is here yet.',
    emptySearch: 'Nothing fits. Use fewer filters, or another section.',
    unread: 'Some filters could not be read and were not used: ',
    clear: 'Clear the filters',
    feeds: 'Subscribe and download',
    feed: 'Subscribe (Atom)',
    csv: 'Download (CSV)',
    about:
      'Notices, opening records, results and contracts of public tenders: every date with its law, every fact open to verification.',
    names: {
      q: 'search',
      stage: 'stage',
      regime: 'law',
      kind: 'kind',
      procedure: 'procedure',
      purchaser: 'purchaser',
      least: 'budget from',
      most: 'budget to',
      from: 'notice from',
      until: 'notice until',
    },
  },
};

/** Rows of a page. */
export const PAGE_ROWS = 20;

/** The public board: the menu, a search, and what it found. The same for everybody. */
export const boardPages = [
  page({
    path: '/',
    for: 'public',
    handle: async (context) => {
      const { lang, href } = context;
      const t = MESSAGES[lang];
      const search = searchOf(context.query);
      const { entry, unread, narrowed } = search;
      const found = await foundBy(context, search);
      const title = search.entry.key === '' ? t.title : entry[lang];
      const plain = entry.key === '' && !narrowed && context.query('after') === '';
      return {
        title,
        about: {
          description: plain ? t.about : lang === 'zh' ? entry.aboutZh : entry.aboutEn,
          feed: addressOf(search, '/feed.atom'),
          canonical: addressOf(searchOf((name) => (name === 'list' ? entry.key : ''))),
          unlisted: narrowed || context.query('after') !== '',
        },
        content: (
          <div class="with-menu">
            <nav class="menu" aria-label={t.menu}>
              <ul>
                {MENU.map((each) => (
                  <li>
                    <a
                      href={href(addressOf({ ...search, entry: each }))}
                      aria-current={each.key === entry.key ? 'page' : undefined}
                    >
                      {each[lang]}
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
            <div>
              <h1>{entry[lang]}</h1>
              <p class="soft">{lang === 'zh' ? entry.aboutZh : entry.aboutEn}</p>
              <Filters search={search} />
              {unread.length > 0 ? (
                <Note kind="warn">
                  {t.unread}
                  {unread.map((name) => t.names[name]).join(lang === 'zh' ? '、' : ', ')}
                </Note>
              ) : null}
              {found.isEmpty ? (
                <Empty>
                  {narrowed ? t.emptySearch : t.empty}{' '}
                  {narrowed ? (
                    <a href={href(addressOf(searchOf((name) => (name === 'list' ? entry.key : ''))))}>{t.clear}</a>
                  ) : null}
                </Empty>
              ) : (
                found.content
              )}
              <nav class="pages" aria-label={lang === 'zh' ? '翻页' : 'Pages'}>
                {context.query('after') === '' ? null : <a href={href(addressOf(search))}>{t.first}</a>}
                {found.next === null ? null : (
                  <a href={href(addressOf(search, '/', { after: found.next.place }))} rel="next">
                    {found.next.stopped ? t.further : t.more}
                  </a>
                )}
                {found.next?.stopped ? <span class="soft">{t.stopped}</span> : null}
              </nav>
              <p class="small soft">
                {t.feeds}
                {lang === 'zh' ? '：' : ': '}
                <a href={href(addressOf(search, '/feed.atom'))}>{t.feed}</a> ·{' '}
                <a href={href(addressOf(search, '/board.csv'))}>{t.csv}</a>
              </p>
            </div>
          </div>
        ),
      };
    },
  }),
];

interface Shown {
  readonly isEmpty: boolean;
  readonly content: ReturnType<typeof NoticeList>;
  /** `stopped`: what lies behind was not compared yet. */
  readonly next: { readonly place: string; readonly stopped: boolean } | null;
}

async function foundBy(context: PageContext, search: Search): Promise<Shown> {
  const q = context.db.read;
  const { entry, filters, text, purchaser } = search;
  const { lists } = entry;
  const place = placeIn(context.query('after'));
  const asked = { filters, text, purchaser, limit: PAGE_ROWS + 1 };
  if (lists.of === 'notices') {
    const after: NoticePlace | undefined = place && { publishedAt: place.at, id: place.id };
    const found = lists.withDocuments
      ? await searchDocuments(q, lists.kinds, { ...asked, after })
      : await searchNotices(q, lists.kinds, { ...asked, after });
    const rows = found.rows.slice(0, PAGE_ROWS);
    const correcting = await correctingNotices(q, [...new Set(rows.map(({ procurementId }) => procurementId))]);
    return {
      isEmpty: rows.length === 0,
      content: <NoticeList rows={rows} correcting={correcting} />,
      next: nextOf(found.rows, found.stoppedAt, ({ publishedAt, id }) => placeText(publishedAt, id)),
    };
  }
  if (lists.of === 'openings') {
    // A date or a text here filters procurements as elsewhere: only without them the nearest opening comes first.
    const stage = 'bidding' as const;
    const found = search.narrowed
      ? await searchProcurements(q, { ...asked, filters: { ...filters, stage }, after: boardPlace(place) })
      : { rows: await boardOfOpenings(q, openingsFrom(place)), stoppedAt: null };
    const placeOf = (row: ProcurementRow): string =>
      search.narrowed ? placeText(row.noticeAt, row.id) : placeText(row.bidDeadline ?? 0, row.id);
    return {
      isEmpty: found.rows.length === 0,
      content: <ProcurementList rows={await listed(context, found.rows.slice(0, PAGE_ROWS))} by="opening" />,
      next: nextOf(
        found.rows,
        found.stoppedAt && { publishedAt: found.stoppedAt.noticeAt, id: found.stoppedAt.id },
        placeOf,
      ),
    };
  }
  const found = await searchProcurements(q, { ...asked, after: boardPlace(place) });
  return {
    isEmpty: found.rows.length === 0,
    content: <ProcurementList rows={await listed(context, found.rows.slice(0, PAGE_ROWS))} by="notice" />,
    next: nextOf(
      found.rows,
      found.stoppedAt && { publishedAt: found.stoppedAt.noticeAt, id: found.stoppedAt.id },
      ({ noticeAt, id }) => placeText(noticeAt, id),
    ),
  };
}

const boardPlace = (place: ReturnType<typeof placeIn>): BoardPlace | undefined =>
  place && { noticeAt: place.at, id: place.id };

const openingsFrom = (place: ReturnType<typeof placeIn>) => ({
  limit: PAGE_ROWS + 1,
  after: place && { bidDeadline: place.at, id: place.id },
});

function nextOf<Row>(
  rows: readonly Row[],
  stoppedAt: NoticePlace | null,
  placeOf: (row: Row) => string,
): Shown['next'] {
  const last = rows[PAGE_ROWS - 1];
  if (rows.length > PAGE_ROWS && last) return { place: placeOf(last), stopped: false };
  return stoppedAt && { place: placeText(stoppedAt.publishedAt, stoppedAt.id), stopped: true };
}

/** With the names of who runs them, and whether their deadline is suspended. */
async function listed({ db }: PageContext, rows: readonly ProcurementRow[]): Promise<ListedProcurement[]> {
  const [names, suspended] = await Promise.all([
    organisationsById(
      db.read,
      rows.map(({ purchaserId }) => purchaserId),
    ),
    suspendedOf(db.read, rows, db.now()),
  ]);
  return rows.map((row) => ({
    row,
    purchaser: names.get(row.purchaserId)?.name ?? '',
    suspended: (suspended.get(row.id) ?? []).some(({ lotNo, by }) => lotNo === 0 && by !== 'supervisor'),
  }));
}
