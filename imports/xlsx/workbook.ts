import { promisify } from 'node:util';
import { SaxesParser } from 'saxes';
import { fromBuffer, open, type Entry, type ZipFile } from 'yauzl';
import { FileFault, MAX_RECORD_CHARS, utf8 } from '../file-fault.ts';

/** Shared strings are the one part of a workbook that must be held in memory; a list of notices never has more. */
const MAX_SHARED_CHARS = 64 * 1024 * 1024;

/** A row of a sheet; a number stays a number: its column decides whether it is a date. */
export interface SheetRow {
  /** From 1. */
  readonly line: number;
  readonly cells: readonly (string | number)[];
  /** Its dates count from 1904. */
  readonly since1904?: true;
}

/** Limits of reading a workbook; a file beyond them was made to exhaust memory or time. */
export interface WorkbookLimits {
  /** Of all its unpacked parts together. */
  readonly bytes: number;
  readonly rows: number;
  /** Cells beyond it are skipped. */
  readonly columns: number;
}

/** The maximum of columns in a sheet; rows are passed on as they are read, and not counted. */
const OWN_FILE: WorkbookLimits = { bytes: Infinity, rows: Infinity, columns: 16_384 };

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

interface Listener {
  readonly open?: (tag: Tag) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

/** A workbook, and the bytes of it that may still be unpacked. */
interface Opened {
  readonly zip: ZipFile;
  bytesLeft: number;
}

const tooLarge = (): FileFault => new FileFault('工作簿展开后过大', 'the unpacked workbook is too large');

async function* counted(opened: Opened, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    opened.bytesLeft -= chunk.length;
    if (opened.bytesLeft < 0) throw tooLarge();
    yield chunk;
  }
}

/** Reads through an XML part; yields, after each chunk, what was found so far. */
async function* walk<T>(
  opened: Opened,
  entry: Entry,
  listener: Listener,
  found: () => T[],
): AsyncGenerator<T, void, undefined> {
  const parser = new SaxesParser();
  const local = (name: string): string => name.replace(/^.*:/, '');
  parser.on('opentag', ({ name, attributes }) => listener.open?.({ name: local(name), attributes }));
  parser.on('text', (text) => listener.text?.(text));
  parser.on('closetag', ({ name }) => listener.close?.(local(name)));
  const { zip } = opened;
  const bytes = await promisify<Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip))(entry);
  for await (const text of utf8(counted(opened, bytes as AsyncIterable<Uint8Array>))) {
    parser.write(text);
    yield* found();
  }
  parser.close();
  yield* found();
}

async function readWhole(opened: Opened, entry: Entry | undefined, listener: Listener): Promise<void> {
  if (entry === undefined) return;
  const pieces = walk(opened, entry, listener, () => []);
  while (!(await pieces.next()).done);
}

function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.once('end', () => resolve(entries));
    zip.once('error', reject);
    zip.readEntry();
  });
}

/** The path of the first sheet that is shown, and whether its dates count from 1904. */
async function firstSheet(opened: Opened, entries: Map<string, Entry>): Promise<{ path: string; since1904: boolean }> {
  let since1904 = false;
  let relation: string | undefined;
  await readWhole(opened, entries.get('xl/workbook.xml'), {
    open: ({ name, attributes }) => {
      if (name === 'workbookPr') since1904 = /^(?:1|true)$/.test(attributes['date1904'] ?? '');
      // A hidden sheet has lists for choices or what was left behind: nobody who looks at the file sees it.
      if (name === 'sheet' && !/^(?:veryH|h)idden$/.test(attributes['state'] ?? ''))
        relation ??= Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
    },
  });
  let path = '';
  await readWhole(opened, entries.get('xl/_rels/workbook.xml.rels'), {
    open: ({ name, attributes }) => {
      if (name !== 'Relationship' || attributes['Id'] !== relation) return;
      const target = attributes['Target'] ?? '';
      path = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
    },
  });
  return { path, since1904 };
}

