import type { Database } from '../db/access/database.ts';
import { bidsAwaitingRefund } from '../db/deposits.ts';
import { runningTenders } from '../db/engine/running.ts';
import { recalculateRefunds, recalculateTender, recordFailedRecalculation } from '../services/calendar/recalculate.ts';
import { transact } from './transact.ts';

/** Tenders of one page: one run of the workflow. */
const PAGE = 50;

interface Subject {
  readonly procurementId: string;
}

export const calendarActivities = (db: Database) => ({
  /** The next running tenders, by id. */
  tendersToRecalculate: async ({ after }: { after?: string }): Promise<{ ids: string[]; more: boolean }> => {
    const ids = (await runningTenders(db.read, after, PAGE)).map(({ id }) => id);
    return { ids, more: ids.length === PAGE };
  },

  recalculateTender: ({ procurementId }: Subject): Promise<void> =>
    transact(db, { procurementId }, (tx) => recalculateTender(tx, procurementId)),

  recalculationFailed: ({ procurementId, code }: Subject & { code: string }): Promise<void> =>
    transact(db, { procurementId }, async (tx) => recordFailedRecalculation(tx, procurementId, code)),

  /** Returned after the last page. */
  recalculateRefunds: (): Promise<void> =>
    db.transaction(async (tx) => recalculateRefunds(tx, await bidsAwaitingRefund(tx.q)), 'single-rows'),
});
