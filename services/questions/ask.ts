import { v7 as newId } from 'uuid';
import type { Tx } from '../../db/access/database.ts';
import { recordAudit, type Actor } from '../../db/audit.ts';
import { recordEvent } from '../../db/events.ts';
import { insertQuestion, type Question } from '../../db/questions.ts';
import { assertInvited } from '../procurements/invited.ts';
import { actOn } from '../tender/advance.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';

/**
 * A question about the documents (疑问). The asker is never published.
 * @throws DomainError `stage-conflict`, `not-invited`
 */
export async function askQuestion(
  tx: Tx,
  actor: Actor,
  { procurementId, organisationId, textZh }: { procurementId: string; organisationId: string; textZh: string },
): Promise<Question> {
  const { procurement, definition } = await actOn(tx, procurementId);
  const { stage } = procurement;
  await assertInvited(tx.q, procurement, organisationId);
  if (stage !== 'bidding') {
    throw stageConflict(definition, { what: 'procurement', stage, wanted: ['bidding'], action: 'question.ask' });
  }
  const question = {
    ...{ id: newId(), procurementId, askedBy: organisationId, textZh, askedAt: tx.now },
    answerZh: null,
    answeredAt: null,
  };
  await insertQuestion(tx, question);
  const subject = `question/${question.id}`;
  recordAudit(tx, actor, { action: 'question.ask', procurementId, subject, confidential: true });
  recordEvent(tx, { kind: 'question.asked', procurementId, lotNo: 0, organisationId, subject, confidential: true });
  return question;
}
