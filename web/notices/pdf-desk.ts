import { DomainError } from '../../domain/errors.ts';

/** Bytes of PDFs that are kept. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** How many different PDFs may wait to be rendered. */
const MOST_WAITING = 20;

/** Renders one PDF at a time, each once for all concurrent requests, and caches the last requested. */
export class PdfDesk {
  private readonly kept = new Map<string, Buffer>();
  private readonly wanted = new Map<string, Promise<Buffer>>();
  private keptBytes = 0;
  private last: Promise<unknown> = Promise.resolve();

  /**
   * @param key identifies the bytes: the same key always means the same PDF
   * @throws DomainError `too-many-requests` when too many wait
   */
  async get(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const kept = this.kept.get(key);
    if (kept) {
      this.kept.delete(key);
      this.kept.set(key, kept);
      return kept;
    }
    const wanted = this.wanted.get(key);
    if (wanted) return wanted;
    if (this.wanted.size >= MOST_WAITING) {
      throw new DomainError('too-many-requests', {
        messageZh: '正在生成的 PDF 过多，请稍后再试；网页随时可看',
        messageEn: 'Too many PDFs are being made; try again shortly, the page is there meanwhile',
        details: { retryAfterSeconds: 5 },
      });
    }
    const made = this.last.then(make);
    this.last = made.catch(() => undefined);
    this.wanted.set(key, made);
    try {
      const pdf = await made;
      this.keep(key, pdf);
      return pdf;
    } finally {
      this.wanted.delete(key);
    }
  }

  private keep(key: string, pdf: Buffer): void {
    this.kept.set(key, pdf);
    this.keptBytes += pdf.length;
    for (const [oldest, bytes] of this.kept) {
      if (this.keptBytes <= KEPT_BYTES) return;
      this.kept.delete(oldest);
      this.keptBytes -= bytes.length;
    }
  }
}
