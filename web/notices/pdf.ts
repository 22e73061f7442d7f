import { setImmediate as breathe } from 'node:timers/promises';
import PdfKit from 'pdfkit';
import { DRILL_MARK, type Block, type Fact, type NoticeDocument } from './document.ts';
import type { FormDocument } from './form/document.ts';
import { formPdf } from './form/pdf.ts';
import { AT_ONCE, drawQr, fonts, Glyphs, partsOf, refuseEndless, type Fonts } from './pdf-text.ts';

const MARGIN = 56;
const SIZE = { title: 17, heading: 12.5, text: 10.5, small: 8 } as const;
const LINE_GAP = 4;
const CELL_PAD = 4;
const LABEL_WIDTH = 110;
const QR_SIZE = 96;
const RED = '#a3271f';
const GREY = '#b8b8b8';

/**
 * The notice on A4. The same notice gives the same bytes: the only date is that of its publication, and nothing is
 * compressed, since zlib's output differs between releases of Node.
 * @throws DomainError `file-too-large`
 */
export async function noticePdf(
  document: NoticeDocument | FormDocument,
  links: { readonly url: string; readonly publishedAt: number },
): Promise<Buffer> {
  if ('sections' in document) return formPdf(document, links);
  return documentPdf(document, {
    ...links,
    endingZh:
      '内容哈希为本公告存储内容（RFC 8785 规范化 JSON）的 SHA-256，可用 kaibiao verify 核验；扫描二维码可查看网页原文。',
  });
}

/** As `noticePdf`, for any document in the format of notices. */
export async function documentPdf(
  document: NoticeDocument,
  { url, publishedAt, endingZh }: { readonly url: string; readonly publishedAt: number; readonly endingZh: string },
): Promise<Buffer> {
  const { title, blocks, colophon } = document;
  refuseEndless([title, blocks, colophon]);
  const writer = new Writer(document, await fonts(), publishedAt);
  return writer.write(url, endingZh);
}

class Writer {
  private readonly pdf: PDFKit.PDFDocument;
  private readonly glyphs: Glyphs;

  constructor(
    private readonly document: NoticeDocument,
    font: Fonts,
    publishedAt: number,
  ) {
    this.glyphs = new Glyphs(font);
    const at = new Date(publishedAt);
    this.pdf = new PdfKit({
      size: 'A4',
      margin: MARGIN,
      compress: false,
      bufferPages: true,
      pdfVersion: '1.7',
      lang: 'zh-CN',
      displayTitle: true,
      info: { Title: document.title, Creator: 'Kaibiao', Producer: 'Kaibiao', CreationDate: at, ModDate: at },
    });
    this.pdf.registerFont('regular', font.regular).registerFont('bold', font.bold);
  }

  async write(url: string, endingZh: string): Promise<Buffer> {
    const { title, blocks, colophon, hash } = this.document;
    const chunks: Buffer[] = [];
    const ended = new Promise<void>((resolve, reject) => this.pdf.once('end', resolve).once('error', reject));
    this.pdf.on('data', (chunk: Buffer) => chunks.push(chunk));

    this.style('bold', 'title').text(this.glyphs.shown(title), { align: 'center' }).moveDown(0.8);
    for (const block of blocks) await this.block(block);
    await this.ending(colophon, hash, url, endingZh);
    this.everyPage();
    this.pdf.end();
    await ended;
    return Buffer.concat(chunks);
  }

  private style(font: 'regular' | 'bold', size: keyof typeof SIZE, colour = '#1a1a1a'): PDFKit.PDFDocument {
    return this.pdf.font(font).fontSize(SIZE[size]).fillColor(colour).lineGap(LINE_GAP);
  }

  private async block(block: Block): Promise<void> {
    await breathe();
    switch (block.type) {
      case 'heading':
        this.room(60);
        this.pdf.moveDown(0.5);
        this.style('bold', 'heading', RED).text(this.glyphs.shown(block.text), MARGIN).moveDown(0.2);
        return;
      case 'paragraph':
        return this.paragraph(block.text);
      case 'facts':
        return this.table(block.facts, [LABEL_WIDTH, this.width - LABEL_WIDTH]);
      case 'table':
        await this.table([block.head], this.columns(block), 'bold');
        return this.table(block.rows, this.columns(block));
    }
  }

  private get width(): number {
    return this.pdf.page.width - 2 * MARGIN;
  }

  private get bottom(): number {
    return this.pdf.page.height - MARGIN;
  }

