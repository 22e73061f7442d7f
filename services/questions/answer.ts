import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { recordEvent } from '../../db/events.ts';
import type { Notice } from '../../db/notices.ts';
import { notFound } from '../../db/procurements.ts';
import { questionOf, storeAnswer, type Question } from '../../db/questions.ts';
import { formatInstant } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { assertNamesNoAsker, withoutAsker } from '../../domain/grievances/asker.ts';
import { checkAmendment, earliestDeadlineAfterAmendment } from '../../domain/law/amendment.ts';
import { soon, wholeMinute } from '../../domain/postponed.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { assertAffectsNothing, recordSaidToAffectNothing } from '../documents/affects.ts';
import { askerOf } from '../grievances/askers.ts';
import { publishNotice } from '../notices/publish.ts';
import { actOn } from '../tender/advance.ts';
import { saveCases, type TenderCase } from '../tender/case.ts';

/**
 * Publishes the answer to a question to all, without the name of the asker.
 * @rule works30-answers-to-all
 * @throws DomainError `not-found`, `already-exists` when it is answered, `stage-conflict`, `unlawful` where it affects bids
 *   and comes too late before the deadline; `bad-input` for an answer that tells who asked
 */
export async function answerQuestion(
  tx: Tx,
  actor: Actor,
  {
    procurementId,
    questionId,
    answerZh,
    affectsBids,
  }: { procurementId: string; questionId: string; answerZh: string; affectsBids: boolean },
): Promise<{ question: Question; notice: Notice }> {
  const c = await actOn(tx, procurementId);
  const { stage } = c.procurement;
  if (stage !== 'bidding') {
    throw stageConflict(c.definition, { what: 'procurement', stage, wanted: ['bidding'], action: 'question.answer' });
  }
  if (!(await questionOf(tx.q, procurementId, questionId))) throw notFound('question', questionId);
  const question = await storeAnswer(tx, questionId, { answerZh, answeredAt: tx.now });
  if (!question) {
    throw new DomainError('already-exists', {
      messageZh: '该疑问已答复；如需更正请发布澄清公告',
      messageEn: 'The question was already answered; correct it by an amendment',
      details: { field: 'questionId', given: questionId },
    });
  }
  if (affectsBids) refuseTooLate(c);
  else assertAffectsNothing(c, 'answerZh', answerZh, 0);
  const asker = await askerOf(tx.q, question.askedBy);
  assertNamesNoAsker({ answerZh }, asker);
  const answered = { questionId, questionZh: withoutAsker(question.textZh, asker), answerZh, affectsBids };
  const notice = publishNotice(c, actor, 'clarification', { lotNo: 0 }, answered);
  recordAudit(tx, actor, {
    action: 'question.answer',
    procurementId,
    subject: `question/${questionId}`,
    detail: { affectsBids, noticeId: notice.id },
  });
  recordSaidToAffectNothing(c, actor, `question/${questionId}`, { affectsBids, textZh: answerZh });
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

/** An answer that may affect the bids is held to the time that an amendment needs (招标投标法实施条例 21, 政府采购法实施条例 31). */
function refuseTooLate({ tx, id, definition, procurement: { bidDeadline } }: TenderCase): void {
  if (bidDeadline === null) throw new Error(`${id} takes bids without a deadline`);
  const found = checkAmendment(definition, { amendedAt: tx.now, bidDeadline }, tx.calendar);
  const owed = earliestDeadlineAfterAmendment(definition, tx.now, tx.calendar);
  const earliestLawful = formatInstant(wholeMinute(owed) === owed ? owed : soon(owed));
  const violations = found.map((each) => ({ ...each, earliestLawful }));
  const [first] = violations;
  if (!first) return;
  const at = `POST /api/procurements/${id}/amendments`;
  throw new DomainError('unlawful', {
    messageZh: `${first.messageZh}；请以澄清、修改公告顺延截止时间（${at}），再答复`,
    messageEn: `${first.messageEn}; move the deadline by an amendment (${at}), then answer`,
    details: { violations },
  });
}
