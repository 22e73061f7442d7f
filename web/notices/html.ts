import { createHash } from 'node:crypto';
import { DRILL_MARK, type Block, type Fact, type NoticeDocument } from './document.ts';
import type { FormDocument } from './form/document.ts';
import { formHtml } from './form/html.ts';
import { FORM_STYLE_HASH } from './form/style.ts';
import { escapeHtml, navHtml, qrSvg, relatedHtml, row, UNRELATED, type NoticeLinks, type Related } from './markup.ts';

const STYLE = `
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 52rem; padding: 1.5rem 1rem 3rem; color: #1a1a1a; background: #fff;
  font: 1rem/1.75 "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.4; text-align: center; margin: 1rem 0 1.5rem; }
h2 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; border-left: .25rem solid #a3271f; padding-left: .6rem; }
p, td, dd { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { border: 1px solid #b8b8b8; padding: .3rem .5rem; text-align: left; vertical-align: top; }
th { background: #f4f4f4; font-weight: 600; }
table.facts th { width: 11rem; }
.drill { background: #a3271f; color: #fff; text-align: center; font-weight: 700; padding: .4rem; position: sticky; top: 0; }
footer { margin-top: 2.5rem; border-top: 2px solid #1a1a1a; padding-top: 1rem; display: flex; flex-wrap: wrap; gap: 1rem; }
footer > div { flex: 1 1 20rem; }
footer svg { width: 9rem; height: 9rem; }
code { overflow-wrap: anywhere; font-size: .85rem; }
.small { font-size: .85rem; color: #444; }
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  .drill { position: fixed; left: 0; right: 0; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .drill + main { padding-top: 2.5rem; }
  nav { display: none; }
  tr, h2 { break-inside: avoid; break-after: auto; }
  h2 { break-after: avoid; }
}
`;

/** The policy allows only the styles of the two layouts: no script, no font, no external picture. */
export const PAGE_POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: [`'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`, FORM_STYLE_HASH],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
} as const;

/** The public page of a notice: complete without a script, and printable. */
export function noticeHtml(
  document: NoticeDocument | FormDocument,
  links: NoticeLinks,
  related: Related = UNRELATED,
): string {
  if ('sections' in document) return formHtml(document, links, related);
  const { title, drill, blocks, colophon, hash } = document;
  return page(
    title,
    `${drill ? `<div class="drill">${escapeHtml(DRILL_MARK)}</div>\n` : ''}${relatedHtml(related)}<main>
<h1>${escapeHtml(title)}</h1>
${blocks.map(blockHtml).join('\n')}
</main>
<footer>
<div>
${factsHtml([...colophon, ['网址', links.url]])}
<p class="small">内容哈希（SHA-256，kaibiao verify 可核验）：<br><code>${escapeHtml(hash)}</code></p>
<nav class="small">${navHtml(links)}</nav>
</div>
${qrSvg(links.url)}
</footer>`,
  );
}

/** A document that is kept as a file: complete by itself, and printable. */
export const documentHtml = ({ title, drill, blocks, colophon, hash }: NoticeDocument, url: string): string =>
  page(
    title,
    `${drill ? `<div class="drill">${escapeHtml(DRILL_MARK)}</div>\n` : ''}<main>
<h1>${escapeHtml(title)}</h1>
${blocks.map(blockHtml).join('\n')}
</main>
<footer>
<div>
${factsHtml([...colophon, ['网址', url]])}
<p class="small">内容哈希（SHA-256）：<br><code>${escapeHtml(hash)}</code></p>
</div>
</footer>`,
  );

/** The page for a missing notice, in both languages. */
export const notFoundHtml = (): string =>
  page(
    '未找到公告 / Notice not found',
    `<main><h1>未找到公告</h1><p>没有该地址的公告，请核对网址或二维码。</p>
<p lang="en">Not found: there is no notice at this address. Check the address or the QR code.</p></main>`,
  );

/** A whole page in the style of notices. */
export const page = (title: string, body: string): string => `<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>
${body}
</body>
</html>
`;

function blockHtml(block: Block): string {
  switch (block.type) {
    case 'heading':
      return `<h2>${escapeHtml(block.text)}</h2>`;
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'facts':
      return factsHtml(block.facts);
    case 'table':
      return `<table><thead>${row('th scope="col"', block.head)}</thead><tbody>${block.rows.map((cells) => row('td', cells)).join('\n')}</tbody></table>`;
  }
}

const factsHtml = (facts: readonly Fact[]): string =>
  `<table class="facts"><tbody>${facts
    .map(([label, value]) => `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`)
    .join('\n')}</tbody></table>`;
