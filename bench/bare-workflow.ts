import { proxyActivities, proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { BareActivities, BareInput } from './bare-worker.ts';

const task = proxyActivities<BareActivities>({ startToCloseTimeout: '60s' });
const local = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '60s' });

/** The minimum for an act at an instant: one timer, one activity. */
export async function bare({ deadlineMs, activity }: BareInput): Promise<void> {
  await sleep(deadlineMs - Date.now());
  await (activity === 'local' ? local : task).finish();
}
