import { setImmediate as breathe } from 'node:timers/promises';
import PdfKit from 'pdfkit';
import { DRILL_MARK } from '../document.ts';
import { AT_ONCE, drawQr, fonts, Glyphs, partsOf, refuseEndless, type Fonts } from '../pdf-text.ts';
import { columnsOf, isAmount } from './columns.ts';
import { titleLines } from './title.ts';
import { writtenOf, type FormDocument, type Written } from './document.ts';

const MM = 72 / 25.4;
const MARGINS = { top: 22 * MM, bottom: 20 * MM, left: 25 * MM, right: 25 * MM };
const SIZE = { title: 17, heading: 11, text: 10.5, cell: 9.5, small: 7.5 } as const;
/** 首行缩进: two characters. */
const INDENT = 2 * SIZE.text;
const CELL_PAD = 4;
const QR_SIDE = 22 * MM;
const GAP = 10;
const RED = '#a3271f';
const GREY = '#8c8c8c';
/** Of a table's head. */
const SHADE = '#f0f0f0';

/** How far lines are apart; what would need another page for a few lines is set closer. */
const SPACINGS: readonly number[] = [3, 1];
/** Of its last page: with more text than this it is not set closer. */
const FEW_LINES = 0.4;

type Links = { readonly url: string; readonly publishedAt: number };

/**
 * The notice on A4, in the layout of the official forms; see `noticePdf` for what its bytes depend on.
 * @throws DomainError `file-too-large`
 */
export async function formPdf(document: FormDocument, links: Links, spacings = SPACINGS): Promise<Buffer> {
  const { title, lead, sections, colophon } = document;
  refuseEndless([title, lead, sections, colophon]);
  const font = await fonts();
  const [wide = 0, close] = spacings;
  const first = await new Writer(document, font, links, wide).write();
  if (close === undefined || first.pages === 1 || first.lastFilled > FEW_LINES) return first.bytes;
  const second = await new Writer(document, font, links, close).write();
  return second.pages < first.pages ? second.bytes : first.bytes;
}

interface WrittenPdf {
  readonly bytes: Buffer;
  readonly pages: number;
  /** Part of the last page that has text. */
  readonly lastFilled: number;
}

class Writer {
  private readonly pdf: PDFKit.PDFDocument;
  private readonly glyphs: Glyphs;

  constructor(
    private readonly document: FormDocument,
    font: Fonts,
    private readonly links: Links,
    private readonly spacing: number,
  ) {
    this.glyphs = new Glyphs(font);
    const at = new Date(links.publishedAt);
    this.pdf = new PdfKit({
      size: 'A4',
      margins: MARGINS,
      compress: false,
      bufferPages: true,
      pdfVersion: '1.7',
      lang: 'zh-CN',
      displayTitle: true,
      info: { Title: document.title, Creator: 'Kaibiao', Producer: 'Kaibiao', CreationDate: at, ModDate: at },
    });
    this.pdf.registerFont('regular', font.regular).registerFont('bold', font.bold);
  }

  async write(): Promise<WrittenPdf> {
    const chunks: Buffer[] = [];
    const ended = new Promise<void>((resolve, reject) => this.pdf.once('end', resolve).once('error', reject));
    this.pdf.on('data', (chunk: Buffer) => chunks.push(chunk));

    this.title(this.glyphs.shown(this.document.title));
    const all = writtenOf(this.document);
    for (const [index, written] of all.entries()) await this.put(written, all[index + 1]);
    const lastFilled = this.ending();
    const pages = this.pdf.bufferedPageRange().count;
    this.everyPage(pages);
    this.pdf.end();
    await ended;
    return { bytes: Buffer.concat(chunks), pages, lastFilled };
  }

  private style(font: 'regular' | 'bold', size: keyof typeof SIZE, colour = '#000000'): PDFKit.PDFDocument {
    const gap = size === 'small' ? 0 : size === 'cell' ? 1 : this.spacing;
    return this.pdf.font(font).fontSize(SIZE[size]).fillColor(colour).lineGap(gap);
  }

  private get width(): number {
    return this.pdf.page.width - MARGINS.left - MARGINS.right;
  }

  private get bottom(): number {
    return this.pdf.page.height - MARGINS.bottom;
  }

  /** Starts a new page if less than this is left. */
  private room(height: number): void {
    if (this.pdf.y + height > this.bottom) this.pdf.addPage();
  }

