// Which characters a text may have: what nobody sees must not be part of what is signed, published or searched.

// Written out, since the patterns that schemas publish are read by programs with other dialects and other tables of
// Unicode. New and private characters, which names of persons have, are allowed.

const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';
/** But for line breaks and tabs, which a text of several lines has. */
const CONTROLS_BUT_BREAKS = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f';
/** Of zero width, of direction, of layout, separators of lines, fillers that look like nothing, selectors. */
const FORMATS =
  '\\u00ad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f' +
  '\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb';
/** Layout of old scripts, of musical and of shorthand notation; tags and selectors. Dialects escape these differently. */
const FORMATS_BEYOND = [
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
  [0x13430, 0x1343f],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
]
  .map((range) => range.map((code) => String.fromCodePoint(code)).join('-'))
  .join('');
/** What stands for bytes that were no text. */
const BROKEN = '\\ufffd';
const REST = `${FORMATS}${FORMATS_BEYOND}${BROKEN}`;
/** Half a pair: no text that is sent has one but by an escape, and not every dialect can name it. */
const HALVES = '\\ud800-\\udfff';
const UNSEEN = `${CONTROLS}${REST}`;
const UNSEEN_BUT_BREAKS = `${CONTROLS_BUT_BREAKS}${REST}`;
/** What `trim` removes, of what may be there. */
const BLANKS = ' \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000';

/** A text of one line, and one of several, in which something is to be seen; and one that may be empty. */
export const LINE_PATTERN = `^[^${UNSEEN}]*[^${UNSEEN}${BLANKS}][^${UNSEEN}]*$`;
export const PROSE_PATTERN = `^[^${UNSEEN_BUT_BREAKS}]*[^${UNSEEN}${BLANKS}][^${UNSEEN_BUT_BREAKS}]*$`;
export const WORDS_PATTERN = `^[^${UNSEEN_BUT_BREAKS}]*$`;

const unseen = new RegExp(`[${UNSEEN}${HALVES}]`, 'u');
const unseenButBreaks = new RegExp(`[${UNSEEN_BUT_BREAKS}${HALVES}]`, 'u');
const unseenAnywhere = new RegExp(`[${UNSEEN}${HALVES}]`, 'gu');

/** The first character that a text may not have, as `U+200B`; null where there is none. */
export function unseenIn(text: string, linesAllowed: boolean): string | null {
  const [found] = (linesAllowed ? unseenButBreaks : unseen).exec(text) ?? [];
  return found === undefined ? null : `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Without characters that nobody sees, and the blanks around it: empty where there is nothing else. */
export const seenOf = (text: string): string =>
  text.replace(unseenAnywhere, (found) => (found.trim() === '' ? ' ' : '')).trim();

/** As searches and comparisons see it: without differences of width and case. */
export const foldedOf = (text: string): string => text.normalize('NFKC').toLowerCase().normalize('NFKC');

/** A code or a number: `Ｇ１` is `G1`. */
export const identifierOf = (text: string): string => text.normalize('NFKC').trim();

/** A bank's or an issuer's number as it is compared: without differences of width, case, blanks and dashes. */
export const plainNumber = (text: string): string => text.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase();
