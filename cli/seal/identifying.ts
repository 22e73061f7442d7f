import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';

// What in a file of a blind part (暗标) would tell whose it is. It finds what can be read without laying out a page: not words in pictures, in
// fonts with codes of their own, or in encrypted files; what it cannot look into it says.

export type IdentifyingKind = 'name' | 'property' | 'font' | 'unreadable';

export interface Identifying {
  readonly kind: IdentifyingKind;
  /** Where in the file, such as `docProps/core.xml` or `PDF Info`. */
  readonly place: string;
  /** What is there. */
  readonly value: string;
  readonly zh: string;
  readonly en: string;
}

/** The most that is unpacked of one file, in bytes. */
const MOST_UNPACKED = 256 * 1024 * 1024;
const MOST_SHOWN = 60;

/**
 * @param names the bidder's name, former names, credit code, names of its people
 * @returns everything that identifies the bidder, or may
 */
export async function identifyingIn(
  name: string,
  bytes: Uint8Array,
  names: readonly string[],
): Promise<readonly Identifying[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = [...namesIn('文件名 / file name', name, names)];
  if (buffer.subarray(0, 1024).includes('%PDF-')) found.push(...inPdf(buffer, names));
  else if (buffer.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004', 'latin1')))
    found.push(...(await inZip(buffer, names)));
  else if (isText(buffer)) found.push(...namesIn('正文 / text', textOf(buffer), names));
  else if (PICTURES.some((magic) => buffer.subarray(0, magic.length).equals(magic)))
    found.push(...namesIn('图片的说明信息 / metadata of the picture', raw(buffer), names));
  else found.push(unreadable('文件 / file', '格式不能识别', 'its format is not known'));
  const keys = new Set<string>();
  return found.filter(({ kind, place, value }) => {
    const key = `${kind}\n${place}\n${value}`;
    return !keys.has(key) && keys.add(key);
  });
}

const PICTURES = [Buffer.from([0x89, 0x50, 0x4e, 0x47]), Buffer.from([0xff, 0xd8, 0xff])];

const raw = (bytes: Buffer): string => `${bytes.toString('utf8')}\n${bytes.toString('utf16le')}`;

const folded = (text: string): string => text.normalize('NFKC').toUpperCase().replace(/\s+/g, '');

function namesIn(place: string, text: string, names: readonly string[]): Identifying[] {
  const within = folded(text);
  return names.flatMap((name) =>
    folded(name) !== '' && within.includes(folded(name))
      ? [{ kind: 'name', place, value: name, zh: `写有“${name}”`, en: `it says "${name}"` } as const]
      : [],
  );
}

function property(place: string, field: string, given: string): Identifying[] {
  const value = given
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MOST_SHOWN);
  if (value === '') return [];
  return [
    {
      kind: 'property',
      place,
      value: `${field}: ${value}`,
      zh: `属性 ${field} 为“${value}”`,
      en: `the property ${field} is "${value}"`,
    },
  ];
}

const unreadable = (place: string, zh: string, en: string): Identifying => ({
  ...{ kind: 'unreadable', place, value: en },
  ...{ zh: `无法检查：${zh}`, en: `it cannot be inspected: ${en}` },
});

function isText(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return !bytes.includes(0);
  } catch {
    return hasMark(bytes) || isChinese(bytes);
  }
}

const hasMark = (bytes: Buffer): boolean =>
  bytes.length >= 2 && (bytes.readUInt16BE(0) === 0xfffe || bytes.readUInt16BE(0) === 0xfeff);

function isChinese(bytes: Buffer): boolean {
  try {
    new TextDecoder('gb18030', { fatal: true }).decode(bytes);
    return !bytes.includes(0);
  } catch {
    return false;
  }
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    if (!hasMark(bytes)) return new TextDecoder('gb18030').decode(bytes);
    return new TextDecoder(bytes.readUInt16BE(0) === 0xfffe ? 'utf-16le' : 'utf-16be').decode(bytes);
  }
}

// OOXML and other zip files.

/** Who made it; other properties are looked into for the names. */
const CORE = ['creator', 'lastModifiedBy'];
const APP = ['Company', 'Manager'];
const AUTHORS = /<(?:w:(?:ins|del|comment)|comment)\b[^>]*?\b(?:w:)?author="([^"]*)"/g;

