import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { MarkSheet } from '../../domain/evaluation/sheets/marks.ts';
import type { Queries, Tx } from '../access/database.ts';
import { committeeActs, committeeMarks } from '../schema/sqlite.ts';

export type CommitteeMark = typeof committeeMarks.$inferSelect;
export type StoredAct = typeof committeeActs.$inferSelect;

/** What a member enters for an item of a bid replaces what it had entered; other items stay as they are. */
export async function saveMarks(tx: Tx, marks: readonly CommitteeMark[]): Promise<void> {
  for (const mark of marks) {
    const { entry, enteredAt } = mark;
    await tx.q
      .insert(committeeMarks)
      .values(mark)
      .onConflictDoUpdate({
        target: [committeeMarks.drawId, committeeMarks.memberId, committeeMarks.bidId, committeeMarks.item],
        set: { entry, enteredAt },
      });
  }
}

/**
 * The sheets of a committee: one a member and bid.
 * @param items these alone; default: all
 */
export async function sheetsOf(q: Queries, drawId: string, items?: readonly string[]): Promise<MarkSheet[]> {
  if (items?.length === 0) return [];
  const rows = await q
    .select()
    .from(committeeMarks)
    .where(and(eq(committeeMarks.drawId, drawId), items && inArray(committeeMarks.item, [...items])))
    .orderBy(asc(committeeMarks.memberId), asc(committeeMarks.bidId), asc(committeeMarks.item));
  const sheets = new Map<string, { memberId: string; bidId: string; entries: CommitteeMark['entry'][] }>();
  for (const { memberId, bidId, entry } of rows) {
    const key = `${memberId} ${bidId}`;
    const sheet = sheets.get(key) ?? { memberId, bidId, entries: [] };
    sheet.entries.push(entry);
    sheets.set(key, sheet);
  }
  return [...sheets.values()];
}

/** What a member has entered of a bid. */
export async function sheetOf(
  q: Queries,
  { drawId, memberId, bidId }: Pick<CommitteeMark, 'drawId' | 'memberId' | 'bidId'>,
): Promise<MarkSheet> {
  const rows = await q
    .select({ entry: committeeMarks.entry })
    .from(committeeMarks)
    .where(
      and(eq(committeeMarks.drawId, drawId), eq(committeeMarks.memberId, memberId), eq(committeeMarks.bidId, bidId)),
    )
    .orderBy(asc(committeeMarks.item));
  return { memberId, bidId, entries: rows.map(({ entry }) => entry) };
}

export async function insertAct(tx: Tx, act: StoredAct): Promise<void> {
  await tx.q.insert(committeeActs).values(act);
}

/** In the order in which they were done. */
export const actsOf = (q: Queries, drawId: string): Promise<StoredAct[]> =>
  q.select().from(committeeActs).where(eq(committeeActs.drawId, drawId)).orderBy(asc(committeeActs.id)).execute();

/** The acts of a kind of those committees, in the order in which they were done: nothing else of them is read. */
export async function actsAmong(
  q: Queries,
  drawIds: readonly string[],
  kinds: readonly StoredAct['act']['kind'][],
): Promise<StoredAct[]> {
  if (drawIds.length === 0) return [];
  return q
    .select()
    .from(committeeActs)
    .where(
      and(
        inArray(committeeActs.drawId, [...drawIds]),
        inArray(sql<string>`${committeeActs.act} ->> 'kind'`, [...kinds]),
      ),
    )
    .orderBy(asc(committeeActs.id));
}
