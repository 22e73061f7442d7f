import { and, asc, eq, isNull } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import { DomainError } from '../domain/errors.ts';
import { recordAudit, type Actor } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { publishNotice, type Notice } from './notices.ts';
import { notFound, procurementById, stageConflict } from './procurements.ts';
import { questions } from './schema/sqlite.ts';

export type Question = typeof questions.$inferSelect;

/** A question about the documents. Who asked is never published. */
export async function askQuestion(
  tx: Tx,
  actor: Actor,
  question: { procurementId: string; organisationId: string; textZh: string },
): Promise<Question> {
  const { stage } = await procurementById(tx.q, question.procurementId);
  if (stage !== 'bidding') throw stageConflict('procurement', stage, ['bidding']);
  const row = {
    id: newId(),
    procurementId: question.procurementId,
    askedBy: question.organisationId,
    textZh: question.textZh,
    askedAt: tx.now,
    answerZh: null,
    answeredAt: null,
  };
  await tx.q.insert(questions).values(row);
  recordAudit(tx, actor, {
    action: 'question.ask',
    procurementId: question.procurementId,
    subject: `question/${row.id}`,
    sealed: true,
  });
  return row;
}

/**
 * Answers a question to everybody at once, without the asker's name.
 * @throws DomainError `not-found`, `already-exists` when it is answered, `stage-conflict`
 */
export async function answerQuestion(
  tx: Tx,
  actor: Actor,
  answer: { procurementId: string; questionId: string; answerZh: string },
): Promise<{ question: Question; notice: Notice }> {
  const procurement = await procurementById(tx.q, answer.procurementId);
  if (procurement.stage !== 'bidding') throw stageConflict('procurement', procurement.stage, ['bidding']);
  const [asked] = await tx.q
    .select()
    .from(questions)
    .where(and(eq(questions.id, answer.questionId), eq(questions.procurementId, answer.procurementId)));
  if (!asked) throw notFound('question', answer.questionId);
  const [question] = await tx.q
    .update(questions)
    .set({ answerZh: answer.answerZh, answeredAt: tx.now })
    .where(and(eq(questions.id, answer.questionId), isNull(questions.answeredAt)))
    .returning();
  if (!question) {
    throw new DomainError('already-exists', {
      messageZh: '该疑问已答复；如需更正请发布澄清公告',
      messageEn: 'The question is answered already; correct it by an amendment',
      details: { field: 'questionId', given: answer.questionId },
    });
  }
  const notice = await publishNotice(tx, actor, {
    procurementId: answer.procurementId,
    lotNo: 0,
    kind: 'clarification',
    titleZh: `${procurement.title}答疑公告`,
    content: { questionId: question.id, questionZh: question.textZh, answerZh: answer.answerZh },
    legalAt: tx.now,
  });
  return { question, notice };
}

export async function questionsOf(q: Queries, procurementId: string): Promise<Question[]> {
  return q.select().from(questions).where(eq(questions.procurementId, procurementId)).orderBy(asc(questions.id));
}
