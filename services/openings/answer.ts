import { recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { recordEvent } from '../../db/events.ts';
import { objectionsOf, openingsOf, putAnswer, type OpeningObjection } from '../../db/openings/openings.ts';
import { notFound } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { loadCase, saveCases } from '../tender/case.ts';
import { incidentsOf, publishRecord } from './record.ts';

/**
 * Answers an objection (当场答复), once. A record that is already published is published again, with the answer.
 * @throws DomainError `not-found`, `grievance-settled`
 */
export async function answerObjection(
  tx: Tx,
  actor: Actor,
  procurementId: string,
  { lotNo, id, answerZh }: { readonly lotNo: number; readonly id: string; readonly answerZh: string },
): Promise<OpeningObjection> {
  const answered = await putAnswer(tx, { procurementId, lotNo, id }, { answerZh, answeredBy: actor });
  if (!answered) {
    const known = (await objectionsOf(tx.q, procurementId)).some((each) => each.id === id);
    if (!known) throw notFound('objection', id);
    throw new DomainError('grievance-settled', {
      messageZh: '该异议已经答复',
      messageEn: 'This objection was already answered',
      details: { objectionId: id },
    });
  }
  recordAudit(tx, actor, {
    action: 'opening.answer',
    procurementId,
    subject: `lot/${lotNo}`,
    detail: { objectionId: id },
  });
  recordEvent(tx, {
    kind: 'opening.objection-answered',
    procurementId,
    lotNo,
    organisationId: answered.filedBy,
    subject: openingSubject(procurementId),
    detail: { objectionId: id },
    confidential: true,
  });
  const c = await loadCase(tx, procurementId);
  const published = c.latestNotice(lotNo, 'opening-record');
  const record = (await openingsOf(tx.q, procurementId)).find((each) => each.lotNo === lotNo);
  if (published && record) {
    publishRecord(c, actor, record, await incidentsOf(tx, c.procurement));
    await saveCases(tx, [c]);
  }
  return answered;
}
