import { ActivityFailure, ApplicationFailure, proxyLocalActivities, sleep } from '@temporalio/workflow';
import { LONGEST_PAUSE_MS, type Wakes } from './pace.ts';

/**
 * Activities that are one short transaction each: no round trip to the server delays an act after its instant. A
 * failure is retried a few times; the caller then pauses, so that an outage of days does not fill a history.
 */
export const local = <A extends object>() =>
  proxyLocalActivities<A>({
    startToCloseTimeout: '60s',
    retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s', maximumAttempts: ATTEMPTS },
    localRetryThreshold: '10s',
  });

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 5_000;

/**
 * The same, one after the other in the order of the calls, and each until it is done or refused. Two local activities
 * that run at once may end in one order and be replayed in another; a workflow whose worker had died could then never
 * resume.
 */
export function oneAtATime<A extends object>(wakes: Wakes): A {
  const activities = local<Record<string, (input: unknown) => Promise<unknown>>>();
  let last: Promise<unknown> = Promise.resolve();
  return new Proxy({} as A, {
    get: (_, name: string) => (input: unknown) => {
      const turn = last.then(() => untilDone(wakes, async () => activities[name]?.(input)));
      last = turn.catch(() => undefined);
      return turn;
    },
  });
}

async function untilDone<T>(wakes: Wakes, ask: () => Promise<T>): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!isFailure(error) || isRefusal(error) || wakes.isRunFull()) throw error;
    }
    await sleep(pauseMs);
  }
}

/** Whether an activity has refused, which a retry would not change. */
export const isRefusal = (error: unknown): error is Failure =>
  (error instanceof ActivityFailure && error.retryState === 'NON_RETRYABLE_FAILURE') ||
  (error instanceof ApplicationFailure && error.nonRetryable === true);

type Failure = ActivityFailure | ApplicationFailure;

/** Whether an activity has failed. The refusal of a local one is not wrapped in an `ActivityFailure`. */
export const isFailure = (error: unknown): error is Failure =>
  error instanceof ActivityFailure || error instanceof ApplicationFailure;
