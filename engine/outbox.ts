import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Database } from '../db/access/database.ts';
import { decisionById, mayStillBeTaken, refuseDecision, type Decision } from '../db/decisions.ts';
import { grievanceById } from '../db/grievances.ts';
import { markDelivered, markFailed, messageById, waitingMessages, type OutboxMessage } from '../db/outbox.ts';
import type { StoredRefusal } from '../db/schema/sqlite.ts';
import {
  deadlineWorkflowId,
  decisionUpdate,
  grievanceWorkflowId,
  lotWorkflowId,
  openingChangedSignal,
  openingWorkflowId,
  procurementWorkflowId,
  recountWorkflowId,
  refundWorkflowId,
} from '../workflows/messages.ts';
import { startDeadline, startGrievance, startProcurement, startRecount, startRefund } from './starting.ts';

export interface Outbox {
  /** Tries one message now; whatever goes wrong, it stays in the outbox and is tried again. Never throws. */
  deliver(messageId: string): Promise<void>;
  /** Tries every message that is due, oldest first; returns how many were delivered. */
  deliverWaiting(): Promise<number>;
}

export interface OutboxOptions {
  readonly db: Database;
  readonly client: Client;
  readonly taskQueue: string;
  /** How long Temporal may take to answer one message (ms). */
  readonly timeoutMs?: number;
  /** How long whoever stored a message is left to deliver it before `deliverWaiting` does (ms). */
  readonly graceMs?: number;
  readonly onFailure?: (message: OutboxMessage, error: unknown, about: MessageAbout) => void;
  readonly onDelivered?: (message: OutboxMessage, about: MessageAbout) => void;
}

/** What a message is about, as far as it could be read: for the log. */
export interface MessageAbout {
  workflowId?: string;
  procurementId?: string;
  grievanceId?: string;
  decisionId?: string;
  /** Of the request that made the decision. */
  requestId?: string;
}

