import type { Tx } from '../../db/access/database.ts';
import type { Actor } from '../../db/audit.ts';
import { recordEvent } from '../../db/events.ts';
import type { Notice } from '../../db/notices.ts';
import { notFound, stageConflict } from '../../db/procurements.ts';
import { questionOf, storeAnswer, type Question } from '../../db/questions.ts';
import { DomainError } from '../../domain/errors.ts';
import { assertNamesNoAsker, withoutAsker } from '../../domain/grievances/asker.ts';
import { askerOf } from '../grievances/askers.ts';
import { publishNotice } from '../notices/publish.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases } from '../tender/case.ts';

/**
 * Publishes the answer to a question to all, without the name of the asker.
 * @rule works30-answers-to-all
 * @throws DomainError `not-found`, `already-exists` when it is answered, `bad-input` for an answer that tells who asked, `stage-conflict`
 */
export async function answerQuestion(
  tx: Tx,
  actor: Actor,
  { procurementId, questionId, answerZh }: { procurementId: string; questionId: string; answerZh: string },
): Promise<{ question: Question; notice: Notice }> {
  const c = await actOn(tx, procurementId);
  const { stage } = c.procurement;
  if (stage !== 'bidding') throw stageConflict('procurement', stage, ['bidding']);
  if (!(await questionOf(tx.q, procurementId, questionId))) throw notFound('question', questionId);
  const question = await storeAnswer(tx, questionId, { answerZh, answeredAt: tx.now });
  if (!question) {
    throw new DomainError('already-exists', {
      messageZh: '该疑问已答复；如需更正请发布澄清公告',
      messageEn: 'The question was already answered; correct it by an amendment',
      details: { field: 'questionId', given: questionId },
    });
  }
  const asker = await askerOf(tx.q, question.askedBy);
  assertNamesNoAsker({ answerZh }, asker);
  const answered = { questionId, questionZh: withoutAsker(question.textZh, asker), answerZh };
  const notice = publishNotice(c, actor, 'clarification', { lotNo: 0 }, answered);
  await saveCases(tx, [c]);
  recordEvent(tx, {
    kind: 'question.answered',
    procurementId,
    lotNo: 0,
    subject: `question/${questionId}`,
    detail: { noticeId: notice.id },
  });
  return { question, notice };
}
