import { and, desc, eq, gt, gte, inArray, lt, lte, notInArray, sql, type SQL } from 'drizzle-orm';
import type { Kind, Procedure, TenderRegime } from '../../domain/law/facts.ts';
import type { ProcurementStage } from '../../domain/stages.ts';
import type { Queries } from '../access/database.ts';
import { isRemote } from '../access/statements.ts';
import { isKnownTo, isOfKnownTo } from '../invitees.ts';
import type { ProcurementRow } from '../procurements.ts';
import { bids, lots, organisations, procurements } from '../schema/sqlite.ts';

// What the public board lists. A page costs the same however many procurements there are: an index returns them newest
// first, a filter that no index knows is compared within the newest WINDOW of them only, and who wants more looks further.

/** Rows of the index that one page compares at most. */
export const WINDOW = 1_000;

/** Never public. */
export const UNANNOUNCED: readonly ProcurementStage[] = ['draft', 'launched'];

/** The last row of a page. */
export interface BoardPlace {
  readonly noticeAt: number;
  readonly id: string;
}

export interface ProcurementFilters {
  readonly stage?: ProcurementStage;
  readonly regime?: TenderRegime;
  readonly kind?: Kind;
  readonly procedure?: Procedure;
  readonly leastFen?: number;
  readonly mostFen?: number;
  /** Civil epoch ms; the day of `noticedUntil` is included by its last millisecond. */
  readonly noticedFrom?: number;
  readonly noticedUntil?: number;
  /** Any of them. */
  readonly purchaserIds?: readonly string[];
  /** 招标计划: whose intention was published. */
  readonly intended?: boolean;
}

export interface Found<Row, Place> {
  /** In the order of the board; `limit` at most. */
  readonly rows: readonly Row[];
  /** Where the search stopped before the end of the board: rows behind it were not compared. */
  readonly stoppedAt: Place | null;
}

/** The public. */
const PUBLIC = sql.placeholder('nobody');

/** Public procurements, latest notice first, from after a place. */
export async function boardOfProcurements(
  q: Queries,
  filters: ProcurementFilters,
  { after, limit }: { readonly after?: BoardPlace | undefined; readonly limit: number },
): Promise<Found<ProcurementRow, BoardPlace>> {
  const { purchaserIds } = filters;
  const found = purchaserIds
    ? await Promise.all(purchaserIds.map((id) => placesOf(q, filters, eq(procurements.purchaserId, id), after, limit)))
    : [await placesOf(q, filters, undefined, after, limit)];
  const places = found.flatMap((each) => each.rows).sort(byNotice);
  const stops = found.flatMap(({ stoppedAt }) => stoppedAt ?? []).sort(byNotice);
  // What lies behind the first stop may be incomplete.
  const [stop] = stops;
  const complete = stop ? places.filter((place) => byNotice(place, stop) <= 0) : places;
  const ids = complete.slice(0, limit).map(({ id }) => id);
  return { rows: await rowsInOrder(q, ids), stoppedAt: ids.length < limit ? (stop ?? null) : null };
}

const byNotice = (a: BoardPlace, b: BoardPlace): number =>
  b.noticeAt - a.noticeAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

async function placesOf(
  q: Queries,
  filters: ProcurementFilters,
  ofWhom: SQL | undefined,
  after: BoardPlace | undefined,
  limit: number,
): Promise<Found<BoardPlace, BoardPlace>> {
  const { stage, noticedFrom, noticedUntil } = filters;
  const { id, noticeAt, regime, kind, procedure, budgetFen, intentionAt } = procurements;
  const indexed = and(
    ofWhom,
    stage === undefined ? notInArray(procurements.stage, [...UNANNOUNCED]) : eq(procurements.stage, stage),
    noticedFrom === undefined ? undefined : gte(noticeAt, noticedFrom),
    noticedUntil === undefined ? undefined : lte(noticeAt, noticedUntil),
    after && sql`(${noticeAt}, ${id}) < (${after.noticeAt}, ${after.id})`,
  );
  const near = q
    .select({ id, noticeAt, regime, kind, procedure, budgetFen })
    .from(procurements)
    .where(indexed)
    .orderBy(desc(noticeAt), desc(id))
    .limit(sql.raw(String(WINDOW)) as unknown as number)
    .as('near');
  const wanted = and(
    filters.regime === undefined ? undefined : sql`near.regime = ${filters.regime}`,
    filters.kind === undefined ? undefined : sql`near.kind = ${filters.kind}`,
    filters.procedure === undefined ? undefined : sql`near.procedure = ${filters.procedure}`,
    filters.leastFen === undefined ? undefined : sql`near.budget_fen >= ${filters.leastFen}`,
    filters.mostFen === undefined ? undefined : sql`near.budget_fen <= ${filters.mostFen}`,
    filters.intended
      ? sql`exists (select 1 from ${procurements} where ${id} = near.id and ${intentionAt} is not null)`
      : undefined,
    isOfKnownTo(sql`near.id`, PUBLIC),
  );
  const rows = await q
    .select({ id: sql<string>`near.id`, noticeAt: sql<number>`near.notice_at`.mapWith(Number) })
    .from(near)
    .where(wanted)
    .limit(limit)
    .prepare()
    .execute({ nobody: '' });
  if (rows.length >= limit) return { rows, stoppedAt: null };
  const [edge] = await q
    .select({ id, noticeAt })
    .from(procurements)
    .where(indexed)
    .orderBy(desc(noticeAt), desc(id))
    .limit(1)
    .offset(WINDOW - 1);
  return { rows, stoppedAt: edge ? { noticeAt: edge.noticeAt, id: unnamed(edge.id) } : null };
}

