// Whether two names are of one person, as far as a platform can tell.

const NOTE = /[([{<【〔〈《「『]([^)\]}>】〕〉》」』]*)[)\]}>】〕〉》」』]/gu;

const lettersOf = (text: string): string => {
  const han = text.match(/\p{Script=Han}/gu)?.join('') ?? '';
  return han === '' ? text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '') : han;
};

/**
 * What tells one person from another by the name: without blanks, dots and other marks, numbers, and what is in brackets
 * after it (张三（复核） is 张三, and so is （张三）).
 */
export function nameKey(name: string): string {
  const plain = name.normalize('NFKC');
  return lettersOf(plain.replace(NOTE, '')) || lettersOf(plain);
}

/** What stands in brackets after a name. */
const noteOf = (name: string): string =>
  [...name.normalize('NFKC').matchAll(NOTE)].map(([, inside = '']) => lettersOf(inside)).join('');

/** 县医院: a note that is shorter names no employer. */
const SHORTEST_EMPLOYER = 3;

/** Whether two names of a committee are of one person; two persons of one name are told apart by their employers, in brackets. */
export function nearlySame(a: string, b: string): boolean {
  if (nameKey(a) !== nameKey(b)) return false;
  const [one, other] = [noteOf(a), noteOf(b)];
  return one === other || Math.min(one.length, other.length) < SHORTEST_EMPLOYER;
}
