import { and, asc, desc, eq, gte, inArray, lte, notInArray, sql, type SQL } from 'drizzle-orm';
import type { NoticeKind } from '../../domain/notices/data.ts';
import type { Queries } from '../access/database.ts';
import { isOfKnownTo } from '../invitees.ts';
import { lots, notices, procurements } from '../schema/sqlite.ts';
import { UNANNOUNCED } from './procurements.ts';

// Figures of the public board over a span of time: of the newest procurements and notices in it only, so that they cost the
// same however many there are. Only what is public is counted.

/** Procurements, and notices of a kind, that are counted at most. */
export const MOST_COUNTED = 5_000;
/** Notices that are read with their content. */
const MOST_READ = 500;

export interface Span {
  /** Civil epoch ms, both included. */
  readonly from: number;
  readonly until: number;
}

export interface Group {
  readonly stage: string;
  readonly kind: string;
  readonly procedure: string;
  readonly count: number;
  readonly budgetFen: number;
}

const literally = (rows: number): number => sql.raw(String(rows)) as unknown as number;
const KNOWN = (id: SQL): SQL => isOfKnownTo(id, sql.placeholder('nobody'));
const PUBLIC = { nobody: '' };

/** Procurements whose notices are in the span, by stage, kind and procedure. */
export async function procurementGroups(q: Queries, { from, until }: Span): Promise<Group[]> {
  const { id, noticeAt, stage, kind, procedure, budgetFen } = procurements;
  const newest = q
    .select({ id, stage, kind, procedure, budgetFen })
    .from(procurements)
    .where(and(gte(noticeAt, from), lte(noticeAt, until), notInArray(stage, [...UNANNOUNCED])))
    .orderBy(desc(noticeAt), desc(id))
    .limit(literally(MOST_COUNTED))
    .as('newest');
  return q
    .select({
      ...{ stage: newest.stage, kind: newest.kind, procedure: newest.procedure },
      count: sql<number>`count(*)`.mapWith(Number),
      budgetFen: sql<number>`sum(${newest.budgetFen})`.mapWith(Number),
    })
    .from(newest)
    .where(KNOWN(sql`newest.id`))
    .groupBy(newest.stage, newest.kind, newest.procedure)
    .prepare()
    .execute(PUBLIC);
}

/** How many notices of a kind were published in the span. */
export async function noticeCount(q: Queries, kind: NoticeKind, { from, until }: Span): Promise<number> {
  const newest = q
    .select({ procurementId: notices.procurementId })
    .from(notices)
    .where(and(eq(notices.kind, kind), gte(notices.publishedAt, from), lte(notices.publishedAt, until)))
    .orderBy(desc(notices.publishedAt), desc(notices.id))
    .limit(literally(MOST_COUNTED))
    .as('newest');
  const [row] = await q
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(newest)
    .where(KNOWN(sql`newest.procurement_id`))
    .prepare()
    .execute(PUBLIC);
  return row?.count ?? 0;
}

type Read = Pick<typeof notices.$inferSelect, 'procurementId' | 'lotNo' | 'kind' | 'publishedAt' | 'content'>;

/** The newest notices of a kind in the span, with what they say. */
export async function noticesRead(q: Queries, kind: NoticeKind, { from, until }: Span): Promise<Read[]> {
  const { procurementId, lotNo, publishedAt, content } = notices;
  return q
    .select({ procurementId, lotNo, kind: notices.kind, publishedAt, content })
    .from(notices)
    .where(
      and(
        eq(notices.kind, kind),
        gte(publishedAt, from),
        lte(publishedAt, until),
        isOfKnownTo(procurementId, sql.placeholder('nobody')),
      ),
    )
    .orderBy(desc(publishedAt), desc(notices.id))
    .limit(literally(MOST_READ))
    .prepare()
    .execute(PUBLIC);
}

/** When notices of these kinds were published in procurements, oldest first. */
export async function publications(
  q: Queries,
  procurementIds: readonly string[],
  kinds: readonly NoticeKind[],
): Promise<Omit<Read, 'content'>[]> {
  if (procurementIds.length === 0) return [];
  const { procurementId, lotNo, kind, publishedAt } = notices;
  return q
    .select({ procurementId, lotNo, kind, publishedAt })
    .from(notices)
    .where(and(inArray(procurementId, [...procurementIds]), inArray(kind, [...kinds])))
    .orderBy(asc(publishedAt));
}

/** The budgets of lots, by procurement and number. */
export async function lotBudgets(q: Queries, procurementIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (procurementIds.length === 0) return new Map();
  const rows = await q
    .select({ procurementId: lots.procurementId, no: lots.no, budgetFen: lots.budgetFen })
    .from(lots)
    .where(inArray(lots.procurementId, [...procurementIds]));
  return new Map(rows.map(({ procurementId, no, budgetFen }) => [`${procurementId}/${no}`, budgetFen]));
}
