import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { open, type Entry, type ZipFile } from 'yauzl';
import { MANIFEST } from '../../proofs/dossier/manifest.ts';
import type { DossierPackage } from '../../proofs/dossier/package.ts';
import { SealError } from '../../sealing/fault.ts';
import { checkPaths } from '../../sealing/paths.ts';
import { CommandFailure } from '../settings/failure.ts';

/** More than any tender has files. */
const MOST_FILES = 200_000;

/** Sizes of the parts of a zip file (APPNOTE 4.3), names and extra fields apart. */
const LOCAL_HEADER = 30;
const DESCRIPTOR = 16;
const DESCRIPTOR_64 = 24;
const CENTRAL_HEADER = 46;
const END = 22;
const END_64 = 56 + 20;
const ZIP64_FIELD = 0x0001;
const ENCRYPTED = 0x1;
const HAS_DESCRIPTOR = 0x8;

const OPTIONS = { lazyEntries: true, autoClose: false, decodeStrings: false } as const;

export interface OpenPackage extends DossierPackage {
  close(): void;
}

/**
 * Opens a dossier that may be from anybody. Nothing is unpacked: its files are stored as they are, so that it holds no more
 * than its own size; it has no byte that belongs to no file.
 * @throws CommandFailure `file` (exit code 2)
 */
export async function openPackage(file: string): Promise<OpenPackage> {
  const size = await stat(file).then(
    (found) => found.size,
    (error: NodeJS.ErrnoException) => {
      throw unfit(file, `无法读取（${error.code ?? ''}）`, `cannot be read (${error.code ?? ''})`);
    },
  );
  let zip: ZipFile;
  try {
    zip = await promisify<string, typeof OPTIONS, ZipFile>(open)(file, OPTIONS);
  } catch (error) {
    throw unfit(file, '不是完整的 zip 文件', `is no whole zip file (${String(error)})`);
  }
  try {
    const entries = await entriesOf(file, zip);
    await checkLayout(file, zip, entries, size);
    const openStream = promisify<Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip));
    return {
      names: [...entries.keys()],
      has: (name) => entries.has(name),
      async *read(name) {
        const entry = entries.get(name);
        if (!entry) throw new RangeError(`${name} is not in the package`);
        yield* (await openStream(entry)) as AsyncIterable<Uint8Array>;
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function entriesOf(file: string, zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > MOST_FILES) throw unfit(file, '文件过多', 'has too many files');
  const found: Entry[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      found.push(entry);
      zip.readEntry();
    });
    zip.once('end', resolve);
    zip.once('error', (error: Error) => reject(unfit(file, '目录有误', `has a broken directory (${error.message})`)));
    zip.readEntry();
  });
  const entries = found.map((entry): [string, Entry] => [nameOf(file, entry), entry]);
  const names = entries.map(([name]) => name);
  const manifest = names.indexOf(MANIFEST);
  try {
    checkPaths(names.filter((_, index) => index !== manifest));
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw unfit(file, error.messageZh, error.messageEn);
  }
  return new Map(entries);
}

function nameOf(file: string, entry: Entry): string {
  const bytes = entry.fileName as unknown as Uint8Array;
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unfit(file, '有文件名不是 UTF-8', 'has a name that is not UTF-8');
  }
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0)
    throw unfit(file, `其中的“${name}”已加密`, `has an encrypted file, "${name}"`);
  if (entry.compressionMethod !== 0 || entry.compressedSize !== entry.uncompressedSize)
    throw unfit(
      file,
      `其中的“${name}”经过压缩：平台导出的档案不压缩，请使用原文件`,
      `has a compressed file, "${name}": a dossier is handed out uncompressed, use it as it was`,
    );
  return name;
}

/** Files that lie over each other, and bytes before, between and after them, which no hash covers. */
async function checkLayout(
  file: string,
  zip: ZipFile,
  entries: ReadonlyMap<string, Entry>,
  size: number,
): Promise<void> {
  const readHeader = zip.readLocalFileHeaderPromise.bind(zip);
  let expected = END + zip.comment.length;
  let isLarge = zip.entryCount >= 0xffff;
  let central = 0;
  for (const [name, entry] of entries) {
    const header = await readHeader(entry).catch((error: unknown) => {
      throw unfit(file, `其中的“${name}”不完整`, `has a broken file, "${name}" (${String(error)})`);
    });
    if (!Buffer.from(entry.fileName as unknown as Uint8Array).equals(header.fileName))
      throw unfit(file, `其中的“${name}”有两个名称`, `has two names for one file, "${name}"`);
    const has64 = entry.extraFields.some(({ id }) => id === ZIP64_FIELD);
    isLarge ||= has64;
    const described = (header.generalPurposeBitFlag & HAS_DESCRIPTOR) !== 0;
    const descriptor = described ? (has64 ? DESCRIPTOR_64 : DESCRIPTOR) : 0;
    expected += LOCAL_HEADER + header.fileNameLength + header.extraFieldLength + entry.compressedSize + descriptor;
    central += CENTRAL_HEADER + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
  }
  expected += central;
  // What makes them writes the larger form a little before it must.
  const fits = size === expected || size === expected + END_64;
  if (fits && zip.comment.length === 0 && (!isLarge || size === expected + END_64)) return;
  throw unfit(
    file,
    `有 ${size - expected} 字节不属于任何文件，或者文件相互重叠`,
    `has ${size - expected} bytes that belong to no file, or files that lie over each other`,
  );
}

const unfit = (file: string, zh: string, en: string): CommandFailure =>
  new CommandFailure('file', { zh: `${file}：${zh}`, en: `${file}: ${en}` }, { exitCode: 2 });
