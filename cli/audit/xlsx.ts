import { promisify } from 'node:util';
import { SaxesParser } from 'saxes';
import { open, type Entry, type ZipFile } from 'yauzl';
import { badFile, MAX_RECORD_CHARS, utf8 } from './bad-file.ts';
import type { Row } from './rows.ts';

/** Texts that cells share are the one part of a workbook that must be held; more of them is no list of notices. */
const MAX_SHARED_CHARS = 64 * 1024 * 1024;

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

interface Listener {
  readonly open?: (tag: Tag) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

/** Runs through an XML part; hands on, after each piece of it, what was found by then. */
async function* walk<T>(
  zip: ZipFile,
  entry: Entry,
  listener: Listener,
  found: () => T[],
): AsyncGenerator<T, void, undefined> {
  const parser = new SaxesParser();
  const local = (name: string): string => name.replace(/^.*:/, '');
  parser.on('opentag', ({ name, attributes }) => listener.open?.({ name: local(name), attributes }));
  parser.on('text', (text) => listener.text?.(text));
  parser.on('closetag', ({ name }) => listener.close?.(local(name)));
  const bytes = await promisify<Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip))(entry);
  for await (const text of utf8(bytes as AsyncIterable<Uint8Array>)) {
    parser.write(text);
    yield* found();
  }
  parser.close();
  yield* found();
}

async function readWhole(zip: ZipFile, entry: Entry | undefined, listener: Listener): Promise<void> {
  if (entry === undefined) return;
  const pieces = walk(zip, entry, listener, () => []);
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

/** The path of the first sheet, and whether its dates count from 1904. */
async function firstSheet(zip: ZipFile, entries: Map<string, Entry>): Promise<{ path: string; since1904: boolean }> {
  let since1904 = false;
  let relation: string | undefined;
  await readWhole(zip, entries.get('xl/workbook.xml'), {
    open: ({ name, attributes }) => {
      if (name === 'workbookPr') since1904 = /^(?:1|true)$/.test(attributes['date1904'] ?? '');
      if (name === 'sheet') relation ??= Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
    },
  });
  let path = '';
  await readWhole(zip, entries.get('xl/_rels/workbook.xml.rels'), {
    open: ({ name, attributes }) => {
      if (name !== 'Relationship' || attributes['Id'] !== relation) return;
      const target = attributes['Target'] ?? '';
      path = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
    },
  });
  return { path, since1904 };
}

async function sharedTexts(zip: ZipFile, entries: Map<string, Entry>): Promise<string[]> {
  const texts: string[] = [];
  let size = 0;
  let current = '';
  let path: string[] = [];
  await readWhole(zip, entries.get('xl/sharedStrings.xml'), {
    open: ({ name }) => {
      path.push(name);
      if (name === 'si') current = '';
    },
    text: (text) => {
      // Phonetic guides (rPh) are no part of the text.
      if (path.at(-1) !== 't' || path.includes('rPh')) return;
      current += text;
      size += text.length;
      if (size > MAX_SHARED_CHARS) throw badFile('工作簿的文字过多', 'the workbook has too much text');
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

const MAX_COLUMNS = 16_384;

/**
 * Rows of the first sheet of a workbook, piece by piece. A number stays a number: whether it is a date, its column tells.
 * @throws CommandFailure `bad-input` where the file is no workbook
 */
export async function* xlsxRows(file: string): AsyncGenerator<Row, void, undefined> {
  let zip: ZipFile;
  try {
    zip = await promisify<string, { lazyEntries: boolean; autoClose: boolean }, ZipFile>(open)(file, {
      lazyEntries: true,
      autoClose: false,
    });
  } catch (error) {
    throw badFile(`「${file}」不是 XLSX 工作簿`, `"${file}" is no XLSX workbook`, error);
  }
  try {
    const entries = await entriesOf(zip);
    const { path, since1904 } = await firstSheet(zip, entries);
    const sheet = entries.get(path);
    if (sheet === undefined) throw badFile(`「${file}」里没有工作表`, `"${file}" has no sheet`);
    const shared = await sharedTexts(zip, entries);
    const rows: Row[] = [];
    let line = 0;
    let cells: (string | number)[] = [];
    let cell: { type: string; text: string; column: number } = { type: '', text: '', column: 0 };
    let size = 0;
    let reads = false;
    const listener: Listener = {
      open: ({ name, attributes }) => {
        if (name === 'row') {
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
        if (size > MAX_RECORD_CHARS) throw badFile(`第 ${line} 行过长`, `row ${line} is too long`);
        cell.text += text;
      },
      close: (name) => {
        reads = false;
        if (name === 'c' && cell.text !== '' && cell.column < MAX_COLUMNS) {
          while (cells.length < cell.column) cells.push('');
          cells[cell.column] =
            cell.type === 's' ? (shared[Number(cell.text)] ?? '') : cell.type === 'n' ? Number(cell.text) : cell.text;
        }
        if (name === 'row') rows.push({ line, cells, ...(since1904 ? { since1904 } : {}) });
      },
    };
    yield* walk(zip, sheet, listener, () => rows.splice(0));
  } catch (error) {
    if (error instanceof Error && !('messageZh' in error)) {
      throw badFile(`「${file}」已损坏：${error.message}`, `"${file}" is damaged: ${error.message}`, error);
    }
    throw error;
  } finally {
    zip.close();
  }
}
