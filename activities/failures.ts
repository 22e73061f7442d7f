import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, type ApplicationFailureOptions } from '@temporalio/common';
import { DomainError, isTransient } from '../domain/errors.ts';
import { CUSTODIAN_REFUSED } from './custodian.ts';

/** Whether an activity has failed: a cancellation or an asynchronous completion is not a failure. */
export const isFault = (error: unknown): boolean =>
  !(error instanceof CancelledFailure || error instanceof CompleteAsyncError);

/**
 * The failure that Temporal stores of an activity: a code, whether to retry, and where to find the message. A
 * custodian's refusal goes into the public record, so that its own message is kept.
 */
export function failureWithoutValues(error: unknown, reference: string): ApplicationFailure {
  const failure = ApplicationFailure.create({
    ...known(error),
    ...(isRefusal(error) ? { message: error.message } : { message: `see the worker's log, reference ${reference}` }),
  });
  delete failure.stack;
  return failure;
}

const isRefusal = (error: unknown): error is ApplicationFailure =>
  error instanceof ApplicationFailure && error.type === CUSTODIAN_REFUSED;

function known(
  error: unknown,
): Pick<ApplicationFailureOptions, 'type' | 'nonRetryable' | 'nextRetryDelay' | 'category'> {
  if (error instanceof DomainError) return { type: error.code, nonRetryable: !isTransient(error) };
  if (!(error instanceof ApplicationFailure)) return { type: 'failed', nonRetryable: false };
  const { type, nonRetryable, nextRetryDelay, category } = error;
  return {
    type: type ?? 'failed',
    nonRetryable: nonRetryable ?? false,
    ...(nextRetryDelay && { nextRetryDelay }),
    ...(category && { category }),
  };
}
