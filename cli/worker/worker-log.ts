import { randomUUID } from 'node:crypto';
import type { LogLevel, Logger as TemporalLogger } from '@temporalio/common';
import type { Info as ActivityInfo } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { DefaultLogger } from '@temporalio/worker';
import type { Logger } from 'pino';
import { failureWithoutValues, isFault } from '../../activities/failures.ts';
import { errorForLog } from '../../api/http/request-log.ts';
import { currentTrace } from '../../api/http/traced.ts';
import { procurementOf } from './temporal-tracing.ts';

/** One line for each activity that is done, by the ids that tie it to its tender and to its trace. */
export const loggedActivity =
  (log: Logger): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const began = performance.now();
        const result = await next(input);
        log.info({ ...about(info, input.args[0]), ms: Math.round(performance.now() - began) }, 'activity done');
        return result;
      },
    },
  });

/**
 * What fails leaves its words here alone, under a reference: Temporal keeps failures for its administrators to read, and
 * the words may hold what people wrote, or the values of a row.
 */
export const failuresToLog =
  (log: Pick<Logger, 'warn' | 'error'>): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        try {
          return await next(input);
        } catch (error) {
          if (!isFault(error)) throw error;
          const reference = randomUUID();
          const failure = failureWithoutValues(error, reference);
          const told = { ...about(info, input.args[0]), reference, code: failure.type, err: errorForLog(error) };
          log[failure.nonRetryable ? 'error' : 'warn'](told, 'activity failed');
          throw failure;
        }
      },
    },
  });

function about(info: ActivityInfo, input: unknown): Record<string, unknown> {
  const workflowId = info.workflowExecution?.workflowId ?? '';
  return {
    activity: info.activityType,
    attempt: info.attempt,
    workflowId,
    procurementId: procurementOf(workflowId),
    ...idsOf(input),
    ...currentTrace(),
  };
}

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
