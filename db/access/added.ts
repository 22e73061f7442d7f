import type { Tx } from './database.ts';
import { sent } from './statements.ts';

/** What work adds at its end to tables that all others add to as well. */
export type Added = Pick<Tx, 'trail' | 'events' | 'wakes' | 'deliveries'>;

export const nothingAdded = (): Added => ({ trail: [], events: [], wakes: [], deliveries: [] });

/** Adds what one job has added to what the commit adds; what an undone job has added is lost with it. */
export function addTo(all: Added, one: Added): void {
  all.trail.push(...one.trail);
  all.events.push(...one.events);
  all.wakes.push(...one.wakes);
  all.deliveries.push(...one.deliveries);
}

/** Writes that a job has sent and not waited for. */
export class SentWrites {
  readonly answers: Promise<unknown>[] = [];

  readonly write: Tx['write'] = (statement) => {
    const answer = sent(statement);
    // Whoever waits for all of them is told.
    answer.catch(() => undefined);
    this.answers.push(answer);
  };
}
