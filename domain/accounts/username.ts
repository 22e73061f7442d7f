import { badInput } from '../issues.ts';

// User names are what people are known by: one name has one spelling, and no other name looks like it. So of all scripts
// only Latin letters and Chinese characters are allowed, and of those not the radicals and compatibility forms, which
// look like the characters that they are part of.

const LATIN = 'A-Za-z0-9';
/** CJK unified ideographs, of the basic plane and beyond. */
const HAN = '\\u3400-\\u4dbf\\u4e00-\\u9fff';
/** Written out, as dialects escape these differently. */
const HAN_BEYOND = [
  [0x20000, 0x2a6df],
  [0x2a700, 0x2ebef],
  [0x30000, 0x323af],
]
  .map((range) => range.map((code) => String.fromCodePoint(code)).join('-'))
  .join('');
/** In full width too: it is read as half width. */
const WIDE = '\\uff10-\\uff19\\uff21-\\uff3a\\uff41-\\uff5a';

export const MIN_USERNAME = 2;
export const MAX_USERNAME = 32;

/** As it is stored. */
export const USERNAME = new RegExp(`^[a-z0-9${HAN}${HAN_BEYOND}][a-z0-9${HAN}${HAN_BEYOND}._-]{1,31}$`, 'u');
/** As a person may type it. */
export const USERNAME_TYPED = `^[${LATIN}${WIDE}${HAN}${HAN_BEYOND}][${LATIN}${WIDE}${HAN}${HAN_BEYOND}._-]{1,31}$`;

export const USERNAME_FORM = {
  zh: '应为 2 至 32 个汉字、字母、数字和 . _ -，以汉字、字母或数字开头',
  en: 'It must be 2 to 32 Chinese characters, letters, digits and . _ -, and not begin with . _ -',
};

/** The one spelling of a user name: half width, lower case. */
export const usernameOf = (given: string): string => given.normalize('NFKC').toLowerCase().normalize('NFKC').trim();

/** @throws DomainError `bad-input` */
export function assertUsername(username: string): void {
  if (USERNAME.test(username)) return;
  throw badInput([{ field: 'username', rule: 'form', messageZh: USERNAME_FORM.zh, messageEn: USERNAME_FORM.en }]);
}