async function inZip(bytes: Buffer, names: readonly string[]): Promise<Identifying[]> {
  let zip: ZipFile;
  try {
    zip = await promisify<Buffer, { lazyEntries: true }, ZipFile>(fromBuffer)(bytes, { lazyEntries: true });
  } catch (error) {
    return [unreadable('文件 / file', '压缩包损坏', `the archive is broken (${(error as Error).message})`)];
  }
  const found: Identifying[] = [];
  let left = MOST_UNPACKED;
  try {
    for (const entry of await entriesOf(zip)) {
      const { fileName } = entry;
      found.push(...namesIn(`${fileName}（名称 / name）`, fileName, names));
      if (fileName.endsWith('/')) continue;
      left -= entry.uncompressedSize;
      if (left < 0) return [...found, unreadable(fileName, '展开后过大', 'it is too large when unpacked')];
      if (entry.generalPurposeBitFlag & 1) found.push(unreadable(fileName, '已加密', 'it is encrypted'));
      else found.push(...inEntry(fileName, await contentOf(zip, entry), names));
    }
  } catch (error) {
    found.push(unreadable('文件 / file', '压缩包损坏', `the archive is broken (${(error as Error).message})`));
  }
  return found;
}

function inEntry(fileName: string, content: Buffer, names: readonly string[]): Identifying[] {
  if (/^(?:word|ppt)\/fonts\//.test(fileName)) return font(fileName, fileName);
  if (!/\.(xml|rels|txt|csv|html?)$/i.test(fileName)) {
    if (/\.(png|jpe?g|gif|emf|wmf|bmp|tiff?|odttf|bin|vml)$/i.test(fileName))
      return namesIn(fileName, raw(content), names);
    return [unreadable(fileName, '压缩包内另有文件', 'another file is inside the archive')];
  }
  const xml = textOf(content);
  const found = /\.(xml|rels)$/i.test(fileName)
    ? // Words are split over runs: the text alone, and what is in attributes.
      namesIn(placeOf(fileName), `${unescaped(xml.replaceAll(/<[^>]*>/g, ''))}\n${unescaped(xml)}`, names)
    : namesIn(fileName, xml, names);
  if (fileName === 'docProps/core.xml') for (const field of CORE) found.push(...element(fileName, xml, field));
  if (fileName === 'docProps/app.xml') for (const field of APP) found.push(...element(fileName, xml, field));
  if (fileName === 'docProps/custom.xml')
    for (const [, field = '', value = ''] of xml.matchAll(/name="([^"]*)"[^>]*>([\s\S]*?)<\/(?:\w+:)?property>/g))
      found.push(...property(fileName, field, unescaped(value.replaceAll(/<[^>]*>/g, ''))));
  for (const [, author = ''] of xml.matchAll(AUTHORS)) found.push(...property(fileName, 'author', unescaped(author)));
  return found;
}

/** 页眉、页脚 are where names are forgotten. */
const placeOf = (fileName: string): string =>
  /header\d*\.xml$/.test(fileName)
    ? `${fileName}（页眉 / header）`
    : /footer\d*\.xml$/.test(fileName)
      ? `${fileName}（页脚 / footer）`
      : fileName;

const font = (place: string, value: string): Identifying[] => [
  { kind: 'font', place, value, zh: `嵌有字体“${value}”`, en: `the font "${value}" is embedded` },
];

function element(place: string, xml: string, field: string): Identifying[] {
  const [, value = ''] = new RegExp(`<(?:\\w+:)?${field}\\b[^>]*>([^<]*)<`).exec(xml) ?? [];
  return property(place, field, unescaped(value));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescaped = (text: string): string =>
  text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, decimal?: string, named?: string) => {
      if (named !== undefined) return ENTITIES[named] ?? whole;
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );

function entriesOf(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.once('end', () => resolve(entries));
    zip.once('error', reject);
    zip.readEntry();
  });
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const stream = await promisify<Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip))(entry);
  const pieces: Buffer[] = [];
  for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

// PDF.

const INFO = ['Author', 'Company', 'Manager'];
const XMP = ['dc:creator', 'pdfx:Company', 'xmpMM:Manager'];

