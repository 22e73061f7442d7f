import { desc, eq } from 'drizzle-orm';
import { deadlineHash } from '../proofs/deadline.ts';
import { recordAudit, UNATTENDED } from './audit.ts';
import type { Queries, Tx } from './database.ts';
import { deadlines } from './schema/sqlite.ts';
import { openGrievances } from './suspensions.ts';

export type DeadlineRow = typeof deadlines.$inferSelect;

/**
 * Puts the bid deadline of a published tender into the log, where it is not there already: custodians of bids believe
 * what is there and nothing else. While its clock stands still it has none.
 * @param bidDeadline null: it has none from now on
 */
export async function recordDeadline(tx: Tx, procurementId: string, bidDeadline: number | null): Promise<void> {
  const stopped = (await openGrievances(tx.q, { procurementId, lotNo: 0 }, 'bid-deadline')).length > 0;
  const inForce = stopped ? null : bidDeadline;
  const last = await deadlineInForce(tx.q, procurementId);
  if (last && last.bidDeadline === inForce) return;
  const version = (last?.version ?? 0) + 1;
  await tx.q.insert(deadlines).values({ procurementId, version, bidDeadline: inForce, setAt: tx.now });
  recordAudit(tx, UNATTENDED, {
    action: 'deadline.set',
    procurementId,
    subject: `procurement/${procurementId}`,
    detail: {
      version,
      bidDeadline: inForce,
      hash: deadlineHash({ procurementId, version, bidDeadline: inForce }),
    },
  });
}

export async function deadlineInForce(q: Queries, procurementId: string): Promise<DeadlineRow | undefined> {
  const [row] = await q
    .select()
    .from(deadlines)
    .where(eq(deadlines.procurementId, procurementId))
    .orderBy(desc(deadlines.version))
    .limit(1);
  return row;
}
