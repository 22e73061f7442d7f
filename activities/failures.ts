import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { DomainError } from '../domain/errors.ts';

/** Storage that is busy, full or away mends itself or is mended; what else is refused would be refused again. */
const TRANSIENT: readonly string[] = ['database-busy', 'database-full', 'database-unreachable'];

/** Whether an activity has failed, and does not only say how it goes on. */
export const isFault = (error: unknown): boolean =>
  !(error instanceof CancelledFailure || error instanceof CompleteAsyncError);

/**
 * What Temporal is told of an activity that failed: a code, whether to try again, and where its words are. Those may
 * hold what people wrote, or the values of a row, and stay in the log.
 */
export function failureWithoutValues(error: unknown, reference: string): ApplicationFailure {
  const failure = ApplicationFailure.create({
    ...known(error),
    message: `the worker's log says why, under ${reference}`,
  });
  delete failure.stack;
  return failure;
}

function known(error: unknown): { type: string; nonRetryable: boolean } {
  if (error instanceof DomainError) return { type: error.code, nonRetryable: !TRANSIENT.includes(error.code) };
  if (error instanceof ApplicationFailure) {
    return { type: error.type ?? 'failed', nonRetryable: error.nonRetryable ?? false };
  }
  return { type: 'failed', nonRetryable: false };
}