  /** Columns with longer text are wider. */
  private columns({ head, rows }: Extract<Block, { type: 'table' }>): number[] {
    const weights = head.map((title, index) => {
      const longest = Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0));
      return Math.min(Math.max(longest, 6), 40);
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => (this.width * weight) / sum);
  }

  /** Starts a new page if less than this is left. */
  private room(height: number): void {
    if (this.pdf.y + height > this.bottom) this.pdf.addPage();
  }

  private async paragraph(text: string): Promise<void> {
    for (const line of this.glyphs.shown(text).split('\n')) {
      const parts = partsOf(line === '' ? ' ' : line);
      for (const [index, part] of parts.entries()) {
        const continued = index < parts.length - 1;
        const options = { continued, width: this.width };
        if (index === 0) this.style('regular', 'text').text(part, MARGIN, this.pdf.y, options);
        else this.pdf.text(part, options);
        await breathe();
      }
    }
    this.pdf.moveDown(0.3);
  }

  private async table(
    rows: readonly (readonly string[])[],
    widths: readonly number[],
    font: 'regular' | 'bold' = 'regular',
  ): Promise<void> {
    for (const row of rows) {
      const cells = row.map((cell) => this.glyphs.shown(cell));
      // Text that fits on one page is kept as a row; longer text flows over pages.
      if (cells.join('').length > AT_ONCE) {
        for (const cell of row) await this.paragraph(cell);
        continue;
      }
      this.style(font, 'text');
      const heights = cells.map((cell, index) => this.pdf.heightOfString(cell, { width: inner(widths[index]) }));
      const height = Math.max(...heights) + 2 * CELL_PAD;
      if (height > this.bottom - MARGIN) {
        for (const cell of row) await this.paragraph(cell);
        continue;
      }
      this.room(height);
      this.row(cells, widths, height, font);
      await breathe();
    }
  }

  private row(cells: readonly string[], widths: readonly number[], height: number, font: 'regular' | 'bold'): void {
    const top = this.pdf.y;
    let left = MARGIN;
    for (const [index, cell] of cells.entries()) {
      const width = widths[index] ?? 0;
      this.pdf.lineWidth(0.5).strokeColor(GREY).rect(left, top, width, height).stroke();
      this.style(font, 'text').text(cell, left + CELL_PAD, top + CELL_PAD, { width: inner(width) });
      left += width;
    }
    this.pdf.x = MARGIN;
    this.pdf.y = top + height;
  }

  /** Where it is published, how to verify it, and characters that could not be shown. */
  private async ending(colophon: readonly Fact[], hash: string, url: string, endingZh: string): Promise<void> {
    const rows: readonly Fact[] = [...colophon, ['网址', url], ['内容哈希（SHA-256）', hash]];
    this.room(rows.length * 24 + 40);
    this.pdf.moveDown(1);
    const beside = this.width - LABEL_WIDTH - QR_SIZE - 12;
    const top = this.pdf.y;
    const page = this.pdf.bufferedPageRange().count;
    await this.table(rows, [LABEL_WIDTH, beside]);
    if (this.pdf.bufferedPageRange().count === page)
      drawQr(this.pdf, url, { left: MARGIN + this.width - QR_SIZE, top, side: QR_SIZE });
    else {
      this.room(QR_SIZE + 12);
      drawQr(this.pdf, url, { left: MARGIN, top: this.pdf.y + 12, side: QR_SIZE });
      this.pdf.y += QR_SIZE + 12;
    }
    this.pdf.moveDown(0.4);
    this.style('regular', 'small', '#444444').text(endingZh, MARGIN, this.pdf.y, { width: beside + LABEL_WIDTH });
    const { remark } = this.glyphs;
    if (remark !== null) this.pdf.text(remark, { width: this.width });
  }

  /** 演练 above, number of the page and hash below, on each page. */
  private everyPage(): void {
    const { count } = this.pdf.bufferedPageRange();
    for (let index = 0; index < count; index += 1) {
      this.pdf.switchToPage(index);
      // Otherwise a line in the margin would start a new page.
      this.pdf.page.margins = { top: 0, bottom: 0, left: 0, right: 0 };
      const line = { width: this.width, align: 'center', lineBreak: false } as const;
      if (this.document.drill) {
        this.pdf.rect(0, 14, this.pdf.page.width, 24).fill(RED);
        this.style('bold', 'heading', '#ffffff').text(DRILL_MARK, MARGIN, 17, line);
      }
      this.style('regular', 'small', '#444444').text(
        `${this.document.hash}　第 ${index + 1} 页，共 ${count} 页`,
        MARGIN,
        this.pdf.page.height - 36,
        line,
      );
    }
  }
}

const inner = (width = 0): number => width - 2 * CELL_PAD;
