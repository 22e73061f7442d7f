import { and, asc, count, desc, eq, gt, sql } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { hashOf, recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './database.ts';
import { prepared, preparedInsert } from './statements.ts';
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

/** Publishes (公告 / 公示). A published notice never changes; a correction is a new one that names it. */
export async function publishNotice(tx: Tx, actor: Actor, notice: NewNotice): Promise<Notice> {
  const { procurementId, lotNo, kind } = notice;
  const [earlier] = await countEarlier(tx.q).execute({ procurementId, lotNo, kind });
  const row = {
    id: newId(),
    procurementId: notice.procurementId,
    lotNo: notice.lotNo,
    kind: notice.kind,
    version: (earlier?.n ?? 0) + 1,
    corrects: notice.corrects ?? null,
    titleZh: tx.drill ? `【演练】${notice.titleZh}` : notice.titleZh,
    content: tx.drill ? { ...notice.content, drill: true } : notice.content,
    legalAt: notice.legalAt,
    publishedAt: tx.now,
  };
  const published = { ...row, hash: hashOf(row) };
  await insertNotice(tx.q, published);
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

export async function latestNotice(
  q: Queries,
  procurementId: string,
  lotNo: number,
  kind: NoticeKind,
): Promise<Notice | undefined> {
  const [row] = await q
    .select()
    .from(notices)
    .where(and(eq(notices.procurementId, procurementId), eq(notices.lotNo, lotNo), eq(notices.kind, kind)))
    .orderBy(desc(notices.version))
    .limit(1);
  return row;
}

export async function noticeById(q: Queries, id: string): Promise<Notice | undefined> {
  const [row] = await q.select().from(notices).where(eq(notices.id, id));
  return row;
}

/** The notice board, newest first. `before` is the last row of the page before. */
export async function listNotices(
  q: Queries,
  filter: {
    procurementId?: string;
    kind?: NoticeKind;
    before?: { publishedAt: number; id: string };
    limit: number;
  },
): Promise<Notice[]> {
  const { before } = filter;
  return q
    .select()
    .from(notices)
    .where(
      and(
        filter.procurementId ? eq(notices.procurementId, filter.procurementId) : undefined,
        filter.kind ? eq(notices.kind, filter.kind) : undefined,
        before ? sql`(${notices.publishedAt}, ${notices.id}) < (${before.publishedAt}, ${before.id})` : undefined,
      ),
    )
    .orderBy(desc(notices.publishedAt), desc(notices.id))
    .limit(filter.limit);
}

/** Every notice in the order of its making, for `verify`. */
export async function noticesAfter(q: Queries, id: string, limit: number): Promise<Notice[]> {
  return q.select().from(notices).where(gt(notices.id, id)).orderBy(asc(notices.id)).limit(limit);
}
