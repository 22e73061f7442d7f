import type { Tx } from './database.ts';
import { sent } from './statements.ts';

/** Rows that a job adds at the end of its transaction to tables that all jobs add to. */
export type Added = Pick<Tx, 'trail' | 'events' | 'wakes' | 'deliveries'>;

export const nothingAdded = (): Added => ({ trail: [], events: [], wakes: [], deliveries: [] });

/** Adds the rows of one job to those of the commit; the rows of a rolled-back job are dropped with it. */
export function addTo(all: Added, one: Added): void {
  all.trail.push(...one.trail);
  all.events.push(...one.events);
  all.wakes.push(...one.wakes);
  all.deliveries.push(...one.deliveries);
}

/** Writes that a job has sent and not awaited. */
export class SentWrites {
  readonly answers: Promise<unknown>[] = [];

  readonly write: Tx['write'] = (statement) => {
    const answer = sent(statement);
    // The error is thrown where all of them are awaited.
    answer.catch(() => undefined);
    this.answers.push(answer);
  };
}
