import { ApplicationFailure, type LogLevel, type Logger as TemporalLogger } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { DefaultLogger } from '@temporalio/worker';
import type { Logger } from 'pino';
import { aboutDecision } from '../../engine/outbox.ts';
import { errorForLog } from '../../api/http/request-log.ts';
import { currentTrace } from '../../api/http/traced.ts';
import type { Database } from '../../db/access/database.ts';
import { decisionById } from '../../db/decisions.ts';
import { procurementOf } from './temporal-tracing.ts';

/** One line an activity, with the ids that tie it to its tender and to the request that asked for it. */
export const loggedActivity =
  (db: Database, log: Logger): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const began = performance.now();
        const about = async () => ({
          activity: info.activityType,
          attempt: info.attempt,
          workflowId: info.workflowExecution?.workflowId,
          procurementId: procurementOf(info.workflowExecution?.workflowId ?? ''),
          ...(await aboutInput(db, input.args[0])),
          ...currentTrace(),
          ms: Math.round(performance.now() - began),
        });
        try {
          const result = await next(input);
          if (log.isLevelEnabled('info')) log.info(await about(), 'activity done');
          return result;
        } catch (error) {
          // What a person is told is in the answer and in the database; its code is enough here.
          if (error instanceof ApplicationFailure)
            log.info({ ...(await about()), code: error.type }, 'activity refused');
          else if (log.isLevelEnabled('warn'))
            log.warn({ ...(await about()), err: errorForLog(error) }, 'activity failed');
          throw error;
        }
      },
    },
  });

/** What the ids in an activity's input say of it; nothing where the database cannot be asked. */
async function aboutInput(db: Database, input: unknown): Promise<Record<string, unknown>> {
  const { procurementId, grievanceId, decisionId, lotNo } = (input ?? {}) as Record<string, unknown>;
  const ids = Object.fromEntries(
    Object.entries({ procurementId, lotNo, grievanceId, decisionId }).filter(([, value]) => value !== undefined),
  );
  if (typeof decisionId !== 'string') return ids;
  const decision = await decisionById(db.read, decisionId).catch(() => undefined);
  return decision ? { ...ids, ...aboutDecision(decision) } : ids;
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
