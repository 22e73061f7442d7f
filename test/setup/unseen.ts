/** Texts that show nothing. */
export const FIELDS_OF_NOTHING = [
  '\u200b',
  '\u200b\u2060\ufeff',
  '\u202e',
  '\u{e0041}\u{e007f}',
  '\u0085',
  '\u3164',
  '\u00ad',
  ' \u3000 ',
  '\u2800',
  // A note without a head, and a filler of a script, both without a shape; what is no character.
  '\u{1d159}',
  '\u{16fe4}',
  '\u{13441}',
  '\ufdd0',
  '\uffff',
  '\u{1fffe}',
];

/** Marks that stand on a character: alone, on none. */
export const MARKS_ON_NOTHING = ['\u0301', '\u20e3', ' \u0308', '\u3099', '\u{1d165}'];
