import { concat, truncated, type ByteReader } from './bytes.ts';
import { quoted, SealError } from './fault.ts';

/**
 * The subset of tar in a sealed bid (docs/sealing.md): regular files, in ustar, pax or GNU headers. What every tar
 * program writes for such files is read; everything that two programs might read differently is rejected, because a
 * bid must mean the same to everybody.
 */
export interface TarEntry {
  readonly path: string;
  readonly size: number;
}

const BLOCK = 512;
/** GNU tar pads its last record to twenty blocks. */
const MOST_END_BLOCKS = 20;
const MOST_EXTENSION_BYTES = 8192;
const MOST_USTAR_BYTES = 0o77777777777;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

/** The end of an archive. */
export const TAR_END = new Uint8Array(2 * BLOCK);

/** The file size if the last entry ends there: other programs may pad their last record. */
export const archiveSizes = (entries: number): { readonly least: number; readonly most: number } => ({
  least: entries + TAR_END.length,
  most: entries + MOST_END_BLOCKS * BLOCK,
});

/** The same bytes for the same entry, on every machine and at any time. */
export function tarHeader({ path, size }: TarEntry): Uint8Array {
  const name = encoder.encode(path);
  if (name.length <= 100) return headerBlock(name, size, '0');
  const record = paxRecord('path', path);
  return concat(
    headerBlock(encoder.encode('@PaxHeader'), record.length, 'x'),
    record,
    new Uint8Array(paddingOf(record.length)),
    headerBlock(name.subarray(0, cutAt(name, 100)), size, '0'),
  );
}

/** The size of an entry in the archive, with its header as `tarHeader` writes it. */
export const entrySize = (entry: TarEntry): number => tarHeader(entry).length + entry.size + paddingOf(entry.size);

