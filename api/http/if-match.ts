import { DomainError } from '../../domain/errors.ts';

/** An entity tag, or nothing, and what separates it from the next. */
const MEMBER = /[ \t]*(?:(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*)?(?:,|$)/y;

/** Of ours; also as servers that compress name theirs (`"7-gzip"`). */
const VERSION = /^(0|[1-9]\d{0,14})(?:-{1,2}(?:gzip|br|deflate|zstd))?$/;

/**
 * The versions that a change may be of (RFC 9110, 13.1.1): those listed, or null for `*`, any. A tag that this platform did not issue
 * names none. A proxy that compresses answers makes our tag a weak one: it names the same version, since the compressed answer holds the same draft.
 * @throws DomainError `malformed-request` for what is no list of tags
 */
export function versionsIn(header: string): number[] | null {
  if (header.trim() === '*') return null;
  const tags = tagsIn(header);
  if (tags.length === 0) {
    throw new DomainError('malformed-request', {
      messageZh: `If-Match 的格式不正确：${header.slice(0, 100)}；应为带引号的 ETag，如 "3"，多个以逗号分隔，或 *`,
      messageEn: `If-Match is not well-formed: ${header.slice(0, 100)}; it must be an ETag in double quotes, such as "3", a list of them, or *`,
      details: { field: 'If-Match', given: header.slice(0, 100) },
    });
  }
  return tags.flatMap((tag) => {
    const version = VERSION.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** Without their quotes; empty where it is no list of tags. */
function tagsIn(header: string): string[] {
  const tags: string[] = [];
  MEMBER.lastIndex = 0;
  while (MEMBER.lastIndex < header.length) {
    const found = MEMBER.exec(header);
    if (!found) return [];
    if (found[1] !== undefined) tags.push(found[1]);
  }
  return tags;
}
