import { asc, desc, gt, sql } from 'drizzle-orm';
import type { Queries, Tx } from './access/database.ts';
import { isRemote, pagesOf, preparedInserts, sent } from './access/statements.ts';
import { events } from './schema/sqlite.ts';

export type EventRow = typeof events.$inferSelect;

export interface RecordedEvent {
  /** `noun.verb`, as `deadline.moved`. */
  readonly kind: string;
  readonly procurementId: string;
  /** 0: the procurement as a whole. */
  readonly lotNo: number;
  /** The party that it concerns; left out where it concerns everybody. */
  readonly organisationId?: string;
  /** What it happened to, as `grievance/0197…`. */
  readonly subject: string;
  readonly detail?: Record<string, unknown>;
  /** Shown to nobody until the bids are opened: every event before that which concerns a bidder. */
  readonly confidential?: boolean;
}

/** Records what happened, in the transaction of the change itself. */
export function recordEvent(tx: Tx, event: RecordedEvent): void {
  tx.events.push({
    at: tx.now,
    kind: event.kind,
    procurementId: event.procurementId,
    lotNo: event.lotNo,
    organisationId: event.organisationId ?? null,
    subject: event.subject,
    detail: event.detail ?? {},
    confidential: event.confidential ?? false,
  });
}

/** Events after `seq`, in the order of their commits: a reader that remembers its place misses none. */
export async function eventsAfter(q: Queries, seq: number, limit: number): Promise<EventRow[]> {
  return q.select().from(events).where(gt(events.seq, seq)).orderBy(asc(events.seq)).limit(limit);
}

/** The place of the last one; 0: there is none. */
export async function lastEvent(q: Queries): Promise<number> {
  const [row] = await q.select({ seq: events.seq }).from(events).orderBy(desc(events.seq)).limit(1);
  return row?.seq ?? 0;
}

const LAST = sql`(select coalesce(max(${events.seq}), 0) from ${events})`;
const nextSeq = (index: number) => sql`${LAST} + ${sql.raw(String(index + 1))}`;
const insertSome = preparedInserts<typeof events, Tx['events'][number]>(events, {
  calculated: (row) => ({ seq: nextSeq(row) }),
});

/** Numbers and writes events; the caller holds the end of the trail, and with it the end of this table. */
export function appendEvents(q: Queries, added: Tx['events']): Promise<unknown>[] {
  if (!isRemote(q)) return insertSome(q, added);
  // A statement does not see its own rows: each page counts from the end of the previous one.
  return pagesOf(added).map((page) =>
    sent(q.insert(events).values(page.map((event, index) => ({ ...event, seq: nextSeq(index) })))),
  );
}
