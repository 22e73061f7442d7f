import type { Database } from '../db/access/database.ts';
import { importedYears } from '../db/calendar.ts';
import { bidsToRefund } from '../db/deposit-refunds.ts';
import { recountTender, type RecountedTender, type RecountReason } from '../services/calendar/recalculate.ts';
import { runningTenders } from '../db/running.ts';
import { recordAudit, UNATTENDED } from '../db/audit.ts';
import { transact } from './transact.ts';

/** Tenders of one page: one run of the workflow. */
const PAGE = 50;

interface RecountPage {
  readonly ids: string[];
  readonly more: boolean;
  /** Not in histories that began before refunds were told. */
  readonly refunds?: string[];
}

export const calendarActivities = (db: Database) => ({
  /**
   * The next running tenders, by id; fewer than a page: the last, which names the withdrawn bids too whose refunds are
   * waited for, of tenders that run no more as well.
   */
  tendersToRecount: async ({ after }: { after?: string }): Promise<RecountPage> => {
    const page = await runningTenders(db.read, after, PAGE);
    const more = page.length === PAGE;
    return {
      ids: page.map(({ id }) => id),
      more,
      ...(more ? {} : { refunds: await bidsToRefund(db.read, await db.calendar()) }),
    };
  },

  /** Counts a tender anew by the calendar in force, unless it was already; answers whom to tell. */
  recountTender: ({ procurementId }: { procurementId: string }): Promise<RecountedTender> =>
    transact(db, { procurementId }, async (tx) =>
      recountTender(tx, procurementId, await reasonOf(tx.q, tx.calendar.table.years)),
    ),

  /** On the record: a tender that the calendar in force cannot count keeps the dates it has. */
  recountFailed: ({ procurementId, code }: { procurementId: string; code: string }): Promise<void> =>
    transact(db, { procurementId }, async (tx) =>
      recordAudit(tx, UNATTENDED, {
        action: 'procurement.recount-failed',
        procurementId,
        subject: `procurement/${procurementId}`,
        detail: { code, calendar: tx.calendar.hash },
      }),
    ),
});

/** The notice imported last; that of the last year where the calendar came with a release. */
async function reasonOf(
  q: Database['read'],
  builtIn: readonly { readonly sourceZh: string }[],
): Promise<RecountReason> {
  const last = (await importedYears(q)).at(-1);
  return { sourceZh: last?.days.sourceZh ?? builtIn.at(-1)?.sourceZh ?? '', url: last?.url ?? null };
}
