import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import type { MilestoneKey } from '../../domain/law/milestones.ts';

/** What the platform did by itself: its legal and its actual instant (civil epoch ms). */
export interface UnattendedAct {
  readonly key: MilestoneKey;
  readonly legalAt: number;
  readonly actualAt: number;
}

/** What is noted of a transaction while it runs, for those who measure it (db/access/observed.ts). */
export interface Notes {
  statements: number;
  /** Texts of the first statements, without their values; kept only where the transaction is traced. */
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
  /** Whether it had to wait for an answer before it: those that do not travel with one that does. False on SQLite. */
  readonly roundTrip: boolean;
}
/** Told of each statement, of those of the storage itself too. */
export const statements = channel('kaibiao:statement');

/** For the connections: notes what is asked. */
export function noteStatement(text: string, roundTrip = false): void {
  if (statements.hasSubscribers) statements.publish({ text, roundTrip } satisfies Statement);
  const notes = current.getStore();
  if (!notes) return;
  notes.statements += 1;
  if (notes.texts && notes.texts.length < MOST_TEXTS) notes.texts.push(text);
}

/** Notes that an instant of the law has come and the platform has acted; told only once it is committed. */
export function noteUnattended(act: UnattendedAct): void {
  current.getStore()?.acts.push(act);
}

/** Told of each commit how many transactions it made durable. */
export const commits = channel('kaibiao:commit');
export interface Commit {
  readonly transactions: number;
}
