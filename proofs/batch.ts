/**
 * Leaves of one batch in the order of the tree: sorted by themselves, so that a place in the log tells nothing about the
 * order in which its entries were written.
 */
export const inTreeOrder = <T extends { readonly leaf: string }>(batch: readonly T[]): T[] =>
  batch.toSorted((a, b) => (a.leaf < b.leaf ? -1 : a.leaf > b.leaf ? 1 : 0));