/** A place right after the beginning of an id: the row at the edge may be one that nobody may know of. */
const unnamed = (id: string): string => id.slice(0, 8);

export async function rowsInOrder(q: Queries, ids: readonly string[]): Promise<ProcurementRow[]> {
  if (ids.length === 0) return [];
  const rows = await q
    .select()
    .from(procurements)
    .where(inArray(procurements.id, [...ids]));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** 开标安排: public ones that accept bids, nearest deadline first. Those whose clock is suspended keep their last one. */
export async function boardOfOpenings(
  q: Queries,
  {
    after,
    limit,
  }: { readonly after?: { readonly bidDeadline: number; readonly id: string } | undefined; limit: number },
): Promise<ProcurementRow[]> {
  // Without being told, SQLite takes all that accept bids and sorts them.
  const inOrder = isRemote(q) ? sql`${procurements}` : sql`${procurements} indexed by procurements_due`;
  const found = await q
    .select({ id: sql<string>`procurements.id` })
    .from(inOrder)
    .where(
      and(
        // Literally as in its index.
        sql`${procurements.stage} = 'bidding'`,
        gt(procurements.bidDeadline, 0),
        after && sql`${procurements.bidDeadline} >= ${after.bidDeadline}`,
        after && sql`(${procurements.bidDeadline}, ${procurements.id}) > (${after.bidDeadline}, ${after.id})`,
        isKnownTo(PUBLIC),
      ),
    )
    .orderBy(procurements.bidDeadline, procurements.id)
    .limit(limit)
    .prepare()
    .execute({ nobody: '' });
  return rowsInOrder(
    q,
    found.map(({ id }) => id),
  );
}

/** Organisations whose names have a text in them; the shortest names first, which fit best. */
export async function organisationsNamed(q: Queries, folded: string, limit: number): Promise<string[]> {
  const rows = await q
    .select({ id: organisations.id })
    .from(organisations)
    .where(sql`${organisations.folded} like ${`%${folded.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`)
    .orderBy(sql`length(${organisations.folded})`, organisations.id)
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Bids of a company that are looked at: it may have handed in many more than it has won. */
const MOST_BIDS = 1_000;

/** Public procurements that organisations run, or of which they have won a lot; newest first by id. */
export async function procurementsOfCompanies(
  q: Queries,
  organisationIds: readonly string[],
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<string[]> {
  const isNext = after === undefined ? undefined : lt(procurements.id, after);
  const of = (condition: SQL) =>
    q
      .select({ id: procurements.id })
      .from(procurements)
      .where(and(condition, isNext, notInArray(procurements.stage, [...UNANNOUNCED]), isKnownTo(PUBLIC)))
      .orderBy(desc(procurements.id))
      .limit(limit)
      .prepare()
      .execute({ nobody: '' });
  const won = async (supplierId: string): Promise<{ id: string }[]> => {
    const own = q
      .select({ id: bids.id, procurementId: bids.procurementId, lotNo: bids.lotNo })
      .from(bids)
      .where(eq(bids.supplierId, supplierId))
      .orderBy(desc(bids.id))
      .limit(MOST_BIDS)
      .as('own');
    return q
      .selectDistinct({ id: procurements.id })
      .from(own)
      .innerJoin(lots, and(eq(lots.procurementId, own.procurementId), eq(lots.no, own.lotNo)))
      .innerJoin(procurements, eq(procurements.id, own.procurementId))
      .where(and(eq(lots.winnerBidId, own.id), gt(lots.awardedAt, 0), isNext, isKnownTo(PUBLIC)))
      .orderBy(desc(procurements.id))
      .limit(limit)
      .prepare()
      .execute({ nobody: '' });
  };
  const found = await Promise.all(
    organisationIds.flatMap((id) => [of(eq(procurements.purchaserId, id)), of(eq(procurements.agencyId, id)), won(id)]),
  );
  const ids = [...new Set(found.flat().map(({ id }) => id))];
  return ids.sort((a, b) => (a < b ? 1 : -1)).slice(0, limit);
}
