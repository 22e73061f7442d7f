import type { SheetPart } from './sheets/marks.ts';

/** 复核: what is looked at again on the sheets of a committee, from a part on; nothing else is. */
export interface Reopened {
  readonly kind: 'reopen';
  readonly recheckId: string;
  readonly from: SheetPart;
  readonly bidIds: readonly string[];
  /** Null: all items. */
  readonly items: readonly string[] | null;
  /** A mark is changed only once the committee has found it to be wrong. */
  readonly found: boolean;
}

const PARTS: readonly SheetPart[] = ['review', 'technical', 'commercial'];
/** What is done again, besides the signatures of the sheets. */
const AGAIN: readonly string[] = ['signature', 'close', 'report'];

interface Acted {
  readonly act: { readonly kind: string; readonly part?: SheetPart } | Reopened;
}

/**
 * The acts that count: where a recheck has reopened the sheets, those that signed them, from the reopened part on, and the report before it
 * do not.
 */
export function actsInForce<A extends Acted>(acts: readonly A[]): readonly A[] {
  const last = acts.findLastIndex(({ act }) => act.kind === 'reopen');
  const reopened = acts[last]?.act;
  if (!reopened || !('from' in reopened)) return acts;
  const again = PARTS.slice(PARTS.indexOf(reopened.from));
  return acts.filter(
    ({ act }, index) =>
      index >= last ||
      !(AGAIN.includes(act.kind) || ('part' in act && act.part !== undefined && again.includes(act.part))),
  );
}

/** Whether an item of a bid was reopened. */
export const isReopened = (
  { bidIds, items }: Pick<Reopened, 'bidIds' | 'items'>,
  bidId: string,
  item: string,
): boolean => bidIds.includes(bidId) && (items === null || items.includes(item));
