import { context, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import type { Database, Tx } from './database.ts';
import { withTransaction } from './with-transaction.ts';
import { noting, type Notes, type UnattendedAct } from './seen.ts';

/** One transaction as measured, reported once it is committed or rolled back. Durations are real seconds. */
export interface TransactionSeen {
  readonly outcome: 'committed' | 'undone';
  /** From the call until its work began: the queue and the lock. */
  readonly waitSeconds: number;
  /** Of the work itself. */
  readonly runSeconds: number;
  /** From the call until it is durable. */
  readonly totalSeconds: number;
  readonly statements: number;
  /** What the platform did by itself in it; empty when it was rolled back. */
  readonly acts: readonly UnattendedAct[];
}

export interface TransactionWatch {
  /** One more transaction waits for the writer (1), or one fewer (-1). */
  waiting(change: 1 | -1): void;
  seen(transaction: TransactionSeen): void;
}

/** The same database; each transaction is reported to `watch`, and is a span where its caller is traced. */
export function observed(db: Database, watch: TransactionWatch): Database {
  return withTransaction(db, async (work, subject) => {
    const caller = context.active();
    const traced = trace.getSpan(caller)?.isRecording() ?? false;
    const calledAt = performance.now();
    let began: number | undefined;
    let ended: number | undefined;
    let notes = blank(traced);
    // Work whose commit failed, or that conflicted with another, is run again.
    const noted = async (tx: Tx): Promise<Awaited<ReturnType<typeof work>>> => {
      if (began === undefined) watch.waiting(-1);
      began = performance.now();
      notes = blank(traced);
      try {
        // Jobs of one commit run in the async context of the first; the spans of each belong to its own caller.
        return await noting(notes, () => (traced ? context.with(caller, work, undefined, tx) : work(tx)));
      } finally {
        ended = performance.now();
      }
    };
    const report = (outcome: TransactionSeen['outcome']): void => {
      const settledAt = performance.now();
      if (began === undefined) watch.waiting(-1);
      const seen = {
        outcome,
        waitSeconds: ((began ?? settledAt) - calledAt) / 1000,
        runSeconds: began === undefined ? 0 : ((ended ?? settledAt) - began) / 1000,
        totalSeconds: (settledAt - calledAt) / 1000,
        statements: notes.statements,
        acts: outcome === 'committed' ? notes.acts : [],
      };
      watch.seen(seen);
      if (traced) span(caller, seen, notes.texts ?? []);
    };
    watch.waiting(1);
    try {
      const value = await db.transaction(noted, subject);
      report('committed');
      return value;
    } catch (error) {
      report('undone');
      throw error;
    }
  });
}

const blank = (traced: boolean): Notes => ({ statements: 0, texts: traced ? [] : null, acts: [] });

/** No value ever gets into a span: the texts have placeholders in their place. */
function span(caller: Context, seen: TransactionSeen, texts: readonly string[]): void {
  const endTime = Date.now();
  const made = trace.getTracer('kaibiao').startSpan(
    'transaction',
    {
      startTime: endTime - seen.totalSeconds * 1000,
      attributes: {
        'kaibiao.transaction.outcome': seen.outcome,
        'kaibiao.transaction.wait_ms': seen.waitSeconds * 1000,
        'kaibiao.transaction.run_ms': seen.runSeconds * 1000,
        'kaibiao.transaction.statements': seen.statements,
        'db.query.text': [...texts],
      },
    },
    caller,
  );
  if (seen.outcome === 'undone') made.setStatus({ code: SpanStatusCode.ERROR });
  made.end(endTime);
}
