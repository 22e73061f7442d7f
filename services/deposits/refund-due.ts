import type { Database } from '../../db/access/database.ts';
import { UNATTENDED } from '../../db/audit.ts';
import { bidById } from '../../db/bids.ts';
import { realAt } from '../../domain/clock.ts';
import type { Turn } from '../tender/turn.ts';
import { isRecordedOverdue, withdrawalRefunds } from './refund-duties.ts';
import { storeMovements } from './store.ts';

/**
 * 撤回后退还保证金 (招标投标法实施条例 35, 财政部令87号 38): a deposit not given back in time is recorded, confidential until the opening, since it
 * shows who had bid.
 */
export async function refundDue(db: Database, bidId: string): Promise<Turn> {
  const { procurementId } = await bidById(db.read, bidId);
  return db.transaction(
    async (tx): Promise<Turn> => {
      const refunds = await withdrawalRefunds(tx.q, tx.calendar, bidId);
      const open = refunds.flatMap(({ account, duty: { dueAt } }) =>
        dueAt === null || isRecordedOverdue(account) ? [] : [{ deposit: account, dueAt }],
      );
      const overdue = open.filter(({ dueAt }) => tx.now > dueAt);
      await storeMovements(
        tx,
        UNATTENDED,
        overdue.map(({ deposit, dueAt }) => ({ deposit, movement: { kind: 'overdue', at: dueAt } })),
      );
      const coming = open.filter(({ dueAt }) => tx.now <= dueAt).map(({ dueAt }) => dueAt + 1);
      if (coming.length === 0) return { then: 'ended', stage: 'withdrawn' };
      const until = Math.min(...coming);
      return { then: 'wait', stage: 'withdrawn', until, wakeAtMs: realAt(tx.clock, until) };
    },
    { procurementId },
  );
}
