import { randomInt } from 'node:crypto';
import { and, asc, eq, inArray, lte, or, sql, type SQL } from 'drizzle-orm';
import type { Database, Delivered, Delivery, Queries, Tx } from '../access/database.ts';
import { isRemote, pagesOf, prepared, sent } from '../access/statements.ts';
import { outbox } from '../schema/sqlite.ts';

/** A workflow to be woken, as it waits in the outbox. */
export type Wake = typeof outbox.$inferSelect;
/** Requests that the workflow of a subject (domain/subjects.ts) be woken, or started; written by the commit itself. */
export function wake(tx: Tx, subject: string): void {
  tx.wakes.push(subject);
}

/** Wakes that are due to be delivered (`realNowMs`: the machine's clock, epoch ms), oldest first. */
export async function waitingWakes(q: Queries, realNowMs: number, limit: number): Promise<Wake[]> {
  return selectWaiting(q).execute({ realNowMs, limit });
}

const selectWaiting = prepared((q) =>
  q
    .select()
    .from(outbox)
    .where(lte(outbox.notBefore, sql.placeholder('realNowMs')))
    .orderBy(asc(outbox.createdAt), asc(outbox.subject))
    .limit(sql.placeholder('limit'))
    .prepare(),
);

/** The wakes of these subjects, due or not; a delivered one is no longer there. */
export async function wakesOf(q: Queries, subjects: readonly string[]): Promise<Wake[]> {
  if (subjects.length === 0) return [];
  return q
    .select()
    .from(outbox)
    .where(inArray(outbox.subject, [...subjects]));
}

/** Removes delivered wakes, unless a newer wake was requested meanwhile: one statement for all of them. */
export async function settleWakes(db: Database, delivered: readonly Delivered[]): Promise<void> {
  if (delivered.length === 0) return;
  await db.transaction(async (tx) => {
    for (const { subject, wanted } of delivered) tx.deliveries.push({ subject, wanted, failed: null });
  }, 'single-rows');
}

/** Keeps a wake that could not be delivered, to be retried at `notBefore` (real epoch ms). */
export async function failWake(
  db: Database,
  { subject, wanted }: Delivered,
  error: string,
  notBefore: number,
): Promise<void> {
  await db.transaction(async (tx) => {
    tx.deliveries.push({ subject, wanted, failed: { error: error.slice(0, 500), notBefore } });
  }, 'single-rows');
}

const MOST_FIRST = 2 ** 31;

/**
 * Writes the wakes and the deliveries of a commit: sent at once, in their order. Each commit locks the rows of its
 * wakes in their order, and after that waits for no other commit, so that commits about the same subjects never
 * deadlock.
 */
export function writeOutbox(
  q: Queries,
  { wakes, deliveries }: Pick<Tx, 'wakes' | 'deliveries'>,
  now: number,
): Promise<unknown>[] {
  return [...putWakes(q, [...new Set(wakes)].sort(), now), ...settle(q, deliveries)];
}

function putWakes(q: Queries, subjects: readonly string[], now: number): Promise<unknown>[] {
  return pagesOf(subjects).map((page) =>
    sent(
      q
        .insert(outbox)
        .values(page.map((subject) => ({ subject, wanted: randomInt(MOST_FIRST), createdAt: now, notBefore: 0 })))
        // A new act: a wake that could not be delivered before is retried at once.
        .onConflictDoUpdate({ target: outbox.subject, set: { wanted: sql`${outbox.wanted} + 1`, notBefore: 0 } }),
    ),
  );
}

function settle(q: Queries, deliveries: readonly Delivery[]): Promise<unknown>[] {
  const delivered = deliveries.filter(({ failed }) => failed === null);
  const written = pagesOf(delivered).map((page) =>
    sent<unknown>(q.delete(outbox).where(inArray(outbox.subject, unchanged(q, page)))),
  );
  for (const each of deliveries) {
    if (each.failed === null) continue;
    const { error, notBefore } = each.failed;
    const change = { attempts: sql`${outbox.attempts} + 1`, lastError: error, notBefore };
    written.push(
      sent(
        q
          .update(outbox)
          .set(change)
          .where(inArray(outbox.subject, unchanged(q, [each]))),
      ),
    );
  }
  return written;
}

/** Of the delivered wakes, those without a newer request; a request in progress holds its row. */
function unchanged(q: Queries, delivered: readonly Delivered[]): SQL {
  const same = or(...delivered.map((each) => and(eq(outbox.subject, each.subject), eq(outbox.wanted, each.wanted))));
  const passBy = isRemote(q) ? sql` for update skip locked` : sql``;
  return sql`(select ${outbox.subject} from ${outbox} where ${same}${passBy})`;
}
