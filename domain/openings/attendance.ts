/** In what capacity somebody is present at an opening. */
export const CAPACITIES = ['bidder', 'purchaser', 'agency', 'centre', 'supervisor', 'notary', 'other'] as const;
export type Capacity = (typeof CAPACITIES)[number];

/** 参加开标的人. */
export interface Attendee {
  capacity: Capacity;
  /** The person's name. */
  name: string;
  /** The registered organisation that they are present for; null: it is named below, or they are for nobody. */
  organisationId: string | null;
  organisation: string | null;
}
