import { UNATTENDED } from '../db/audit.ts';
import { bidById } from '../db/bids.ts';
import type { Database } from '../db/access/database.ts';
import { isOverdueOnRecord, withdrawalRefunds } from '../db/deposit-refunds.ts';
import { recordMovement } from '../db/deposits.ts';
import type { Acted } from './acted.ts';
import { transact } from './transact.ts';

export const refundActivities = (db: Database) => ({
  /**
   * 撤回后退还保证金 (招标投标法实施条例 35, 财政部令87号 38): what is not back in time goes on the record, sealed until
   * the opening, since it tells who had bid.
   */
  withdrawalRefundDue: async ({ bidId }: { bidId: string }): Promise<Acted<object>> => {
    const { procurementId } = await bidById(db.read, bidId);
    return transact(db, { procurementId }, async (tx) => {
      let next: number | null = null;
      for (const { account, duty } of await withdrawalRefunds(tx.q, tx.calendar, bidId)) {
        if (duty.dueAt === null || isOverdueOnRecord(account)) continue;
        if (tx.now <= duty.dueAt) next = Math.min(next ?? duty.dueAt + 1, duty.dueAt + 1);
        else await recordMovement(tx, UNATTENDED, account, { kind: 'overdue', at: duty.dueAt });
      }
      return next === null ? { outcome: 'done' } : { outcome: 'not-yet', at: next };
    });
  },
});
