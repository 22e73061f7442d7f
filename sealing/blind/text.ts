// What bytes say as text, without anything of Node: the same in a browser.

export const folded = (text: string): string => text.normalize('NFKC').toUpperCase().replace(/\s+/g, '');

const PIECE = 8192;

/** Each byte as one character: `TextDecoder` has no such decoding. */
export function latin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length; from += PIECE)
    pieces.push(String.fromCharCode(...bytes.subarray(from, from + PIECE)));
  return pieces.join('');
}

/** The bytes of such a text. */
export const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);

export const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8').decode(bytes);

/** As it may be in a file of any format. */
export const raw = (bytes: Uint8Array): string => `${utf8(bytes)}\n${new TextDecoder('utf-16le').decode(bytes)}`;

export const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);

export function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return !bytes.includes(0);
  } catch {
    return hasMark(bytes) || isChinese(bytes);
  }
}

const isBigEndian = (bytes: Uint8Array): boolean => startsWith(bytes, [0xfe, 0xff]);
const hasMark = (bytes: Uint8Array): boolean => isBigEndian(bytes) || startsWith(bytes, [0xff, 0xfe]);

export function isChinese(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('gb18030', { fatal: true }).decode(bytes);
    return !bytes.includes(0);
  } catch {
    return false;
  }
}

export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    if (!hasMark(bytes)) return new TextDecoder('gb18030').decode(bytes);
    return new TextDecoder(isBigEndian(bytes) ? 'utf-16be' : 'utf-16le').decode(bytes);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Of XML. */
export const unescaped = (text: string): string =>
  text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, decimal?: string, named?: string) => {
      if (named !== undefined) return ENTITIES[named] ?? whole;
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
