import { seenOf } from '../domain/text.ts';

// Files and answers of others may have anything in their texts: what a terminal obeys, or what nobody sees, is not printed.

/** One line, as it is read: nothing in it can look like a line of the program. */
export const shownLine = (text: string): string => seenOf(text).replace(/\s+/g, ' ');

/** A text of the program's own lines, with their indentation. */
export const shownText = (text: string): string =>
  text
    .split('\n')
    .map((line) => `${/^ */.exec(line)?.[0] ?? ''}${seenOf(line)}`)
    .join('\n');
