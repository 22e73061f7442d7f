/** A file that does not have its declared format. */
export class FileFault extends Error {
  override readonly name = 'FileFault';
  readonly messageZh: string;
  readonly messageEn: string;

  constructor(zh: string, en: string, cause?: unknown) {
    super(en, cause === undefined ? undefined : { cause });
    this.messageZh = zh;
    this.messageEn = en;
  }
}

/** Far above any record of a list; anything longer is not held in memory. */
export const MAX_RECORD_CHARS = 1_000_000;

/**
 * Bytes as UTF-8 text, streamed; other encodings are reported, not garbled.
 * @throws FileFault
 */
export async function* utf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // Removes a byte order mark.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new FileFault('文件不是 UTF-8 编码，请另存为 UTF-8', 'the file is not UTF-8; save it as UTF-8', error);
  }
}