  private title(text: string): void {
    this.style('bold', 'title');
    const lines = titleLines(text, this.width, (part) => this.pdf.widthOfString(part));
    this.pdf.text(lines, { align: 'center' });
    this.pdf.y += SIZE.text;
  }

  private async put(written: Written, next: Written | undefined): Promise<void> {
    await breathe();
    switch (written.type) {
      case 'heading':
        return this.heading(written, next);
      case 'paragraph':
        for (const line of written.text.split('\n')) await this.line(null, line);
        return;
      case 'lines':
        for (const [label, value] of written.facts) {
          const [first = '', ...others] = value.split('\n');
          await this.line(`${label}：`, first);
          for (const other of others) await this.line(null, other);
        }
        return;
      case 'table':
        return this.table(written);
    }
  }

  /** Never the last line of a page: what begins below it is on the same. */
  private heading({ level, text, value }: Extract<Written, { type: 'heading' }>, next: Written | undefined): void {
    this.pdf.y += level === 1 ? 4 : 1;
    this.style('bold', 'heading');
    this.room(this.pdf.heightOfString(text, { width: this.width }) + this.beginning(next));
    const options = { width: this.width, indent: level === 1 ? 0 : INDENT };
    const [shown, stated] = [this.glyphs.shown(text), value === undefined ? null : this.glyphs.shown(value)];
    this.style('bold', level === 1 ? 'heading' : 'text');
    this.pdf.text(stated === null ? shown : `${shown}：`, MARGINS.left, this.pdf.y, {
      ...options,
      continued: stated !== null,
    });
    if (stated !== null) this.style('regular', 'text').text(stated, options);
  }

  /** How much of what follows a heading stays with it. */
  private beginning(next: Written | undefined): number {
    const one = this.style('regular', 'text').heightOfString('字', { width: this.width });
    if (next?.type !== 'paragraph' && next?.type !== 'lines') return 2.5 * one;
    const first = next.type === 'paragraph' ? next.text : (next.facts[0]?.join('：') ?? '');
    return this.keptTogether(this.glyphs.shown(first.split('\n')[0] ?? ''));
  }

  /** What fits on three lines is not torn apart; of more there are two at least. */
  private keptTogether(text: string): number {
    this.style('regular', 'text');
    const one = this.pdf.heightOfString('字', { width: this.width });
    if (text.length > AT_ONCE) return 2 * one;
    const height = this.pdf.heightOfString(text, { width: this.width, indent: INDENT });
    return height <= 3.5 * one ? height : 2 * one;
  }

  /** A line of text, or several. */
  private async line(label: string | null, given: string): Promise<void> {
    const text = this.glyphs.shown(given === '' && label === null ? ' ' : given);
    const options = { width: this.width, indent: INDENT };
    this.room(this.keptTogether(`${label ?? ''}${text}`));
    let isFirst = true;
    const parts = [...(label === null ? [] : [this.glyphs.shown(label)]), ...partsOf(text)];
    for (const [index, part] of parts.entries()) {
      const continued = index < parts.length - 1;
      if (isFirst) this.pdf.text(part, MARGINS.left, this.pdf.y, { ...options, continued });
      else this.pdf.text(part, { ...options, continued });
      isFirst = false;
      await breathe();
    }
  }

  private async table({ head, rows }: Extract<Written, { type: 'table' }>): Promise<void> {
    this.style('regular', 'cell');
    const cells = rows.map((row) => row.map((cell) => this.glyphs.shown(cell)));
    const titles = head.map((cell) => this.glyphs.shown(cell));
    const widths = columnsOf(titles, cells, this.width, (text) => this.pdf.widthOfString(text) + 2 * CELL_PAD + 1);
    this.pdf.y += 2;
    const headHeight = this.heightOf(titles, widths, 'bold');
    this.room(headHeight + Math.min(...cells.map((row) => this.heightOf(row, widths)), 60));
    this.row(titles, widths, headHeight, true);
    for (const row of cells) {
      // Text that fits on one page is kept as a row; longer text flows over pages.
      const height = row.join('').length > AT_ONCE ? Infinity : this.heightOf(row, widths);
      if (height > (this.bottom - MARGINS.top) / 2) {
        for (const [index, cell] of row.entries()) await this.line(`${titles[index] ?? ''}：`, cell);
        continue;
      }
      if (this.pdf.y + height > this.bottom) {
        this.pdf.addPage();
        this.row(titles, widths, headHeight, true);
      }
      this.row(row, widths, height, false);
      await breathe();
    }
    this.pdf.y += 4;
  }