function inPdf(bytes: Buffer, names: readonly string[]): Identifying[] {
  const found: Identifying[] = [];
  const { plain, unpacked, unread } = contentsOf(bytes);
  if (/\/Encrypt\s+\d+\s+\d+\s+R/.test(plain)) found.push(unreadable('文件 / file', '已加密', 'it is encrypted'));
  for (const content of [plain, ...unpacked]) {
    for (const field of INFO) {
      for (const [, written = ''] of content.matchAll(new RegExp(`/${field}\\s*(${STRING})`, 'g')))
        found.push(...property('PDF Info', field, stringOf(written)));
    }
    const utf8 = Buffer.from(content, 'latin1').toString('utf8');
    for (const field of XMP) {
      for (const [, value = ''] of utf8.matchAll(new RegExp(`<${field}\\b[^>]*>([\\s\\S]*?)</${field}>`, 'g')))
        found.push(...property('PDF XMP', field, unescaped(value.replaceAll(/<[^>]*>/g, ''))));
      for (const [, value = ''] of utf8.matchAll(new RegExp(`\\b${field}="([^"]*)"`, 'g')))
        found.push(...property('PDF XMP', field, unescaped(value)));
    }
    const strings = [...content.matchAll(new RegExp(STRING, 'g'))].map(([written]) => stringOf(written)).join('');
    found.push(...namesIn('PDF', `${strings}\n${utf8}`, names));
    for (const [, family = ''] of content.matchAll(/\/FontFamily\s*(\((?:\\[\s\S]|[^\\()])*\))/g))
      found.push(...namesIn('PDF 字体 / font', stringOf(family), names));
  }
  if (unread > 0)
    found.push(unreadable('PDF', `有 ${unread} 处内容无法展开`, `${unread} of its streams cannot be unpacked`));
  return found;
}

const STRING = '\\((?:\\\\[\\s\\S]|[^\\\\()]|\\((?:\\\\[\\s\\S]|[^\\\\()])*\\))*\\)|<(?!<)[0-9A-Fa-f\\s]*>';

/** What is outside of streams, and the streams unpacked, in latin1. */
function contentsOf(bytes: Buffer): { readonly plain: string; readonly unpacked: string[]; readonly unread: number } {
  const file = bytes.toString('latin1');
  const plain: string[] = [];
  const unpacked: string[] = [];
  let unread = 0;
  let left = MOST_UNPACKED;
  let from = 0;
  for (const { index, 0: opening } of file.matchAll(/\bstream\r?\n/g)) {
    if (index < from) continue;
    const start = index + opening.length;
    const end = file.indexOf('endstream', start);
    if (end < 0) break;
    const head = file.slice(from, index);
    const dictionary = head.slice(Math.max(head.lastIndexOf(' obj'), 0));
    plain.push(head);
    from = end;
    if (/\/Subtype\s*\/Image\b|\/FontFile/.test(dictionary) || /\/Length[123]\b/.test(dictionary)) continue;
    const content = bytes.subarray(start, end);
    if (!/\/Filter\b/.test(dictionary)) {
      unpacked.push(content.toString('latin1'));
      continue;
    }
    try {
      if (!/\/Filter\s*\[?\s*\/(?:FlateDecode|Fl)\s*(?:\]|\/|>|$)/.test(dictionary)) throw new RangeError('filter');
      const inflated = inflateSync(content, { maxOutputLength: Math.max(left, 1) });
      left -= inflated.length;
      unpacked.push(inflated.toString('latin1'));
    } catch {
      unread += 1;
    }
  }
  plain.push(file.slice(from));
  return { plain: plain.join('\n'), unpacked, unread };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** The text of a PDF string, literal or in hex: UTF-16 with its mark, UTF-8, or as it is. */
function stringOf(written: string): string {
  const bytes = written.startsWith('<')
    ? Buffer.from(written.slice(1, -1).replaceAll(/\s/g, ''), 'hex')
    : Buffer.from(
        written
          .slice(1, -1)
          .replaceAll(/\\([0-7]{1,3}|\r?\n|[\s\S])/g, (_, escaped: string) =>
            /^[0-7]/.test(escaped)
              ? String.fromCharCode(parseInt(escaped, 8) & 0xff)
              : (ESCAPES[escaped] ?? escaped.trim()),
          ),
        'latin1',
      );
  if (bytes.length >= 2 && bytes.readUInt16BE(0) === 0xfeff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return isChinese(bytes) ? new TextDecoder('gb18030').decode(bytes) : bytes.toString('latin1');
  }
}
