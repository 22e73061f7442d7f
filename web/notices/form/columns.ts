// How wide the columns of a table are on paper.

/** `16,246,991.49 元`: set to the right. */
export const isAmount = (cell: string): boolean => /^[\d,]+\.\d{2} 元$/.test(cell);

/** Characters that stay in one line. */
const TOGETHER = 4;
/** Of the width of the table: no column takes more for what cannot be broken. */
const MOST = 0.3;

/**
 * Each column is wide enough for its longest number, date or word, and those with longer text share what is left.
 * @param widthOf of a text in one line, with the space around it
 */
export function columnsOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  widthOf: (text: string) => number,
): number[] {
  const columns = head.map((title, index) => [title, ...rows.map((row) => row[index] ?? '')]);
  const least = columns.map((cells) => {
    const words = cells.flatMap((cell, row) => (row === 0 ? [cell.slice(0, TOGETHER)] : unbroken(cell)));
    return Math.min(Math.max(...words.map(widthOf), 0), width * MOST);
  });
  const full = columns.map((cells, index) =>
    Math.max(least[index] ?? 0, ...cells.flatMap((cell) => cell.split('\n')).map(widthOf)),
  );
  const wanted = sum(full);
  if (wanted <= width) return full.map((each) => (each * width) / wanted);
  const spare = width - sum(least);
  // Too many columns for what cannot be broken: broken all the same.
  if (spare <= 0) return least.map((each) => (each * width) / sum(least));
  const weights = full.map((each, index) => Math.min(each - (least[index] ?? 0), width));
  const all = sum(weights);
  return least.map((each, index) => each + (spare * (weights[index] ?? 0)) / all);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Numbers, dates, words and what is short; between other Chinese characters a line breaks anywhere. */
const unbroken = (cell: string): string[] =>
  isAmount(cell) || cell.length <= TOGETHER ? [cell] : (cell.match(/\d+年\d+月\d+日|[\x21-\x7e]+/g) ?? []);
