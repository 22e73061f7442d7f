import { ActivityFailure, ApplicationFailure, continueAsNew } from '@temporalio/workflow';
import { oneAtATime } from './decisions.ts';
import {
  grievanceWorkflowId,
  lotWorkflowId,
  procurementWorkflowId,
  recountedSignal,
  refundWorkflowId,
  type RecountInput,
} from './messages.ts';
import { tell } from './tell.ts';

/**
 * The calendar has grown (放假安排公布): counts every running tender anew, one transaction each, and wakes what waits for
 * one of its instants. A page a run; a tender that was counted already is only told again.
 */
export async function recount(input: RecountInput): Promise<void> {
  const activities = oneAtATime();
  const {
    ids,
    more,
    refunds = [],
  } = await activities.tendersToRecount(input.after === undefined ? {} : { after: input.after });
  for (const procurementId of ids) {
    try {
      const told = await activities.recountTender({ procurementId });
      if (told.procurement) await tell(procurementWorkflowId(procurementId), recountedSignal);
      for (const lotNo of told.lots) await tell(lotWorkflowId(procurementId, lotNo), recountedSignal);
      for (const grievanceId of told.grievances) await tell(grievanceWorkflowId(grievanceId), recountedSignal);
    } catch (error) {
      if (!(error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)) throw error;
      await activities.recountFailed({ procurementId, code: error.cause.type ?? 'failed' });
    }
  }
  for (const bidId of refunds) await tell(refundWorkflowId(bidId), recountedSignal);
  const after = ids.at(-1);
  if (more && after !== undefined) await continueAsNew<typeof recount>({ ...input, after });
}
