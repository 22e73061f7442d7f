import type { DrawState } from '../committees/state.ts';
import { FIRST_TO_REVEAL, type DrawParty, type DrawTerms } from './terms.ts';

type Deadlines = Pick<DrawTerms, 'commitUntil' | 'firstRevealUntil' | 'revealUntil'>;

/** What a party gave to a draw. */
interface GivenPart {
  readonly party: DrawParty;
  readonly revealedAt: number | null;
}

/** What a party can give now: its commitment, or its part of the seed. */
export const TURNS = ['commit', 'reveal'] as const;

export interface Turn {
  readonly act: (typeof TURNS)[number];
  /** The last instant at which it is accepted (civil epoch ms). */
  readonly until: number;
}

/** The last instant at which a party may hand its part in. */
export const lastTurnOf = (terms: Deadlines, party: DrawParty): number =>
  party === FIRST_TO_REVEAL ? terms.firstRevealUntil : terms.revealUntil;

/** Whether a party may hand its part in now: the others once the centre has, or cannot any more. */
export function isTurnOf(terms: Deadlines, parts: readonly GivenPart[], party: DrawParty, now: number): boolean {
  if (party === FIRST_TO_REVEAL) return now <= terms.firstRevealUntil;
  const first = parts.find((each) => each.party === FIRST_TO_REVEAL);
  return first === undefined || first.revealedAt !== null || now > terms.firstRevealUntil;
}

/** What a party can give at an instant (civil epoch ms), and until when; null: nothing. */
export function turnOf(
  { state, terms }: { readonly state: DrawState; readonly terms: Deadlines },
  parts: readonly GivenPart[],
  party: DrawParty,
  now: number,
): Turn | null {
  const own = parts.find((each) => each.party === party);
  if (state === 'committing')
    return own || now > terms.commitUntil ? null : { act: 'commit', until: terms.commitUntil };
  if (state !== 'revealing' || !own || own.revealedAt !== null) return null;
  const until = lastTurnOf(terms, party);
  return now <= until && isTurnOf(terms, parts, party, now) ? { act: 'reveal', until } : null;
}
