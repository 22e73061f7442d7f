// Which characters a text may have: what nobody sees must not be part of what is signed, published or searched.

// Written out, since the patterns that schemas publish are read by programs with other dialects and other tables of
// Unicode. New and private characters, which names of persons have, are allowed.

const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';
/** But for line breaks and tabs, which a text of several lines has. */
const CONTROLS_BUT_BREAKS = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f';
/** Of zero width, of direction, of layout, separators of lines, fillers that look like nothing, selectors. */
const FORMATS =
  '\\u00ad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f' +
  '\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffc';
/** Dialects escape what is beyond four digits differently: it stands as itself. */
const beyond = (ranges: readonly (readonly [first: number, last: number])[]): string =>
  ranges.map((range) => range.map((code) => String.fromCodePoint(code)).join('-')).join('');
/** Layout and blanks of old scripts, of musical and of shorthand notation; tags and selectors. */
const FORMATS_BEYOND = beyond([
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
  [0x13430, 0x1343f],
  [0x13441, 0x13442],
  [0x16fe4, 0x16fe4],
  [0x1bca0, 0x1bca3],
  [0x1d159, 0x1d159],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
]);
/** What stands for bytes that were no text, and what Unicode keeps from being a character: two of each plane, and 32. */
const NO_CHARACTERS = `\\ufdd0-\\ufdef\\ufffd-\\uffff${beyond(
  Array.from({ length: 16 }, (_, plane) => [(plane + 1) * 0x10000 + 0xfffe, (plane + 1) * 0x10000 + 0xffff]),
)}`;
const REST = `${FORMATS}${FORMATS_BEYOND}${NO_CHARACTERS}`;
/** Half a pair: no text that is sent has one but by an escape, and not every dialect can name it. */
const HALVES = '\\ud800-\\udfff';
const UNSEEN = `${CONTROLS}${REST}`;
const UNSEEN_BUT_BREAKS = `${CONTROLS_BUT_BREAKS}${REST}`;
/** What `trim` removes, of what may be there. */
const BLANKS = ' \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000';

/** Accents, enclosures and stems, of any script: alone, they are on no character. */
const MARKS =
  '\\u0300-\\u036f\\u0483-\\u0489\\u0591-\\u05bd\\u064b-\\u065f\\u0670\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff' +
  `\\u302a-\\u302f\\u3099\\u309a\\ufe20-\\ufe2f${beyond([
    [0x1d165, 0x1d172],
    [0x1d17b, 0x1d182],
    [0x1d185, 0x1d18b],
    [0x1d1aa, 0x1d1ad],
  ])}`;
const NOTHING = `${UNSEEN}${BLANKS}${MARKS}`;

/** A text of one line, and one of several, in which something is to be seen; and one that may be empty. */
export const LINE_PATTERN = `^[^${UNSEEN}]*[^${NOTHING}][^${UNSEEN}]*$`;
export const PROSE_PATTERN = `^[^${UNSEEN_BUT_BREAKS}]*[^${NOTHING}][^${UNSEEN_BUT_BREAKS}]*$`;
export const WORDS_PATTERN = `^[^${UNSEEN_BUT_BREAKS}]*$`;

const unseen = new RegExp(`[${UNSEEN}${HALVES}]`, 'u');
const unseenButBreaks = new RegExp(`[${UNSEEN_BUT_BREAKS}${HALVES}]`, 'u');
const unseenAnywhere = new RegExp(`[${UNSEEN}${HALVES}]`, 'gu');
const seen = new RegExp(`[^${NOTHING}${HALVES}]`, 'u');

/** The first character that a text may not have, as `U+200B`; null where there is none. */
export function unseenIn(text: string, linesAllowed: boolean): string | null {
  const [found] = (linesAllowed ? unseenButBreaks : unseen).exec(text) ?? [];
  return found === undefined ? null : `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Without characters that nobody sees, and the blanks around it: empty where there is nothing else, or marks on nothing. */
export const seenOf = (text: string): string =>
  seen.test(text) ? text.replace(unseenAnywhere, (found) => (found.trim() === '' ? ' ' : '')).trim() : '';

/** Full width as half width, and every blank as a space. No other form is one of another character: ② is not 2, nor is ². */
export const halfWidthOf = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll('\uffe5', '¥')
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ');

/** As searches and comparisons see it: without differences of width and case. */
export const foldedOf = (text: string): string => text.normalize('NFKC').toLowerCase().normalize('NFKC');

/** A text as it looks to a reader: folded, without blanks, the dot between parts of a name, and what has no shape of its own. */
export const looksOf = (text: string): string =>
  foldedOf(seenOf(text.normalize('NFKC'))).replace(/[\p{C}\p{Z}·]/gu, '');

/** A code or a number: `Ｇ１` is `G1`. */
export const identifierOf = (text: string): string => halfWidthOf(text).trim();

/** A bank's or an issuer's number as it is compared: without differences of width, case, blanks and dashes. */
export const plainNumber = (text: string): string => text.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase();
