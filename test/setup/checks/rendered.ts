import { createHash } from 'node:crypto';
import jsQR from 'jsqr';
import { extractText, getDocumentProxy } from 'unpdf';
import type { Notice } from '../../../db/notices.ts';
import { noticeHtml } from '../../../web/notices/html.ts';
import { noticePdf } from '../../../web/notices/pdf.ts';
import type { QrCode } from '../../../web/notices/qr.ts';
import { documentOf } from '../../../web/notices/templates.ts';

// A notice as people get it, and what they find in it.

export const URL_OF_NOTICE = 'https://tender.example.cn/notices/0198c0de-0000-7000-8000-000000000001';
const LINKS = { url: URL_OF_NOTICE, pdf: '/notices/x.pdf', json: '/api/notices/x' };

export const html = (notice: Notice): string => noticeHtml(documentOf(notice), LINKS);
export const pdf = (notice: Notice): Promise<Buffer> =>
  noticePdf(documentOf(notice), { url: URL_OF_NOTICE, publishedAt: notice.publishedAt });
export const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What a reader of the PDF finds on each page, spaces apart. */
export async function pagesOf(bytes: Buffer): Promise<string[]> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)));
  return text.map((page) => page.replaceAll(/\s/g, ''));
}

/** What a camera reads of a code, eight pixels to a square. */
export function readQr({ size, runs }: QrCode): string | undefined {
  const scale = 8;
  const pixels = new Uint8ClampedArray((size * scale) ** 2 * 4).fill(255);
  for (const { x, y, width } of runs) {
    for (let row = y * scale; row < (y + 1) * scale; row += 1) {
      for (let column = x * scale; column < (x + width) * scale; column += 1) {
        pixels.fill(0, (row * size * scale + column) * 4, (row * size * scale + column) * 4 + 3);
      }
    }
  }
  return jsQR(pixels, size * scale, size * scale)?.data;
}

/** The runs that the page's SVG draws. */
export function drawnIn(page: string): QrCode {
  const size = Number(/viewBox="0 0 (\d+)/.exec(page)?.[1]);
  const runs = [...page.matchAll(/M(\d+) (\d+)h(\d+)v1/g)].map(([, x, y, width]) => ({
    x: Number(x),
    y: Number(y),
    width: Number(width),
  }));
  return { size, runs };
}
