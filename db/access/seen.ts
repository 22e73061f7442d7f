import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import type { MilestoneKey } from '../../domain/law/milestones.ts';

/** What the platform did by itself: its legal and its actual instant (civil epoch ms). */
export interface UnattendedAct {
  readonly key: MilestoneKey;
  readonly legalAt: number;
  readonly actualAt: number;
}

/** What is recorded of a transaction while it runs, for measurement (db/access/observed.ts). */
export interface Notes {
  statements: number;
  /** Texts of the first statements, without their values; only where the transaction is traced. */
  readonly texts: string[] | null;
  readonly acts: UnattendedAct[];
}

const current = new AsyncLocalStorage<Notes>();

export const noting = <T>(notes: Notes, work: () => Promise<T>): Promise<T> => current.run(notes, work);

/** So that one span does not grow without bound. */
const MOST_TEXTS = 20;

/** A statement as it goes to the database; never with its values. */
export interface Statement {
  readonly text: string;
  /** Whether it had to wait for an earlier answer: not so if it was sent together with another. False on SQLite. */
  readonly roundTrip: boolean;
}
/** Called for each statement, including those of the storage itself. */
export const statements = channel('kaibiao:statement');

/** For the connections: records a statement. */
export function noteStatement(text: string, roundTrip = false): void {
  if (statements.hasSubscribers) statements.publish({ text, roundTrip } satisfies Statement);
  const notes = current.getStore();
  if (!notes) return;
  notes.statements += 1;
  if (notes.texts && notes.texts.length < MOST_TEXTS) notes.texts.push(text);
}

/** Records that an instant of the law has come and the platform has acted; reported only once it is committed. */
export function noteUnattended(act: UnattendedAct): void {
  current.getStore()?.acts.push(act);
}

/** Called once a jump of the clock is on record, where it was found. */
export const clockAlarms = channel('kaibiao:clock-alarm');

/** Called for each commit with the number of transactions in it. */
export const commits = channel('kaibiao:commit');
export interface Commit {
  readonly transactions: number;
}
