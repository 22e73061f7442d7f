import { proxyActivities } from '@temporalio/workflow';
import type { TenderActivities } from '../activities/index.ts';

/** Not local: a page may be long, and nobody waits for it. A failure is retried until the next digest is due. */
const { queueDigest } = proxyActivities<Pick<TenderActivities, 'queueDigest'>>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '20h',
  retry: { initialInterval: '1s', maximumInterval: '5m' },
});

/**
 * The digest of a day (每日摘要), started by the schedule: queued for everybody who has chosen mail, page by page. Which
 * day it is, and whether it was queued already, the database says; run twice, it changes nothing.
 */
export async function digest(): Promise<void> {
  for (let page = await queueDigest({}); page !== null;) page = await queueDigest({ page });
}
