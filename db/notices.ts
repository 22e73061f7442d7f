import { and, asc, count, desc, eq, gt, inArray, sql, type SQL } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { DomainError } from '../domain/errors.ts';
import { hasContentList, missingContents } from '../domain/notices/contents.ts';
import { hashOf, recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { procurementRow } from './procurements.ts';
import { prepared, preparedInsert } from './access/statements.ts';
import { indexTitle, listBoard, NOTICES } from './access/search.ts';
import { notices, type NoticeKind } from './schema/sqlite.ts';

export type Notice = typeof notices.$inferSelect;

export interface NewNotice {
  readonly procurementId: string;
  /** 0: the procurement as a whole. */
  readonly lotNo: number;
  readonly kind: NoticeKind;
  readonly titleZh: string;
  readonly content: Record<string, unknown>;
  /** The instant at which the law wants it out (epoch ms). */
  readonly legalAt: number;
  readonly corrects?: string;
}

const countEarlier = prepared((q) =>
  q
    .select({ n: count() })
    .from(notices)
    .where(
      and(
        eq(notices.procurementId, sql.placeholder('procurementId')),
        eq(notices.lotNo, sql.placeholder('lotNo')),
        eq(notices.kind, sql.placeholder('kind')),
      ),
    )
    .prepare(),
);
const insertNotice = preparedInsert(notices);

/** The template that notices published now are rendered with, for ever: it is part of what is hashed (web/notices/templates.ts). */
export const NOTICE_TEMPLATE = 3;

/**
 * Publishes (公告 / 公示). A published notice never changes; a correction is a new one that names it.
 * @throws DomainError `unlawful` where the law lists what such a notice must hold and the content lacks it
 */
export async function publishNotice(tx: Tx, actor: Actor, notice: NewNotice): Promise<Notice> {
  const { procurementId, lotNo, kind } = notice;
  if (hasContentList(kind)) await refuseIncomplete(tx, notice);
  const [earlier] = await countEarlier(tx.q).execute({ procurementId, lotNo, kind });
  const row = {
    id: newId(),
    procurementId: notice.procurementId,
    lotNo: notice.lotNo,
    kind: notice.kind,
    version: (earlier?.n ?? 0) + 1,
    corrects: notice.corrects ?? null,
    titleZh: tx.drill ? `【演练】${notice.titleZh}` : notice.titleZh,
    content: { ...notice.content, template: NOTICE_TEMPLATE, ...(tx.drill ? { drill: true } : {}) },
    legalAt: notice.legalAt,
    publishedAt: tx.now,
  };
  const published = { ...row, hash: hashOf(row) };
  await insertNotice(tx.q, published);
  await indexTitle(tx.q, 'notices', row.id, row.titleZh);
  recordAudit(tx, actor, {
    action: 'notice.publish',
    procurementId: notice.procurementId,
    subject: `notice/${row.id}`,
    detail: {
      kind: notice.kind,
      lotNo: notice.lotNo,
      version: row.version,
      legalAt: notice.legalAt,
      hash: published.hash,
    },
  });
  return published;
}

/** The last line: what led to the notice was refused before where it lacked something. */
async function refuseIncomplete(tx: Tx, { procurementId, kind, titleZh, content }: NewNotice): Promise<void> {
  const tender = await procurementRow(tx.q, procurementId);
  // Launched before particulars were asked for: it goes on as it began.
  if (tender.particulars === null) return;
  const violations = missingContents(kind, tender, content).filter(({ severity }) => severity === 'block');
  if (violations.length === 0) return;
  throw new DomainError('unlawful', {
    messageZh: `《${titleZh}》内容不全，未发布：${violations.map(({ messageZh }) => messageZh).join('；')}`,
    messageEn: `The notice is incomplete and was not published: ${violations.map(({ messageEn }) => messageEn).join('; ')}`,
    details: { violations },
  });
}

type OneKind = [q: Queries, procurementId: string, lotNo: number, kind: NoticeKind];

export const latestNotice = (...of: OneKind): Promise<Notice | undefined> => oneOfKind(desc(notices.version), ...of);

/** The one that those that correct it go back to. */
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

/** The notice board, newest first. `before` is the last row of the page before. */
export async function listNotices(
  q: Queries,
  filter: {
    procurementId?: string;
    kind?: NoticeKind;
    /** Part of the title. */
    text?: string;
    before?: { publishedAt: number; id: string };
    limit: number;
  },
): Promise<Notice[]> {
  const { procurementId, kind, before, text, limit } = filter;
  return listBoard(q, NOTICES, {
    shape: `${procurementId ? 'procurement' : ''} ${kind ? 'kind' : ''}`,
    where: () =>
      and(
        procurementId ? eq(notices.procurementId, sql.placeholder('procurementId')) : undefined,
        kind ? eq(notices.kind, sql.placeholder('kind')) : undefined,
      ),
    narrow: procurementId !== undefined || kind !== undefined,
    next:
      before &&
      (() =>
        sql`(${notices.publishedAt}, ${notices.id}) < (${sql.placeholder('publishedAt')}, ${sql.placeholder('after')})`),
    values: { procurementId, kind, publishedAt: before?.publishedAt, after: before?.id },
    text,
    limit,
  });
}

/** Every notice in the order of its making, for `verify`. */
export async function noticesAfter(q: Queries, id: string, limit: number): Promise<Notice[]> {
  return q.select().from(notices).where(gt(notices.id, id)).orderBy(asc(notices.id)).limit(limit);
}
