import { randomUUID } from 'node:crypto';
import { ApplicationFailureCategory, type LogLevel, type Logger as TemporalLogger } from '@temporalio/common';
import type { Info as ActivityInfo } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { DefaultLogger } from '@temporalio/worker';
import type { Logger } from 'pino';
import { failureWithoutValues, isFault } from '../../activities/failures.ts';
import { errorForLog } from '../../api/http/request-log.ts';
import { currentTrace } from '../../api/http/traced.ts';
import { procurementOf } from './temporal-tracing.ts';

/** One line for each finished activity, with the ids that link it to its tender and to its trace. */
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
 * The message of a failure is logged only here, under a reference: Temporal keeps failures where its administrators
 * can read them, and the message may contain what people wrote, or the values of a row.
 */
export const failuresToLog =
  (log: Pick<Logger, 'info' | 'warn' | 'error'>): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        try {
          return await next(input);
        } catch (error) {
          if (!isFault(error)) throw error;
          const reference = randomUUID();
          const failure = failureWithoutValues(error, reference);
          const fields = { ...about(info, input.args[0]), reference, code: failure.type, err: errorForLog(error) };
          const isExpected = failure.category === ApplicationFailureCategory.BENIGN;
          log[isExpected ? 'info' : failure.nonRetryable ? 'error' : 'warn'](fields, 'activity failed');
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

/** The ids of ours in an activity's input. */
function idsOf(input: unknown): Record<string, unknown> {
  const { procurementId, custodian } = (input ?? {}) as Record<string, unknown>;
  return Object.fromEntries(Object.entries({ procurementId, custodian }).filter(([, value]) => value !== undefined));
}

/** The SDK's messages, as lines of our own log; nothing below `least`. */
export function sdkLogger(log: Logger, least: LogLevel): TemporalLogger {
  return new DefaultLogger(least, ({ level, message, meta }) => {
    const { error, ...ids } = meta ?? {};
    const fields = { sdk: true, ...ids, ...(error === undefined ? {} : { err: errorForLog(error) }) };
    log[message.startsWith(MEANT) ? 'debug' : LEVELS[level]](fields, message);
  });
}

/** Queues of custodians and of openings have only activities: the SDK's warning is dropped. */
const MEANT = 'No workflows registered';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
