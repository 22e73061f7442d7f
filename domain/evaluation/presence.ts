import type { CommitteeAct, RecordedAct } from './acts.ts';
import type { Direction, IdentityDocument, PresenceAct, Seating, Venue } from './venues.ts';

// Who of a committee is there, from what the centre's staff recorded: nothing of it is stored twice.

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
