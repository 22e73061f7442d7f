import type { SheetPart } from './sheets/marks.ts';

interface Acted {
  readonly by: string;
  readonly act: { readonly kind: string; readonly part?: SheetPart };
}

/** What is done of a result: it is void with the result that it is of. */
const OF_RESULT: readonly string[] = ['signature', 'close'];

/**
 * The acts without the signatures of a result that stands no more: somebody who came new has not signed a part that others have, or has
 * signed it since (财政部令87号 49, 招标投标法实施条例 48: what a replaced member did is void, and who comes in evaluates again).
 * @param sitting who was not replaced
 */
export function withoutStaleSignatures<A extends Acted>(acts: readonly A[], sitting: readonly string[]): readonly A[] {
  const signers = new Map<SheetPart, Set<string>>();
  let last = -1;
  for (const [index, { by, act }] of acts.entries()) {
    if (act.kind !== 'part' || act.part === undefined || !sitting.includes(by)) continue;
    signers.set(act.part, (signers.get(act.part) ?? new Set()).add(by));
    last = index;
  }
  const isWhole = [...signers.values()].every((signed) => signed.size === sitting.length);
  return acts.filter(({ act }, index) => !OF_RESULT.includes(act.kind) || (isWhole && index > last));
}
