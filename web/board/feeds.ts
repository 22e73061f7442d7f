import { stringify } from 'csv-stringify/sync';
import { Feed as Atom } from 'feed';
import { correctingNotices } from '../../db/notices.ts';
import { organisationsById } from '../../db/organisations.ts';
import { rowsInOrder } from '../../db/board/procurements.ts';
import { formatSecond } from '../../domain/civil-time.ts';
import { yuan } from '../../domain/law/catalogue.ts';
import { followersOf } from '../../domain/notices/chain.ts';
import { NOTICE_KINDS, noticeName } from '../../domain/notices/kinds.ts';
import { searchNotices, searchProcurements } from '../../services/board/search.ts';
import { page, type PageContext } from '../http/page.ts';
import { localised } from '../http/language.ts';
import { wordIn } from '../parts/words.ts';
import { addressOf, searchOf, type Search } from './query.ts';

// What a search found, for programs: the same rows as its page.

/** Entries of a feed: the latest. */
const MOST_ENTRIES = 50;
/** Rows of a table. */
const MOST_ROWS = 500;
/** What a spreadsheet is told, so that it reads UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';

export const feedPages = [
  page({
    path: '/feed.atom',
    for: 'public',
    handle: async (context) => ({
      type: 'application/atom+xml; charset=utf-8',
      text: await atomOf(context, searchOf(context.query)),
    }),
  }),
  page({
    path: '/board.csv',
    for: 'public',
    handle: async (context) => {
      const search = searchOf(context.query);
      const rows =
        search.entry.lists.of === 'notices'
          ? await noticeRows(context, search)
          : await procurementRows(context, search);
      // A spreadsheet would calculate what begins like a formula: titles are chosen by people.
      const text = stringify(rows, { escape_formulas: true, record_delimiter: 'windows' });
      return { type: 'text/csv; charset=utf-8', text: BYTE_ORDER_MARK + text, name: 'kaibiao.csv' };
    },
  }),
];

/** The notices of what the search is about: those of its section, or all notices of its procurements. */
const kindsOf = ({ entry: { lists } }: Search) => (lists.of === 'notices' ? lists.kinds : NOTICE_KINDS);

async function atomOf({ db, lang, publicUrl, view }: PageContext, search: Search): Promise<string> {
  const { filters, text, purchaser, entry } = search;
  const stage = entry.lists.of === 'openings' ? { stage: 'bidding' as const } : {};
  const asked = { filters: { ...filters, ...stage }, text, purchaser, limit: MOST_ENTRIES };
  const { rows } = await searchNotices(db.read, kindsOf(search), asked);
  const correcting = await correctingNotices(db.read, [...new Set(rows.map(({ procurementId }) => procurementId))]);
  const site = publicUrl.replace(/\/+$/, '');
  const atom = new Atom({
    id: `${site}${localised(addressOf(search, '/feed.atom'), lang)}`,
    title: `${entry[lang]} · ${view.site}`,
    link: `${site}${localised(addressOf(search), lang)}`,
    updated: new Date(rows[0]?.publishedAt ?? 0),
    generator: 'Kaibiao',
    feedLinks: { atom: `${site}${localised(addressOf(search, '/feed.atom'), lang)}` },
    copyright: '',
  });
  for (const notice of rows) {
    const by = followersOf(correcting, notice.id);
    const id = `${site}/notices/${notice.id}`;
    const link = `${site}${localised(`/notices/${notice.id}`, lang)}`;
    atom.addItem({
      ...{ id, link, title: notice.titleZh },
      date: new Date(notice.publishedAt),
      published: new Date(notice.publishedAt),
      description: [
        noticeName(notice.kind)[lang],
        ...by.map(({ titleZh }) => (lang === 'zh' ? `已被更正：${titleZh}` : `Corrected by: ${titleZh}`)),
      ].join(' · '),
    });
  }
  return atom.atom1();
}

async function noticeRows({ db, lang, publicUrl }: PageContext, search: Search): Promise<string[][]> {
  const { filters, text, purchaser } = search;
  const { rows } = await searchNotices(db.read, kindsOf(search), { filters, text, purchaser, limit: MOST_ROWS });
  const correcting = await correctingNotices(db.read, [...new Set(rows.map(({ procurementId }) => procurementId))]);
  const tenders = await rowsInOrder(db.read, [...new Set(rows.map(({ procurementId }) => procurementId))]);
  const titles = new Map(tenders.map(({ id, title }) => [id, title]));
  const head =
    lang === 'zh'
      ? ['公告', '种类', '项目', '标段', '发布时间', '更正', '已被更正', '网址', '项目编号（平台）']
      : ['Notice', 'Kind', 'Procurement', 'Lot', 'Published', 'Corrects', 'Corrected by', 'Address', 'Procurement id'];
  const site = publicUrl.replace(/\/+$/, '');
  const addressOfNotice = (id: string): string => `${site}${localised(`/notices/${id}`, lang)}`;
  return [
    head,
    ...rows.map((row) => [
      row.titleZh,
      noticeName(row.kind)[lang],
      titles.get(row.procurementId) ?? '',
      row.lotNo > 0 ? String(row.lotNo) : '',
      formatSecond(row.publishedAt),
      row.corrects === null ? '' : addressOfNotice(row.corrects),
      followersOf(correcting, row.id)
        .map(({ id }) => addressOfNotice(id))
        .join(' '),
      addressOfNotice(row.id),
      row.procurementId,
    ]),
  ];
}

async function procurementRows({ db, lang, publicUrl }: PageContext, search: Search): Promise<string[][]> {
  const { filters, text, purchaser, entry } = search;
  const stage = entry.lists.of === 'openings' ? { stage: 'bidding' as const } : {};
  const asked = { filters: { ...filters, ...stage }, text, purchaser, limit: MOST_ROWS };
  const { rows } = await searchProcurements(db.read, asked);
  const names = await organisationsById(
    db.read,
    rows.flatMap(({ purchaserId, agencyId }) => (agencyId === null ? [purchaserId] : [purchaserId, agencyId])),
  );
  const head =
    lang === 'zh'
      ? [
          '项目',
          '编号',
          '阶段',
          '法律体系',
          '采购方式',
          '类别',
          '招标人（采购人）',
          '代理机构',
          '预算（元）',
          '公告时间',
          '投标截止',
          '网址',
        ]
      : [
          'Procurement',
          'Number',
          'Stage',
          'Law',
          'Procedure',
          'Kind',
          'Purchaser',
          'Agency',
          'Budget (CNY)',
          'Notice',
          'Bid deadline',
          'Address',
        ];
  const site = publicUrl.replace(/\/+$/, '');
  return [
    head,
    ...rows.map((row) => [
      row.title,
      row.particulars?.projectNumber ?? '',
      wordIn('stage', row.stage, lang),
      wordIn('regime', row.regime, lang),
      wordIn('procedure', row.procedure, lang),
      wordIn('kind', row.kind, lang),
      names.get(row.purchaserId)?.name ?? '',
      row.agencyId === null ? '' : (names.get(row.agencyId)?.name ?? ''),
      yuan(BigInt(row.budgetFen)),
      formatSecond(row.noticeAt),
      row.bidDeadline === null ? '' : formatSecond(row.bidDeadline),
      `${site}${localised(`/tenders/${row.id}`, lang)}`,
    ]),
  ];
}
