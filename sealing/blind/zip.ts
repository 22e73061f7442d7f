import { inflated } from './inflate.ts';
import { isChinese, utf8 } from './text.ts';

/** A file in a zip. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly encrypted: boolean;
  /** @throws Error where it is broken */
  content(most: number): Promise<Uint8Array>;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MOST_COMMENT = 0xffff;
const IN_ZIP64 = 0xffffffff;

/** The files that a zip lists. @throws RangeError where it is broken, or too large for one without extensions */
export function entriesOf(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let n = 0; n < count; n += 1) {
    if (view.getUint32(at, true) !== CENTRAL) throw new RangeError('no entry where the list says one is');
    const [packed, size, place] = [20, 24, 42].map((offset) => view.getUint32(at + offset, true)) as [
      number,
      number,
      number,
    ];
    if ([packed, size, place].includes(IN_ZIP64)) throw new RangeError('it is in the format ZIP64');
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ];
    const method = view.getUint16(at + 10, true);
    const from = at + CENTRAL_BYTES;
    entries.push({
      name: nameOf(bytes.subarray(from, from + name)),
      size,
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      content: (most) => contentOf(view, bytes, { place, packed, method }, most),
    });
    at = from + name + extra + comment;
  }
  return entries;
}

function endOf(view: DataView): number {
  const least = Math.max(0, view.byteLength - END_BYTES - MOST_COMMENT);
  for (let at = view.byteLength - END_BYTES; at >= least; at -= 1) if (view.getUint32(at, true) === END) return at;
  throw new RangeError('it has no end');
}

const nameOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return isChinese(bytes) ? new TextDecoder('gb18030').decode(bytes) : utf8(bytes);
  }
};

async function contentOf(
  view: DataView,
  bytes: Uint8Array,
  { place, packed, method }: { readonly place: number; readonly packed: number; readonly method: number },
  most: number,
): Promise<Uint8Array> {
  if (view.getUint32(place, true) !== LOCAL) throw new RangeError('no file where the list says one is');
  const from = place + LOCAL_BYTES + view.getUint16(place + 26, true) + view.getUint16(place + 28, true);
  if (from + packed > bytes.length) throw new RangeError('it ends too early');
  const content = bytes.subarray(from, from + packed);
  if (method === 0) return content;
  if (method !== 8) throw new RangeError(`it is packed by method ${method}`);
  return inflated(content, 'deflate-raw', most);
}
