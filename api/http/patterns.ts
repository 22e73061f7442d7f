// What the server accepts, as a document can say it. Written out, since dialects differ in what \d and \s are.

const YEAR = '(?:19|20|21)[0-9]{2}';
const LONG_MONTH = '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])';
const SHORT_MONTH = '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)';
const FEBRUARY = '02-(?:0[1-9]|1[0-9]|2[0-8])';
const LEAP_DAY = '(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)-02-29';
const DAY = `(?:${YEAR}-(?:${LONG_MONTH}|${SHORT_MONTH}|${FEBRUARY})|${LEAP_DAY})`;
const CLOCK = 'T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,3})?)?';
const OFFSET = '(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])';

export const DAY_PATTERN = `^${DAY}$`;
export const INSTANT_PATTERN = `^${DAY}${CLOCK}${OFFSET}$`;
export const INSTANT_OR_DAY_PATTERN = `^${DAY}(?:${CLOCK}${OFFSET})?$`;
