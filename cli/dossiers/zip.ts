import { open as openFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { open, type Entry, type ZipFile } from 'yauzl';
import { MANIFEST } from '../../proofs/dossier/manifest.ts';
import type { DossierFault, DossierPackage } from '../../proofs/dossier/package.ts';
import { SealError } from '../../sealing/fault.ts';
import { checkPaths } from '../../sealing/paths.ts';
import { unfit, unreadable } from '../foreign-file.ts';
import { checkLayout, type PackedFile } from './layout.ts';

/** More than any tender has files. */
const MOST_FILES = 200_000;

const ENCRYPTED = 0x1;

const OPTIONS = { lazyEntries: true, autoClose: false, decodeStrings: false } as const;

export interface OpenPackage extends DossierPackage {
  close(): void;
}

/**
 * Opens a dossier that may be from anybody. Nothing is unpacked: its files are stored as they are, so that it holds no more
 * than its own size; each byte of it is as a platform writes it.
 * @throws CommandFailure `file` (exit code 2)
 */
export async function openPackage(file: string): Promise<OpenPackage> {
  const size = await stat(file).then(
    (found) => found.size,
    (error: unknown) => {
      throw unreadable(file, error);
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
    const faults = await changedIn(file, entries, size);
    const openStream = promisify<Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip));
    return {
      faults,
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

/** Nothing but the files is in it, as they were packed: no byte before, between, after or beside them is free. */
async function changedIn(
  file: string,
  entries: ReadonlyMap<string, Entry>,
  size: number,
): Promise<readonly DossierFault[]> {
  const names = [...entries.keys()];
  const files = [...entries.values()].map(({ fileName, uncompressedSize, crc32 }): PackedFile => ({
    ...{ name: fileName as unknown as Uint8Array, size: uncompressedSize },
    crc32,
  }));
  const handle = await openFile(file);
  try {
    const layout = await checkLayout(handle, size, files);
    if (layout.strayAt !== null)
      throw unfit(
        file,
        `第 ${layout.strayAt} 字节起不是平台写出的样子：有不属于任何文件的内容，或者文件的名称、属性、位置被改动；请使用原文件`,
        `is not as a platform writes it from byte ${layout.strayAt} on: it has bytes that belong to no file, or names, attributes or places of files were changed; use it as it was handed out`,
      );
    return [...layout.changed].map((index) => ({
      subject: names[index] ?? '',
      zh: '内容与 zip 的校验和不符',
      en: 'does not have the checksum that the zip file names',
    }));
  } finally {
    await handle.close();
  }
}
