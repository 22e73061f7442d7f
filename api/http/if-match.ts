import { DomainError } from '../../domain/errors.ts';

const TAG = /^(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/**
 * The versions that a change may be of (RFC 9110, 13.1.1): those listed, or null for `*`, any. A proxy that compresses answers makes our tag
 * a weak one: it names the same version, since the compressed answer holds the same draft.
 * @throws DomainError `malformed-request` for what is no list of tags
 */
export function versionsIn(header: string): number[] | null {
  if (header.trim() === '*') return null;
  const tags = header
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const named = tags.map((each) => TAG.exec(each)?.[1]);
  if (named.length === 0 || named.includes(undefined)) {
    throw new DomainError('malformed-request', {
      messageZh: `If-Match 的格式不正确：${header.slice(0, 100)}；应为带引号的 ETag，如 "3"，多个以逗号分隔，或 *`,
      messageEn: `If-Match is not well-formed: ${header.slice(0, 100)}; it must be an ETag in double quotes, such as "3", a list of them, or *`,
      details: { field: 'If-Match', given: header.slice(0, 100) },
    });
  }
  // A tag that this platform did not issue names no version.
  return named.map((tag) => (/^\d{1,15}$/.test(tag ?? '') ? Number(tag) : -1));
}
