// Which characters a text may have: what nobody sees must not be part of what is signed, published or searched.

/** Line breaks and tabs, which a text of several lines has. */
const BREAKS = '\\t\\n\\r';
/**
 * Controls (U+0085 too), formats (zero width, text direction, tags), private use, unassigned, half a surrogate pair, separators of lines and
 * paragraphs, fillers and blanks that look like nothing, and what stands for bytes that were no text (U+FFFD).
 */
const UNSEEN =
  '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\u2028\\u2029\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0\\ufffd\\u{e0100}-\\u{e01ef}';

/** A text of one line, and one of several: the patterns that schemas publish. */
export const LINE_PATTERN = `^[^${UNSEEN}]*$`;
export const PROSE_PATTERN = `^(?:[^${UNSEEN}]|[${BREAKS}])*$`;

const unseen = new RegExp(`[${UNSEEN}]`, 'u');
const unseenAnywhere = new RegExp(`[${UNSEEN}]`, 'gu');
const breaks = new RegExp(`[${BREAKS}]`, 'g');

/** The first character that a text may not have, as `U+200B`; null where there is none. */
export function unseenIn(text: string, linesAllowed: boolean): string | null {
  const [found] = unseen.exec(linesAllowed ? text.replace(breaks, ' ') : text) ?? [];
  return found === undefined ? null : `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Without characters that nobody sees, and the blanks around it: empty where there is nothing else. */
export const seenOf = (text: string): string =>
  text.replace(unseenAnywhere, (found) => (found.trim() === '' ? ' ' : '')).trim();

/** A code or a number: `Ｇ１` is `G1`. */
export const identifierOf = (text: string): string => text.normalize('NFKC').trim();
