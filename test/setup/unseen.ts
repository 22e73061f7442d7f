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
];
