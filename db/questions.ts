import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Queries, Tx } from './access/database.ts';
import { questions } from './schema/sqlite.ts';

export type Question = typeof questions.$inferSelect;

export async function insertQuestion(tx: Tx, question: Question): Promise<void> {
  await tx.q.insert(questions).values(question);
}

/** A question of a procurement; undefined where it has no such question. */
export async function questionOf(q: Queries, procurementId: string, id: string): Promise<Question | undefined> {
  const [row] = await q
    .select()
    .from(questions)
    .where(and(eq(questions.id, id), eq(questions.procurementId, procurementId)));
  return row;
}

/** Stores the answer to a question; undefined where it has one already. */
export async function storeAnswer(
  tx: Tx,
  id: string,
  answer: { readonly answerZh: string; readonly answeredAt: number },
): Promise<Question | undefined> {
  const [row] = await tx.q
    .update(questions)
    .set(answer)
    .where(and(eq(questions.id, id), isNull(questions.answeredAt)))
    .returning();
  return row;
}

export async function questionsOf(q: Queries, procurementId: string): Promise<Question[]> {
  return q.select().from(questions).where(eq(questions.procurementId, procurementId)).orderBy(asc(questions.id));
}
