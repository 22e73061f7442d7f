import { and, asc, desc, eq, gt, inArray, isNotNull, sql, type SQL } from 'drizzle-orm';
import type { Queries } from './access/database.ts';
import { prepared } from './access/statements.ts';
import { listBoard, NOTICES } from './access/search.ts';
import type { NoticeKind } from '../domain/notices/data.ts';
import { isOfKnownTo } from './invitees.ts';
import { notFound } from './procurements.ts';
import { notices } from './schema/sqlite.ts';

export type Notice = typeof notices.$inferSelect;

/** The template of notices published now, for ever: it is part of what is hashed (web/notices/templates.ts). */
export const NOTICE_TEMPLATE = 6;

type OneKind = [q: Queries, procurementId: string, lotNo: number, kind: NoticeKind];

export const latestNotice = (...of: OneKind): Promise<Notice | undefined> => oneOfKind(desc(notices.version), ...of);

/** The first of a kind, which later corrections name. */
export const firstNotice = (...of: OneKind): Promise<Notice | undefined> => oneOfKind(asc(notices.version), ...of);

async function oneOfKind(order: SQL, ...[q, procurementId, lotNo, kind]: OneKind): Promise<Notice | undefined> {
  const [row] = await q
    .select()
    .from(notices)
    .where(and(eq(notices.procurementId, procurementId), eq(notices.lotNo, lotNo), eq(notices.kind, kind)))
    .orderBy(order)
    .limit(1);
  return row;
}

export async function noticeById(q: Queries, id: string): Promise<Notice | undefined> {
  const [row] = await selectNotice(q).execute({ id });
  return row;
}

export async function noticesByIds(q: Queries, ids: readonly string[]): Promise<Notice[]> {
  if (ids.length === 0) return [];
  return q
    .select()
    .from(notices)
    .where(inArray(notices.id, [...ids]));
}

const selectNotice = prepared((q) =>
  q
    .select()
    .from(notices)
    .where(eq(notices.id, sql.placeholder('id')))
    .prepare(),
);

/** The notice board, newest first. `before` is the last row of the previous page. */
export async function listNotices(
  q: Queries,
  filter: {
    procurementId?: string;
    kind?: NoticeKind;
    /** Part of the title. */
    text?: string;
    /** Only those that this organisation may know of (empty: that the public may); absent: all. */
    seenBy?: string;
    before?: { publishedAt: number; id: string };
    limit: number;
  },
): Promise<Notice[]> {
  const { procurementId, kind, before, seenBy, text, limit } = filter;
  return listBoard(q, NOTICES, {
    shape: `${procurementId ? 'procurement' : ''} ${kind ? 'kind' : ''} ${seenBy === undefined ? '' : 'seen'}`,
    where: () =>
      and(
        procurementId ? eq(notices.procurementId, sql.placeholder('procurementId')) : undefined,
        kind ? eq(notices.kind, sql.placeholder('kind')) : undefined,
        seenBy === undefined ? undefined : isOfKnownTo(notices.procurementId, sql.placeholder('seenBy')),
      ),
    narrow: procurementId !== undefined || kind !== undefined,
    next:
      before &&
      (() =>
        sql`(${notices.publishedAt}, ${notices.id}) < (${sql.placeholder('publishedAt')}, ${sql.placeholder('after')})`),
    values: { procurementId, kind, seenBy, publishedAt: before?.publishedAt, after: before?.id },
    text,
    limit,
  });
}

/** A notice that names another, without its content. */
export type CorrectingNotice = Pick<
  Notice,
  'id' | 'procurementId' | 'lotNo' | 'kind' | 'corrects' | 'titleZh' | 'publishedAt'
>;

/** The notices of procurements that correct others, oldest first. */
export async function correctingNotices(q: Queries, procurementIds: readonly string[]): Promise<CorrectingNotice[]> {
  if (procurementIds.length === 0) return [];
  const { id, procurementId, lotNo, kind, corrects, titleZh, publishedAt } = notices;
  return q
    .select({ id, procurementId, lotNo, kind, corrects, titleZh, publishedAt })
    .from(notices)
    .where(and(inArray(notices.procurementId, [...procurementIds]), isNotNull(notices.corrects)))
    .orderBy(asc(notices.publishedAt), asc(notices.id));
}

/** @throws DomainError `not-found` */
export async function noticeOf(q: Queries, id: string): Promise<Notice> {
  const notice = await noticeById(q, id);
  if (!notice) throw notFound('notice', id);
  return notice;
}

/** Every notice in the order of creation, for `verify`. */
export async function noticesAfter(q: Queries, id: string, limit: number): Promise<Notice[]> {
  return q.select().from(notices).where(gt(notices.id, id)).orderBy(asc(notices.id)).limit(limit);
}
