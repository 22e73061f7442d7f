import type { Block, Fact } from './document.ts';

// What templates are made of. Released templates use these: what they return never changes.

export const heading = (text: string): Block => ({ type: 'heading', text });
export const paragraph = (text: string | null): Block[] => (text === null ? [] : [{ type: 'paragraph', text }]);
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): Block[] =>
  rows.length === 0 ? [] : [{ type: 'table', head, rows }];

/** Fields without a value are not shown. */
export const facts = (...given: readonly (readonly [string, string | null])[]): Block[] => {
  const known = given.filter((each): each is Fact => each[1] !== null);
  return known.length === 0 ? [] : [{ type: 'facts', facts: known }];
};

export const section = (text: string, ...blocks: readonly Block[][]): Block[] => {
  const within = blocks.flat();
  return within.length === 0 ? [] : [heading(text), ...within];
};

export const named = (names: Readonly<Record<string, string>>, value: string | null): string | null =>
  value === null ? null : (names[value] ?? value);
