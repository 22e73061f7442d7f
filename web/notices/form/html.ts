import { DRILL_MARK, type Fact } from '../document.ts';
import { escapeHtml, navHtml, qrSvg, relatedHtml, type NoticeLinks, type Related } from '../markup.ts';
import { writtenOf, type FormDocument, type Written } from './document.ts';
import { FORM_STYLE } from './style.ts';

/** Columns of more than these scroll on a phone, and are not squeezed. */
const NARROW_COLUMNS = 3;

/** The public page of a notice in the layout of the official forms. */
export function formHtml(document: FormDocument, links: NoticeLinks, related: Related): string {
  const { title, drill, signature, colophon, hash } = document;
  const [lead, ...sections] = chunked(writtenOf(document));
  return `<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${FORM_STYLE}</style></head>
<body>
${drill ? `<div class="drill">${escapeHtml(DRILL_MARK)}</div>\n` : ''}${relatedHtml(related)}<main>
<h1>${escapeHtml(title)}</h1>
${lead?.map((text) => writtenHtml(text).replace('<p>', '<p class="lead">')).join('\n') ?? ''}
${sections.map((section) => `<section>\n${section.map(writtenHtml).join('\n')}\n</section>`).join('\n')}
<div class="signature">
${signature.issuers.map(([label, value]) => `<p>${escapeHtml(label)}：${escapeHtml(value)}</p>`).join('\n')}
<p>${escapeHtml(signature.date)}</p>
</div>
</main>
<footer>
${qrSvg(links.url)}
<div>
${colophonHtml(colophon, links.url, hash)}
<nav>${navHtml(links)}</nav>
</div>
</footer>
</body>
</html>
`;
}

/** What stands before the first heading, and each section. */
function chunked(written: readonly Written[]): Written[][] {
  const chunks: Written[][] = [[]];
  for (const each of written) {
    if (each.type === 'heading' && each.level === 1) chunks.push([]);
    chunks.at(-1)?.push(each);
  }
  return chunks;
}

function colophonHtml(colophon: readonly Fact[], url: string, hash: string): string {
  const facts = colophon.map(([label, value]) => `${escapeHtml(label)}：${escapeHtml(value)}`);
  return `<p>${facts.join('　')}</p>
<p>网址：<a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>
<p>内容哈希（SHA-256，kaibiao verify 可核验）：${escapeHtml(hash)}</p>
<p>所载时间均为北京时间（UTC+8）。</p>`;
}

function writtenHtml(written: Written): string {
  switch (written.type) {
    case 'heading': {
      const tag = written.level === 1 ? 'h2' : 'h3';
      const value = written.value === undefined ? '' : `：<span>${escapeHtml(written.value)}</span>`;
      return `<${tag}>${escapeHtml(written.text)}${value}</${tag}>`;
    }
    case 'paragraph':
      return written.text
        .split('\n')
        .map((line) => `<p>${escapeHtml(line)}</p>`)
        .join('');
    case 'lines':
      return `<dl>${written.facts.map(([label, value]) => `<div><dt>${escapeHtml(label)}：</dt><dd>${linesHtml(value)}</dd></div>`).join('\n')}</dl>`;
    case 'table':
      return tableHtml(written);
  }
}

/** The first goes on after its label. */
function linesHtml(value: string): string {
  const [first = '', ...others] = value.split('\n');
  return [escapeHtml(first), ...others.map((line) => `<span>${escapeHtml(line)}</span>`)].join('');
}

function tableHtml({ head, rows }: Extract<Written, { type: 'table' }>): string {
  const isWide = head.length > NARROW_COLUMNS;
  const headings = head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map(cellHtml).join('')}</tr>`).join('\n');
  const table = `<table${isWide ? ' class="wide"' : ''}><thead><tr>${headings}</tr></thead><tbody>${body}</tbody></table>`;
  // What scrolls can be reached by the keyboard.
  return `<div class="scroll"${isWide ? ` role="region" tabindex="0" aria-label="${escapeHtml(head.join('、'))}"` : ''}>${table}</div>`;
}

const AMOUNT = /^[\d,]+\.\d{2} 元$/;
const cellHtml = (cell: string): string => `<td${AMOUNT.test(cell) ? ' class="num"' : ''}>${escapeHtml(cell)}</td>`;
