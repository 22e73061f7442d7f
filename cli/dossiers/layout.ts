import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

// The bytes of a dossier that are no file's content: APPNOTE 4.3, as api/dossiers/package.ts writes them. They follow from
// the names, sizes and contents alone, so that none of them is free to say something that no hash covers.

export interface PackedFile {
  readonly name: Uint8Array;
  readonly size: number;
  /** As the directory names it. */
  readonly crc32: number;
}

const [OLD_VERSION, VERSION_64] = [20, 45];
/** On Unix, by version 6.3 of the format. */
const MADE_BY = (3 << 8) | 63;
/** The name is UTF-8; the sizes are behind the content. */
const FLAGS = (1 << 11) | (1 << 3);
/** The first of January 1980. */
const [TIME, DATE] = [0, 0x21];
const MODE = 0o100_644;
const [MOST_16, MOST_32] = [0xffff, 0xffff_ffff];

const CHUNK = 1024 * 1024;

/** @returns where the first other byte is; the files whose content has another checksum, if there is none */
export async function checkLayout(
  file: FileHandle,
  size: number,
  files: readonly PackedFile[],
): Promise<{ readonly strayAt: number } | { readonly strayAt: null; readonly changed: ReadonlySet<number> }> {
  const changed = new Set<number>();
  const central: Buffer[] = [];
  let at = 0;
  const has = async (expected: Buffer): Promise<boolean> => {
    const found = await bytesAt(file, at, expected.length);
    if (!found.equals(expected)) return false;
    at += expected.length;
    return true;
  };
  for (const [index, each] of files.entries()) {
    central.push(centralHeader(each, at));
    const isLarge = isLargeFile(each, at);
    if (!(await has(localHeader(each)))) return { strayAt: at };
    if ((await checksumAt(file, at, each.size)) !== each.crc32) changed.add(index);
    at += each.size;
    if (!(await has(descriptor(each, isLarge)))) return { strayAt: at };
  }
  const directoryAt = at;
  for (const header of central) if (!(await has(header))) return { strayAt: at };
  const end = endOf({ files: files.length, at: directoryAt, size: at - directoryAt });
  return (await has(end)) && at === size ? { strayAt: null, changed } : { strayAt: at };
}

/** Fewer where the file ends. */
async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function checksumAt(file: FileHandle, position: number, size: number): Promise<number> {
  let sum = 0;
  for (let read = 0; read < size;) {
    const chunk = await bytesAt(file, position + read, Math.min(CHUNK, size - read));
    if (chunk.length === 0) break;
    sum = crc32(chunk, sum);
    read += chunk.length;
  }
  return sum;
}

const isLargeFile = ({ size }: PackedFile, at: number): boolean => size >= MOST_32 || at >= MOST_32;

type Field = readonly [bytes: 2 | 4 | 8, value: number];

function packed(...fields: readonly Field[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return buffer;
}

/** Without checksum and sizes: whoever writes it does not know them yet. */
const localHeader = ({ name }: PackedFile): Buffer =>
  Buffer.concat([
    packed([4, 0x04034b50], [2, OLD_VERSION], [2, FLAGS], [2, 0], [2, TIME], [2, DATE]),
    packed([4, 0], [4, 0], [4, 0], [2, name.length], [2, 0]),
    name,
  ]);

function descriptor({ size, crc32: sum }: PackedFile, isLarge: boolean): Buffer {
  const bytes = isLarge ? 8 : 4;
  return packed([4, 0x08074b50], [4, sum], [bytes, size], [bytes, size]);
}

function centralHeader(file: PackedFile, at: number): Buffer {
  const { name, size, crc32: sum } = file;
  const isLarge = isLargeFile(file, at);
  const extra = isLarge ? packed([2, 0x0001], [2, 24], [8, size], [8, size], [8, at]) : Buffer.alloc(0);
  const or64 = (value: number): number => (isLarge ? MOST_32 : value);
  return Buffer.concat([
    packed([4, 0x02014b50], [2, MADE_BY], [2, isLarge ? VERSION_64 : OLD_VERSION], [2, FLAGS], [2, 0]),
    packed([2, TIME], [2, DATE], [4, sum], [4, or64(size)], [4, or64(size)], [2, name.length], [2, extra.length]),
    packed([2, 0], [2, 0], [2, 0], [4, MODE * 2 ** 16], [4, or64(at)]),
    name,
    extra,
  ]);
}

interface Directory {
  readonly files: number;
  readonly at: number;
  readonly size: number;
}

function endOf({ files, at, size }: Directory): Buffer {
  const isLarge = files >= MOST_16 || at >= MOST_32 || size >= MOST_32;
  const count: Field = [2, Math.min(files, MOST_16)];
  const end = packed([4, 0x06054b50], [2, 0], [2, 0], count, count);
  const place = packed([4, Math.min(size, MOST_32)], [4, Math.min(at, MOST_32)], [2, 0]);
  if (!isLarge) return Buffer.concat([end, place]);
  return Buffer.concat([
    packed([4, 0x06064b50], [8, 44], [2, MADE_BY], [2, VERSION_64], [4, 0], [4, 0]),
    packed([8, files], [8, files], [8, size], [8, at]),
    packed([4, 0x07064b50], [4, 0], [8, at + size], [4, 1]),
    ...[end, place],
  ]);
}
