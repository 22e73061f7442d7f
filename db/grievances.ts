import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Queries, Tx } from './access/database.ts';
import { prepared } from './access/statements.ts';
import { notFound } from './procurements.ts';
import { grievances } from './schema/sqlite.ts';

export type Grievance = typeof grievances.$inferSelect;

export async function insertGrievance(q: Queries, grievance: Grievance): Promise<void> {
  await q.insert(grievances).values(grievance);
}

/** The queries (质疑) of a procurement without a reply that suspend the signing of contracts. */
export async function openQueriesOf(q: Queries, procurementId: string): Promise<Grievance[]> {
  return q
    .select()
    .from(grievances)
    .where(
      and(
        eq(grievances.procurementId, procurementId),
        inArray(grievances.state, ['filed', 'overdue']),
        eq(grievances.suspends, 'contract'),
      ),
    );
}

/** Those of procurements that have no reply, and are not overdue yet. */
export async function filedGrievancesOf(q: Queries, procurementIds: readonly string[]): Promise<Grievance[]> {
  if (procurementIds.length === 0) return [];
  return q
    .select()
    .from(grievances)
    .where(and(inArray(grievances.procurementId, [...procurementIds]), eq(grievances.state, 'filed')))
    .orderBy(asc(grievances.id));
}

/** @throws DomainError `not-found` */
export async function grievanceById(q: Queries, id: string): Promise<Grievance> {
  const [row] = await selectById(q).execute({ id });
  if (!row) throw notFound('grievance', id);
  return row;
}

const selectById = prepared((q) =>
  q
    .select()
    .from(grievances)
    .where(eq(grievances.id, sql.placeholder('id')))
    .prepare(),
);

export async function changeGrievance(
  tx: Tx,
  id: string,
  change: Partial<
    Pick<
      Grievance,
      'state' | 'replyDueAt' | 'repliedAt' | 'outcome' | 'effect' | 'replyZh' | 'letter' | 'attachments' | 'basis'
    >
  >,
): Promise<void> {
  await tx.q.update(grievances).set(change).where(eq(grievances.id, id));
}

export async function listGrievances(
  q: Queries,
  filter: { procurementId?: string; filedBy?: string },
): Promise<Grievance[]> {
  return q
    .select()
    .from(grievances)
    .where(
      and(
        filter.procurementId ? eq(grievances.procurementId, filter.procurementId) : undefined,
        filter.filedBy ? eq(grievances.filedBy, filter.filedBy) : undefined,
      ),
    )
    .orderBy(asc(grievances.id));
}
