import { and, desc, eq, gte, lte, sql, type SQL } from 'drizzle-orm';
import type { NoticeKind } from '../../domain/notices/data.ts';
import type { Queries } from '../access/database.ts';
import { isKnownTo } from '../invitees.ts';
import { notices, procurements } from '../schema/sqlite.ts';
import type { Found, ProcurementFilters } from './procurements.ts';

// Notices by kind, latest first. As with procurements, a page costs the same however many notices there are.

/** A notice in a list: without its content. */
export type ListedNotice = Pick<
  typeof notices.$inferSelect,
  'id' | 'procurementId' | 'lotNo' | 'kind' | 'corrects' | 'titleZh' | 'publishedAt'
>;

export interface NoticePlace {
  readonly publishedAt: number;
  readonly id: string;
}

/** Of each kind, notices that one page compares at most. */
const WINDOW = 1_000;

const LISTED = {
  id: notices.id,
  procurementId: notices.procurementId,
  lotNo: notices.lotNo,
  kind: notices.kind,
  corrects: notices.corrects,
  titleZh: notices.titleZh,
  publishedAt: notices.publishedAt,
};

const byPublication = (a: NoticePlace, b: NoticePlace): number =>
  b.publishedAt - a.publishedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

/**
 * Public notices of these kinds, from after a place. Dates are those of the notice, the other filters those of its
 * procurement.
 */
export async function boardOfNotices(
  q: Queries,
  kinds: readonly NoticeKind[],
  filters: ProcurementFilters,
  { after, limit }: { readonly after?: NoticePlace | undefined; readonly limit: number },
): Promise<Found<ListedNotice, NoticePlace>> {
  const found = await Promise.all(kinds.map((kind) => ofKind(q, kind, filters, after, limit)));
  const all = found.flatMap(({ rows }) => rows).sort(byPublication);
  const [stop] = found.flatMap(({ stoppedAt }) => stoppedAt ?? []).sort(byPublication);
  const rows = (stop ? all.filter((row) => byPublication(row, stop) <= 0) : all).slice(0, limit);
  return { rows, stoppedAt: rows.length < limit ? (stop ?? null) : null };
}

async function ofKind(
  q: Queries,
  kind: NoticeKind,
  filters: ProcurementFilters,
  after: NoticePlace | undefined,
  limit: number,
): Promise<Found<ListedNotice, NoticePlace>> {
  const { noticedFrom, noticedUntil } = filters;
  const indexed = and(
    eq(notices.kind, kind),
    noticedFrom === undefined ? undefined : gte(notices.publishedAt, noticedFrom),
    noticedUntil === undefined ? undefined : lte(notices.publishedAt, noticedUntil),
    after && sql`(${notices.publishedAt}, ${notices.id}) < (${after.publishedAt}, ${after.id})`,
  );
  const near = q
    .select(LISTED)
    .from(notices)
    .where(indexed)
    .orderBy(desc(notices.publishedAt), desc(notices.id))
    .limit(sql.raw(String(WINDOW)) as unknown as number)
    .as('near');
  const isOfWanted = sql`exists (select 1 from ${procurements} where ${and(
    sql`${procurements.id} = near.procurement_id`,
    wantedOf(filters),
    isKnownTo(sql.placeholder('nobody')),
  )})`;
  const rows = await q.select().from(near).where(isOfWanted).limit(limit).prepare().execute({ nobody: '' });
  if (rows.length >= limit) return { rows, stoppedAt: null };
  const [edge] = await q
    .select({ id: notices.id, publishedAt: notices.publishedAt })
    .from(notices)
    .where(indexed)
    .orderBy(desc(notices.publishedAt), desc(notices.id))
    .limit(1)
    .offset(WINDOW - 1);
  return { rows, stoppedAt: edge ? { publishedAt: edge.publishedAt, id: edge.id.slice(0, 8) } : null };
}

function wantedOf({
  stage,
  regime,
  kind,
  procedure,
  leastFen,
  mostFen,
  purchaserIds,
}: ProcurementFilters): SQL | undefined {
  const { budgetFen, purchaserId } = procurements;
  return and(
    stage === undefined ? undefined : eq(procurements.stage, stage),
    regime === undefined ? undefined : eq(procurements.regime, regime),
    kind === undefined ? undefined : eq(procurements.kind, kind),
    procedure === undefined ? undefined : eq(procurements.procedure, procedure),
    leastFen === undefined ? undefined : gte(budgetFen, leastFen),
    mostFen === undefined ? undefined : lte(budgetFen, mostFen),
    purchaserIds === undefined ? undefined : inList(purchaserId, purchaserIds),
  );
}

const inList = (column: SQL | typeof procurements.purchaserId, ids: readonly string[]): SQL =>
  ids.length === 0 ? sql`1 = 0` : sql`${column} in ${[...ids]}`;