/** Never within a character. */
function cutAt(name: Uint8Array, most: number): number {
  let at = most;
  while (at > 0 && ((name[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

function paxRecord(key: string, value: string): Uint8Array {
  const rest = encoder.encode(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return concat(encoder.encode(String(length)), rest);
}

function headerBlock(name: Uint8Array, size: number, type: string): Uint8Array {
  if (size > MOST_USTAR_BYTES)
    throw new SealError('too-large', '单个文件超过 8 GiB，不能封装', 'a file of more than 8 GiB cannot be sealed');
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => block.set(encoder.encode(text), at);
  block.set(name, 0);
  put(100, '0000644\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${size.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(156, type);
  put(257, 'ustar\x0000');
  put(148, `${checksumOf(block).toString(8).padStart(6, '0')}\0 `);
  return block;
}

function checksumOf(block: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
  return sum;
}

const malformed = (zh: string, en: string): SealError =>
  new SealError('archive-malformed', `不是本格式的 tar：${zh}`, `not a tar of this format: ${en}`);

/** Reads an archive entry by entry, each body before the next header; never holds more than a header. */
export class TarReader {
  readonly #bytes: ByteReader;
  #padding = 0;
  #left = 0;

  constructor(bytes: ByteReader) {
    this.#bytes = bytes;
  }

  /** The next entry; null at the end, which is read to its last byte. */
  async next(): Promise<TarEntry | null> {
    if (this.#left > 0) throw new TypeError('the body before was not read');
    await this.#skipPadding();
    let extension: { readonly path: string | null } | null = null;
    for (;;) {
      const block = await this.#bytes.exactly(BLOCK);
      if (block === null) throw truncated();
      if (isZero(block)) {
        if (extension !== null) throw malformed('扩展头之后没有文件', 'an extension header without its file');
        await this.#end();
        return null;
      }
      const { name, size, type } = parseHeader(block);
      if (type !== 'x' && type !== 'L') {
        if (type !== '0' && type !== '\0') throw notAFile(type);
        this.#left = size;
        this.#padding = paddingOf(size);
        return { path: extension?.path ?? text(name), size };
      }
      if (extension !== null) throw malformed('同一文件有两个扩展头', 'two extension headers for one file');
      const body = await this.#extension(size);
      extension = { path: type === 'x' ? pathOfPax(body) : pathOfGnu(body) };
    }
  }

  /** The next bytes of the current entry's body; null at its end. */
  async body(): Promise<Uint8Array | null> {
    if (this.#left === 0) return null;
    const chunk = await this.#bytes.next(this.#left);
    if (chunk === null) throw truncated();
    this.#left -= chunk.length;
    return chunk;
  }

  /** The whole body of an entry whose size is known to be small. */
  async smallBody(): Promise<Uint8Array> {
    const body = new Uint8Array(this.#left);
    let at = 0;
    for (let chunk = await this.body(); chunk !== null; chunk = await this.body()) {
      body.set(chunk, at);
      at += chunk.length;
    }
    return body;
  }

  async #skipPadding(): Promise<void> {
    if (this.#padding === 0) return;
    const padding = await this.#bytes.exactly(this.#padding);
    if (padding === null) throw truncated();
    if (!isZero(padding)) throw malformed('填充不是零', 'padding that is not zero');
    this.#padding = 0;
  }

  async #extension(size: number): Promise<Uint8Array> {
    if (size > MOST_EXTENSION_BYTES) throw malformed('扩展头过大', 'an extension header that is too large');
    const body = await this.#bytes.exactly(size + paddingOf(size));
    if (body === null) throw truncated();
    if (!isZero(body.subarray(size))) throw malformed('填充不是零', 'padding that is not zero');
    return body.subarray(0, size);
  }

  async #end(): Promise<void> {
    for (let blocks = 1; ; blocks++) {
      const block = await this.#bytes.exactly(BLOCK);
      if (block === null) {
        if (blocks < 2) throw truncated();
        return;
      }
      if (blocks === MOST_END_BLOCKS || !isZero(block))
        throw new SealError('trailing-bytes', '归档结束之后还有内容', 'there is more after the end of the archive');
    }
  }
}

const notAFile = (type: string): SealError =>
  new SealError(
    'entry-not-a-file',
    `归档中有不是普通文件的条目（链接、目录、设备等，类型 ${quoted(type)}）`,
    `the archive has an entry that is no regular file (a link, folder or device; type ${quoted(type)})`,
  );

function parseHeader(block: Uint8Array): { name: Uint8Array; size: number; type: string } {
  const field = (at: number, length: number): string => String.fromCharCode(...block.subarray(at, at + length));
  const checksum = /^([0-7]{6})\0 $/.exec(field(148, 8));
  if (checksum === null || parseInt(checksum[1] ?? '', 8) !== checksumOf(block))
    throw malformed('文件头校验和不符', 'the checksum of a header is wrong');
  const magic = field(257, 8);
  if (magic !== 'ustar\x0000' && magic !== 'ustar  \0') throw malformed('缺少 ustar 标志', 'no ustar magic');
  const size = /^([0-7]{11})[\0 ]$/.exec(field(124, 12));
  if (size === null) throw malformed('文件大小不是八进制数', 'a size that is not octal');
  const name = upToNul(block.subarray(0, 100));
  // GNU tar stores other data where ustar has the prefix of a long name.
  const prefix = magic === 'ustar\x0000' ? upToNul(block.subarray(345, 500)) : new Uint8Array(0);
  return {
    name: prefix.length > 0 ? concat(prefix, encoder.encode('/'), name) : name,
    size: parseInt(size[1] ?? '', 8),
    type: field(156, 1),
  };
}

function upToNul(field: Uint8Array): Uint8Array {
  const end = field.indexOf(0);
  if (end === -1) return field;
  if (!isZero(field.subarray(end))) throw malformed('文件名中有 NUL', 'a name with a NUL in it');
  return field.subarray(0, end);
}

function text(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed('文件名不是 UTF-8', 'a name that is not UTF-8');
  }
}

function pathOfGnu(body: Uint8Array): string {
  const end = body.length - 1;
  if (body[end] !== 0 || body.subarray(0, end).includes(0))
    throw malformed('文件名中有 NUL', 'a name with a NUL in it');
  return text(body.subarray(0, end));
}

/** Keys that change the type or the size of a file, and those that programs interpret differently. */
const REFUSED_KEYS = /^(size|linkpath|hdrcharset|charset|GNU\.sparse\..*|GNU\.volume\..*)$/;

function pathOfPax(body: Uint8Array): string | null {
  let path: string | null = null;
  const keys = new Set<string>();
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(32, at);
    const digits = space === -1 ? '' : String.fromCharCode(...body.subarray(at, Math.min(space, at + 6)));
    const length = /^[1-9]\d{0,4}$/.test(digits) ? Number(digits) : 0;
    const record = body.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(61);
    if (length === 0 || at + length > body.length || body[at + length - 1] !== 10 || equals < 1)
      throw malformed('扩展头无法解读', 'an extension header that cannot be read');
    const key = text(record.subarray(0, equals));
    if (REFUSED_KEYS.test(key) || keys.has(key))
      throw malformed(
        `扩展头中有不允许的或重复的 ${quoted(key)}`,
        `${quoted(key)} in an extension header, which is not allowed or is repeated`,
      );
    keys.add(key);
    if (key === 'path') path = text(record.subarray(equals + 1));
    at += length;
  }
  return path;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
