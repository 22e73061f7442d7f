import { and, eq } from 'drizzle-orm';
import type { Queries, Tx } from '../access/database.ts';
import { readers } from '../schema/sqlite.ts';

export type ReaderName = (typeof readers.$inferSelect)['name'];

/** How far it has come; null before the first time. */
export async function placeOf(q: Queries, name: ReaderName): Promise<number | null> {
  const [row] = await q.select({ place: readers.place }).from(readers).where(eq(readers.name, name));
  return row?.place ?? null;
}

/** Moves it on from where it was found; false: another process has moved it meanwhile. */
export async function movePlace(tx: Tx, name: ReaderName, from: number | null, to: number): Promise<boolean> {
  const moved =
    from === null
      ? await tx.q.insert(readers).values({ name, place: to }).onConflictDoNothing().returning()
      : await tx.q
          .update(readers)
          .set({ place: to })
          .where(and(eq(readers.name, name), eq(readers.place, from)))
          .returning();
  return moved.length > 0;
}
