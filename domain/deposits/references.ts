/** 附言: unambiguous letters and digits (Crockford), after a mark by which the reference is found in a text. */
const MARK = 'KB';
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_CHARS = 12;
export const REFERENCE_BYTES = RANDOM_CHARS;

/** A reference from random bytes; its last letter is a check digit. */
export function referenceFrom(bytes: Uint8Array): string {
  const body = Array.from(bytes.subarray(0, RANDOM_CHARS), (byte) => ALPHABET[byte % 32]).join('');
  return `${MARK}${body}${checkLetter(body)}`;
}

function checkLetter(body: string): string {
  // Each place has its own odd weight, so that one wrong letter is always detected.
  const sum = [...body].reduce((total, letter, place) => total + ALPHABET.indexOf(letter) * (2 * place + 3), 0);
  return ALPHABET[sum % 32] ?? '';
}

/** The references in a bank's text, whatever their spacing, width and case. */
export function referencesIn(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-_.]/g, '');
  const found = new Set<string>();
  for (let at = plain.indexOf(MARK); at >= 0; at = plain.indexOf(MARK, at + 1)) {
    const body = plain
      .slice(at + MARK.length, at + MARK.length + RANDOM_CHARS + 1)
      .replaceAll('O', '0')
      .replaceAll(/[IL]/g, '1');
    if (body.length === RANDOM_CHARS + 1 && checkLetter(body.slice(0, -1)) === body.at(-1)) found.add(`${MARK}${body}`);
  }
  return [...found];
}
