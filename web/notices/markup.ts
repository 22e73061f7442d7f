import { qrOf } from './qr.ts';

// What pages of notices are made of, in every layout. The pages of released templates have these bytes.

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);

/** Another notice, as a page refers to it. */
export interface RelatedNotice {
  readonly id: string;
  readonly titleZh: string;
  /** As people write it. */
  readonly published: string;
}

/** Where else a notice is, and what it is part of. */
export interface NoticeLinks {
  readonly url: string;
  readonly pdf: string;
  readonly json: string;
  /** On the site alone: the page of its procurement, and its own in English. */
  readonly site?: { readonly tender: string; readonly english: string };
}

export const navHtml = ({ pdf, json, site }: NoticeLinks): string =>
  [
    `<a href="${escapeHtml(pdf)}">PDF</a>`,
    `<a href="${escapeHtml(json)}">机器可读（JSON）</a>`,
    ...(site
      ? [
          `<a href="${escapeHtml(site.tender)}">项目页</a>`,
          `<a href="${escapeHtml(site.english)}" lang="en" hreflang="en">English</a>`,
        ]
      : []),
  ].join(' · ');

/** The notice that this one corrects, and all that follow it. They are no part of the notice itself. */
export interface Related {
  readonly corrects: RelatedNotice | null;
  readonly correctedBy: readonly RelatedNotice[];
  /** Documents that are public by it, with their addresses. */
  readonly documents: readonly { readonly name: string; readonly href: string }[];
  /** Clocks of its tender that do not run now, and those that did not, each in a sentence. */
  readonly suspended: readonly string[];
  readonly wereSuspended: readonly string[];
}

export const UNRELATED: Related = {
  corrects: null,
  correctedBy: [],
  documents: [],
  suspended: [],
  wereSuspended: [],
};

export function relatedHtml({ corrects, correctedBy, documents, suspended, wereSuspended }: Related): string {
  const link = ({ id, titleZh, published }: RelatedNotice): string =>
    `<a href="/notices/${escapeHtml(id)}">${escapeHtml(titleZh)}</a>（${escapeHtml(published)}）`;
  const listed = (title: string, lines: readonly string[]): string[] =>
    lines.length > 0 ? [`<p role="note"><strong>${title}</strong><br>${lines.map(escapeHtml).join('<br>')}</p>\n`] : [];
  return [
    ...listed('本项目现在暂停：', suspended),
    ...(correctedBy.length > 0
      ? [`<p role="note"><strong>本公告已被更正，请一并阅读：</strong><br>${correctedBy.map(link).join('<br>')}</p>\n`]
      : []),
    ...(corrects ? [`<p role="note"><strong>本公告更正：</strong>${link(corrects)}</p>\n`] : []),
    ...(documents.length > 0
      ? [
          `<p role="note"><strong>随本公告公开的文件：</strong><br>${documents.map(({ name, href }) => `<a href="${escapeHtml(href)}">${escapeHtml(name)}</a>`).join('<br>')}</p>\n`,
        ]
      : []),
    ...listed('本项目已结束的暂停：', wereSuspended),
  ].join('');
}

/** A row of a table. */
export const row = (tag: string, cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag.slice(0, 2)}>`).join('')}</tr>`;

export function qrSvg(text: string): string {
  const { size, runs } = qrOf(text);
  const path = runs.map(({ x, y, width }) => `M${x} ${y}h${width}v1h-${width}z`).join('');
  return `<svg role="img" aria-label="公告网址二维码" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`;
}
