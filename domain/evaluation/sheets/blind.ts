import type { Scheme } from '../scheme/scheme.ts';

// 暗标: the part of a bid that is judged by a number, without its bidder.

/** The first is the one that the bidder's tool writes. */
export const BLIND_FOLDERS = ['暗标', 'blind'] as const;

/** Whether a file of a bid is in its blind part. */
export const isBlindPart = (path: string): boolean =>
  BLIND_FOLDERS.some((folder) => path.normalize('NFKC').toLowerCase().startsWith(`${folder}/`));

/** The keys of the criteria that are marked by number: technical ones, whose part is signed before the bidders are known. */
export const blindItemsOf = ({ criteria }: Pick<Scheme, 'criteria'>): ReadonlySet<string> =>
  new Set(criteria.flatMap((each) => (each.part === 'technical' && each.blind ? [each.key] : [])));

/** The name under which a file of a blind part is shown: names that bidders choose may tell who they are. */
export function neutralName(path: string, no: number): string {
  const [extension = ''] = /\.[a-z0-9]{1,5}$/.exec(path.toLowerCase()) ?? [];
  return `${BLIND_FOLDERS[0]}/${no + 1}${extension}`;
}

export interface NumberedBid {
  readonly bidId: string;
  /** Names the blind part in place of the bid. */
  readonly blindId: string;
  /** From 1. */
  readonly number: number;
}

/** The bids of a lot in the order of their blind ids, which is at random where these are. */
export const numbered = (bidIds: readonly string[], blindIdOf: (bidId: string) => string): readonly NumberedBid[] =>
  bidIds
    .map((bidId) => ({ bidId, blindId: blindIdOf(bidId) }))
    .sort((a, b) => (a.blindId < b.blindId ? -1 : 1))
    .map((each, index) => ({ ...each, number: index + 1 }));
