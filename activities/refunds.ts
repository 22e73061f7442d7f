import type { Database } from '../db/access/database.ts';
import { refundDue } from '../services/deposits/refund-due.ts';
import type { Acted } from './acted.ts';

export const refundActivities = (db: Database) => ({
  withdrawalRefundDue: async ({ bidId }: { bidId: string }): Promise<Acted<object>> => {
    const turn = await refundDue(db, bidId);
    return turn.then === 'ended' ? { outcome: 'done' } : { outcome: 'not-yet', at: turn.until };
  },
});
