/**
 * A brand as it is compared (财政部令87号 31): full width and half width, capitals, spaces, punctuation and marks as ® make no other brand
 * of it.
 */
export const brandKey = (brand: string): string =>
  brand
    .replace(/[®™©℠]/g, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\p{S}\p{Z}\p{C}]/gu, '');

/** What says that a name is a brand, and may be left out: 甲 and 甲牌 may be one, or not. */
const SUFFIX = /(?:品牌|牌|brand)$/;

/** As short a name is in too many others, and one letter makes another of it. */
const LEAST_WITHIN = 2;
const LEAST_MISSPELT = 4;

/** Whether two keys that differ may be of one brand: with a suffix, one within the other, or one letter apart. */
export function mayBeOne(a: string, b: string): boolean {
  if (a === b) return false;
  const [short, long] = [a.replace(SUFFIX, ''), b.replace(SUFFIX, '')].toSorted((x, y) => x.length - y.length) as [
    string,
    string,
  ];
  if (short === long) return true;
  if (short.length >= LEAST_WITHIN && long.includes(short)) return true;
  return short.length >= LEAST_MISSPELT && isOneApart(short, long);
}

/** One letter is another, or one more. */
function isOneApart(short: string, long: string): boolean {
  if (long.length - short.length > 1) return false;
  const at = [...short].findIndex((letter, index) => letter !== long[index]);
  if (at < 0) return true;
  const rest = short.length === long.length ? short.slice(at + 1) : short.slice(at);
  return rest === long.slice(at + 1);
}
