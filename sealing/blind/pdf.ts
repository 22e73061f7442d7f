import { MOST_UNPACKED, namesIn, property, unreadable, type Identifying } from './finding.ts';
import { inflated } from './inflate.ts';
import { bytesOf, isChinese, latin1, startsWith, unescaped, utf8 } from './text.ts';

const INFO = ['Author', 'Company', 'Manager'];
const XMP = ['dc:creator', 'pdfx:Company', 'xmpMM:Manager'];

export async function inPdf(bytes: Uint8Array, names: readonly string[]): Promise<Identifying[]> {
  const found: Identifying[] = [];
  const { plain, unpacked, unread } = await contentsOf(bytes);
  if (/\/Encrypt\s+\d+\s+\d+\s+R/.test(plain)) found.push(unreadable('文件 / file', '已加密', 'it is encrypted'));
  for (const content of [plain, ...unpacked]) {
    for (const field of INFO) {
      for (const [, written = ''] of content.matchAll(new RegExp(`/${field}\\s*(${STRING})`, 'g')))
        found.push(...property('PDF Info', field, stringOf(written)));
    }
    const words = utf8(bytesOf(content));
    for (const field of XMP) {
      for (const [, value = ''] of words.matchAll(new RegExp(`<${field}\\b[^>]*>([\\s\\S]*?)</${field}>`, 'g')))
        found.push(...property('PDF XMP', field, unescaped(value.replaceAll(/<[^>]*>/g, ''))));
      for (const [, value = ''] of words.matchAll(new RegExp(`\\b${field}="([^"]*)"`, 'g')))
        found.push(...property('PDF XMP', field, unescaped(value)));
    }
    const strings = [...content.matchAll(new RegExp(STRING, 'g'))].map(([written]) => stringOf(written)).join('');
    found.push(...namesIn('PDF', `${strings}\n${words}`, names));
    for (const [, family = ''] of content.matchAll(/\/FontFamily\s*(\((?:\\[\s\S]|[^\\()])*\))/g))
      found.push(...namesIn('PDF 字体 / font', stringOf(family), names));
  }
  if (unread > 0)
    found.push(unreadable('PDF', `有 ${unread} 处内容无法展开`, `${unread} of its streams cannot be unpacked`));
  return found;
}

const STRING = '\\((?:\\\\[\\s\\S]|[^\\\\()]|\\((?:\\\\[\\s\\S]|[^\\\\()])*\\))*\\)|<(?!<)[0-9A-Fa-f\\s]*>';

interface Contents {
  readonly plain: string;
  readonly unpacked: string[];
  readonly unread: number;
}

/** What is outside of streams, and the streams unpacked, in latin1. */
async function contentsOf(bytes: Uint8Array): Promise<Contents> {
  const file = latin1(bytes);
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
      unpacked.push(latin1(content));
      continue;
    }
    try {
      if (!/\/Filter\s*\[?\s*\/(?:FlateDecode|Fl)\s*(?:\]|\/|>|$)/.test(dictionary)) throw new RangeError('filter');
      const text = await unpackedOf(content, dictionary, Math.max(left, 1));
      left -= text.length;
      unpacked.push(latin1(text));
    } catch {
      unread += 1;
    }
  }
  plain.push(file.slice(from));
  return { plain: plain.join('\n'), unpacked, unread };
}

/** The end of a line before `endstream` is no part of the stream, and a strict reader takes nothing after its end. */
async function unpackedOf(content: Uint8Array, dictionary: string, most: number): Promise<Uint8Array> {
  const [, length] = /\/Length\s+(\d+)(?!\s+\d+\s+R)/.exec(dictionary) ?? [];
  const lines = [content.length - 1, content.length - 2].filter((at) => at >= 0 && EOL.includes(content[at] ?? 0));
  const ends = [...(length === undefined ? [] : [Number(length)]), ...lines.toReversed(), content.length];
  let fault: unknown;
  for (const end of ends) {
    try {
      return await inflated(content.subarray(0, end), 'deflate', most);
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

const EOL: readonly number[] = [0x0a, 0x0d];

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** The text of a PDF string, literal or in hex: UTF-16 with its mark, UTF-8, or as it is. */
function stringOf(written: string): string {
  const bytes = written.startsWith('<')
    ? bytesOfHex(written.slice(1, -1).replaceAll(/\s/g, ''))
    : bytesOf(
        written
          .slice(1, -1)
          .replaceAll(/\\([0-7]{1,3}|\r?\n|[\s\S])/g, (_, escaped: string) =>
            /^[0-7]/.test(escaped)
              ? String.fromCharCode(parseInt(escaped, 8) & 0xff)
              : (ESCAPES[escaped] ?? escaped.trim()),
          ),
      );
  if (startsWith(bytes, [0xfe, 0xff])) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return isChinese(bytes) ? new TextDecoder('gb18030').decode(bytes) : latin1(bytes);
  }
}

/** A last digit alone is followed by 0 (ISO 32000-1, 7.3.4.3). */
const bytesOfHex = (digits: string): Uint8Array =>
  Uint8Array.from(digits.match(/..?/g) ?? [], (pair) => parseInt(pair.padEnd(2, '0'), 16));
