import { randomUUID } from 'node:crypto';
import type { LogLevel, Logger as TemporalLogger } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { DefaultLogger } from '@temporalio/worker';
import type { Logger } from 'pino';
import { failureWithoutValues, isFault } from '../../activities/failures.ts';
import { errorForLog } from '../../api/http/request-log.ts';
import { currentTrace } from '../../api/http/traced.ts';
import { procurementOf } from './temporal-tracing.ts';

/**
 * One line an activity, by the ids that tie it to its tender and to its trace. What fails leaves its words here alone,
 * under a reference: Temporal keeps its failures for its administrators to read.
 */
export const loggedActivity =
  (log: Logger): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const began = performance.now();
        const workflowId = info.workflowExecution?.workflowId ?? '';
        const about = () => ({
          activity: info.activityType,
          attempt: info.attempt,
          workflowId,
          procurementId: procurementOf(workflowId),
          ...idsOf(input.args[0]),
          ...currentTrace(),
          ms: Math.round(performance.now() - began),
        });
        try {
          const result = await next(input);
          log.info(about(), 'activity done');
          return result;
        } catch (error) {
          if (!isFault(error)) throw error;
          const reference = randomUUID();
          const failure = failureWithoutValues(error, reference);
          const level = failure.nonRetryable ? 'error' : 'warn';
          log[level]({ ...about(), reference, code: failure.type, err: errorForLog(error) }, 'activity failed');
          throw failure;
        }
      },
    },
  });

/** What an activity's input names of ours. */
function idsOf(input: unknown): Record<string, unknown> {
  const { procurementId, custodian } = (input ?? {}) as Record<string, unknown>;
  return Object.fromEntries(Object.entries({ procurementId, custodian }).filter(([, value]) => value !== undefined));
}

/** What the SDK has to say, as lines of our own log; nothing below `least`. */
export function sdkLogger(log: Logger, least: LogLevel): TemporalLogger {
  return new DefaultLogger(least, ({ level, message, meta }) => {
    const { error, ...ids } = meta ?? {};
    const fields = { sdk: true, ...ids, ...(error === undefined ? {} : { err: errorForLog(error) }) };
    log[message.startsWith(MEANT) ? 'debug' : LEVELS[level]](fields, message);
  });
}

/** Custodians and those who unseal have queues with activities alone: no warning to anybody. */
const MEANT = 'No workflows registered';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
