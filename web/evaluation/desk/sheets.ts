import type * as z from 'zod';
import type { evaluationSchema, SHEET_PARTS } from '../../../api/evaluation/proceedings-views.ts';
import type { Typed } from '../../acts/form-values.ts';
import { blindItemsOf } from '../../../domain/evaluation/sheets/blind.ts';
import { itemsOf, type Entry, type SheetItem } from '../../../domain/evaluation/sheets/marks.ts';
import type { Scheme } from '../../../domain/evaluation/scheme/scheme.ts';
import type { Procedure } from '../../../domain/procedures/procedure.ts';

export type Evaluation = z.infer<typeof evaluationSchema>;
export type SheetPart = (typeof SHEET_PARTS)[number];

/** What a member fills in together: the items of a part, for a bid or for the number of its blind part. */
export interface Sheet {
  readonly part: SheetPart;
  /** A bidId, or a blindId. */
  readonly id: string;
  /** Of a blind part. */
  readonly number: number | null;
  /** Null while it is hidden whose it is. */
  readonly supplier: string | null;
  /** Which of the bids. */
  readonly place: number;
  readonly items: readonly SheetItem[];
  readonly entered: ReadonlyMap<string, Entry>;
}

/** Every sheet of a member, of the parts that have begun; those of a blind part apart from the rest of their bids. */
export function sheetsOf(evaluation: Evaluation, definition: Procedure, scheme: Scheme): Sheet[] {
  const { bids, blind, parts, memberId, sheets } = evaluation;
  const hidden = blind !== null && blind.secret === null;
  const blindItems = blindItemsOf(scheme);
  const own = (id: string, items: readonly SheetItem[]): ReadonlyMap<string, Entry> => {
    const keys = new Set(items.map(({ item }) => item.key));
    const entries = sheets
      .filter((sheet) => sheet.memberId === memberId && sheet.bidId === id)
      .flatMap((sheet) => sheet.entries as unknown as Entry[]);
    return new Map(entries.filter(({ item }) => keys.has(item)).map((entry) => [entry.item, entry]));
  };
  return parts.flatMap(({ part, bidIds }): Sheet[] => {
    if (bidIds === null) return [];
    const items = itemsOf(definition, scheme, part);
    const apart = hidden && part === 'technical';
    const open = apart ? items.filter(({ item }) => !blindItems.has(item.key)) : items;
    const numbered = apart ? items.filter(({ item }) => blindItems.has(item.key)) : [];
    const ofBids = bids.flatMap(({ bidId, supplier }, index): Sheet[] =>
      open.length === 0 || !(apart || bidIds.includes(bidId))
        ? []
        : [
            {
              ...{ part, id: bidId, number: null, supplier, place: index + 1 },
              ...{ items: open, entered: own(bidId, open) },
            },
          ],
    );
    const ofNumbers = (numbered.length === 0 ? [] : (blind?.bids ?? [])).map(({ number, blindId }): Sheet => ({
      ...{ part, id: blindId, number, supplier: null, place: number },
      ...{ items: numbered, entered: own(blindId, numbered) },
    }));
    return [...ofBids, ...ofNumbers];
  });
}

/** The part that is to be marked now: the first that the member has not signed. */
export const currentPart = ({ parts, memberId }: Evaluation): SheetPart =>
  parts.find(({ signedBy }) => !signedBy.includes(memberId))?.part ?? parts.at(-1)?.part ?? 'review';

const last = (typed: Typed, name: string): string => (typed.get(name)?.at(-1) ?? '').trim();

/** What was typed of a sheet; an item without a mark is left as it is. */
export function entriesIn(typed: Typed, items: readonly SheetItem[]): Entry[] {
  return items.flatMap((each): Entry[] => {
    const { key } = each.item;
    const [mark, reasonZh] = [last(typed, `mark:${key}`), last(typed, `reason:${key}`)];
    if (mark === '') return [];
    const reason = reasonZh === '' ? {} : { reasonZh };
    if (each.as === 'review')
      return [
        { item: key, passes: mark === 'true', ...(mark === 'true' ? {} : { ground: each.item.ground }), ...reason },
      ];
    return [
      each.item.kind === 'subjective' ? { item: key, points: mark, ...reason } : { item: key, value: mark, ...reason },
    ];
  });
}

/** What is typed in the field of an entry. */
export const markIn = (entry: Entry | undefined): string =>
  entry === undefined ? '' : 'passes' in entry ? String(entry.passes) : 'points' in entry ? entry.points : entry.value;
