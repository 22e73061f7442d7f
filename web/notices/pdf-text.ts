import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';
import { DomainError } from '../../domain/errors.ts';
import { qrOf } from './qr.ts';

// What PDFs are written with, in every layout: the font, what it lacks, and codes. Released templates have these bytes.

/** Maximum characters of one notice: more than the API accepts in a request, so that no PDF is endless. */
export const MOST_CHARACTERS = 400_000;
/** Characters laid out before other requests get their turn. */
export const AT_ONCE = 800;

export interface Fonts {
  readonly regular: Buffer;
  readonly bold: Buffer;
  has(codePoint: number): boolean;
}

let loaded: Promise<Fonts> | undefined;

/** Noto Sans SC (OFL-1.1), from a package: fonts installed on the machine do not affect a notice. */
export function fonts(): Promise<Fonts> {
  loaded ??= loadFonts();
  return loaded;
}

async function loadFonts(): Promise<Fonts> {
  const { resolve } = createRequire(import.meta.url);
  const file = (name: string) => readFile(resolve(`@expo-google-fonts/noto-sans-sc/${name}.ttf`));
  const [regular, bold] = await Promise.all([
    file('400Regular/NotoSansSC_400Regular'),
    file('700Bold/NotoSansSC_700Bold'),
  ]);
  const font = fontkit.create(regular) as fontkit.Font;
  return { regular, bold, has: (codePoint) => font.hasGlyphForCodePoint(codePoint) };
}

/**
 * Refuses a document that would never end.
 * @throws DomainError `file-too-large`
 */
export function refuseEndless(parts: readonly unknown[]): void {
  const characters = JSON.stringify(parts).length;
  if (characters <= MOST_CHARACTERS) return;
  throw new DomainError('file-too-large', {
    messageZh: `公告过长（${characters} 字符），不生成 PDF，请看网页`,
    messageEn: `The notice is too long for a PDF (${characters} characters); its page has it whole`,
    details: { characters, most: MOST_CHARACTERS },
  });
}

/** Text as the font can show it; a character without a glyph is written as its code, never omitted: 〔U+20BB7〕. */
export class Glyphs {
  /** Characters that the font lacks, in order of appearance. */
  private readonly lacking = new Set<string>();

  constructor(private readonly font: Fonts) {}

  shown(text: string): string {
    let shown = '';
    for (const char of text.replaceAll('\t', '    ').replaceAll('\r\n', '\n').replaceAll('\r', '\n')) {
      const code = char.codePointAt(0) ?? 0;
      if (char === '\n' || this.font.has(code)) shown += char;
      else {
        this.lacking.add(char);
        shown += codeOf(char);
      }
    }
    return shown;
  }

  /** What it says of them at its end; null where there are none. */
  get remark(): string | null {
    if (this.lacking.size === 0) return null;
    const codes = [...this.lacking].map(codeOf).join(' ');
    return `本 PDF 的字体没有以下字符的字形，正文以其 Unicode 编码代替，原字见网页：${codes}`;
  }
}

const codeOf = (char: string): string =>
  `〔U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}〕`;

export function drawQr(
  pdf: PDFKit.PDFDocument,
  text: string,
  { left, top, side }: { readonly left: number; readonly top: number; readonly side: number },
): void {
  const { size, runs } = qrOf(text);
  const unit = side / size;
  pdf.rect(left, top, side, side).fill('#ffffff');
  for (const { x, y, width } of runs) pdf.rect(left + x * unit, top + y * unit, width * unit, unit);
  pdf.fill('#000000');
}

/** A long line in parts; none ends within a word. */
export function partsOf(line: string): string[] {
  const parts: string[] = [];
  let rest = line;
  while (rest.length > AT_ONCE) {
    const cut = rest.slice(AT_ONCE).search(/[\u2e80-\uffdc]/);
    if (cut < 0 || cut > AT_ONCE) break;
    parts.push(rest.slice(0, AT_ONCE + cut));
    rest = rest.slice(AT_ONCE + cut);
  }
  return [...parts, rest];
}
