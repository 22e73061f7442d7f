import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import type { TenderTraits } from '../db/engine/running.ts';
import { parseSubject } from '../domain/subjects.ts';
import { searchAttributesOf, wakeSignal, WORKFLOW_TYPES } from '../workflows/messages.ts';

/** Where workflows run. */
export interface Engine {
  readonly client: Client;
  readonly taskQueue: string;
}

/**
 * Wakes the workflow of a subject, and starts it where it does not run: it queries the database, and ends if it is not
 * needed.
 */
export async function wakeOrStart(
  { client, taskQueue }: Engine,
  subject: string,
  traits: TenderTraits | undefined,
): Promise<void> {
  await client.workflow.signalWithStart(WORKFLOW_TYPES[parseSubject(subject).kind], {
    workflowId: subject,
    taskQueue,
    args: [{ subject }],
    signal: wakeSignal,
    // Its earlier runs are history; a running one is woken.
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    ...(traits && { typedSearchAttributes: searchAttributesOf(traits) }),
  });
}
