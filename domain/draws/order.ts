import { shuffled, type Words } from './shuffle.ts';
import type { DrawTerms, GroupOrder } from './terms.ts';

/** Draws: for each group, in its order, all candidates of its field in a random order. */
export const drawnOrders = ({ groups, candidates }: Pick<DrawTerms, 'groups' | 'candidates'>, words: Words) =>
  groups.map(({ field }): GroupOrder => ({
    field,
    labels: shuffled(
      candidates.filter(({ fields }) => fields.includes(field)).map(({ label }) => label),
      words,
    ),
  }));
