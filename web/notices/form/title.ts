/** Between these no line of a title ends. */
const OPEN = /[（《“〔(]/;
const CLOSE = /[）》”〕)、，。：；]/;
const OF_NUMBER = /[0-9A-Za-z.]/;

/**
 * A title that needs two lines, in two of about the same length: broken neither in brackets nor beside a number (第1标段).
 * Others as they are.
 */
export function titleLines(title: string, width: number, widthOf: (text: string) => number): string {
  if (title.includes('\n') || widthOf(title) <= width) return title;
  const chars = [...title];
  let best: { readonly at: number; readonly difference: number } | undefined;
  let depth = 0;
  for (const [index, char] of chars.entries()) {
    if (index > 0 && depth === 0 && mayBreak(chars[index - 1] ?? '', char)) {
      const [first, second] = [chars.slice(0, index).join(''), chars.slice(index).join('')].map(widthOf);
      const difference = Math.abs((first ?? 0) - (second ?? 0));
      const fits = Math.max(first ?? 0, second ?? 0) <= width;
      if (fits && (!best || difference < best.difference)) best = { at: index, difference };
    }
    if (OPEN.test(char)) depth += 1;
    else if (CLOSE.test(char) && depth > 0) depth -= 1;
  }
  if (!best) return title;
  return `${chars.slice(0, best.at).join('')}\n${chars.slice(best.at).join('')}`;
}

const mayBreak = (before: string, after: string): boolean =>
  !CLOSE.test(after) && !OPEN.test(before) && !OF_NUMBER.test(before) && !OF_NUMBER.test(after);
