import { notFound, procurementRow } from '../../db/procurements.ts';
import { noticeName } from '../../domain/notices/kinds.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { page } from '../http/page.ts';
import { Facts, type FactRow } from '../parts/facts.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { NoticeBlocks } from '../parts/notice-blocks.tsx';
import { useView } from '../parts/view.ts';
import { wordIn } from '../parts/words.ts';
import type { RelatedNotice } from './markup.ts';
import { readableNotice, relatedOf } from './related.ts';
import { blocksOf, documentOf } from './templates.ts';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A notice for who reads no Chinese: everything about it in English, and its text as it was published. */
export const englishNoticePages = [
  page({
    path: '/notices/:id',
    for: 'public',
    // The Chinese page has the layout of the official forms.
    languages: ['en'],
    handle: async ({ db, param, href, publicUrl }) => {
      const notice = ID.test(param('id')) ? await readableNotice(db.read, param('id')) : undefined;
      if (!notice) throw notFound('notice', param('id'));
      const [related, tender] = await Promise.all([
        relatedOf(db, notice, 'en'),
        procurementRow(db.read, notice.procurementId),
      ]);
      const { words } = procedureOf(tender);
      const kind = noticeName(notice.kind, words).en;
      const name = kind.charAt(0).toUpperCase() + kind.slice(1);
      const url = `${publicUrl.replace(/\/+$/, '')}/notices/${notice.id}`;
      const rows: FactRow[] = [
        ['Kind of notice', name],
        [
          'Procurement',
          <a href={href(`/tenders/${tender.id}`)} lang="zh-CN">
            {tender.title}
          </a>,
        ],
        ...(notice.lotNo > 0 ? [['Lot', String(notice.lotNo)] as const] : []),
        ['Procedure', `${wordIn('procedure', tender.procedure, 'en')}, ${wordIn('regime', tender.regime, 'en')}`],
        ['Published', <Instant at={notice.publishedAt} bare />],
        ...(related.documents.length === 0
          ? []
          : [
              [
                'Public documents',
                <ul class="plain">
                  {related.documents.map((document) => (
                    <li>
                      <a href={document.href} lang="zh-CN">
                        {document.name}
                      </a>
                    </li>
                  ))}
                </ul>,
              ] as const,
            ]),
        [
          'Other forms',
          <>
            <a href={`/notices/${notice.id}`} hreflang="zh-CN">
              as published, in Chinese
            </a>{' '}
            · <a href={`/notices/${notice.id}.pdf`}>PDF</a> ·{' '}
            <a href={`/api/notices/${notice.id}`}>machine-readable (JSON)</a>
          </>,
        ],
        ['Address', <a href={url}>{url}</a>],
        [
          'SHA-256 of the content',
          <>
            <code>{notice.hash}</code> (<a href={href('/verify')}>verify</a>)
          </>,
        ],
      ];
      return {
        title: `${name}: ${tender.title}`,
        about: { description: `${name} of ${tender.title}, in Chinese, with an English summary of what it is.` },
        content: (
          <>
            <nav class="crumbs" aria-label="Place">
              <ol>
                <li>
                  <a href={href('/')}>Notices</a>
                </li>
                <li>
                  <a href={href(`/tenders/${tender.id}`)} lang="zh-CN">
                    {tender.title}
                  </a>
                </li>
              </ol>
            </nav>
            <h1>{name}</h1>
            {related.suspended.length === 0 ? null : (
              <Note kind="warn" title="This procurement is suspended now">
                {related.suspended.map((line) => (
                  <p>
                    <Mixed text={line} />
                  </p>
                ))}
              </Note>
            )}
            <Others title="This notice was corrected; read these with it" notices={related.correctedBy} warn />
            <Others title="This notice corrects" notices={related.corrects ? [related.corrects] : []} />
            <Facts rows={rows} />
            {related.wereSuspended.length === 0 ? null : (
              <Note title="Earlier suspensions of this procurement">
                {related.wereSuspended.map((line) => (
                  <p>
                    <Mixed text={line} />
                  </p>
                ))}
              </Note>
            )}
            <h2>Text of the notice</h2>
            <p class="soft">The Chinese text is the legal one. All instants are in Beijing time (UTC+8).</p>
            <article class="card" aria-label="Text of the notice">
              <h3 lang="zh-CN">{notice.titleZh}</h3>
              <NoticeBlocks blocks={blocksOf(documentOf(notice))} />
            </article>
          </>
        ),
      };
    },
  }),
];

function Others({
  title,
  notices,
  warn = false,
}: {
  readonly title: string;
  readonly notices: readonly RelatedNotice[];
  readonly warn?: boolean;
}) {
  const { href } = useView();
  if (notices.length === 0) return null;
  return (
    <Note kind={warn ? 'warn' : 'info'} title={title}>
      {notices.map(({ id, titleZh, published }) => (
        <p>
          <a href={href(`/notices/${id}`)} lang="zh-CN">
            {titleZh}
          </a>{' '}
          ({published})
        </p>
      ))}
    </Note>
  );
}

/** English with Chinese names in it: a reader of the page pronounces each in its language. */
const Mixed = ({ text }: { readonly text: string }) => (
  <>
    {text
      .split(/([\u4e00-\u9fff《》〔〕（）]+)/)
      .map((part, index) => (index % 2 === 0 ? part : <span lang="zh-CN">{part}</span>))}
  </>
);
