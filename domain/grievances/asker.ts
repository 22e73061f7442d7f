import { badInput } from '../issues.ts';
import { foldedOf } from '../text.ts';
import type { GrievanceLetter } from './letter.ts';

/** Who asked, under the names that it has and had. */
export interface Asker {
  readonly name: string;
  readonly formerNames: readonly string[];
  readonly codes: readonly string[];
  readonly letter?: GrievanceLetter | null;
}

const HIDDEN = '（略）';
/** A telephone number without the digits that its region shares has so many at least. */
const LOCAL_DIGITS = 7;

/** What tells who asked: names, codes, and how to reach it. */
function identifiersOf({ name, formerNames, codes, letter }: Asker): string[] {
  const { address, contact, telephone, proxy } = letter ?? {};
  const local = (telephone ?? '').split(/\D+/).filter((digits) => digits.length >= LOCAL_DIGITS);
  return [name, ...formerNames, ...codes, address, contact, telephone, ...local, proxy?.nameZh].flatMap(
    (each) => each ?? [],
  );
}

/** What names an asker, replaced; also its postcode, which in an answer may be any other number. */
export function withoutAsker(text: string, asker: Asker): string {
  const found = placesOf(text, [...identifiersOf(asker), asker.letter?.postcode ?? '']);
  let shown = '';
  let at = 0;
  for (const [from, to] of found.toSorted((one, other) => one[0] - other[0])) {
    if (from >= at) shown += `${text.slice(at, from)}${HIDDEN}`;
    at = Math.max(at, to);
  }
  return shown + text.slice(at);
}

/**
 * An answer that everybody reads does not tell who asked.
 * @param texts by the names of their fields
 * @throws DomainError `bad-input`
 */
export function assertNamesNoAsker(texts: Readonly<Record<string, string | null | undefined>>, asker: Asker): void {
  const issues = Object.entries(texts)
    .filter(([, text]) => placesOf(text ?? '', identifiersOf(asker)).length > 0)
    .map(([field]) => ({
      field,
      rule: 'names-asker',
      messageZh: '答复向社会公布，不得出现提出者的名称、代码或者联系方式，请改用其他表述',
      messageEn:
        'The answer is published: it must not have the name, a code or an address of who asked; put it otherwise',
    }));
  if (issues.length > 0) throw badInput(issues);
}

/** Where a text has one of the words, whatever its width, case, blanks and punctuation: from, and to before. */
function placesOf(text: string, words: readonly string[]): [from: number, to: number][] {
  const letters = lettersOf(text);
  const plain = letters.map(({ letter }) => letter).join('');
  const found: [number, number][] = [];
  for (const word of new Set(words.map((each) => plainOf(each)))) {
    if (word.length < 2) continue;
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) {
      const [first, last] = [letters[at], letters[at + word.length - 1]];
      if (!first || !last) continue;
      if (isPartOfNumber(text, first.from, last.to)) continue;
      found.push([first.from, last.to]);
    }
  }
  return found;
}

/** Every letter and digit of a text as comparisons see it (UTF-16 units), with the place that it has there. */
function lettersOf(text: string): { readonly letter: string; readonly from: number; readonly to: number }[] {
  let from = 0;
  return [...text].flatMap((character) => {
    const place = { from, to: from + character.length };
    from = place.to;
    return plainOf(character)
      .split('')
      .map((letter) => ({ letter, ...place }));
  });
}

const plainOf = (text: string): string => foldedOf(text).replaceAll(/[^\p{L}\p{N}]/gu, '');

/** 投标人1 is not named by 投标人12. */
function isPartOfNumber(text: string, from: number, to: number): boolean {
  const continues = (one: string | undefined, other: string | undefined): boolean =>
    /^[0-9a-z]$/.test(foldedOf(one ?? '')) && /^[0-9a-z]$/.test(foldedOf(other ?? ''));
  return continues(text[from - 1], text[from]) || continues(text[to - 1], text[to]);
}
