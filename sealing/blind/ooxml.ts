import { MOST_UNPACKED, namesIn, property, unreadable, type Identifying } from './finding.ts';
import { raw, textOf, unescaped } from './text.ts';
import { entriesOf } from './zip.ts';

// OOXML and other zip files.

/** Who made it; other properties are looked into for the names. */
const CORE = ['creator', 'lastModifiedBy'];
const APP = ['Company', 'Manager'];
const AUTHORS = /<(?:w:(?:ins|del|comment)|comment)\b[^>]*?\b(?:w:)?author="([^"]*)"/g;

export async function inZip(bytes: Uint8Array, names: readonly string[]): Promise<Identifying[]> {
  const found: Identifying[] = [];
  let left = MOST_UNPACKED;
  try {
    for (const entry of entriesOf(bytes)) {
      const { name } = entry;
      found.push(...namesIn(`${name}（名称 / name）`, name, names));
      if (name.endsWith('/')) continue;
      left -= entry.size;
      if (left < 0) return [...found, unreadable(name, '展开后过大', 'it is too large when unpacked')];
      if (entry.encrypted) found.push(unreadable(name, '已加密', 'it is encrypted'));
      else found.push(...inEntry(name, await entry.content(entry.size), names));
    }
  } catch (error) {
    found.push(unreadable('文件 / file', '压缩包损坏', `the archive is broken (${(error as Error).message})`));
  }
  return found;
}

function inEntry(fileName: string, content: Uint8Array, names: readonly string[]): Identifying[] {
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
