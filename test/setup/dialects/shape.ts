/** With a value in it, and at most one pair of brackets within. */
const GROUP = String.raw`\((?:[^()]|\([^()]*\))*\?(?:[^()]|\([^()]*\))*\)`;
const ALTERNATIVES = new RegExp(String.raw`\((${GROUP})(?: or \1)+\)`, 'g');

/**
 * A statement without how many values, rows, alternatives and pages it has: what waits at the same time is sent together,
 * and how much that is depends on the machine.
 */
export const shapeOf = (text: string): string =>
  text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\?(?:, ?\?)+/g, '?')
    .replaceAll(/(\([^()]*\?[^()]*\))(?:, ?\([^()]*\?[^()]*\))+/g, '$1')
    .replaceAll(ALTERNATIVES, '$1')
    .replaceAll(/\b(limit|offset) \d+/gi, '$1 ?');
