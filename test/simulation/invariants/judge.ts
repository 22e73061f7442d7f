import type { Story } from '../people/story.ts';
import { bidsAreKept, openedIsStored } from './bids.ts';
import { committeesAreDrawn } from './committees.ts';
import { BOTH_WAYS, correctionsAreLinked } from './corrections.ts';
import { hasWayOut, inOrder, stagesAgree } from './order.ts';
import { noticesAreOnce, publishedIsStored } from './notices.ts';
import { preparedIsDoneOnceByTwo } from './prepared.ts';
import type { Entry, Snapshot } from './snapshot.ts';
import { nobodysTimeIsShortened, suspendedStandsStill } from './time.ts';

// What must hold of every tender after everything that happens. Each invariant is a pure function of what was stored
// before, what is stored now, and what is known of it besides; it answers what is wrong.

export interface Seen {
  readonly story: Story;
  readonly before: Snapshot | null;
  readonly now: Snapshot;
  /** What the trail tells of the step between them. */
  readonly entries: readonly Entry[];
  /** The last instant that the database has issued. */
  readonly at: number;
}

export type Invariant = (seen: Seen) => Iterable<string>;

export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'no bid on time is lost, none that is late is in': bidsAreKept,
  'what was opened is what is stored': openedIsStored,
  'what is published is what is stored': publishedIsStored,
  'each notice comes out once': noticesAreOnce,
  'no bidder’s time is shortened': nobodysTimeIsShortened,
  'a suspended clock does not run': suspendedStandsStill,
  'stages of a tender and its lots agree': stagesAgree,
  'what the law orders comes in its order': inOrder,
  'every stage has a way out': hasWayOut,
  'a prepared act is done once, and by two': preparedIsDoneOnceByTwo,
  'a committee is odd, as it was drawn, and its calls end': committeesAreDrawn,
  [BOTH_WAYS]: correctionsAreLinked,
};

/** An invariant does not hold. */
export class Broken extends Error {
  constructor(
    readonly invariant: string,
    readonly what: string,
  ) {
    super(`${invariant}: ${what}`);
  }
}

/** @throws Broken */
export function judge(story: Story, now: Snapshot, entries: readonly Entry[], at: number): void {
  const seen = { story, before: story.seen, now, entries, at };
  for (const [name, invariant] of Object.entries(INVARIANTS)) {
    for (const what of invariant(seen)) throw new Broken(name, `${story.name} (${story.id}): ${what}`);
  }
}
