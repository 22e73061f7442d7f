// Where a committee sits, and what the centre's staff records of who is there.

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
