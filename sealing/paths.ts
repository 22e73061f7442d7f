import { seenOf, unseenIn } from '../domain/text.ts';
import { quoted, SealError } from './fault.ts';

export const MANIFEST_PATH = 'manifest.json';
const MOST_BYTES = 240;

// Characters with a special meaning on some system: separators, drives and streams, wildcards, controls, marks that
// reverse or hide displayed text.
const UNSAFE_CHARACTER = /[\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffd]/u;
const DEVICE_NAME = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(\.|$)/i;

/** Why a path is rejected, for the bidder; null: it stays in its target folder on every system. */
export function unsafePath(path: string): { zh: string; en: string } | null {
  if (path === '') return { zh: '为空', en: 'it is empty' };
  if (new TextEncoder().encode(path).length > MOST_BYTES)
    return { zh: `长于 ${MOST_BYTES} 字节`, en: `it is longer than ${MOST_BYTES} bytes` };
  if (UNSAFE_CHARACTER.test(path) || unseenIn(path, false) !== null)
    return {
      zh: '含有控制字符、不可见字符或 \\ : * ? " < > |',
      en: 'it has a control or invisible character or one of \\ : * ? " < > |',
    };
  if (path !== path.normalize('NFC')) return { zh: '不是 Unicode NFC 形式', en: 'it is not in Unicode form NFC' };
  for (const name of path.split('/')) {
    if (name === '' || name === '.' || name === '..')
      return {
        zh: '不是相对路径，或含有空的、“.”、“..” 一级',
        en: 'it is not relative, or has an empty, "." or ".." part',
      };
    if (seenOf(name) === '') return { zh: '名称中没有看得见的字符', en: 'a name has nothing that can be seen' };
    if (/^ |[ .]$/.test(name))
      return { zh: '名称首尾有空格或末尾有点', en: 'a name begins or ends with a space, or ends with a dot' };
    if (DEVICE_NAME.test(name)) return { zh: '是 Windows 的设备名', en: 'it is the name of a Windows device' };
  }
  return null;
}

/** Names that are equal on systems that ignore case or the Unicode form. */
const folded = (path: string): string => path.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');

/** @throws SealError a path that leaves its folder, or that some system takes for another's */
export function checkPaths(paths: readonly string[]): void {
  const files = new Set([MANIFEST_PATH]);
  const folders = new Set<string>();
  for (const path of paths) {
    const why = unsafePath(path);
    if (why)
      throw new SealError(
        'path-unsafe',
        `文件名 ${quoted(path)} 不能使用：${why.zh}`,
        `the path ${quoted(path)} cannot be used: ${why.en}`,
      );
    const key = folded(path);
    const above = key.split('/').slice(0, -1);
    const parents = above.map((_, index) => above.slice(0, index + 1).join('/'));
    if (files.has(key) || folders.has(key) || parents.some((parent) => files.has(parent)))
      throw new SealError(
        'path-repeated',
        `文件名 ${quoted(path)} 与另一个文件相同（不分大小写与字形）`,
        `the path ${quoted(path)} is another's too, capitals and forms of letters aside`,
      );
    files.add(key);
    for (const parent of parents) folders.add(parent);
  }
}