  private heightOf(cells: readonly string[], widths: readonly number[], font: 'regular' | 'bold' = 'regular'): number {
    this.style(font, 'cell');
    const heights = cells.map((cell, index) => this.pdf.heightOfString(cell, { width: inner(widths[index]) }));
    return Math.max(...heights) + CELL_PAD;
  }

  private row(cells: readonly string[], widths: readonly number[], height: number, isHead: boolean): void {
    const top = this.pdf.y;
    let left = MARGINS.left;
    for (const [index, cell] of cells.entries()) {
      const width = widths[index] ?? 0;
      this.pdf.lineWidth(0.5).rect(left, top, width, height);
      if (isHead) this.pdf.fillAndStroke(SHADE, GREY);
      else this.pdf.stroke(GREY);
      const align = isAmount(cell) ? 'right' : 'left';
      this.style(isHead ? 'bold' : 'regular', 'cell');
      this.pdf.text(cell, left + CELL_PAD, top + CELL_PAD / 2, { width: inner(width), align });
      left += width;
    }
    this.pdf.x = MARGINS.left;
    this.pdf.y = top + height;
  }

  /** 落款, and below it, at the foot of the page: where it is published and how to verify it. */
  private ending(): number {
    const { issuers, date } = this.document.signature;
    const signature = [...issuers.map(([label, value]) => `${label}：${value}`), date].map((each) =>
      this.glyphs.shown(each),
    );
    const colophon = this.colophon();
    const beside = { width: this.width - QR_SIDE - GAP };
    this.style('regular', 'small');
    const foot = Math.max(QR_SIDE, this.pdf.heightOfString(colophon, beside)) + GAP;
    this.style('regular', 'text');
    const signed = signature.reduce((sum, line) => sum + this.pdf.heightOfString(line, { width: this.width }), 0);
    this.room(SIZE.text + signed + GAP + foot);
    this.pdf.y += SIZE.text;
    for (const line of signature) this.pdf.text(line, MARGINS.left, this.pdf.y, { width: this.width, align: 'right' });
    const filled = (this.pdf.y - MARGINS.top) / (this.bottom - MARGINS.top);

    const top = this.bottom - foot + GAP;
    this.pdf.lineWidth(0.5).moveTo(MARGINS.left, top - GAP / 2);
    this.pdf.lineTo(MARGINS.left + this.width, top - GAP / 2).stroke(GREY);
    drawQr(this.pdf, this.links.url, { left: MARGINS.left, top, side: QR_SIDE });
    this.style('regular', 'small', '#333333').text(colophon, MARGINS.left + QR_SIDE + GAP, top, beside);
    return filled;
  }

  private colophon(): string {
    const { colophon, hash } = this.document;
    const facts = colophon.map(([label, value]) => `${label}：${value}`).join('　');
    const { remark } = this.glyphs;
    return [
      this.glyphs.shown(facts),
      `网址：${this.links.url}`,
      `内容哈希（SHA-256）：${hash}`,
      '哈希为本公告存储内容（RFC 8785 规范化 JSON）的 SHA-256，可用 kaibiao verify 核验；扫描二维码可查看网页原文。所载时间均为北京时间（UTC+8）。',
      ...(remark === null ? [] : [remark]),
    ].join('\n');
  }

  /** 演练 above, hash and number of the page below, on each page. */
  private everyPage(pages: number): void {
    for (let index = 0; index < pages; index += 1) {
      this.pdf.switchToPage(index);
      // Otherwise a line in the margin would start a new page.
      this.pdf.page.margins = { top: 0, bottom: 0, left: 0, right: 0 };
      const line = { width: this.width, align: 'center', lineBreak: false } as const;
      if (this.document.drill) {
        this.pdf.rect(0, 14, this.pdf.page.width, 24).fill(RED);
        this.style('bold', 'heading', '#ffffff').text(DRILL_MARK, MARGINS.left, 17, line);
      }
      const foot = `${this.document.hash}　第 ${index + 1} 页，共 ${pages} 页`;
      this.style('regular', 'small', '#333333').text(foot, MARGINS.left, this.pdf.page.height - 36, line);
    }
  }
}

const inner = (width = 0): number => width - 2 * CELL_PAD;
