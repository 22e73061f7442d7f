import { desc, eq, inArray } from 'drizzle-orm';
import type { Queries } from '../access/database.ts';
import type { ProcurementRow } from '../procurements.ts';
import { bids, depositReferences, deposits, grievances, obtainers, procurements, questions } from '../schema/sqlite.ts';

/** The procurements that an organisation takes part in as a bidder, the newest first: only for its own eyes before the opening. */
export async function tendersOfBidder(q: Queries, organisationId: string): Promise<ProcurementRow[]> {
  const found = await Promise.all([
    q
      .selectDistinct({ id: obtainers.procurementId })
      .from(obtainers)
      .where(eq(obtainers.organisationId, organisationId)),
    q.selectDistinct({ id: questions.procurementId }).from(questions).where(eq(questions.askedBy, organisationId)),
    q.selectDistinct({ id: bids.procurementId }).from(bids).where(eq(bids.supplierId, organisationId)),
    q
      .selectDistinct({ id: depositReferences.procurementId })
      .from(depositReferences)
      .where(eq(depositReferences.supplierId, organisationId)),
    q.selectDistinct({ id: deposits.procurementId }).from(deposits).where(eq(deposits.supplierId, organisationId)),
    q.selectDistinct({ id: grievances.procurementId }).from(grievances).where(eq(grievances.filedBy, organisationId)),
  ]);
  const ids = [...new Set(found.flat().map(({ id }) => id))];
  if (ids.length === 0) return [];
  return q.select().from(procurements).where(inArray(procurements.id, ids)).orderBy(desc(procurements.id));
}
