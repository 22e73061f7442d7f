import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { errorForLog } from '../../api/http/request-log.ts';
import { currentTrace } from '../../api/http/traced.ts';
import type { Database } from '../../db/access/database.ts';
import { createOutbox, type Outbox } from '../../engine/outbox.ts';
import type { TemporalConfig } from '../../temporal.config.ts';
import { procurementOf } from './temporal-tracing.ts';

/** Until this age (ms) only the process that wrote a wake delivers it, in the trace of its request; then any worker. */
const OUTBOX_GRACE_MS = 1_000;

export function outboxFor(
  db: Database,
  client: Client,
  config: TemporalConfig,
  log: Logger,
  ready: () => Promise<void>,
): Outbox {
  return createOutbox({
    db,
    client,
    taskQueue: config.taskQueues.main,
    graceMs: OUTBOX_GRACE_MS,
    ready,
    onDelivered: (subject) => log.info({ ...aboutSubject(subject), ...currentTrace() }, 'delivered to Temporal'),
    onFailure: (subject, error) =>
      log.warn(
        { ...(subject === null ? {} : aboutSubject(subject)), ...currentTrace(), err: errorForLog(error) },
        'not delivered to Temporal yet',
      ),
  });
}

const aboutSubject = (subject: string) => {
  const procurementId = procurementOf(subject);
  return { workflowId: subject, ...(procurementId === undefined ? {} : { procurementId }) };
};
