import { namesIn, unreadable, type Identifying } from './finding.ts';
import { inZip } from './ooxml.ts';
import { inPdf } from './pdf.ts';
import { isText, latin1, raw, startsWith, textOf } from './text.ts';

export type { Identifying };

// What in a file of a blind part (暗标) would tell whose it is. It finds what can be read without laying out a page: not words in pictures, in
// fonts with codes of their own, or in encrypted files; what it cannot look into it says. Nothing of Node: the page inspects as the command does.

/**
 * @param names the bidder's name, former names, credit code, names of its people
 * @returns everything that identifies the bidder, or may
 */
export async function identifyingIn(
  name: string,
  bytes: Uint8Array,
  names: readonly string[],
): Promise<readonly Identifying[]> {
  const found = [...namesIn('文件名 / file name', name, names)];
  if (latin1(bytes.subarray(0, 1024)).includes('%PDF-')) found.push(...(await inPdf(bytes, names)));
  else if (startsWith(bytes, ZIP)) found.push(...(await inZip(bytes, names)));
  else if (isText(bytes)) found.push(...namesIn('正文 / text', textOf(bytes), names));
  else if (PICTURES.some((magic) => startsWith(bytes, magic)))
    found.push(...namesIn('图片的说明信息 / metadata of the picture', raw(bytes), names));
  else found.push(unreadable('文件 / file', '格式不能识别', 'its format is not known'));
  const keys = new Set<string>();
  return found.filter(({ kind, place, value }) => {
    const key = `${kind}\n${place}\n${value}`;
    return !keys.has(key) && keys.add(key);
  });
}

const ZIP = [0x50, 0x4b, 3, 4];
const PICTURES = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
];
