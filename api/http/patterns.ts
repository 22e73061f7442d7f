// What the server accepts, as a document can say it. Written out, since dialects differ in what \d and \s are.

const YEAR = '(?:19|20|21)[0-9]{2}';
const LONG_MONTH = '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])';
const SHORT_MONTH = '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)';
const FEBRUARY = '02-(?:0[1-9]|1[0-9]|2[0-8])';
const LEAP_DAY = '(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)-02-29';
const DAY = `(?:${YEAR}-(?:${LONG_MONTH}|${SHORT_MONTH}|${FEBRUARY})|${LEAP_DAY})`;
const CLOCK = 'T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,3})?)?';
const OFFSET = '(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])';

/** Years that dates and instants in requests may have: whatever is counted from them is still a date. */
export const FIRST_YEAR = 1900;
export const LAST_YEAR = 2199;

export const DAY_PATTERN = `^${DAY}$`;
export const INSTANT_PATTERN = `^${DAY}${CLOCK}${OFFSET}$`;
export const INSTANT_OR_DAY_PATTERN = `^${DAY}(?:${CLOCK}${OFFSET})?$`;

const CONTROLS = '\\u0000-\\u001f\\u007f';
const CONTROLS_BUT_LINES = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f';
/** What `trim` removes, beside controls. */
const BLANKS = ' \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';

/** Something in it is not blank. */
export const LINE_PATTERN = `^[^${CONTROLS}]*[^${CONTROLS}${BLANKS}][^${CONTROLS}]*$`;
export const PROSE_PATTERN = `^[^${CONTROLS_BUT_LINES}]*[^${CONTROLS}${BLANKS}][^${CONTROLS_BUT_LINES}]*$`;
/** May be empty. */
export const WORDS_PATTERN = `^[^${CONTROLS_BUT_LINES}]*$`;
