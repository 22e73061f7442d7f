/** The numbers below which a draw of 32 bits is taken: a longer list would need more of them. */
const RANGE = 2 ** 32;

/** Independent numbers of 32 bits, each equally likely. */
export type Words = () => number;

/**
 * A number below `n`, each equally likely: what lies above the last whole multiple of `n` is rejected and drawn again.
 * @throws RangeError unless `n` is a whole number from 1 to 2^32
 */
export function below(n: number, words: Words): number {
  if (!Number.isSafeInteger(n) || n < 1 || n > RANGE) throw new RangeError(`no number is drawn below ${n}`);
  const limit = RANGE - (RANGE % n);
  for (;;) {
    const word = words();
    if (word < limit) return word % n;
  }
}

/** Fisher–Yates, from the last place to the second: a new list in which each order is equally likely. */
export function shuffled<T>(list: readonly T[], words: Words): T[] {
  const order = [...list];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = below(last + 1, words);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
