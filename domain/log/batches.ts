import { HOUR_MS } from '../civil-time.ts';

// When a head of the log is signed, and over how many leaves (docs/adr/0035). Neither depends on what bidders do, so
// that sizes and instants of heads say nothing about it.

/** A head at 0, 4, 8, 12, 16 and 20 o'clock (civil): a whole number of them is in UTC+8's offset. */
const EVERY_MS = 4 * HOUR_MS;

/** Leaves by which a head grows: a multiple of this. In a drill nothing is real, and its days pass in seconds. */
const STEP = { real: 256, drill: 16 } as const;

export const stepOf = ({ mode }: { readonly mode: keyof typeof STEP }): number => STEP[mode];

const periodOf = (at: number): number => Math.floor(at / EVERY_MS);

/** Whether the schedule wants a head at a civil instant (epoch ms), after one of another. */
export const isHeadDue = (now: number, lastSignedAt: number): boolean => periodOf(now) > periodOf(lastSignedAt);

/** The next instant of the schedule (civil epoch ms): what is written now is under a head that is signed then. */
export const nextHeadAt = (now: number): number => (periodOf(now) + 1) * EVERY_MS;

/** So many of one person's acts a batch counts among what bidders did; the rest beside it. */
const MOST_OF_ONE = 32;

/** Entries of the trail that no head covers yet. */
export interface Waiting {
  /** All of them, covers that were left over included. */
  readonly entries: number;
  /** Confidential ones that are no covers, by the person who acted; null: the platform itself. */
  readonly confidential: ReadonlyMap<string | null, number>;
  /** What those who watch see at once. */
  readonly visible: number;
}

/**
 * Leaves in the next batch. What bidders did has room of its own, which grows by powers of two. Nobody measures it by
 * filling it: what others count goes beside it, and so does what one person does more often than anybody needs to.
 */
export function leavesInBatch({ entries, confidential, visible }: Waiting, step: number): number {
  // The entry that closes the batch is confidential too.
  let [secret, beside] = [1, visible];
  for (const [person, acts] of confidential) {
    const counted = person === null ? acts : Math.min(acts, MOST_OF_ONE);
    secret += counted;
    beside += acts - counted;
  }
  const steps = powerOfTwoFrom(Math.ceil(secret / step)) + Math.max(1, Math.ceil(beside / step));
  return step * Math.max(steps, Math.ceil((entries + 1) / step));
}

function powerOfTwoFrom(count: number): number {
  let power = 1;
  while (power < count) power *= 2;
  return power;
}
