import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, type ApplicationFailureOptions } from '@temporalio/common';
import { DomainError } from '../domain/errors.ts';
import { CUSTODIAN_REFUSED } from './custodian.ts';

/** Storage that is busy, full or away mends itself or is mended; what else is refused would be refused again. */
const TRANSIENT: readonly string[] = ['database-busy', 'database-full', 'database-unreachable'];

/** Whether an activity has failed, and does not only say how it goes on. */
export const isFault = (error: unknown): boolean =>
  !(error instanceof CancelledFailure || error instanceof CompleteAsyncError);

/**
 * What Temporal is told of an activity that failed: a code, whether to try again, and where its words are. What a
 * custodian refuses with is its own word for the public record, and is told as it is.
 */
export function failureWithoutValues(error: unknown, reference: string): ApplicationFailure {
  const failure = ApplicationFailure.create({
    ...known(error),
    ...(isRefusal(error) ? { message: error.message } : { message: `the worker's log says why, under ${reference}` }),
  });
  delete failure.stack;
  return failure;
}

const isRefusal = (error: unknown): error is ApplicationFailure =>
  error instanceof ApplicationFailure && error.type === CUSTODIAN_REFUSED;

function known(error: unknown): Pick<ApplicationFailureOptions, 'type' | 'nonRetryable' | 'nextRetryDelay'> {
  if (error instanceof DomainError) return { type: error.code, nonRetryable: !TRANSIENT.includes(error.code) };
  if (!(error instanceof ApplicationFailure)) return { type: 'failed', nonRetryable: false };
  const { type, nonRetryable, nextRetryDelay } = error;
  return {
    type: type ?? 'failed',
    nonRetryable: nonRetryable ?? false,
    ...(nextRetryDelay && { nextRetryDelay }),
  };
}
