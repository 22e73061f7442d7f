import { ApplicationFailure } from '@temporalio/common';
import { DomainError } from '../domain/errors.ts';

/** Storage that is busy, full or away mends itself or is mended; everything else a person is told is final. */
const TRANSIENT: readonly string[] = ['database-busy', 'database-full', 'database-unreachable'];

/** Wraps every activity so that a refusal reaches the person with its code, and a passing fault is tried again. */
export function withFailures<T extends object>(activities: T): T {
  return Object.fromEntries(
    Object.entries(activities).map(([name, run]: [string, (input: unknown) => Promise<unknown>]) => [
      name,
      async (input: unknown) => {
        try {
          return await run(input);
        } catch (error) {
          throw error instanceof DomainError && isFinal(error) ? refusal(error) : error;
        }
      },
    ]),
  ) as T;
}

const isFinal = ({ code }: DomainError): boolean => !TRANSIENT.includes(code);

function refusal(error: DomainError): ApplicationFailure {
  const { code, messageZh, messageEn, details = {} } = error;
  return ApplicationFailure.create({
    message: error.message,
    type: code,
    nonRetryable: true,
    details: [{ messageZh, messageEn, details }],
  });
}
