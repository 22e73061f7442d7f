import { boardOfProcurements, type BoardPlace } from '../../db/board/procurements.ts';
import { RULES } from '../../domain/law/rulebook.ts';
import { page, type PageContext } from '../http/page.ts';
import { LANGUAGES, localised } from '../http/language.ts';
import { MENU } from '../board/menu.ts';
import { placeIn, placeText } from '../board/query.ts';

// For search engines: what may be read, and where it is. A map of many procurements leads to the map after it.

/** Procurements of one map: the protocol allows 50,000 addresses. */
const OF_ONE_MAP = 1_000;

const xml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

export const sitePages = [
  page({
    path: '/robots.txt',
    for: 'public',
    handle: async ({ publicUrl }) => ({
      type: 'text/plain; charset=utf-8',
      text: [
        'User-agent: *',
        'Disallow: /console',
        'Disallow: /en/console',
        'Disallow: /sign-in',
        'Disallow: /en/sign-in',
        'Disallow: /calendars',
        'Disallow: /en/calendars',
        'Disallow: /api/',
        `Sitemap: ${publicUrl.replace(/\/+$/, '')}/sitemap.xml`,
        '',
      ].join('\n'),
    }),
  }),
  page({
    path: '/sitemap.xml',
    for: 'public',
    handle: async (context) => {
      const after = placeIn(context.query('after'));
      const place: BoardPlace | undefined = after && { noticeAt: after.at, id: after.id };
      const found = await boardOfProcurements(context.db.read, {}, { after: place, limit: OF_ONE_MAP + 1 });
      const rows = found.rows.slice(0, OF_ONE_MAP);
      const last = rows.at(-1);
      const more = found.rows.length > OF_ONE_MAP && last ? placeText(last.noticeAt, last.id) : null;
      const fixed =
        after === undefined
          ? [
              ...MENU.map(({ key }) => (key === '' ? '/' : `/?list=${key}`)),
              ...['/law', '/calendar', '/statistics', '/verify', '/about'],
              ...RULES.map(({ id }) => `/law/${id}`),
            ]
          : [];
      const paths = [...fixed, ...rows.map(({ id }) => `/tenders/${id}`)];
      return { type: 'application/xml; charset=utf-8', text: mapOf(context, paths, more) };
    },
  }),
];

/** Each page in each language, which name one another; where there are more, the map after it. */
function mapOf({ publicUrl }: PageContext, paths: readonly string[], more: string | null): string {
  const site = publicUrl.replace(/\/+$/, '');
  const address = (path: string, lang: (typeof LANGUAGES)[number]): string => xml(`${site}${localised(path, lang)}`);
  const entries = paths.flatMap((path) =>
    LANGUAGES.map(
      (lang) =>
        `<url><loc>${address(path, lang)}</loc>${LANGUAGES.map((other) => `<xhtml:link rel="alternate" hreflang="${other === 'zh' ? 'zh-CN' : 'en'}" href="${address(path, other)}"/>`).join('')}</url>`,
    ),
  );
  const next = more === null ? [] : [`<url><loc>${xml(`${site}/sitemap.xml?after=${more}`)}</loc></url>`];
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${[...entries, ...next].join('\n')}
</urlset>
`;
}
