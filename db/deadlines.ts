import { and, asc, desc, eq, exists, gt, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Custodian } from '../domain/bids/sealing.ts';
import type { RecordedAnswer } from '../domain/custodians/acknowledgements.ts';
import type { Queries } from './access/database.ts';
import { audit, deadlines, procurements } from './schema/sqlite.ts';

export type DeadlineRow = typeof deadlines.$inferSelect;

export async function deadlineInForce(q: Queries, procurementId: string): Promise<DeadlineRow | undefined> {
  const [row] = await q
    .select()
    .from(deadlines)
    .where(eq(deadlines.procurementId, procurementId))
    .orderBy(desc(deadlines.version))
    .limit(1);
  return row;
}

/** Names in the audit trail for a custodian's answers to a deadline. */
export const ACKNOWLEDGED = 'deadline.acknowledged';
export const REFUSED = 'deadline.refused';

/** What custodians have answered to the deadlines of procurements, oldest first. */
export async function answersOf(
  q: Queries,
  procurementIds: readonly string[],
): Promise<(RecordedAnswer & { readonly procurementId: string })[]> {
  if (procurementIds.length === 0) return [];
  const rows = await q
    .select({
      procurementId: audit.procurementId,
      subject: audit.subject,
      detail: audit.detail,
      at: audit.at,
    })
    .from(audit)
    .where(and(inArray(audit.procurementId, [...procurementIds]), inArray(audit.action, [ACKNOWLEDGED, REFUSED])))
    .orderBy(asc(audit.seq));
  return rows.map(({ procurementId, subject, detail, at }) => {
    const { version, reason = null } = detail as { version: number; reason?: string };
    return {
      procurementId: procurementId ?? '',
      custodian: subject.slice('custodian/'.length) as Custodian,
      ...{ version, reason, at },
    };
  });
}

/** The deadline in force of a tender whose custodians are notified of it. */
export interface NotifiedDeadline {
  /** Of the procurement. */
  readonly id: string;
  readonly version: number;
}

interface Wanted {
  /** Of terminated tenders only those that ended after this instant, before an opening. */
  readonly terminatedAfter: number;
  readonly id?: string;
  /** Only those that a custodian has refused at least once. */
  readonly onceRefused?: boolean;
  /** A page: its size, and the id before it. */
  readonly page?: { readonly after: string | undefined; readonly limit: number };
}

/** Deadlines of tenders that are sealed to custodians and not opened yet, by the ids of the tenders. */
export async function deadlinesToNotify(q: Queries, wanted: Wanted): Promise<NotifiedDeadline[]> {
  const { terminatedAfter, id, onceRefused = false, page } = wanted;
  const query = q
    .select({ id: procurements.id, version: sql<number>`max(${deadlines.version})`.mapWith(Number) })
    .from(procurements)
    .innerJoin(deadlines, eq(deadlines.procurementId, procurements.id))
    .where(
      and(
        isNotNull(procurements.sealing),
        or(
          inArray(procurements.stage, ['bidding', 'opening']),
          and(
            eq(procurements.stage, 'terminated'),
            isNull(procurements.openedAt),
            gt(procurements.endedAt, terminatedAfter),
          ),
        ),
        id === undefined ? undefined : eq(procurements.id, id),
        page?.after === undefined ? undefined : gt(procurements.id, page.after),
        onceRefused
          ? exists(
              q
                .select({ seq: audit.seq })
                .from(audit)
                .where(and(eq(audit.procurementId, procurements.id), eq(audit.action, REFUSED))),
            )
          : undefined,
      ),
    )
    .groupBy(procurements.id)
    .orderBy(asc(procurements.id));
  return page ? query.limit(page.limit) : query;
}
