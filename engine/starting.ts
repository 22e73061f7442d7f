import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { WorkflowIdReusePolicy } from '@temporalio/common';
import type { Database } from '../db/access/database.ts';
import { grievanceById } from '../db/grievances.ts';
import { procurementById } from '../db/procurements.ts';
import {
  DEADLINE_WORKFLOW,
  deadlineWorkflowId,
  GRIEVANCE_WORKFLOW,
  grievanceWorkflowId,
  PROCUREMENT_WORKFLOW,
  procurementWorkflowId,
  RECOUNT_WORKFLOW,
  recountWorkflowId,
  REFUND_WORKFLOW,
  refundWorkflowId,
  searchAttributesOf,
  type DeadlineInput,
  type GrievanceInput,
  type ProcurementInput,
  type RecountInput,
  type RefundInput,
} from '../workflows/messages.ts';

export interface Starting {
  readonly db: Database;
  readonly client: Client;
  readonly taskQueue: string;
}

/** Whether a workflow of this id that has ended already stands in the way: for the outbox it does, for a rebuild not. */
type Reuse = typeof WorkflowIdReusePolicy.REJECT_DUPLICATE | typeof WorkflowIdReusePolicy.ALLOW_DUPLICATE;

/** Starts the workflow of a tender as the database has it; answers whether it was started, and not there already. */
export async function startProcurement(
  { db, client, taskQueue }: Starting,
  id: string,
  reuse: Reuse = WorkflowIdReusePolicy.REJECT_DUPLICATE,
): Promise<boolean> {
  const tender = await procurementById(db.read, id);
  const input: ProcurementInput = {
    procurementId: id,
    regime: tender.regime,
    kind: tender.kind,
    rulebookVersion: tender.rulebookVersion,
    clock: db.clock,
    noticeAt: tender.noticeAt,
  };
  return startedNow(
    client.workflow.start(PROCUREMENT_WORKFLOW, {
      workflowId: procurementWorkflowId(id),
      workflowIdReusePolicy: reuse,
      taskQueue,
      args: [input],
      typedSearchAttributes: searchAttributesOf(tender.stage, tender),
    }),
  );
}

/** Starts the workflow of a grievance as the database has it; answers whether it was started, and not there already. */
export async function startGrievance(
  { db, client, taskQueue }: Starting,
  id: string,
  reuse: Reuse = WorkflowIdReusePolicy.REJECT_DUPLICATE,
): Promise<boolean> {
  const grievance = await grievanceById(db.read, id);
  const tender = await procurementById(db.read, grievance.procurementId);
  const input: GrievanceInput = {
    grievanceId: id,
    procurementId: grievance.procurementId,
    lotNo: grievance.lotNo,
    regime: tender.regime,
    kind: tender.kind,
    rulebookVersion: tender.rulebookVersion,
    clock: db.clock,
    // Once it is overdue or replied to there is nothing to wait for.
    replyOverdueAt: grievance.state === 'filed' ? grievance.replyDueAt + 1 : 0,
  };
  return startedNow(
    client.workflow.start(GRIEVANCE_WORKFLOW, {
      workflowId: grievanceWorkflowId(id),
      workflowIdReusePolicy: reuse,
      taskQueue,
      args: [input],
    }),
  );
}

/** Starts the walk over the running tenders that counts them by a new calendar (`name`: db/calendar.ts). */
export async function startRecount(
  { client, taskQueue }: Omit<Starting, 'db'>,
  name: string,
  reuse: Reuse = WorkflowIdReusePolicy.REJECT_DUPLICATE,
): Promise<boolean> {
  const input: RecountInput = {};
  return startedNow(
    client.workflow.start(RECOUNT_WORKFLOW, {
      workflowId: recountWorkflowId(name),
      workflowIdReusePolicy: reuse,
      taskQueue,
      args: [input],
    }),
  );
}

/** Starts the wait for the refund of what a bidder had paid that has withdrawn. */
export async function startRefund(
  { db, client, taskQueue }: Starting,
  bidId: string,
  reuse: Reuse = WorkflowIdReusePolicy.REJECT_DUPLICATE,
): Promise<boolean> {
  const input: RefundInput = { bidId, clock: db.clock };
  return startedNow(
    client.workflow.start(REFUND_WORKFLOW, {
      workflowId: refundWorkflowId(bidId),
      workflowIdReusePolicy: reuse,
      taskQueue,
      args: [input],
    }),
  );
}

/** Starts telling the custodians a version of a bid deadline. */
export async function startDeadline(
  { client, taskQueue }: Omit<Starting, 'db'>,
  input: DeadlineInput,
  reuse: Reuse = WorkflowIdReusePolicy.REJECT_DUPLICATE,
): Promise<boolean> {
  return startedNow(
    client.workflow.start(DEADLINE_WORKFLOW, {
      workflowId: deadlineWorkflowId(input.procurementId, input.version),
      workflowIdReusePolicy: reuse,
      taskQueue,
      args: [input],
    }),
  );
}

async function startedNow(start: Promise<unknown>): Promise<boolean> {
  try {
    await start;
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return false;
  }
}
