import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import type { TemporalConfig } from '../../temporal.config.ts';

const { TASK_QUEUE_TYPE_ACTIVITY: ACTIVITY_TASK_QUEUE } = proto.temporal.api.enums.v1.TaskQueueType;

/** How many workers poll the task queue of each custodian. @throws where the server cannot be asked */
export async function custodianPollers(
  { workflowService }: Pick<Connection, 'workflowService'>,
  { namespace, taskQueues }: Pick<TemporalConfig, 'namespace' | 'taskQueues'>,
): Promise<Record<Custodian, number>> {
  const counted = CUSTODIANS.map(async (custodian) => {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueues.custodians[custodian] },
      taskQueueType: ACTIVITY_TASK_QUEUE,
    });
    return [custodian, pollers?.length ?? 0] as const;
  });
  return Object.fromEntries(await Promise.all(counted)) as Record<Custodian, number>;
}
