import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { recordEvent } from '../../db/events.ts';
import { publishNotice, type Notice } from '../../db/notices.ts';
import { notFound, procurementRow, stageConflict } from '../../db/procurements.ts';
import { questionOf, storeAnswer, type Question } from '../../db/questions.ts';
import { DomainError } from '../../domain/errors.ts';

/**
 * Answers a question to everybody at once, without the asker's name.
 * @throws DomainError `not-found`, `already-exists` when it is answered, `stage-conflict`
 */
export async function answerQuestion(
  tx: Tx,
  actor: Actor,
  { procurementId, questionId, answerZh }: { procurementId: string; questionId: string; answerZh: string },
): Promise<{ question: Question; notice: Notice }> {
  const procurement = await procurementRow(tx.q, procurementId);
  if (procurement.stage !== 'bidding') throw stageConflict('procurement', procurement.stage, ['bidding']);
  if (!(await questionOf(tx.q, procurementId, questionId))) throw notFound('question', questionId);
  const question = await storeAnswer(tx, questionId, { answerZh, answeredAt: tx.now });
  if (!question) {
    throw new DomainError('already-exists', {
      messageZh: '该疑问已答复；如需更正请发布澄清公告',
      messageEn: 'The question is answered already; correct it by an amendment',
      details: { field: 'questionId', given: questionId },
    });
  }
  const notice = await publishNotice(tx, actor, {
    procurementId,
    lotNo: 0,
    kind: 'clarification',
    titleZh: `${procurement.title}答疑公告`,
    content: { questionId, questionZh: question.textZh, answerZh },
    legalAt: tx.now,
  });
  recordEvent(tx, {
    kind: 'question.answered',
    procurementId,
    lotNo: 0,
    subject: `question/${questionId}`,
    detail: { noticeId: notice.id },
  });
  return { question, notice };
}
