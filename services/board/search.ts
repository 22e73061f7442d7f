import {
  boardOfProcurements,
  organisationsNamed,
  procurementsOfCompanies,
  rowsInOrder,
  UNANNOUNCED,
  type BoardPlace,
  type Found,
  type ProcurementFilters,
} from '../../db/board/procurements.ts';
import { boardOfNotices, type ListedNotice, type NoticePlace } from '../../db/board/notices.ts';
import type { Queries } from '../../db/access/database.ts';
import { listNotices } from '../../db/notices.ts';
import { listProcurements, type ProcurementRow } from '../../db/procurements.ts';
import type { NoticeKind } from '../../domain/notices/data.ts';
import { foldedOf } from '../../domain/text.ts';
import { PROCUREMENT_STAGES } from '../../domain/stages.ts';

// The search of the public board: by number, name or company, and by filters. What it returns is public.

export interface Asked {
  readonly filters: ProcurementFilters;
  /** Number, name or company. */
  readonly text?: string | undefined;
  /** Part of the name of the purchaser. */
  readonly purchaser?: string | undefined;
  readonly limit: number;
}

/** Organisations that a text may mean. */
const MOST_COMPANIES = 5;
/** Rows that were found by text and are compared with the filters, on one page. */
const ROUNDS = 4;
const ROUND = 100;
/** One round of rows: of these, more than a page only where filters drop some. */
const roundOf = ({ filters, limit }: Pick<Asked, 'filters' | 'limit'>): number =>
  Object.keys(filters).length === 0 ? limit : ROUND;

async function withPurchaser(q: Queries, { filters, purchaser }: Asked): Promise<ProcurementFilters> {
  if (purchaser === undefined) return filters;
  return { ...filters, purchaserIds: await organisationsNamed(q, foldedOf(purchaser.trim()), MOST_COMPANIES) };
}

/** Procurements; with a text the newest first, else by the instant of their notices. */
export async function searchProcurements(
  q: Queries,
  asked: Asked & { readonly after?: BoardPlace | undefined },
): Promise<Found<ProcurementRow, BoardPlace>> {
  const { text, after, limit } = asked;
  const filters = await withPurchaser(q, asked);
  if (filters.purchaserIds?.length === 0) return { rows: [], stoppedAt: null };
  if (text === undefined) return boardOfProcurements(q, filters, { after, limit });
  const companies = await organisationsNamed(q, foldedOf(text.trim()), MOST_COMPANIES);
  const { stage, regime, kind } = filters;
  const round = roundOf({ filters, limit });
  return sieved<ProcurementRow, BoardPlace>({
    ...{ limit, after, round, placeOf: ({ id, noticeAt }) => ({ id, noticeAt }) },
    isWanted: (row) => isWanted(row, filters),
    read: async (from) => {
      const named = await listProcurements(q, {
        ...{ text, seenBy: '', limit: round },
        stages: stage === undefined ? PROCUREMENT_STAGES.filter((each) => !UNANNOUNCED.includes(each)) : [stage],
        ...(regime === undefined ? {} : { regime }),
        ...(kind === undefined ? {} : { kind }),
        ...(from === undefined ? {} : { after: from.id }),
      });
      const ofCompanies = await procurementsOfCompanies(q, companies, { after: from?.id, limit: round });
      const known = new Set(named.map(({ id }) => id));
      const others = await rowsInOrder(
        q,
        ofCompanies.filter((id) => !known.has(id)),
      );
      return [...named, ...others].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, round);
    },
  });
}

/** Notices of kinds, latest first; with a text those that have it in their titles. */
export async function searchNotices(
  q: Queries,
  kinds: readonly NoticeKind[],
  asked: Asked & { readonly after?: NoticePlace | undefined },
): Promise<Found<ListedNotice, NoticePlace>> {
  const { text, after, limit } = asked;
  const filters = await withPurchaser(q, asked);
  if (filters.purchaserIds?.length === 0) return { rows: [], stoppedAt: null };
  if (text === undefined) return boardOfNotices(q, kinds, filters, { after, limit });
  const tenders = new Map<string, ProcurementRow>();
  const round = roundOf({ filters, limit });
  return sieved<ListedNotice, NoticePlace>({
    ...{ limit, after, round, placeOf: ({ id, publishedAt }) => ({ id, publishedAt }) },
    isWanted: ({ procurementId, publishedAt }) => {
      const tender = tenders.get(procurementId);
      return tender !== undefined && isWanted(tender, filters, publishedAt);
    },
    read: async (before) => {
      const found = await Promise.all(
        kinds.map((kind) =>
          listNotices(q, { kind, text, seenBy: '', limit: round, ...(before === undefined ? {} : { before }) }),
        ),
      );
      const rows = found
        .flat()
        .sort((a, b) => b.publishedAt - a.publishedAt || (a.id < b.id ? 1 : -1))
        .slice(0, round);
      const unread = [...new Set(rows.map(({ procurementId }) => procurementId))].filter((id) => !tenders.has(id));
      for (const tender of await rowsInOrder(q, unread)) tenders.set(tender.id, tender);
      return rows;
    },
  });
}

function isWanted(row: ProcurementRow, filters: ProcurementFilters, publishedAt = row.noticeAt): boolean {
  const { stage, regime, kind, procedure, leastFen, mostFen, noticedFrom, noticedUntil, purchaserIds } = filters;
  return (
    (stage === undefined || row.stage === stage) &&
    (regime === undefined || row.regime === regime) &&
    (kind === undefined || row.kind === kind) &&
    (procedure === undefined || row.procedure === procedure) &&
    (leastFen === undefined || row.budgetFen >= leastFen) &&
    (mostFen === undefined || row.budgetFen <= mostFen) &&
    (noticedFrom === undefined || publishedAt >= noticedFrom) &&
    (noticedUntil === undefined || publishedAt <= noticedUntil) &&
    (purchaserIds === undefined || purchaserIds.includes(row.purchaserId)) &&
    (!filters.intended || row.intentionAt !== null)
  );
}

/** Reads rounds of rows until a page of wanted ones is full, and says where it stopped. */
async function sieved<Row, Place>({
  limit,
  after,
  round,
  read,
  isWanted: wants,
  placeOf,
}: {
  readonly limit: number;
  readonly after: Place | undefined;
  readonly round: number;
  /** A round, from after a place; fewer rows: there are no more. */
  readonly read: (from: Place | undefined) => Promise<readonly Row[]>;
  readonly isWanted: (row: Row) => boolean;
  readonly placeOf: (row: Row) => Place;
}): Promise<Found<Row, Place>> {
  const rows: Row[] = [];
  let from = after;
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const found = await read(from);
    rows.push(...found.filter(wants));
    if (rows.length >= limit) return { rows: rows.slice(0, limit), stoppedAt: null };
    const last = found.at(-1);
    if (!last || found.length < round) return { rows, stoppedAt: null };
    from = placeOf(last);
  }
  return { rows, stoppedAt: from ?? null };
}