async function sharedTexts(opened: Opened, entries: Map<string, Entry>): Promise<string[]> {
  const texts: string[] = [];
  let size = 0;
  let current = '';
  let path: string[] = [];
  await readWhole(opened, entries.get('xl/sharedStrings.xml'), {
    open: ({ name }) => {
      path.push(name);
      if (name === 'si') current = '';
    },
    text: (text) => {
      // Phonetic guides (rPh) are no part of the text.
      if (path.at(-1) !== 't' || path.includes('rPh')) return;
      current += text;
      size += text.length;
      if (size > MAX_SHARED_CHARS) throw new FileFault('工作簿的文字过多', 'the workbook has too much text');
    },
    close: (name) => {
      path = path.slice(0, -1);
      if (name === 'si') texts.push(current);
    },
  });
  return texts;
}

/** `C7` → 2. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of reference.replace(/\d+$/, '')) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

const OPTIONS = { lazyEntries: true, autoClose: false } as const;

/**
 * Rows of the first visible sheet of a workbook, in batches.
 * @param source the name of a file, or its bytes
 * @throws FileFault where it is no workbook, is damaged, or exceeds the limits
 */
export async function* xlsxRows(
  source: string | Buffer,
  limits: WorkbookLimits = OWN_FILE,
): AsyncGenerator<SheetRow, void, undefined> {
  const [zh, en] = typeof source === 'string' ? [`「${source}」`, `"${source}"`] : ['文件', 'the file'];
  let zip: ZipFile;
  try {
    zip =
      typeof source === 'string'
        ? await promisify<string, typeof OPTIONS, ZipFile>(open)(source, OPTIONS)
        : await promisify<Buffer, typeof OPTIONS, ZipFile>(fromBuffer)(source, OPTIONS);
  } catch (error) {
    throw new FileFault(`${zh}不是 XLSX 工作簿`, `${en} is no XLSX workbook`, error);
  }
  const opened: Opened = { zip, bytesLeft: limits.bytes };
  try {
    const entries = await entriesOf(zip);
    const { path, since1904 } = await firstSheet(opened, entries);
    const sheet = entries.get(path);
    if (sheet === undefined) throw new FileFault(`${zh}里没有工作表`, `${en} has no sheet`);
    const shared = await sharedTexts(opened, entries);
    const rows: SheetRow[] = [];
    let count = 0;
    let line = 0;
    let cells: (string | number)[] = [];
    let cell: { type: string; text: string; column: number } = { type: '', text: '', column: 0 };
    let size = 0;
    let reads = false;
    const listener: Listener = {
      open: ({ name, attributes }) => {
        if (name === 'row') {
          count += 1;
          if (count > limits.rows) throw tooLarge();
          line = Number(attributes['r'] ?? line + 1);
          cells = [];
          size = 0;
        } else if (name === 'c') {
          const column = attributes['r'] === undefined ? cells.length : columnOf(attributes['r']);
          cell = { type: attributes['t'] ?? 'n', text: '', column };
        }
        reads = name === 'v' || name === 't';
      },
      text: (text) => {
        if (!reads) return;
        size += text.length;
        if (size > MAX_RECORD_CHARS) throw new FileFault(`第 ${line} 行过长`, `row ${line} is too long`);
        cell.text += text;
      },
      close: (name) => {
        reads = false;
        if (name === 'c' && cell.text !== '' && cell.column < limits.columns) {
          while (cells.length < cell.column) cells.push('');
          cells[cell.column] =
            cell.type === 's' ? (shared[Number(cell.text)] ?? '') : cell.type === 'n' ? Number(cell.text) : cell.text;
        }
        if (name === 'row') rows.push({ line, cells, ...(since1904 ? { since1904 } : {}) });
      },
    };
    yield* walk(opened, sheet, listener, () => rows.splice(0));
  } catch (error) {
    if (error instanceof Error && !(error instanceof FileFault)) {
      throw new FileFault(`${zh}已损坏：${error.message}`, `${en} is damaged: ${error.message}`, error);
    }
    throw error;
  } finally {
    zip.close();
  }
}
