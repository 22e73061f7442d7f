import type { CommitteeAct, RecordedAct } from './acts.ts';

// Where a committee sits, and who of it is there, from what the centre's staff recorded: nothing of it is stored twice.

/** 主场 or 副场. */
export interface Venue {
  readonly name: string;
  readonly room: string;
}

/** Where a member sits. */
export interface SeatPlace {
  readonly memberId: string;
  /** Number of the venue, from 1; null: 远程席位. */
  readonly venue: number | null;
}

/** The first venue is the host (主场), the others are guests (副场). Who is not named sits at the host. */
export interface Seating {
  readonly venues: readonly Venue[];
  readonly seats: readonly SeatPlace[];
}

/** What was shown at the check-in. No number of it is taken. */
export const IDENTITY_DOCUMENTS = ['resident-id', 'residence-permit', 'passport', 'officer-card', 'other'] as const;
export type IdentityDocument = (typeof IDENTITY_DOCUMENTS)[number];

export const DIRECTIONS = ['in', 'out'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Of the centre's staff; `staff`: the account of who recorded it. */
export type PresenceAct =
  | ({ readonly kind: 'venues'; readonly staff: string } & Seating)
  | {
      readonly kind: 'check-in';
      readonly staff: string;
      readonly memberId: string;
      readonly document: IdentityDocument;
      /** Null: a remote seat. */
      readonly venue: Venue | null;
    }
  | {
      readonly kind: 'presence';
      readonly staff: string;
      readonly memberId: string;
      readonly direction: Direction;
      readonly venue: Venue | null;
    };

/** A line of the log, in the order in which it was recorded. */
export interface PresenceLine {
  /** Civil epoch ms. */
  readonly at: number;
  readonly event: 'venues' | 'check-in' | Direction;
  readonly memberId: string | null;
  readonly document: IdentityDocument | null;
  /** Null: a remote seat, or a statement of the venues. */
  readonly venue: Venue | null;
  readonly staff: string;
}

export interface Presence {
  /** When the identity was checked (civil epoch ms). */
  readonly checkedInAt: number;
  readonly isIn: boolean;
  /** Where it was recorded last; null: a remote seat. */
  readonly venue: Venue | null;
}

const isPresence = (act: CommitteeAct): act is PresenceAct =>
  act.kind === 'venues' || act.kind === 'check-in' || act.kind === 'presence';

/** The whole log, before and after a recheck. */
export function presenceLog(acts: readonly RecordedAct[]): readonly PresenceLine[] {
  return acts.flatMap(({ act, at }): PresenceLine[] => {
    if (!isPresence(act)) return [];
    const { staff } = act;
    if (act.kind === 'venues') return [{ at, event: 'venues', memberId: null, document: null, venue: null, staff }];
    const { memberId, venue } = act;
    if (act.kind === 'check-in') return [{ at, event: 'check-in', memberId, document: act.document, venue, staff }];
    return [{ at, event: act.direction, memberId, document: null, venue, staff }];
  });
}

/** The statement in force, or null. */
export function seatingOf(acts: readonly RecordedAct[]): Seating | null {
  const last = acts.findLast(({ act }) => act.kind === 'venues')?.act;
  return last?.kind === 'venues' ? { venues: last.venues, seats: last.seats } : null;
}

/** Where a member sits by a statement; null: a remote seat. */
export function venueOf(
  { venues, seats }: Seating,
  memberId: string,
): { readonly no: number; readonly venue: Venue } | null {
  const seat = seats.find((each) => each.memberId === memberId);
  const no = seat === undefined ? 1 : seat.venue;
  const venue = no === null ? undefined : venues[no - 1];
  return no === null || venue === undefined ? null : { no, venue };
}

/** Who was checked in, and who is in: for a recheck identities are checked again, since it is another sitting. */
export function presenceOf(acts: readonly RecordedAct[]): ReadonlyMap<string, Presence> {
  const found = new Map<string, Presence>();
  for (const { act, at } of acts.slice(acts.findLastIndex(({ act: { kind } }) => kind === 'reopen') + 1)) {
    if (act.kind === 'check-in') found.set(act.memberId, { checkedInAt: at, isIn: true, venue: act.venue });
    if (act.kind !== 'presence') continue;
    const before = found.get(act.memberId);
    if (before) found.set(act.memberId, { ...before, isIn: act.direction === 'in', venue: act.venue });
  }
  return found;
}
