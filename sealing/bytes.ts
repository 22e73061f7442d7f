import { SealError } from './fault.ts';

/** A stream that reads its source only on demand, so that nothing is buffered. */
export function streamOf(source: AsyncIterator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const step = await source.next();
        if (step.done === true) controller.close();
        else controller.enqueue(step.value);
      },
      async cancel() {
        await source.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Some browsers cannot iterate over their own streams. */
export class Chunks implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return { done, value: undefined };
      if (value.length > 0) return { done, value };
    }
  }

  /** Cancels the rest; without effect once all is read. An error of the stream was already thrown. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.#reader.cancel().catch(() => undefined);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Bytes in order, read in the portions of a format. */
export class ByteReader {
  /** The number of bytes read. */
  position = 0;
  #rest: Uint8Array = new Uint8Array(0);
  readonly #source: AsyncIterator<Uint8Array>;

  constructor(source: AsyncIterator<Uint8Array>) {
    this.#source = source;
  }

  /** The next bytes, at most `most`; null at the end. */
  async next(most: number): Promise<Uint8Array | null> {
    while (this.#rest.length === 0) {
      const step = await this.#source.next();
      if (step.done === true) return null;
      this.#rest = step.value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    this.position += taken.length;
    return taken;
  }

  /** Exactly this many bytes; null where the end comes before the first of them. For short portions only. */
  async exactly(size: number): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const chunk = await this.next(size - filled);
      if (chunk === null) {
        if (filled === 0) return null;
        throw truncated();
      }
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}

export const truncated = (): SealError =>
  new SealError('truncated', '文件不完整：内容在结束之前中断', 'the file is not whole: it ends before its end');

export function concat(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** @throws SyntaxError unless it is what `toBase64` writes, so that the same bytes have one spelling */
export function fromBase64(text: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new SyntaxError('not base64');
  }
  if (btoa(binary) !== text) throw new SyntaxError('not base64 as RFC 4648 writes it');
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
