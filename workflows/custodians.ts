import { ActivityFailure, ApplicationFailure, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Duration } from '@temporalio/common';
import type { Custodian } from '../domain/bids/sealing.ts';
import { custodianTaskQueue } from './messages.ts';
import type { CustodianActivities } from '../activities/custodian.ts';

/** The only worker of a custodian; requests wait until it is back. */
export const custodianOn = (
  custodian: Custodian,
  timeouts: { readonly startToCloseTimeout: Duration; readonly heartbeatTimeout?: Duration },
): CustodianActivities =>
  proxyActivities<CustodianActivities>({
    taskQueue: custodianTaskQueue(workflowInfo().taskQueue, custodian),
    ...timeouts,
    retry: { initialInterval: '1s', maximumInterval: '1m', nonRetryableErrorTypes: ['custodian-refused'] },
  });

/** Why a custodian refused; null for any other failure. */
export function refusalOf(error: unknown): string | null {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return null;
  return error.cause.type === 'custodian-refused' ? error.cause.message : null;
}