const BATCH = 50;
/** Waits between tries (ms): doubled from the first to the longest. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

const WORKFLOW_ENDED: StoredRefusal = {
  code: 'workflow-ended',
  messageZh: '该决定尚未执行，所针对的阶段、事项或异议（质疑）已经结束，不能再执行',
  messageEn: 'The stage, the duty or the grievance it was about ended before it could be carried out',
};

/** Carries messages from the database to Temporal, at least once; workflow ids and update ids make it once. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { db, client, taskQueue, timeoutMs = 10_000, graceMs = 0, onFailure, onDelivered } = options;
  const underWay = new Map<string, Promise<boolean>>();
  /** Since when each waiting message is known to wait (ms of a monotonic clock). */
  let seen = new Map<string, number>();

  const send = async (message: OutboxMessage, about: MessageAbout): Promise<void> => {
    switch (message.kind) {
      case 'start-procurement':
        Object.assign(about, { workflowId: procurementWorkflowId(message.subject), procurementId: message.subject });
        await startProcurement({ db, client, taskQueue }, message.subject);
        return;
      case 'start-grievance':
        Object.assign(about, { workflowId: grievanceWorkflowId(message.subject), grievanceId: message.subject });
        about.procurementId = (await grievanceById(db.read, message.subject)).procurementId;
        await startGrievance({ db, client, taskQueue }, message.subject);
        return;
      case 'start-refund':
        about.workflowId = refundWorkflowId(message.subject);
        await startRefund({ db, client, taskQueue }, message.subject);
        return;
      case 'start-deadline': {
        const [procurementId = '', version] = message.subject.split('/');
        const deadline = { procurementId, version: Number(version) };
        Object.assign(about, { workflowId: deadlineWorkflowId(procurementId, deadline.version), procurementId });
        await startDeadline({ client, taskQueue }, deadline);
        return;
      }
      case 'start-recount':
        about.workflowId = recountWorkflowId(message.subject);
        await startRecount({ client, taskQueue }, message.subject);
        return;
      case 'opening-changed':
        return tellOpening(message.subject.split('/')[0] ?? '', about);
      case 'decision':
        return tellDecision(await decisionById(db.read, message.subject), about);
    }
  };

  const tellDecision = async (decision: Decision, about: MessageAbout): Promise<void> => {
    Object.assign(about, aboutDecision(decision), { workflowId: workflowOf(decision) });
    if (decision.state !== 'submitted') return;
    const subject = { procurementId: decision.procurementId };
    try {
      await client.workflow.getHandle(workflowOf(decision)).executeUpdate(decisionUpdate(decision.kind), {
        args: [{ decisionId: decision.id }],
        updateId: decision.id,
      });
    } catch (error) {
      const refused = refusalOf(error);
      if (refused) return db.transaction((tx) => refuseDecision(tx, decision.id, refused), subject);
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      // Not started yet, ended, or gone: only what no workflow will ever take is given up, and the person is told.
      await db.transaction(async (tx) => {
        if (await mayStillBeTaken(tx.q, decision)) throw error;
        await refuseDecision(tx, decision.id, WORKFLOW_ENDED);
      }, subject);
    }
  };

  const tellOpening = async (procurementId: string, about: MessageAbout): Promise<void> => {
    Object.assign(about, { workflowId: openingWorkflowId(procurementId), procurementId });
    try {
      await client.workflow.getHandle(openingWorkflowId(procurementId)).signal(openingChangedSignal);
    } catch (error) {
      // Not begun yet, or over: whenever it runs it asks the database.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };

  const attempt = async (message: OutboxMessage): Promise<boolean> => {
    const about: MessageAbout = {};
    try {
      await client.withDeadline(Date.now() + timeoutMs, () => send(message, about));
      await markDelivered(db, message.id);
      onDelivered?.(message, about);
      return true;
    } catch (error) {
      onFailure?.(message, error, about);
      const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(message.attempts, 10));
      const text = error instanceof Error ? error.message : String(error);
      // Where even this cannot be written (disk full), the message simply stays due.
      await markFailed(db, message.id, text, Date.now() + delay).catch((failure: unknown) =>
        onFailure?.(message, failure, about),
      );
      return false;
    }
  };

  const once = (message: OutboxMessage): Promise<boolean> => {
    const running = underWay.get(message.id);
    if (running) return running;
    const fresh = attempt(message).finally(() => underWay.delete(message.id));
    underWay.set(message.id, fresh);
    return fresh;
  };

  return {
    async deliver(messageId) {
      const message = await messageById(db.read, messageId);
      if (message?.deliveredAt === null) await once(message);
    },
    async deliverWaiting() {
      const now = performance.now();
      const waiting = await waitingMessages(db.read, Date.now(), BATCH);
      // By a clock that nobody sets back; and what was tried in vain is nobody's own any more.
      seen = new Map(waiting.map(({ id }) => [id, seen.get(id) ?? now]));
      const due = waiting.filter(({ id, attempts }) => attempts > 0 || now - (seen.get(id) ?? now) >= graceMs);
      const results = await Promise.all(due.map(once));
      return results.filter(Boolean).length;
    },
  };
}

/** A decision in the log: by its ids, the request's among them. */
export function aboutDecision({ id, procurementId, grievanceId, actor }: Decision): MessageAbout {
  return {
    decisionId: id,
    procurementId,
    ...(grievanceId === null ? {} : { grievanceId }),
    ...(actor.requestId === null ? {} : { requestId: actor.requestId }),
  };
}

function workflowOf(decision: Decision): string {
  if (decision.grievanceId !== null) return grievanceWorkflowId(decision.grievanceId);
  return decision.lotNo === 0
    ? procurementWorkflowId(decision.procurementId)
    : lotWorkflowId(decision.procurementId, decision.lotNo);
}

/** What a person is told when the workflow, or the activity it asked, said no; undefined where it was a mere fault. */
function refusalOf(error: unknown): StoredRefusal | undefined {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const { type, details } = error.cause;
    const [explained] = (details ?? []) as [Omit<StoredRefusal, 'code'>?];
    if (type && explained) return { code: type, ...explained };
  }
  return undefined;
}
